// What eBay shows right now for some listings, read in whichever world each of them lives.

import { ChannelError } from '../../net/channel-error.ts';
import { inTurns, together } from '../../net/in-turns.ts';
import type { AvailableReading, ListingReference } from '../channel.ts';
import type { EbayClient } from './client.ts';
import { type Offer, readInventoryItems, readOffersKept } from './inventory.ts';
import type { Item } from './item.ts';
import { FEED_FROM, INVENTORY_BATCH_MAX, REQUESTS_AT_ONCE } from './manifest.ts';
import { isFixedPrice, NO_FIXED_PRICE, NO_SKU, type Place, readHandle } from './map-listing.ts';
import type { Shelf, State } from './outcome.ts';
import { readActivePage, readOneItem } from './trading.ts';

const GONE: State = { kind: 'gone', message: 'This listing is no longer on eBay.' };
const VARIATION_GONE: State = {
  kind: 'gone',
  message:
    'This variation is no longer part of its listing. eBay takes one away that is set to 0 before it ever sold: add it to the listing again in Seller Hub.',
};

/** `kept`: offers may be those of earlier today, without what each of them allows. */
export async function readStock(
  client: EbayClient,
  listings: readonly ListingReference[],
  kept = false,
): Promise<Shelf> {
  const states = new Map<string, State>();
  const inInventory: [string, Place & { readonly sku: string }][] = [];
  const inTrading: [string, Place][] = [];
  for (const handle of new Set(listings.map((listing) => listing.handle))) {
    const place = readHandle(handle);
    if (place === null) states.set(handle, GONE);
    else if (place.world === 'auction') states.set(handle, { kind: 'untracked', message: NO_FIXED_PRICE });
    else if (place.world === 'inventory' && place.sku !== null)
      inInventory.push([handle, { ...place, sku: place.sku }]);
    else inTrading.push([handle, place]);
  }
  const found = await readInventoryWorld(
    client,
    inInventory.map(([, place]) => place),
    kept,
  );
  for (const [handle, place] of inInventory) {
    const state = found(place);
    if (state === null) inTrading.push([handle, place]);
    else states.set(handle, state);
  }
  const itemIds = [...new Set(inTrading.map(([, { itemId }]) => itemId))];
  const items = await readItems(client, itemIds).catch(usedUp);
  for (const [handle, place] of inTrading) {
    const state: State =
      items instanceof ChannelError
        ? { kind: 'unread', problem: items }
        : stateInTrading(place, items.get(place.itemId) ?? null);
    states.set(handle, state);
  }
  return (handle) => states.get(handle) ?? GONE;
}

// Trading's calls of a day are few; the other world goes on without them.
function usedUp(problem: unknown): ChannelError {
  if (problem instanceof ChannelError && problem.kind === 'throttled') return problem;
  throw problem;
}

// ---- Inventory API ----------------------------------------------------------------------------------------------

/** As many as one call tells: the push of a moment, not of a whole catalogue. */
const BOTH_AT_ONCE_MAX = INVENTORY_BATCH_MAX;

type InventoryPlace = Place & { readonly sku: string };

/** Null for a SKU that has no offer on that listing: the listing lives in the other world, or is gone. */
async function readInventoryWorld(
  client: EbayClient,
  places: readonly InventoryPlace[],
  kept: boolean,
): Promise<(place: InventoryPlace) => State | null> {
  const itemIdsOf = new Map<string, string[]>();
  for (const { sku, itemId } of places) itemIdsOf.set(sku, [...(itemIdsOf.get(sku) ?? []), itemId]);
  const skus = [...itemIdsOf.keys()];
  const offers = new Map<string, readonly Offer[]>();
  const readOffersOf = (some: readonly string[]): Promise<unknown> =>
    inTurns(some, REQUESTS_AT_ONCE, async (sku) => {
      const itemIds = itemIdsOf.get(sku) ?? [];
      const fits = (known: readonly Offer[]): boolean =>
        kept && itemIds.every((itemId) => known.some((one) => isOn(one, itemId)));
      offers.set(sku, await readOffersKept(client, sku, fits));
    });
  // Some are asked for both at once. Of many, those that the Inventory API does not know are not worth a call each.
  const isSome = skus.length <= BOTH_AT_ONCE_MAX;
  const [items] = await together([readInventoryItems(client, skus), isSome ? readOffersOf(skus) : null]);
  if (!isSome) await readOffersOf(skus.filter((sku) => items.has(sku)));
  return ({ sku, itemId }) => {
    const item = items.get(sku);
    const offer = (offers.get(sku) ?? []).find((one) => isOn(one, itemId));
    if (item === undefined || offer === undefined) return null;
    if (ENDED.has(offer.listing?.listingStatus ?? '')) return GONE;
    if (item.isDistributed) return { kind: 'fixed', message: DISTRIBUTED };
    const quantity = Math.min(item.quantity, offer.availableQuantity ?? item.quantity);
    return { kind: 'quantity', quantity, itemId, way: { kind: 'inventory', sku, offerId: offer.offerId } };
  };
}

export const isOn = (offer: Offer, itemId: string): boolean =>
  offer.listing?.listingId === itemId && offer.status === 'PUBLISHED' && offer.format !== 'AUCTION';

const ENDED: ReadonlySet<string> = new Set(['ENDED', 'EBAY_ENDED', 'INACTIVE', 'NOT_LISTED']);
const DISTRIBUTED =
  'The stock of this SKU is divided over several locations on eBay, so one number for all cannot be told. Change it on eBay.';

// ---- Trading ----------------------------------------------------------------------------------------------------

/**
 * By item id. A call of 5,000 a day reads either one listing or a page of 200, so whichever needs fewer calls is taken;
 * only GetItem decides that a listing is gone.
 */
async function readItems(client: EbayClient, itemIds: readonly string[]): Promise<ReadonlyMap<string, Item>> {
  const found = new Map<string, Item>();
  const missing = new Set(itemIds);
  const isMany = itemIds.length >= FEED_FROM;
  const pages = isMany ? keptPages(client) : new Map<string, Item>();
  const pick = (): void => {
    for (const itemId of missing) {
      const item = pages.get(itemId);
      // Used once: after that the listing has been told another number.
      if (item === undefined || !pages.delete(itemId)) continue;
      missing.delete(itemId);
      found.set(itemId, item);
    }
  };
  pick();
  if (missing.size > 1) {
    const first = await readActivePage(client, 1);
    for (const item of first.items) pages.set(item.itemId, item);
    pick();
    const others = Array.from({ length: Math.max(0, first.pageCount - 1) }, (_, index) => index + 2);
    if (missing.size > others.length) {
      await inTurns(others, REQUESTS_AT_ONCE, async (page) => {
        for (const item of (await readActivePage(client, page)).items) pages.set(item.itemId, item);
      });
      pick();
    }
  }
  await inTurns([...missing], REQUESTS_AT_ONCE, async (itemId) => {
    const item = await readOneItem(client, itemId);
    if (item !== null) found.set(itemId, item);
  });
  return found;
}

/** A push of thousands comes in several calls: the pages it needs are read once, not for each of them. */
const PAGES_KEPT_MS = 10 * 60_000;
const keptBy = new WeakMap<object, { readonly at: Date; readonly items: Map<string, Item> }>();

function keptPages({ seller, now }: EbayClient): Map<string, Item> {
  const kept = keptBy.get(seller);
  if (kept !== undefined && now().getTime() - kept.at.getTime() < PAGES_KEPT_MS) return kept.items;
  const items = new Map<string, Item>();
  keptBy.set(seller, { at: now(), items });
  return items;
}

function stateInTrading({ key }: Place, item: Item | null): State {
  if (item === null) return GONE;
  const { itemId } = item;
  if (!isFixedPrice(item)) return { kind: 'untracked', message: NO_FIXED_PRICE };
  if (key === null) {
    if (item.variations.length > 0) return GONE;
    return { kind: 'quantity', quantity: item.available, itemId, way: { kind: 'trading', sku: null } };
  }
  const variation = item.variations.find((one) => one.key === key);
  if (variation === undefined) return VARIATION_GONE;
  const { sku, available: quantity } = variation;
  if (sku === null) return { kind: 'fixed', message: NO_SKU };
  return { kind: 'quantity', quantity, itemId, way: { kind: 'trading', sku } };
}

// ---- reading ----------------------------------------------------------------------------------------------------

export async function readAvailable(
  client: EbayClient,
  listings: readonly ListingReference[],
): Promise<readonly AvailableReading[]> {
  if (listings.length === 0) return [];
  const shelf = await readStock(client, listings);
  return listings.map(({ remoteId, handle }) => {
    const state = shelf(handle);
    if (state.kind === 'unread') throw state.problem;
    const reading: AvailableReading['reading'] =
      state.kind === 'quantity'
        ? { kind: 'quantity', quantity: state.quantity }
        : { kind: state.kind === 'gone' ? 'gone' : 'untracked' };
    return { remoteId, handle, reading };
  });
}
