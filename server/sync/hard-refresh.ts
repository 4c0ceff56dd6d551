// The two hard refreshes a person can ask for: tell the store every number again, or read every listing again.

import { waitInWords } from '../../shared/model/duration.ts';
import type { StoreId } from '../../shared/model/ids.ts';
import { nextListingsRefreshAt } from '../../shared/model/listings-refresh.ts';
import type { Database } from '../database/database.ts';
import { reassertAll } from '../listings/owed.ts';
import type { SyncContext } from './context.ts';
import { pushAvailable } from './push-available.ts';
import { REFRESH_INVENTORY, REFRESH_LISTINGS } from './tasks.ts';

export type TaskOutcome = { readonly accepted: boolean; readonly message: string };

export const GONE: TaskOutcome = { accepted: false, message: 'This store is gone already.' };

/** Asks for a complete listing pull. Refused within four hours of the last one, with the time left. */
export async function requestListingsRefresh(context: SyncContext, storeId: StoreId): Promise<TaskOutcome> {
  const store = await readState(context.db, storeId);
  if (store === undefined) return GONE;
  const now = context.now();
  if (store.progress !== null) return busy(store.progress.task);
  const next = nextListingsRefreshAt(store.listings_refreshed_at);
  if (next !== null && next > now) {
    return {
      accepted: false,
      message: `Listings can be refreshed once every 4 hours. Try again in ${waitInWords(next.getTime() - now.getTime())}.`,
    };
  }
  await startProgress(context, storeId, REFRESH_LISTINGS, null);
  await context.wake('pull-listings', storeId);
  return {
    accepted: true,
    message: 'Reading all listings of the store. The time is shown when it is finished.',
  };
}

/** Asks for every number to be told again. Refused while sync is off: then nothing may be written to the store. */
export async function requestInventoryRefresh(context: SyncContext, storeId: StoreId): Promise<TaskOutcome> {
  const store = await readState(context.db, storeId);
  if (store === undefined) return GONE;
  if (!store.sync_on)
    return { accepted: false, message: 'Turn sync on first: while it is off nothing is pushed.' };
  if (store.progress !== null) return busy(store.progress.task);
  await startProgress(context, storeId, REFRESH_INVENTORY, null);
  await context.wake('hard-refresh-inventory', storeId);
  return {
    accepted: true,
    message: 'Pushing every number to the store. The time is shown when it is finished.',
  };
}

/** The job behind requestInventoryRefresh. */
export async function hardRefreshInventory(context: SyncContext, storeId: StoreId): Promise<void> {
  const store = await readState(context.db, storeId);
  if (store?.progress?.task === REFRESH_INVENTORY && store.progress.total === null) {
    const total = await reassertAll(context.db, storeId);
    await startProgress(context, storeId, REFRESH_INVENTORY, total);
  }
  await pushAvailable(context, storeId);
}

async function readState(db: Database, storeId: StoreId) {
  return db
    .selectFrom('stores')
    .select(['sync_on', 'progress', 'listings_refreshed_at'])
    .where('id', '=', storeId)
    .executeTakeFirst();
}

async function startProgress(
  context: SyncContext,
  storeId: StoreId,
  task: string,
  total: number | null,
): Promise<void> {
  const progress = JSON.stringify({ task, done: 0, total, startedAt: context.now().toISOString() });
  await context.db.updateTable('stores').set({ progress }).where('id', '=', storeId).execute();
}

const busy = (task: string): TaskOutcome => ({
  accepted: false,
  message: `This store is busy with another task (${task}). Wait until it is finished.`,
});
