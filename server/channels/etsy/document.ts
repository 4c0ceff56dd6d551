// The document that is written back: what was read with other quantities and nothing else. Pure.

import type { Inventory, Product } from './shapes.ts';
import { offeringsOf, productKey, productsOf, quantityOf } from './stock.ts';

type BodyOffering = {
  readonly price: number;
  readonly quantity: number;
  readonly is_enabled: boolean;
  readonly readiness_state_id: number | null;
};
type BodyProduct = {
  readonly sku: string;
  readonly property_values: readonly object[];
  readonly offerings: readonly BodyOffering[];
};
export type InventoryBody = {
  readonly products: readonly BodyProduct[];
  readonly price_on_property: readonly number[];
  readonly quantity_on_property: readonly number[];
  readonly sku_on_property: readonly number[];
  readonly readiness_state_on_property?: readonly number[];
};

/** From three variation properties on, Etsy must be told that the caller knows of them. */
const PROPERTIES_WITHOUT_ASKING = 2;
const PROPERTIES_MAX = 3;

export const writeQuery = (inventory: Inventory): Readonly<Record<string, number>> =>
  inventory.products.some((product) => (product.property_values?.length ?? 0) > PROPERTIES_WITHOUT_ASKING)
    ? { max_variations_supported: PROPERTIES_MAX }
    : {};

/** Ids and names of scales are not taken; a price goes back as the number it is, never worked out anew. */
export function bodyOf(
  inventory: Inventory,
  quantities: ReadonlyMap<Product, number> = new Map(),
): InventoryBody {
  const readiness = inventory.readiness_state_on_property;
  return {
    products: productsOf(inventory).map((read) => {
      const quantity = quantities.get(read);
      return {
        sku: read.sku ?? '',
        property_values: (read.property_values ?? []).map((value) => ({
          property_id: value.property_id,
          ...(value.property_name == null ? {} : { property_name: value.property_name }),
          scale_id: value.scale_id ?? null,
          value_ids: value.value_ids,
          values: value.values,
        })),
        offerings: offeringsOf(read).map((offering) => ({
          price: offering.price.amount / offering.price.divisor,
          quantity: quantity ?? offering.quantity,
          is_enabled: offering.is_enabled,
          readiness_state_id: offering.readiness_state_id ?? null,
        })),
      };
    }),
    price_on_property: inventory.price_on_property ?? [],
    quantity_on_property: inventory.quantity_on_property ?? [],
    sku_on_property: inventory.sku_on_property ?? [],
    ...(readiness == null ? {} : { readiness_state_on_property: readiness }),
  };
}

/** What two documents differ in besides quantities, in words; nothing when they say the same. */
export function differences(before: Inventory, after: Inventory): readonly string[] {
  const [old, now] = [byKey(before), byKey(after)];
  const found = new Set<string>();
  for (const [key, product] of old) {
    const other = now.get(key);
    if (other === undefined) found.add(`the variation with the SKU "${product.sku}"`);
    else compare(product, other, found);
  }
  for (const [key, product] of now)
    if (!old.has(key)) found.add(`the variation with the SKU "${product.sku}"`);
  // Etsy writes prices in the shop's own currency, whatever they were in.
  if (!isSame(currencies(before), currencies(after))) found.add('the currency of prices');
  const [oldBody, nowBody] = [bodyOf(before), bodyOf(after)];
  for (const name of ['price', 'quantity', 'sku', 'readiness_state'] as const) {
    const field = `${name}_on_property` as const;
    if (!isSame(sorted(oldBody[field]), sorted(nowBody[field]))) found.add(`what the ${name} varies by`);
  }
  return [...found];
}

const sorted = (ids: readonly number[] | undefined): readonly number[] =>
  [...(ids ?? [])].sort((a, b) => a - b);

const currencies = (inventory: Inventory): readonly string[] =>
  [
    ...new Set(
      productsOf(inventory).flatMap((product) =>
        offeringsOf(product).map(({ price }) => price.currency_code ?? ''),
      ),
    ),
  ].sort();

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

function byKey(inventory: Inventory): ReadonlyMap<string, BodyProduct> {
  const body = bodyOf(inventory);
  return new Map(
    productsOf(inventory).map((product, index) => [productKey(product), body.products[index] as BodyProduct]),
  );
}

function compare(before: BodyProduct, after: BodyProduct, found: Set<string>): void {
  if (before.sku !== after.sku) found.add(`the SKU "${before.sku}"`);
  if (!isSame(before.property_values, after.property_values)) found.add('the words of a variation');
  if (before.offerings.length !== after.offerings.length) found.add('the offers of a variation');
  for (const [index, offering] of before.offerings.entries()) {
    const other = after.offerings[index];
    if (other === undefined) continue;
    if (offering.price !== other.price) found.add('a price');
    if (offering.is_enabled !== other.is_enabled) found.add('whether a variation is visible');
    if (offering.readiness_state_id !== other.readiness_state_id) found.add('a processing profile');
  }
}

/** Written back, all of them would be in the shop's currency. */
export const hasSeveralCurrencies = (inventory: Inventory): boolean => currencies(inventory).length > 1;

export const holdsOnlyZeros = (inventory: Inventory, quantities: ReadonlyMap<Product, number>): boolean =>
  productsOf(inventory).every((product) => (quantities.get(product) ?? quantityOf(product)) === 0);
