// From an Etsy listing with its inventory to the neutral listings: one for each stock number.

import type { ListingSnapshot, ListingState } from '../channel.ts';
import type { Listing } from './shapes.ts';
import { isDigital, stockNumbers } from './stock.ts';

const NO_INVENTORY =
  'Etsy has no inventory record for this listing yet. Open it in the listing editor on Etsy and save it once.';
const EXPIRED = 'This listing has expired. Renew it on Etsy, at Etsy’s fee.';

export function mapListing(listing: Listing): readonly ListingSnapshot[] {
  const title = listing.title ?? '';
  const common = {
    state: stateOf(listing),
    tracked: !isDigital(listing),
    updatedAt: new Date((listing.last_modified_timestamp ?? listing.updated_timestamp ?? 0) * 1_000),
  };
  const { inventory } = listing;
  if (inventory == null || inventory.products.length === 0) {
    const sku = listing.skus?.find((one) => one !== '') ?? null;
    const remoteId = String(listing.listing_id);
    return [{ ...common, remoteId, handle: sku ?? '', sku, title, notPushable: NO_INVENTORY }];
  }
  return stockNumbers(listing.listing_id, inventory).map((number) => ({
    ...common,
    remoteId: number.remoteId,
    // The SKU as it was listed: a push finds out by it that somebody gave the variation another one.
    handle: number.sku ?? '',
    sku: number.sku,
    title: number.name === '' ? title : `${title} - ${number.name}`,
    notPushable: number.notPushable ?? (listing.state === 'expired' ? EXPIRED : null),
  }));
}

/** A listing that sold out is on sale for us, with nothing left; "edit" is an old word for inactive. */
function stateOf({ state }: Listing): ListingState {
  if (state === 'active' || state === 'sold_out') return 'active';
  return state === 'draft' ? 'draft' : 'inactive';
}
