// Keeps a store's health: what went wrong last, in words for the shop owner, and when it is well again.

import type { StoreId } from '../../shared/model/ids.ts';
import { recordActivity, resolveTroubles } from '../activity/activity.ts';
import type { Database } from '../database/database.ts';
import { ChannelError } from '../net/channel-error.ts';
import type { OpenStore, SyncContext } from './context.ts';

export const storeTrouble = (storeId: StoreId): string => `store:${storeId}`;

/** Runs a job's work on a store and records how the store was: well, slowed, or in need of a person. */
export async function withStoreHealth<Result>(
  context: SyncContext,
  store: OpenStore,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    const result = await work();
    await markWell(context.db, store.id, context.now());
    return result;
  } catch (error) {
    if (error instanceof ChannelError) await markTrouble(context, store, error);
    throw error;
  }
}

async function markWell(db: Database, storeId: StoreId, at: Date): Promise<void> {
  const result = await db
    .updateTable('stores')
    .set({ health: 'ok', health_message: '', slowed_until: null })
    .where('id', '=', storeId)
    .where('health', '<>', 'ok')
    .executeTakeFirst();
  if (result.numUpdatedRows > 0n) await resolveTroubles(db, [storeTrouble(storeId)], at);
}

/** What a person, or time, has to mend before the store works again. */
export async function markTrouble(
  context: SyncContext,
  store: OpenStore,
  error: ChannelError,
): Promise<void> {
  const at = context.now();
  const health = error.kind === 'auth' ? 'reconnect' : error.kind === 'throttled' ? 'slowed' : 'trouble';
  const slowedUntil = error.retryAfterMs === null ? null : new Date(at.getTime() + error.retryAfterMs);
  await context.db
    .updateTable('stores')
    .set({ health, health_message: error.message, slowed_until: slowedUntil })
    .where('id', '=', store.id)
    .execute();
  if (error.kind === 'throttled') return; // passes by itself; the Stores tab shows it
  await recordActivity(context.db, {
    at,
    level: error.kind === 'auth' ? 'needs-person' : 'warning',
    storeId: store.id,
    trouble: storeTrouble(store.id),
    message: `${store.name}: ${error.message}`,
  });
}
