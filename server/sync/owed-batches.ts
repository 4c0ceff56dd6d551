// What a store is owed, batch after batch: the next one is read while the shop still answers for the one before, and what has
// changed since is read once more just before it is sent.

import type { ListingId, StoreId } from '../../shared/model/ids.ts';
import { findChanged, type OwedListing, readOwed } from '../listings/owed.ts';
import type { SyncContext } from './context.ts';

export type OwedBatches = {
  /** As each listing is at this moment; empty: that was all. */
  readonly next: () => Promise<readonly OwedListing[]>;
  /** Begins to read the next batch. */
  readonly readAhead: () => void;
};

type Batch = { readonly listings: readonly OwedListing[]; readonly isLast: boolean };

/** `urgent`: these, in this order; null: all that is owed, by id. */
export function createOwedBatches(
  { db, now }: SyncContext,
  storeId: StoreId,
  { limit, urgent }: { readonly limit: number; readonly urgent: readonly ListingId[] | null },
): OwedBatches {
  let after = 0;
  let taken = 0;
  let isOver = false;
  let ahead: Promise<Batch> | null = null;

  async function read(): Promise<Batch> {
    const only = urgent?.slice(taken, taken + limit);
    const listings = await readOwed(db, storeId, {
      after,
      limit,
      now: now(),
      ...(only === undefined ? {} : { only }),
    });
    taken += limit;
    if (urgent === null) after = listings.at(-1)?.id ?? after;
    return { listings, isLast: urgent === null ? listings.length < limit : taken >= urgent.length };
  }

  async function renew(listings: readonly OwedListing[]): Promise<readonly OwedListing[]> {
    const changed = new Set(await findChanged(db, listings));
    if (changed.size === 0) return listings;
    const again = await readOwed(db, storeId, {
      after: 0,
      limit: changed.size,
      now: now(),
      only: [...changed],
    });
    return [...listings.filter(({ id }) => !changed.has(id)), ...again];
  }

  async function next(): Promise<readonly OwedListing[]> {
    while (!isOver) {
      const wasAhead = ahead;
      ahead = null;
      const { listings, isLast } = await (wasAhead ?? read());
      isOver = isLast;
      const owed = wasAhead === null ? listings : await renew(listings);
      // Of the urgent ones, none of this batch may be owed any more.
      if (owed.length > 0) return owed;
    }
    return [];
  }

  return {
    next,
    readAhead: () => {
      if (isOver) return;
      ahead = read();
      // It is thrown where it is waited for.
      ahead.catch(() => undefined);
    },
  };
}
