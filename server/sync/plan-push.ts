// Decides for each owed listing: send now, nothing to send, or wait for orders newer than the change. Pure.

import type { ListingId } from '../../shared/model/ids.ts';
import { NO_RULE, type Rule, toldQuantity } from '../../shared/model/rule.ts';
import type { PushTarget } from '../channels/channel.ts';
import type { OwedListing } from '../listings/owed.ts';
import type { OpenStore } from './context.ts';

export type Send = { readonly listing: OwedListing; readonly target: PushTarget };
export type Settled = {
  readonly listing: OwedListing;
  readonly reason: 'same' | 'unset' | 'untracked' | 'not pushable';
};

type Plan = {
  readonly sends: readonly Send[];
  readonly settled: readonly Settled[];
  /** Raises whose change is newer than the store's orders. */
  readonly waiting: readonly OwedListing[];
};

/** What raises may rest on. */
export type KnownOrders = {
  /** The store's orders are known up to here. */
  readonly freshAt: Date;
  /** Listings that have waited long enough, though the orders they waited for have changed their number since. */
  readonly cleared: ReadonlySet<ListingId>;
};

export function planBatch(store: OpenStore, batch: readonly OwedListing[], orders: KnownOrders): Plan {
  const sends: Send[] = [];
  const settled: Settled[] = [];
  const waiting: OwedListing[] = [];
  for (const listing of batch) {
    const reason = reasonNotToSend(listing);
    if (reason !== null || listing.available === null) {
      settled.push({ listing, reason: reason ?? 'unset' });
      continue;
    }
    const quantity = told(store, listing.available, listing.rule);
    if (isShown(listing, quantity)) {
      settled.push({ listing, reason: 'same' });
      continue;
    }
    const shown = listing.expected ?? listing.acknowledgedQuantity ?? -1;
    const known = orders.freshAt >= listing.desiredAt || orders.cleared.has(listing.id);
    if (quantity > shown && !known) {
      waiting.push(listing);
      continue;
    }
    const { remoteId, handle, locationId, expected } = listing;
    const target = { remoteId, handle, locationId, quantity, expected, ...lastToldOf(listing) };
    sends.push({ listing, target });
  }
  return { sends, settled, waiting };
}

/** Sold and given back since, it may have been overtaken by what it was told: then it is looked at. */
const isShown = (listing: OwedListing, quantity: number): boolean =>
  !listing.reassert &&
  quantity === listing.acknowledgedQuantity &&
  quantity === listing.expected &&
  listing.soldSinceTold === 0 &&
  listing.givenBackSinceTold === 0;

function lastToldOf(listing: OwedListing): Pick<PushTarget, 'lastTold'> {
  const { unconfirmedQuantity, unconfirmedAt, acknowledgedQuantity, acknowledgedAt } = listing;
  if (unconfirmedQuantity !== null && unconfirmedAt !== null)
    return { lastTold: { quantity: unconfirmedQuantity, at: unconfirmedAt, isConfirmed: false } };
  return acknowledgedQuantity === null || acknowledgedAt === null
    ? {}
    : { lastTold: { quantity: acknowledgedQuantity, at: acknowledgedAt, isConfirmed: true } };
}

function reasonNotToSend(listing: OwedListing): Settled['reason'] | null {
  if (listing.notPushable !== null) return 'not pushable';
  if (!listing.tracked) return 'untracked';
  return listing.available === null ? 'unset' : null;
}

const told = (store: OpenStore, available: number, rule: Rule | null): number =>
  toldQuantity(available, rule ?? NO_RULE, store.definition.manifest.capabilities.quantityMax);
