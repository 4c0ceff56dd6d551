// Reads listings with their inventories by id, a hundred for one call. One id that is gone spoils the whole
// call, so such a call is halved until the missing one stands alone.

import type { Call, EtsyClient } from './client.ts';
import { PAGE_MAX } from './manifest.ts';
import { EtsyRefusal } from './refusal.ts';
import { type Listing, listingsShape } from './shapes.ts';

/** Listings that do not exist any more are left out. */
export async function readListings(
  client: EtsyClient,
  listingIds: readonly number[],
  call: Call = {},
): Promise<ReadonlyMap<number, Listing>> {
  const found = new Map<number, Listing>();
  for (let start = 0; start < listingIds.length; start += PAGE_MAX) {
    await readInto(client, listingIds.slice(start, start + PAGE_MAX), call, found);
  }
  return found;
}

async function readInto(
  client: EtsyClient,
  listingIds: readonly number[],
  call: Call,
  found: Map<number, Listing>,
): Promise<void> {
  try {
    const query = { listing_ids: listingIds.join(',') };
    const { results } = await client.get('/listings/batch/inventory', listingsShape, { ...call, query });
    for (const listing of results) found.set(listing.listing_id, listing);
  } catch (problem) {
    if (!(problem instanceof EtsyRefusal && problem.status === 404)) throw problem;
    if (listingIds.length === 1) return;
    const half = Math.ceil(listingIds.length / 2);
    await readInto(client, listingIds.slice(0, half), call, found);
    await readInto(client, listingIds.slice(half), call, found);
  }
}
