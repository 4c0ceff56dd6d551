// Decides for each owed listing: send now, nothing to send, or wait for orders newer than the change. Pure.

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
  readonly waiting: boolean;
};

/** `ordersFreshAt`: the store's orders are known up to here. */
export function planBatch(store: OpenStore, batch: readonly OwedListing[], ordersFreshAt: Date): Plan {
  const sends: Send[] = [];
  const settled: Settled[] = [];
  let waiting = false;
  for (const listing of batch) {
    const reason = reasonNotToSend(listing);
    if (reason !== null || listing.available === null) {
      settled.push({ listing, reason: reason ?? 'unset' });
      continue;
    }
    const quantity = shownQuantity(store, listing.available);
    if (!listing.reassert && quantity === listing.acknowledgedQuantity && quantity === listing.expected) {
      settled.push({ listing, reason: 'same' });
      continue;
    }
    const shown = listing.expected ?? listing.acknowledgedQuantity ?? -1;
    if (quantity > shown && ordersFreshAt < listing.desiredAt) {
      waiting = true;
      continue;
    }
    const { remoteId, handle, expected } = listing;
    sends.push({ listing, target: { remoteId, handle, quantity, expected } });
  }
  return { sends, settled, waiting };
}

function reasonNotToSend(listing: OwedListing): Settled['reason'] | null {
  if (listing.notPushable !== null) return 'not pushable';
  if (!listing.tracked) return 'untracked';
  return listing.available === null ? 'unset' : null;
}

/** What a store is told: never below 0, never above what the channel takes. */
export function shownQuantity(store: OpenStore, available: number): number {
  return Math.min(Math.max(0, available), store.definition.manifest.capabilities.quantityMax);
}
