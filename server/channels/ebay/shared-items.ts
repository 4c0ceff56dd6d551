// One item of the Inventory API may be offered on several listings, which then all show its number. A listing made on the site may
// carry the same SKU and still have a number of its own: only the item's offers tell the two apart.

import { inTurns } from '../../net/in-turns.ts';
import type { ListingSnapshot } from '../channel.ts';
import type { EbayClient } from './client.ts';
import { readOffersKept } from './inventory.ts';
import { REQUESTS_AT_ONCE } from './manifest.ts';
import { readHandle, writeHandle } from './map-listing.ts';
import { isOn } from './stock.ts';

/** Of one walk over all listings. */
export type SharedItems = {
  /** The listings of a page with what is known of them by now; earlier ones once more, where that is something else. */
  readonly settle: (listings: readonly ListingSnapshot[]) => Promise<readonly ListingSnapshot[]>;
};

/** What earlier walks of this process found to be made on the site, so that a new walk says so at once. */
const knownBy = new WeakMap<object, Set<string>>();

export function createSharedItems(client: EbayClient): SharedItems {
  const onSite = knownBy.get(client.seller) ?? new Set<string>();
  knownBy.set(client.seller, onSite);
  const met = new Map<string, Map<string, ListingSnapshot>>();

  const settled = (listing: ListingSnapshot): ListingSnapshot =>
    onSite.has(listing.remoteId) ? asMadeOnSite(listing) : listing;

  /** Answers the SKU where it is met on another listing before this one. */
  function meet(listing: ListingSnapshot): string | null {
    const sku = itemOf(listing);
    if (sku === null) return null;
    const its = met.get(sku) ?? new Map<string, ListingSnapshot>();
    met.set(sku, its);
    its.set(listing.remoteId, listing);
    return its.size > 1 ? sku : null;
  }

  async function look(sku: string): Promise<readonly ListingSnapshot[]> {
    const listings = [...(met.get(sku)?.values() ?? [])];
    const itemIdOf = (listing: ListingSnapshot): string => readHandle(listing.handle)?.itemId ?? '';
    const offers = await readOffersKept(client, sku, (known) =>
      listings.every((listing) => known.some((offer) => isOn(offer, itemIdOf(listing)))),
    );
    for (const listing of listings) {
      if (offers.some((offer) => isOn(offer, itemIdOf(listing)))) onSite.delete(listing.remoteId);
      else onSite.add(listing.remoteId);
    }
    return listings;
  }

  return {
    settle: async (listings) => {
      const doubtful = new Set(listings.map(meet).filter((sku) => sku !== null));
      const again = (await inTurns([...doubtful], REQUESTS_AT_ONCE, look)).flat();
      return [...new Map([...listings, ...again].map((one) => [one.remoteId, settled(one)])).values()];
    },
  };
}

function itemOf({ handle }: ListingSnapshot): string | null {
  const place = readHandle(handle);
  return place?.world === 'inventory' ? place.sku : null;
}

function asMadeOnSite({ stockId: _shared, ...listing }: ListingSnapshot): ListingSnapshot {
  const place = readHandle(listing.handle);
  return place === null ? listing : { ...listing, handle: writeHandle({ ...place, world: 'trading' }) };
}
