// Tells the shop quantities, a listing at a time: all targets of one listing go into one document, each with
// its own result.

import type { ChannelError } from '../../net/channel-error.ts';
import { together } from '../../net/in-turns.ts';
import type { AvailableReading, ListingReference, PushResult, PushTarget } from '../channel.ts';
import { manifest } from './manifest.ts';
import { readListings } from './read-listings.ts';
import type { Listing } from './shapes.ts';
import { isDigital, listingIdOf, type StockNumber, shownQuantity, stockNumbers } from './stock.ts';
import { type Write, type WriteParts, writeListing } from './write-listing.ts';

type Outcome = Write['outcome'];
/** Enough to use ten calls a second when each takes half of one. */
const WRITES_AT_ONCE = 6;

export async function readAvailable(
  { client }: Pick<WriteParts, 'client'>,
  references: readonly ListingReference[],
): Promise<readonly AvailableReading[]> {
  const listings = await readListings(client, idsOf(references));
  return references.map(({ remoteId, handle }) => {
    const { listing, number } = find(listings, remoteId);
    if (listing !== undefined && hasNoNumber(listing))
      return { remoteId, handle, reading: { kind: 'untracked' } };
    if (listing === undefined || number === undefined) return { remoteId, handle, reading: { kind: 'gone' } };
    return { remoteId, handle, reading: { kind: 'quantity', quantity: shownQuantity(listing, number) } };
  });
}

/** A file never runs out; a listing without an inventory record cannot be told a quantity. */
const hasNoNumber = (listing: Listing): boolean =>
  isDigital(listing) || (listing.inventory?.products.length ?? 0) === 0;

const idsOf = (references: readonly ListingReference[]): readonly number[] => [
  ...new Set(references.map(({ remoteId }) => listingIdOf(remoteId)).filter((id) => id !== null)),
];

function find(
  listings: ReadonlyMap<number, Listing>,
  remoteId: string,
): { readonly listing?: Listing; readonly number?: StockNumber } {
  const listing = listings.get(listingIdOf(remoteId) ?? 0);
  if (listing?.inventory == null) return listing === undefined ? {} : { listing };
  const number = stockNumbers(listing.listing_id, listing.inventory).find((one) => one.remoteId === remoteId);
  return number === undefined ? { listing } : { listing, number };
}

export async function setAvailable(
  parts: WriteParts,
  targets: readonly PushTarget[],
): Promise<readonly PushResult[]> {
  if (targets.length === 0) return [];
  const listings = await readListings(parts.client, idsOf(targets), { afterOrders: true });
  const decided = new Map<PushTarget, Outcome>();
  const writes = new Map<number, { target: PushTarget; number: StockNumber }[]>();
  for (const target of targets) {
    const { listing, number } = find(listings, target.remoteId);
    const outcome = compare(target, listing, number);
    if (outcome !== null) decided.set(target, outcome);
    else if (listing !== undefined && number !== undefined) {
      const id = listing.listing_id;
      writes.set(id, [...(writes.get(id) ?? []), { target, number }]);
    }
  }
  // Fewest units first: should the day's quota end half-way, those were the most urgent.
  const inOrder = [...writes].sort((one, other) => fewest(one[1]) - fewest(other[1]));
  const failure = await writeAll(parts, inOrder, listings, decided);
  if (decided.size === 0 && failure !== null) throw failure;
  const message = failure?.message ?? 'Etsy did not answer for this listing.';
  return targets.map((target) => ({
    remoteId: target.remoteId,
    handle: target.handle,
    ...(decided.get(target) ?? { kind: 'unknown', message }),
  }));
}

const fewest = (wanted: Wanted): number => Math.min(...wanted.map(({ target }) => target.quantity));

type Wanted = { readonly target: PushTarget; readonly number: StockNumber }[];

/** Answers the trouble that stopped it: it would meet the rest too, which is left for the next time. */
async function writeAll(
  parts: WriteParts,
  writes: (readonly [number, Wanted])[],
  listings: ReadonlyMap<number, Listing>,
  decided: Map<PushTarget, Outcome>,
): Promise<ChannelError | null> {
  let failure: ChannelError | null = null;
  const work = async (): Promise<void> => {
    for (let next = writes.shift(); next !== undefined && failure === null; next = writes.shift()) {
      const [listingId, wanted] = next;
      const listing = listings.get(listingId);
      if (listing === undefined) continue;
      const written = await writeListing(parts, listing, wanted);
      for (const { target, outcome } of written.outcomes) decided.set(target, outcome);
      failure ??= written.failure;
    }
  };
  await together(Array.from({ length: WRITES_AT_ONCE }, work));
  return failure;
}

const GONE: Outcome = { kind: 'gone', message: 'This listing or variation is no longer in the Etsy shop.' };

/** Null: to be written. */
function compare(
  target: PushTarget,
  listing: Listing | undefined,
  number: StockNumber | undefined,
): Outcome | null {
  const { quantity, expected } = target;
  if (!Number.isSafeInteger(quantity) || quantity < 0 || quantity > manifest.capabilities.quantityMax) {
    return { kind: 'rejected', message: `${quantity} is not a quantity that can be told to Etsy.` };
  }
  if (listing === undefined) return GONE;
  if (isDigital(listing)) {
    return {
      kind: 'untracked',
      message: 'This listing is a file to download, of which Etsy counts no stock.',
    };
  }
  if (number === undefined) return GONE;
  if ((number.sku ?? '') !== target.handle) {
    const message =
      'The SKU of this variation was changed on Etsy; it waits until the listings are read again.';
    return { kind: 'unknown', message };
  }
  if (number.notPushable !== null) return { kind: 'rejected', message: number.notPushable };
  const shown = shownQuantity(listing, number);
  if (expected !== null && shown !== expected) return { kind: 'stale', observed: shown };
  return shown === quantity ? { kind: 'accepted' } : null;
}
