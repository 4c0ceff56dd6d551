// The simulated store's inventory: reading by item and location, and the absolute adjustment that takes all items or none.

import type { SimulationAnswer } from '../simulation-server.ts';
import { ADJUSTMENT_MAX, QUANTITY_MAX } from './manifest.ts';
import { answer, idsIn, pageOf, refuse } from './simulator-answers.ts';
import type { Shop, ShopVariant } from './simulator-memory.ts';
import { baseVariantOf, levelAt, type Settling, tellStock } from './simulator-stock.ts';

type Item = {
  readonly key: string;
  readonly sku: string;
  readonly productId: number;
  readonly variantId: number | null;
};

const LIMITS = { initial: 50, max: 1_000 };

export function listItems(shop: Shop, settling: Settling, query: URLSearchParams): SimulationAnswer {
  const variantIds = idsIn(query, 'variant_id:in');
  const productIds = idsIn(query, 'product_id:in');
  const locationIds = idsIn(query, 'location_id:in');
  return pageOf(
    itemsFor(shop, variantIds, productIds),
    query,
    (item) => renderItem(shop, settling, item, locationIds),
    LIMITS,
  );
}

/** Only what is counted, and was given a number once. */
function itemsFor(
  shop: Shop,
  variantIds: ReadonlySet<number> | null,
  productIds: ReadonlySet<number> | null,
): readonly Item[] {
  const { products, variants, stock } = shop.memory;
  const candidates =
    variantIds === null
      ? [...(productIds ?? products.keys())].flatMap((id) => shop.variantsOf(id))
      : [...variantIds].flatMap((id) => variants.get(id) ?? []);
  const items = new Map<string, Item>();
  for (const variant of candidates) {
    const item = itemOf(shop, variant);
    if (item !== null && stock.has(item.key)) items.set(item.key, item);
  }
  return [...items.values()];
}

function itemOf(shop: Shop, variant: ShopVariant): Item | null {
  const product = shop.memory.products.get(variant.productId);
  if (product === undefined || product.tracking === 'none') return null;
  const shared = { productId: product.id };
  if (product.tracking === 'variant') {
    return { ...shared, key: `v${variant.id}`, sku: variant.sku, variantId: variant.id };
  }
  const base = baseVariantOf(shop, product);
  return { ...shared, key: `p${product.id}`, sku: product.sku, variantId: base?.id ?? null };
}

function renderItem(
  shop: Shop,
  settling: Settling,
  item: Item,
  locationIds: ReadonlySet<number> | null,
): object {
  const { key, sku, productId, variantId } = item;
  const locations = shop.memory.locations.filter(({ id }) => locationIds === null || locationIds.has(id));
  return {
    identity: { sku, product_id: productId, ...(variantId === null ? {} : { variant_id: variantId }) },
    locations: locations.map(({ id, label, enabled }) => {
      const { onhand, safety } = levelAt(shop, key, id);
      const shown = onhand - settling.behind(key, id);
      return {
        location_id: id,
        location_code: `BC-LOCATION-${id}`,
        location_name: label,
        available_to_sell: shown - safety,
        total_inventory_onhand: shown,
        location_enabled: enabled,
        settings: { safety_stock: safety, is_in_stock: shown > safety, warning_level: 0 },
      };
    }),
  };
}

// ---- absolute adjustments -------------------------------------------------------------------------------------

type Body = { readonly items?: unknown };
type Adjustment = { readonly key: string; readonly locationId: number; readonly quantity: number };
/** Refuses an item that looks right, for tests; null lets it pass. */
export type Poison = (item: Readonly<Record<string, unknown>>) => string | null;

export function adjustAbsolute(shop: Shop, settling: Settling, body: Body, poison: Poison): SimulationAnswer {
  const { items } = body;
  if (!Array.isArray(items) || items.length === 0) {
    throw refuse(422, 'Payload contains invalid fields', { items: 'At least one item is required' });
  }
  if (items.length > ADJUSTMENT_MAX) {
    throw refuse(422, 'Payload contains invalid fields', { items: `At most ${ADJUSTMENT_MAX} items` });
  }
  const problems: string[] = [];
  const adjustments: Adjustment[] = [];
  for (const item of items as Readonly<Record<string, unknown>>[]) {
    const read = poison(item) ?? readItem(shop, item);
    if (typeof read === 'string') problems.push(read);
    else adjustments.push(read);
  }
  if (problems.length > 0) {
    for (const { key, quantity } of adjustments) record(shop, key, quantity, false);
    throw refuse(422, problems.map((problem) => `[${problem}]`).join(' '));
  }
  for (const { key, locationId, quantity } of adjustments) {
    const level = levelAt(shop, key, locationId);
    settling.note(key, locationId, quantity - level.onhand);
    level.onhand = quantity;
    record(shop, key, quantity, true);
    tellStock(shop, key, 'person');
  }
  return answer(200, { transaction_id: `0184${String(shop.now()).padStart(14, '0')}` });
}

function readItem(shop: Shop, item: Readonly<Record<string, unknown>>): Adjustment | string {
  const { location_id: locationId, variant_id: variantId, product_id: productId, quantity } = item;
  const name = variantId === undefined ? `product_id ${productId}` : `variant_id ${variantId}`;
  if (!Number.isInteger(quantity) || (quantity as number) < 0 || (quantity as number) > QUANTITY_MAX) {
    return `Item with ${name} has an invalid quantity`;
  }
  if (!shop.memory.locations.some(({ id }) => id === locationId)) {
    return `Location with id ${locationId} not found`;
  }
  const variant = shop.memory.variants.get(Number(variantId));
  const product = shop.memory.products.get(variant?.productId ?? Number(productId));
  if (product === undefined || (variantId !== undefined && variant === undefined)) {
    return `Item with ${name} not found`;
  }
  if (product.tracking === 'none') return `Item with ${name} is not tracked`;
  if (variantId !== undefined && product.tracking === 'product') {
    return `Item with ${name} is tracked by product, please update stock by product id`;
  }
  if (variantId === undefined && product.tracking === 'variant') {
    return `Item with ${name} is tracked by variant, please update stock by variant id or sku`;
  }
  const key = variantId === undefined ? `p${product.id}` : `v${variantId}`;
  return { key, locationId: locationId as number, quantity: quantity as number };
}

/** By the listing's remoteId, as every simulated shop does. */
function record(shop: Shop, key: string, quantity: number, applied: boolean): void {
  const id = Number(key.slice(1));
  if (key.startsWith('v')) {
    shop.recordWrite(String(id), quantity, applied);
    return;
  }
  const product = shop.memory.products.get(id);
  const base = product === undefined ? undefined : baseVariantOf(shop, product);
  shop.recordWrite(base === undefined ? `product-${id}` : String(base.id), quantity, applied);
}

// ---- locations and settings -----------------------------------------------------------------------------------

export const listLocations = (shop: Shop, query: URLSearchParams): SimulationAnswer =>
  pageOf(
    shop.memory.locations,
    query,
    ({ id, label, enabled }) => ({
      id,
      code: `BC-LOCATION-${id}`,
      label,
      managed_by_external_source: false,
      type_id: 'PHYSICAL',
      enabled,
      time_zone: 'Etc/UTC',
      storefront_visibility: true,
    }),
    LIMITS,
  );

/** A channel has no settings of its own here: what it inherits is null. */
export const inventorySettings = (shop: Shop, query: URLSearchParams): SimulationAnswer =>
  answer(200, {
    data: query.has('channel_id')
      ? Object.fromEntries(Object.keys(shop.memory.settings).map((name) => [name, null]))
      : shop.memory.settings,
    meta: {},
  });
