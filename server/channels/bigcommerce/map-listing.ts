// From a product and its variants to listings: pure. What carries the stock number decides what can be pushed.

import type { ListingSnapshot, ListingState } from '../channel.ts';
import { productHandle, variantHandle } from './handle.ts';
import type { Product, Variant } from './shapes.ts';

export function mapProduct(product: Product, variants: readonly Variant[]): readonly ListingSnapshot[] {
  const sharesOneNumber = product.inventory_tracking === 'product' && product.base_variant_id === null;
  if (!sharesOneNumber) return variants.map((variant) => mapVariant(product, variant, null));
  const conflict = sharedNumber(product, variants);
  const listings = variants.map((variant) => mapVariant(product, variant, conflict ?? soldAs(product)));
  return [mapWhole(product, conflict), ...listings];
}

function mapVariant(product: Product, variant: Variant, notPushable: string | null): ListingSnapshot {
  const labels = variant.option_values.map(({ label }) => label).filter((label) => label !== '');
  const state = stateOf(product);
  return {
    remoteId: String(variant.id),
    handle:
      product.inventory_tracking === 'product'
        ? productHandle(product.id)
        : variantHandle(product.id, variant.id),
    sku: variant.sku === '' ? null : variant.sku,
    title: labels.length === 0 ? product.name : `${product.name} - ${labels.join(', ')}`,
    state: state === 'active' && variant.purchasing_disabled ? 'inactive' : state,
    tracked: product.inventory_tracking !== 'none',
    notPushable,
    updatedAt: product.date_modified ?? new Date(0),
  };
}

/** Variants without SKUs that share a number sell as their product's SKU: that is the listing. */
const mapWhole = (product: Product, conflict: string | null): ListingSnapshot => ({
  remoteId: productHandle(product.id),
  handle: productHandle(product.id),
  sku: product.sku === '' ? null : product.sku,
  title: product.name,
  state: stateOf(product),
  tracked: true,
  notPushable: conflict,
  updatedAt: product.date_modified ?? new Date(0),
});

const stateOf = ({ is_visible: isVisible, availability }: Product): ListingState =>
  isVisible && availability !== 'disabled' ? 'active' : 'inactive';

const soldAs = ({ name, sku }: Product): string =>
  `It has no stock number of its own and sells from the one of ${sku === '' ? name : `${name} (${sku})`}.`;

/** Several SKUs on one number cannot all be right. */
function sharedNumber(product: Product, variants: readonly Variant[]): string | null {
  const all = [product.sku, ...variants.map(({ sku }) => sku)].filter((sku) => sku !== '');
  const skus = [...new Set(all)];
  if (skus.length < 2) return skus[0] === product.sku || skus.length === 0 ? null : oneNumber(product, skus);
  return oneNumber(product, skus);
}

const oneNumber = (product: Product, skus: readonly string[]): string =>
  `BigCommerce keeps one stock number for ${skus.slice(0, 5).join(', ')}${skus.length > 5 ? ' …' : ''}. In Products › ` +
  `${product.name} › Inventory, choose "Track inventory by variant".`;
