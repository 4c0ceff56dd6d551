// The rules by which the simulated Etsy takes a listing's inventory: all of it at once, and picky.

import { inventoryShape } from './shapes.ts';
import { refuse } from './simulator-answers.ts';
import { nextId, type Shop, type ShopListing, type ShopProduct } from './simulator-memory.ts';
import { renderInventory } from './simulator-render.ts';
import { stockNumbers } from './stock.ts';

const QUANTITY_MAX = 999;
const PROPERTIES_WITHOUT_ASKING = 2;

type Body = {
  readonly products: readonly {
    readonly sku?: string | null;
    readonly property_values?: readonly {
      readonly property_id: number;
      readonly property_name?: string;
      readonly value_ids: readonly number[];
      readonly values: readonly string[];
    }[];
    readonly offerings: readonly {
      readonly price: number;
      readonly quantity: number;
      readonly is_enabled: boolean;
      readonly readiness_state_id: number | null;
    }[];
  }[];
  readonly price_on_property?: readonly number[];
  readonly quantity_on_property?: readonly number[];
  readonly sku_on_property?: readonly number[];
  readonly readiness_state_on_property?: readonly number[];
};

const PRODUCT_KEYS = ['sku', 'property_values', 'offerings'];
const OFFERING_KEYS = ['price', 'quantity', 'is_enabled', 'readiness_state_id'];
const VALUE_KEYS = ['property_id', 'property_name', 'scale_id', 'value_ids', 'values'];

export function putInventory(
  shop: Shop,
  listing: ShopListing,
  body: unknown,
  query: URLSearchParams,
): object {
  const given = body as Body;
  try {
    check(given, query);
  } catch (refusal) {
    record(shop, listing, given, false);
    throw refusal;
  }
  // Whatever is not in the document is gone, and everything in it gets new ids.
  listing.products = given.products.map((product) => toProduct(shop, product));
  listing.priceOn = [...(given.price_on_property ?? [])];
  listing.quantityOn = [...(given.quantity_on_property ?? [])];
  listing.skuOn = [...(given.sku_on_property ?? [])];
  listing.readinessOn = [...(given.readiness_state_on_property ?? [])];
  listing.modifiedAt = shop.now();
  record(shop, listing, given, true);
  return renderInventory(listing);
}

function check(body: Body, query: URLSearchParams): void {
  if (!Array.isArray(body.products) || body.products.length === 0) throw refuse(400, 'Expected products.');
  for (const product of body.products) {
    refuseOthers(product, PRODUCT_KEYS);
    if (product.offerings.length === 0) throw refuse(400, 'A product must have an offering');
    for (const value of product.property_values ?? []) {
      refuseOthers(value, VALUE_KEYS);
      if (value.value_ids.length === 0 || value.values.length === 0) {
        throw refuse(400, "Property values can't be empty");
      }
    }
    if (
      (product.property_values?.length ?? 0) > PROPERTIES_WITHOUT_ASKING &&
      query.get('max_variations_supported') !== '3'
    ) {
      throw refuse(400, 'Too many variation properties');
    }
    for (const offering of product.offerings) {
      refuseOthers(offering, OFFERING_KEYS);
      const missing = OFFERING_KEYS.find((key) => !(key in offering));
      if (missing !== undefined) throw refuse(400, `Missing required key ${missing}`);
      const { quantity } = offering;
      if (!Number.isInteger(quantity) || quantity < 0 || quantity > QUANTITY_MAX) {
        throw refuse(400, `Quantity must be between 0 and ${QUANTITY_MAX}`);
      }
    }
  }
  const offerings = body.products.flatMap((product) => product.offerings);
  if (offerings.every(({ quantity }) => quantity === 0)) {
    throw refuse(400, 'One offering must have quantity greater than 0');
  }
  checkVarying(body, 'quantity', body.quantity_on_property, (product) => product.offerings[0]?.quantity);
  checkVarying(body, 'price', body.price_on_property, (product) => product.offerings[0]?.price);
}

function refuseOthers(given: object, known: readonly string[]): void {
  if (Object.keys(given).some((key) => !known.includes(key))) {
    throw refuse(400, 'Array contains invalid keys');
  }
}

function checkVarying(
  body: Body,
  name: string,
  on: readonly number[] | undefined,
  read: (product: Body['products'][number]) => unknown,
): void {
  const known = new Map<string, unknown>();
  for (const product of body.products) {
    const key = (product.property_values ?? [])
      .filter((value) => (on ?? []).includes(value.property_id))
      .map((value) => `${value.property_id}=${value.value_ids.join('+')}`)
      .join('&');
    if (known.has(key) && known.get(key) !== read(product)) {
      throw refuse(400, `The ${name} is incompatible with values in ${name}_on_property`);
    }
    known.set(key, read(product));
  }
}

function toProduct(shop: Shop, given: Body['products'][number]): ShopProduct {
  const [offering] = given.offerings;
  return {
    productId: nextId(shop.memory),
    offeringId: nextId(shop.memory),
    sku: given.sku ?? '',
    quantity: offering?.quantity ?? 0,
    priceCents: Math.round((offering?.price ?? 0) * 100),
    isEnabled: offering?.is_enabled ?? true,
    readinessId: offering?.readiness_state_id ?? null,
    values: (given.property_values ?? []).map((value) => ({
      propertyId: value.property_id,
      propertyName: value.property_name ?? '',
      valueId: value.value_ids[0] ?? 0,
      value: value.values[0] ?? '',
    })),
  };
}

export const numbersOf = (listing: ShopListing): ReturnType<typeof stockNumbers> =>
  stockNumbers(listing.id, inventoryShape.parse(renderInventory(listing)));

function record(shop: Shop, listing: ShopListing, given: Body, applied: boolean): void {
  const wished = {
    ...listing,
    products: applied ? listing.products : (given.products ?? []).map((one) => toProduct(shop, one)),
  };
  for (const { remoteId, quantity } of numbersOf(wished)) shop.recordWrite(remoteId, quantity, applied);
}
