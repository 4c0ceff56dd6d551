// The order pull: reads what changed, does the opening import the first time, re-reads old open orders, wakes the push.

import { sql } from 'kysely';
import type { StoreId } from '../../shared/model/ids.ts';
import { isOpenTrouble } from '../activity/activity.ts';
import { rememberBudget } from './budgets.ts';
import { applyReadings, pullChangedOrders } from './changed-orders.ts';
import type { JobEnd, OpenStore, SyncContext } from './context.ts';
import { importOpening } from './import-opening.ts';
import { believeReadings, missingOrdersTrouble } from './missing-orders.ts';
import { withStoreHealth } from './store-health.ts';
import { wakeAllThatOwe } from './wake-pushes.ts';

/** The job. Sync off means no order is even read. */
export async function pullOrders(context: SyncContext, storeId: StoreId): Promise<JobEnd> {
  const store = await context.openStore(storeId);
  if (store === null || !store.syncOn) return { changed: false };
  const tooSoonMs = await tooSoonBy(context, store);
  if (tooSoonMs > 0) {
    await context.wake('pull-orders', storeId, {}, tooSoonMs);
    return { changed: false };
  }
  const moved = await withStoreHealth(context, store, async () => {
    const { touched } = await pullChangedOrders(context, store);
    const imported = await importOpening(context, store);
    await rememberBudget(context, store);
    return touched.size > 0 || imported;
  });
  await context.wake('push-available', storeId);
  // One store's sales change what all others show.
  await wakeAllThatOwe(context);
  const reread = await withStoreHealth(context, store, () => rereadOldOpenOrders(context, store));
  return { changed: moved || reread };
}

// A push may have read the orders just now. Where a shop counts each search, the regular pull leaves as much time between two as
// pushes do: together they would use up what is kept for rushes.
async function tooSoonBy(context: SyncContext, { id, definition }: OpenStore): Promise<number> {
  const againAfterMs = definition.manifest.rhythm.ordersAgainAfterMs;
  if (againAfterMs === undefined) return 0;
  const row = await context.db
    .selectFrom('stores')
    .select('orders_synced_at')
    .where('id', '=', id)
    // The first reading since sync was turned on waits for nothing, nor does an opening that is not through.
    .where('orders_fresh_at', 'is not', null)
    .where('opening_imported_at', 'is not', null)
    .executeTakeFirst();
  const lastAt = row?.orders_synced_at?.getTime() ?? 0;
  return Math.ceil(lastAt + againAfterMs - context.now().getTime());
}

const REREAD_AFTER_MS = 60 * 60_000;
const REREAD_MAX = 50;

// Some shops change or delete an order without a word and without moving its time stamp: open orders are read again by
// id, the longest unread first, a few at each pull. Answers whether anything moved.
async function rereadOldOpenOrders(context: SyncContext, store: OpenStore): Promise<boolean> {
  const ids = await dueOpenOrders(context, store);
  const readAt = context.now();
  const readings = ids.length === 0 ? [] : await store.channel.readOrders(ids);
  const believed = await believeReadings(context, store, readings);
  const moved = await applyReadings(context, store.id, believed, readAt);
  if (moved) await wakeAllThatOwe(context);
  return moved;
}

// Where a shop's rota is slow, others go along once one of them is due: together they take few calls, one by one a call each.
async function dueOpenOrders(
  { db, now }: SyncContext,
  { id, definition }: OpenStore,
): Promise<readonly string[]> {
  const { openOrdersAgainAfterMs, openOrdersAgainMax } = definition.manifest.rhythm;
  const nowMs = now().getTime();
  const goesAlong = new Date(nowMs - REREAD_AFTER_MS);
  const isDue = new Date(nowMs - (openOrdersAgainAfterMs ?? REREAD_AFTER_MS));
  // Orders whose deletion is doubted stay the longest unread until a person answers: all others would wait for that, too.
  const inTurn = (await isOpenTrouble(db, missingOrdersTrouble(id))) ? sql`random()` : sql`read_at`;
  const { rows } = await sql<{ id: string; due: boolean }>`
    select orders.remote_id as id, read_at < ${isDue} as due from orders
    where store_id = ${id} and read_at < ${goesAlong} and exists (
      select 1 from order_lines where order_lines.store_id = orders.store_id
        and order_lines.order_id = orders.remote_id and posted_booked <> 0)
    order by ${inTurn} limit ${openOrdersAgainMax ?? REREAD_MAX}`.execute(db);
  return rows.some(({ due }) => due) ? rows.map((row) => row.id) : [];
}
