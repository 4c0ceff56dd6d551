// Webhook deliveries: stored in the request, worked through here. A delivery is a hint to read the thing itself again.

import { sql } from 'kysely';
import type { StoreId } from '../../shared/model/ids.ts';
import type { WebhookHint } from '../channels/channel.ts';
import type { Database } from '../database/database.ts';
import { ChannelError } from '../net/channel-error.ts';
import { applyReadings } from './changed-orders.ts';
import type { OpenStore, SyncContext } from './context.ts';
import { markTrouble, withStoreHealth } from './store-health.ts';
import { verifyListings } from './verify-listings.ts';
import { wakeAllThatOwe } from './wake-pushes.ts';

const BATCH = 100;
/** A hint that cannot be followed is dropped in the end: the order pull reads what it pointed to anyway. */
const ATTEMPTS_MAX = 5;
/** A store that is down is not asked for each of its hints. */
const FAILURES_IN_A_ROW_MAX = 3;

/** Stores a hint. Called while the shop waits for its answer, so it does nothing else. */
export async function storeHint(db: Database, storeId: StoreId, hint: WebhookHint, at: Date): Promise<void> {
  if (hint.kind === 'nothing') return;
  const remoteId = 'remoteId' in hint ? hint.remoteId : '';
  await db
    .insertInto('inbox')
    .values({ store_id: storeId, hint_kind: hint.kind, remote_id: remoteId, received_at: at })
    .execute();
}

const REMOVED = 'The app was removed in the shop. Connect the store again.';

type Hint = { readonly id: number; readonly kind: WebhookHint['kind']; readonly remoteId: string };

/**
 * The job. Hints are removed after what they point to was read. Where a batch fails, each of its hints is tried alone in a
 * later run, so that one that cannot be followed does not hold up the others.
 */
export async function processInbox(context: SyncContext, storeId: StoreId): Promise<void> {
  const store = await context.openStore(storeId);
  if (store === null) return;
  const failed: number[] = [];
  let failure: unknown = null;
  let failuresInARow = 0;
  while (failuresInARow < FAILURES_IN_A_ROW_MAX) {
    const hints = await readHints(context.db, storeId, failed);
    if (hints.length === 0) break;
    const ids = hints.map(({ id }) => id);
    try {
      const removed = hints.some((hint) => hint.kind === 'uninstalled');
      if (removed) await markTrouble(context, store, new ChannelError('auth', REMOVED));
      else await withStoreHealth(context, store, () => follow(context, store, hints));
      await sql`delete from inbox where id = any(${ids}::bigint[])`.execute(context.db);
      failuresInARow = 0;
    } catch (error) {
      // The store answers nobody at the moment: that is no fault of a hint.
      if (error instanceof ChannelError && (error.kind === 'auth' || error.kind === 'throttled')) throw error;
      await countFailure(context.db, ids);
      failed.push(...ids);
      failure = error;
      failuresInARow += 1;
    }
  }
  if (failed.length > 0) throw failure;
}

async function countFailure(db: Database, ids: readonly number[]): Promise<void> {
  await sql`update inbox set attempts = attempts + 1 where id = any(${ids}::bigint[])`.execute(db);
  await sql`delete from inbox where id = any(${ids}::bigint[]) and attempts >= ${ATTEMPTS_MAX}`.execute(db);
}

// New hints in a batch; after them the ones that failed before, one by one, those that failed least first.
async function readHints(
  db: Database,
  storeId: StoreId,
  except: readonly number[],
): Promise<readonly Hint[]> {
  const waiting = await db
    .selectFrom('inbox')
    .select(['id', 'hint_kind as kind', 'remote_id as remoteId', 'attempts'])
    .where('store_id', '=', storeId)
    .where(sql<boolean>`id <> all(${except}::bigint[])`)
    .orderBy('attempts')
    .orderBy('id')
    .limit(BATCH)
    .$narrowType<{ kind: WebhookHint['kind'] }>()
    .execute();
  const fresh = waiting.filter((hint) => hint.attempts === 0);
  return fresh.length > 0 ? fresh : waiting.slice(0, 1);
}

async function follow(context: SyncContext, store: OpenStore, hints: readonly Hint[]): Promise<void> {
  const idsOf = (kind: WebhookHint['kind']): readonly string[] => [
    ...new Set(hints.filter((hint) => hint.kind === kind).map((hint) => hint.remoteId)),
  ];
  if (store.syncOn) await followOrders(context, store, idsOf('order'));
  if (store.syncOn) await verifyListings(context, store, idsOf('quantity'));
  if (hints.some((hint) => hint.kind === 'listings')) await context.wake('pull-listings', store.id);
}

async function followOrders(
  context: SyncContext,
  store: OpenStore,
  orderIds: readonly string[],
): Promise<void> {
  if (orderIds.length === 0) return;
  const readAt = context.now();
  const readings = await store.channel.readOrders(orderIds);
  const moved = await applyReadings(context, store.id, readings, readAt);
  if (moved) await wakeAllThatOwe(context);
}
