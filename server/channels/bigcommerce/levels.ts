// What the store shows right now for given stock numbers, at one location.

import { inChunks, inTurns } from '../../net/in-turns.ts';
import type { AvailableReading, ListingReference } from '../channel.ts';
import type { BigCommerceClient, Query } from './client.ts';
import { readTracking } from './complete-orders.ts';
import { type Place, readHandle } from './handle.ts';
import { variantsOf } from './listings.ts';
import { INVENTORY_READ_MAX } from './manifest.ts';
import { type InventoryItem, itemShape, pageOf } from './shapes.ts';

/** BigCommerce asks for one after the other with changes only. */
const READS_AT_ONCE = 4;

export type StockReader = { readonly client: BigCommerceClient; readonly locationOf: () => Promise<number> };

export type Level = {
  readonly locationId: number;
  /** What customers can buy: what is on hand less the safety stock. */
  readonly available: number;
  readonly safetyStock: number;
};

export type StockState =
  | { readonly kind: 'level'; readonly level: Level }
  | { readonly kind: 'untracked' }
  | { readonly kind: 'gone' }
  /** The number is kept somewhere else than when the listings were read. */
  | { readonly kind: 'moved' };

/** By handle. */
export type Shelf = (handle: string) => StockState;

export async function readAvailable(
  reader: StockReader,
  listings: readonly ListingReference[],
): Promise<readonly AvailableReading[]> {
  const shelf = await readShelf(
    reader,
    listings.map(({ handle }) => handle),
  );
  return listings.map(({ remoteId, handle }) => {
    const state = shelf(handle);
    const reading: AvailableReading['reading'] =
      state.kind === 'level'
        ? { kind: 'quantity', quantity: state.level.available }
        : { kind: state.kind === 'gone' ? 'gone' : 'untracked' };
    return { remoteId, handle, reading };
  });
}

/**
 * `tracking`: how each product is counted is asked for, or taken to be as it was when the listings were read. A write to what
 * is counted otherwise is refused by name, so only reading has to ask.
 */
export async function readShelf(
  reader: StockReader,
  handles: readonly string[],
  tracking: 'asked' | 'remembered' = 'asked',
): Promise<Shelf> {
  if (handles.length === 0) return () => ({ kind: 'gone' });
  const locationId = await reader.locationOf();
  const places = new Map<string, Place>();
  for (const handle of handles) {
    const place = readHandle(handle);
    if (place !== null) places.set(handle, place);
  }
  const all = [...places.values()];
  const variantIds = all.flatMap((place) => (place.kind === 'variant' ? [place.variantId] : []));
  const productIds = all.flatMap((place) => (place.kind === 'product' ? [place.productId] : []));
  const byVariant = new Map<number, InventoryItem>();
  for (const item of await readItems(reader.client, 'variant_id:in', variantIds, locationId)) {
    byVariant.set(item.identity.variant_id, item);
  }
  const byProduct = new Map<number, InventoryItem>();
  const countedByVariant = new Set<number>();
  for (const item of await readItems(reader.client, 'product_id:in', productIds, locationId)) {
    if (byProduct.has(item.identity.product_id)) countedByVariant.add(item.identity.product_id);
    byProduct.set(item.identity.product_id, item);
  }
  const itemOf = (place: Place): InventoryItem | undefined =>
    place.kind === 'variant' ? byVariant.get(place.variantId) : byProduct.get(place.productId);
  const isDoubtful = ({ kind, productId }: Place): boolean =>
    kind === 'product' && (tracking === 'asked' || countedByVariant.has(productId));
  const missing = all.filter((place) => itemOf(place) === undefined || isDoubtful(place));
  const explain = await explainMissing(reader.client, missing, locationId);
  return (handle) => {
    const place = places.get(handle);
    if (place === undefined) return { kind: 'gone' };
    const item = itemOf(place);
    const doubt = explain(place);
    // A product that is now counted by variant still has items under its id: they are not the product's number.
    if (item === undefined || doubt?.kind === 'moved') return doubt ?? { kind: 'gone' };
    return { kind: 'level', level: levelOf(item, locationId) };
  };
}

async function readItems(
  client: BigCommerceClient,
  filter: 'variant_id:in' | 'product_id:in',
  ids: readonly number[],
  locationId: number,
): Promise<readonly InventoryItem[]> {
  const parts = await inTurns(
    inChunks([...new Set(ids)], INVENTORY_READ_MAX),
    READS_AT_ONCE,
    async (chunk) => {
      const items: InventoryItem[] = [];
      for (let page = 1, pages = 1; page <= pages; page += 1) {
        const query: Query = {
          [filter]: chunk,
          'location_id:in': locationId,
          limit: INVENTORY_READ_MAX * 2,
          ...(page === 1 ? {} : { page }),
        };
        const answer = await client.get('/v3/inventory/items', query, pageOf(itemShape));
        items.push(...(answer?.data ?? []));
        pages = answer?.meta?.pagination?.total_pages ?? pages;
      }
      return items;
    },
  );
  return parts.flat();
}

function levelOf(item: InventoryItem, locationId: number): Level {
  const found = item.locations.find((location) => location.location_id === locationId);
  return {
    locationId,
    available: found?.available_to_sell ?? 0,
    safetyStock: found?.settings?.safety_stock ?? 0,
  };
}

/**
 * Why the inventory does not list something: it is not counted, it is counted elsewhere, it was never given a number (then
 * it shows 0), or it is gone.
 */
async function explainMissing(
  client: BigCommerceClient,
  places: readonly Place[],
  locationId: number,
): Promise<(place: Place) => StockState | null> {
  if (places.length === 0) return () => null;
  const products = await readTracking(
    client,
    places.map(({ productId }) => productId),
  );
  const byVariant = places.filter(
    (place) => place.kind === 'variant' && products.get(place.productId)?.inventory_tracking === 'variant',
  );
  const variants = await variantsOf(client, [...new Set(byVariant.map(({ productId }) => productId))]);
  const empty: StockState = { kind: 'level', level: { locationId, available: 0, safetyStock: 0 } };
  return (place) => {
    const tracking = products.get(place.productId)?.inventory_tracking;
    if (tracking === undefined) return { kind: 'gone' };
    if (tracking === 'none') return { kind: 'untracked' };
    if (tracking !== place.kind) return { kind: 'moved' };
    if (place.kind === 'product') return empty;
    const isThere = variants.get(place.productId)?.some(({ id }) => id === place.variantId) === true;
    return isThere ? empty : { kind: 'gone' };
  };
}
