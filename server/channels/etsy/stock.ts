// The inventory document of a listing as stock numbers. A number may belong to several variations: those that
// do not differ in a property by which quantities vary share one.

import type { Inventory, Listing, Product, PropertyValue } from './shapes.ts';

/** One number on Etsy's shelf. */
export type StockNumber = {
  readonly remoteId: string;
  readonly sku: string | null;
  /** What tells it apart within its listing, for people. */
  readonly name: string;
  readonly products: readonly Product[];
  /** As the document has it, on sale or not. */
  readonly quantity: number;
  readonly notPushable: string | null;
};

const SKUS_SHARE =
  'The variations of this listing share one quantity on Etsy but have several SKUs. In the listing editor on Etsy, let ' +
  'quantities vary by the same options as SKUs.';
const SOME_NAMELESS =
  'The variations of this listing share one quantity on Etsy, and not all of them have a SKU. In the listing editor on Etsy, ' +
  'give them all the same SKU, or let quantities vary by the same options as SKUs.';
const SEVERAL_OFFERINGS = 'Etsy keeps several offers for this variation, so its quantity cannot be told.';

/** Deleted things stay in some answers; they are not written back. */
export const productsOf = (inventory: Inventory): readonly Product[] =>
  inventory.products.filter(({ is_deleted: isDeleted }) => isDeleted !== true);

export const offeringsOf = ({ offerings }: Product): Product['offerings'] =>
  offerings.filter(({ is_deleted: isDeleted }) => isDeleted !== true);

export function stockNumbers(listingId: number, inventory: Inventory): readonly StockNumber[] {
  const varying = new Set(inventory.quantity_on_property ?? []);
  const groups = new Map<string, Product[]>();
  for (const product of productsOf(inventory)) {
    const key = keyOf(valuesOf(product).filter((value) => varying.has(value.property_id)));
    groups.set(key, [...(groups.get(key) ?? []), product]);
  }
  return [...groups].flatMap(([key, products]) => {
    const conflict = conflictOf(products);
    if (conflict !== null) {
      return products.map((product) => describe(listingId, keyOf(valuesOf(product)), [product], conflict));
    }
    const isUnclear = products.some((product) => offeringsOf(product).length !== 1);
    return [describe(listingId, key, products, isUnclear ? SEVERAL_OFFERINGS : null)];
  });
}

/** Why no quantity would be true for all that sell from one number; null where it is. */
function conflictOf(products: readonly Product[]): string | null {
  const skus = new Set(products.map(skuOf).filter((sku) => sku !== null));
  if (skus.size > 1) return SKUS_SHARE;
  const isSoldNameless = products.some((product) => skuOf(product) === null && isForSale(product));
  return skus.size === 1 && isSoldNameless ? SOME_NAMELESS : null;
}

const isForSale = (product: Product): boolean =>
  offeringsOf(product).some(({ is_enabled: isEnabled }) => isEnabled);

function describe(
  listingId: number,
  key: string,
  products: readonly Product[],
  notPushable: string | null,
): StockNumber {
  const [first] = products;
  const isOne = products.length === 1;
  return {
    // Not the product's id: Etsy gives new ones when a document is written.
    remoteId: key === '' ? String(listingId) : `${listingId}/${key}`,
    sku: products.map(skuOf).find((sku) => sku !== null) ?? null,
    name:
      isOne && first !== undefined
        ? valuesOf(first)
            .flatMap(({ values }) => values)
            .join(', ')
        : '',
    products,
    quantity: first === undefined ? 0 : quantityOf(first),
    notPushable,
  };
}

const valuesOf = (product: Product): readonly PropertyValue[] => product.property_values ?? [];

const skuOf = ({ sku }: Product): string | null => (sku == null || sku === '' ? null : sku);

export const quantityOf = (product: Product): number =>
  offeringsOf(product).reduce((sum, { quantity }) => sum + quantity, 0);

/** Which variation a product is, however its document is ordered. */
const keyOf = (values: readonly PropertyValue[]): string =>
  values
    .map(({ property_id: property, value_ids: ids, values: words }) => ({
      property,
      value: ids.length > 0 ? ids.join('+') : words.map(encodeURIComponent).join('+'),
    }))
    .sort((one, other) => one.property - other.property)
    .map(({ property, value }) => `${property}=${value}`)
    .join('&');

export const productKey = (product: Product): string => keyOf(valuesOf(product));

export const listingIdOf = (remoteId: string): number | null => {
  const [digits = ''] = remoteId.split('/');
  return /^[1-9]\d*$/.test(digits) ? Number(digits) : null;
};

/** Only these are for sale; a draft shows its number to the seller alone. */
export const isShown = ({ state }: Listing): boolean => state === 'active' || state === 'draft';

/** What customers can buy. */
export const shownQuantity = (listing: Listing, number: StockNumber): number =>
  isShown(listing) ? number.quantity : 0;

/** Files to download never run out. */
export const isDigital = ({ listing_type: type }: Listing): boolean => type === 'download';
