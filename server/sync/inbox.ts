// Webhook deliveries: stored in the request, worked through here. A delivery is a hint to read the thing itself again.

import { sql } from 'kysely';
import type { StoreId } from '../../shared/model/ids.ts';
import type { WebhookHint } from '../channels/channel.ts';
import type { Database } from '../database/database.ts';
import { applyReading } from './changed-orders.ts';
import type { OpenStore, SyncContext } from './context.ts';
import { withStoreHealth } from './store-health.ts';
import { verifyListings } from './verify-listings.ts';
import { wakeAllThatOwe } from './wake-pushes.ts';

const BATCH = 100;
/** A hint that cannot be followed is dropped in the end: the order pull reads what it pointed to anyway. */
const ATTEMPTS_MAX = 5;

/** Stores a hint. Called while the shop waits for its answer, so it does nothing else. */
export async function storeHint(db: Database, storeId: StoreId, hint: WebhookHint, at: Date): Promise<void> {
  if (hint.kind === 'nothing') return;
  const remoteId = 'remoteId' in hint ? hint.remoteId : '';
  await db
    .insertInto('inbox')
    .values({ store_id: storeId, hint_kind: hint.kind, remote_id: remoteId, received_at: at })
    .execute();
}

type Hint = { readonly id: number; readonly kind: WebhookHint['kind']; readonly remoteId: string };

/** The job. Hints are removed after what they point to was read; a failure leaves them for the next tries. */
export async function processInbox(context: SyncContext, storeId: StoreId): Promise<void> {
  const store = await context.openStore(storeId);
  if (store === null) return;
  for (;;) {
    const hints = await readHints(context.db, storeId);
    if (hints.length === 0) return;
    const ids = hints.map(({ id }) => id);
    try {
      await withStoreHealth(context, store, () => follow(context, store, hints));
    } catch (error) {
      await sql`update inbox set attempts = attempts + 1 where id = any(${ids}::bigint[])`.execute(
        context.db,
      );
      await sql`delete from inbox where id = any(${ids}::bigint[]) and attempts >= ${ATTEMPTS_MAX}`.execute(
        context.db,
      );
      throw error;
    }
    await sql`delete from inbox where id = any(${ids}::bigint[])`.execute(context.db);
  }
}

async function readHints(db: Database, storeId: StoreId): Promise<readonly Hint[]> {
  return db
    .selectFrom('inbox')
    .select(['id', 'hint_kind as kind', 'remote_id as remoteId'])
    .where('store_id', '=', storeId)
    .orderBy('id')
    .limit(BATCH)
    .$narrowType<{ kind: WebhookHint['kind'] }>()
    .execute();
}

async function follow(context: SyncContext, store: OpenStore, hints: readonly Hint[]): Promise<void> {
  const idsOf = (kind: WebhookHint['kind']): readonly string[] => [
    ...new Set(hints.filter((hint) => hint.kind === kind).map((hint) => hint.remoteId)),
  ];
  if (hints.some((hint) => hint.kind === 'uninstalled')) await markUninstalled(context, store);
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
  let moved = 0;
  for (const reading of readings) moved += (await applyReading(context, store.id, reading, readAt)).length;
  if (moved > 0) await wakeAllThatOwe(context);
}

async function markUninstalled(context: SyncContext, store: OpenStore): Promise<void> {
  await context.db
    .updateTable('stores')
    .set({ health: 'reconnect', health_message: 'The app was removed in the shop. Connect the store again.' })
    .where('id', '=', store.id)
    .execute();
}
