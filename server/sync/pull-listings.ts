// Pulls a store's listings, whether its sync is on or off: only what changed, or all of them, which also finds what is gone.

import { sql } from 'kysely';
import type { StoreId } from '../../shared/model/ids.ts';
import { readStoreSku } from '../../shared/model/sku.ts';
import { isOpenTrouble, recordActivity, resolveTroubles } from '../activity/activity.ts';
import type { ListingPage, ListingSnapshot } from '../channels/channel.ts';
import { applyListings, removeMissing } from '../listings/apply-listings.ts';
import { reassertRefused } from '../listings/owed.ts';
import { inChunks, together } from '../net/in-turns.ts';
import { settleWaitingLines } from '../orders/settle-waiting.ts';
import type { OpenStore, SyncContext } from './context.ts';
import { keepLocations } from './keep-locations.ts';
import { readBackSome } from './read-back.ts';
import { withStoreHealth } from './store-health.ts';
import { REFRESH_LISTINGS } from './tasks.ts';
import { isPlanWanted } from './turn-on.ts';

/** Between complete pulls only changes are read; a time stamp can lie, so all is read again twice a day. */
export const COMPLETE_EVERY_MS = 12 * 60 * 60_000;
const OVERLAP_MS = 5 * 60_000;
/** Listings of one transaction: it holds their products, and a person's change waits for it. */
const WRITTEN_AT_ONCE_MAX = 2_000;

/** The job. Whether all or only changes are read is told by the database: a hard refresh under way, or too long ago. */
export async function pullListings(context: SyncContext, storeId: StoreId): Promise<void> {
  const store = await context.openStore(storeId);
  if (store === null) return;
  await withStoreHealth(context, store, () => pull(context, store));
  await context.wake('push-available', storeId);
  // The opening import and the plan before it wait for the listings.
  if (store.syncOn) await wakeOpening(context, storeId);
  else if (await isPlanWanted(context.db, storeId)) await context.wake('read-turn-on-plan', storeId);
  // Last: should the shop break off here, nothing else has to wait for it.
  if (store.syncOn) await withStoreHealth(context, store, () => readBackSome(context, store));
}

async function wakeOpening(context: SyncContext, storeId: StoreId): Promise<void> {
  const waiting = await context.db
    .selectFrom('stores')
    .select('id')
    .where('id', '=', storeId)
    .where('opening_imported_at', 'is', null)
    .executeTakeFirst();
  if (waiting !== undefined) await context.wake('pull-orders', storeId);
}

async function pull(context: SyncContext, store: OpenStore): Promise<void> {
  const begun = context.now();
  const last = await context.db
    .selectFrom('stores')
    .select(['listings_cursor', 'listings_complete_at', 'progress'])
    .where('id', '=', store.id)
    .executeTakeFirstOrThrow();
  const completeAt = last.listings_complete_at?.getTime() ?? 0;
  const refreshed = last.progress?.task === REFRESH_LISTINGS;
  const cursor = last.listings_cursor;
  const complete = refreshed || cursor === null || begun.getTime() - completeAt > COMPLETE_EVERY_MS;
  const since = complete ? null : new Date(cursor.getTime() - OVERLAP_MS);
  // A listing gets a row for each location of ours: those first.
  if (complete) await keepLocations(context, store);
  const { seen, withoutSku, newestAt } = await readPages(context, store, since, refreshed);
  // A stamp from the future would hide every change up to then.
  const readUpTo = new Date(Math.min(newestAt, begun.getTime()));
  const believed =
    !complete || (await forgetMissing(context, store, seen, { at: begun, askedByPerson: refreshed }));
  if (refreshed) await reassertRefused(context.db, store.id);
  await context.db
    .updateTable('stores')
    .set({
      listings_synced_at: begun,
      listings_cursor: sql<Date>`greatest(listings_cursor, ${readUpTo}::timestamptz)`,
      ...(complete ? { listings_complete_at: begun, listings_without_sku: withoutSku } : {}),
      ...(refreshed ? { progress: null } : {}),
      // One that is doubted does not start the wait of four hours: the person may confirm it at once.
      ...(refreshed && believed ? { listings_refreshed_at: begun } : {}),
    })
    .where('id', '=', store.id)
    .execute();
}

async function readPages(
  context: SyncContext,
  store: OpenStore,
  updatedFrom: Date | null,
  showProgress: boolean,
): Promise<{ readonly seen: ReadonlySet<string>; readonly withoutSku: number; readonly newestAt: number }> {
  const seen = new Set<string>();
  let newestAt = 0;
  const withoutSku = new Set<string>();
  const read = (page: string | null): Promise<ListingPage> =>
    store.channel.listListings({ updatedFrom }, page);
  const writer = createWriter((listings) => {
    const stamp = { actor: store.name, at: context.now() };
    return applyListings(context.db, store.id, listings, {
      drafts: store.settings.drafts,
      stamp,
      onNewProducts: (tx, skus) => settleWaitingLines(tx, skus, stamp),
    });
  });
  try {
    let reading: Promise<ListingPage> | null = read(null);
    while (reading !== null) {
      const answer: ListingPage = await reading;
      // The shop answers the next page while this one is written down.
      reading = answer.next === null ? null : read(answer.next);
      // Should the writing fail, nobody waits for it any more.
      reading?.catch(() => undefined);
      for (const part of inChunks(answer.listings, WRITTEN_AT_ONCE_MAX)) await writer.write(part);
      for (const listing of answer.listings) {
        seen.add(listing.remoteId);
        newestAt = Math.max(newestAt, listing.updatedAt.getTime());
        if (readStoreSku(listing.sku) === null) withoutSku.add(listing.remoteId);
      }
      if (showProgress) await reportProgress(context, store.id, seen.size);
    }
  } finally {
    await writer.done();
  }
  return { seen, withoutSku: withoutSku.size, newestAt };
}

type Writer = {
  /** Begins to write, once at most one part is still being written. */
  readonly write: (listings: readonly ListingSnapshot[]) => Promise<void>;
  readonly done: () => Promise<void>;
};

// Two parts are written side by side: a large catalogue comes faster than one connection writes it.
function createWriter(apply: (listings: readonly ListingSnapshot[]) => Promise<unknown>): Writer {
  let before: Promise<unknown> = Promise.resolve();
  let last: Promise<unknown> = Promise.resolve();
  let idsOfLast: ReadonlySet<string> = new Set();
  return {
    write: async (listings) => {
      await before;
      // Pages that shift may bring a listing twice: the later reading is to be written later.
      if (listings.some(({ remoteId }) => idsOfLast.has(remoteId))) await last;
      before = last;
      last = apply(listings);
      // It is thrown where it is waited for.
      last.catch(() => undefined);
      idsOfLast = new Set(listings.map(({ remoteId }) => remoteId));
    },
    done: async () => {
      await together([before, last]);
    },
  };
}

/** False when so much is missing that the reading is doubted. */
async function forgetMissing(
  context: SyncContext,
  store: OpenStore,
  seen: ReadonlySet<string>,
  { at, askedByPerson }: { readonly at: Date; readonly askedByPerson: boolean },
): Promise<boolean> {
  const trouble = `short-read:${store.id}`;
  // A person who was told and refreshes again has confirmed it.
  const confirmed = askedByPerson && (await isOpenTrouble(context.db, trouble));
  const outcome = await removeMissing(context.db, store.id, seen, { at, confirmed });
  if (outcome.kind === 'removed') {
    await resolveTroubles(context.db, [trouble], at);
    return true;
  }
  await recordActivity(context.db, {
    at,
    level: 'needs-person',
    storeId: store.id,
    trouble,
    message:
      `${store.name} suddenly shows ${outcome.missing} of ${outcome.known} listings less. Nothing was removed. ` +
      'Check the shop; if they are really gone, use Hard refresh listings.',
  });
  return false;
}

async function reportProgress(context: SyncContext, storeId: StoreId, done: number): Promise<void> {
  const row = await context.db
    .selectFrom('stores')
    .select('progress')
    .where('id', '=', storeId)
    .executeTakeFirst();
  if (row?.progress === null || row === undefined) return;
  const progress = JSON.stringify({ ...row.progress, done });
  await context.db.updateTable('stores').set({ progress }).where('id', '=', storeId).execute();
}
