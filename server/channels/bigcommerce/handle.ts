// What a stock number is written to: a variant, or a product that keeps one number for all its variants.

export type Place =
  | { readonly kind: 'variant'; readonly productId: number; readonly variantId: number }
  | { readonly kind: 'product'; readonly productId: number };

export const variantHandle = (productId: number, variantId: number): string => `${productId}/${variantId}`;
/** Also the remoteId of a product whose variants share its number. */
export const productHandle = (productId: number): string => `product-${productId}`;

export function readHandle(handle: string): Place | null {
  const product = /^product-(\d+)$/.exec(handle);
  if (product !== null) return { kind: 'product', productId: Number(product[1]) };
  const variant = /^(\d+)\/(\d+)$/.exec(handle);
  if (variant === null) return null;
  return { kind: 'variant', productId: Number(variant[1]), variantId: Number(variant[2]) };
}
