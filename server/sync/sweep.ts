// Finds work that no wake-up announces any more: after a crash, a lost queue, a missed webhook. Costs a few index look-ups.

import { sql } from 'kysely';
import type { Sku, StoreId } from '../../shared/model/ids.ts';
import { inTransaction } from '../database/database.ts';
import { settleWaitingLines } from '../orders/settle-waiting.ts';
import type { SyncContext } from './context.ts';
import { REFRESH_INVENTORY } from './tasks.ts';
import { wakeAllThatOwe } from './wake-pushes.ts';

const KEEP_PUSHES_MS = 90 * 24 * 60 * 60_000;
const KEEP_NONCES_MS = 60 * 60_000;
/** Long past everywhere, whatever the shop calls a day. */
const KEEP_DAY_COUNTS_MS = 3 * 24 * 60 * 60_000;

/** SKUs whose forgotten lines are counted by one sweep. */
const LINES_AT_ONCE_MAX = 100;

/** The job. */
export async function sweep(context: SyncContext): Promise<void> {
  await wakeAllThatOwe(context);
  await wakeInboxes(context);
  await wakeInterruptedTasks(context);
  await settleForgottenLines(context);
  await forgetOld(context);
}

async function wakeInboxes(context: SyncContext): Promise<void> {
  const { rows } = await sql<{ id: StoreId }>`
    select id from stores where exists (select 1 from inbox where inbox.store_id = stores.id)`.execute(
    context.db,
  );
  for (const { id } of rows) await context.wake('process-inbox', id);
}

// What was under way, or asked for, when the server stopped: a hard refresh, a store's first pulls, the first order pull after
// a pause, its webhooks.
async function wakeInterruptedTasks(context: SyncContext): Promise<void> {
  const stores = await context.db
    .selectFrom('stores')
    .select([
      'id',
      'progress',
      'listings_complete_at',
      'sync_on',
      'orders_fresh_at',
      'opening_imported_at',
      'webhook_health',
    ])
    .where((eb) =>
      eb.or([
        eb('progress', 'is not', null),
        eb('listings_complete_at', 'is', null),
        eb('webhook_health', '=', ''),
        eb.and([
          eb('sync_on', '=', true),
          eb.or([eb('opening_imported_at', 'is', null), eb('orders_fresh_at', 'is', null)]),
        ]),
      ]),
    )
    .execute();
  for (const store of stores) {
    if (store.progress?.task === REFRESH_INVENTORY) await context.wake('hard-refresh-inventory', store.id);
    else if (store.progress !== null || store.listings_complete_at === null)
      await context.wake('pull-listings', store.id);
    if (store.sync_on && (store.opening_imported_at === null || store.orders_fresh_at === null))
      await context.wake('pull-orders', store.id);
    if (store.webhook_health === '') await context.wake('keep-webhooks', store.id);
  }
  const plans = await context.db
    .selectFrom('turn_on_plans')
    .select('store_id')
    .where('state', '=', 'reading')
    .execute();
  for (const plan of plans) await context.wake('read-turn-on-plan', plan.store_id);
}

// A line stored by one transaction while another made its SKU a product was seen by neither. Lines that wait for something else are
// left out, or they would take all the places: those of a pause whose orders are not read yet, and those of places not ours.
async function settleForgottenLines(context: SyncContext): Promise<void> {
  const { rows } = await sql<{ sku: Sku }>`
    select distinct order_lines.sku from order_lines
    join products on products.sku = order_lines.sku
    join stores on stores.id = order_lines.store_id and stores.sync_on
    where posted_sku is null and ignored_because is null
      and (stores.orders_fresh_at is not null or stores.sync_off_at is null)
      and exists (select 1 from store_warehouses as place where place.store_id = order_lines.store_id
        and (order_lines.location_id is null or place.location_id in ('', order_lines.location_id)))
    limit ${LINES_AT_ONCE_MAX}`.execute(context.db);
  if (rows.length === 0) return;
  const skus = rows.map(({ sku }) => sku);
  const stamp = { actor: 'stocksheet', at: context.now() };
  await inTransaction(context.db, (tx) => settleWaitingLines(tx, skus, stamp));
}

async function forgetOld(context: SyncContext): Promise<void> {
  const now = context.now().getTime();
  await context.db
    .deleteFrom('pushes')
    .where('finished_at', '<', new Date(now - KEEP_PUSHES_MS))
    .execute();
  await context.db
    .deleteFrom('day_counts')
    .where('day', '<', new Date(now - KEEP_DAY_COUNTS_MS))
    .execute();
  await context.db
    .deleteFrom('nonces')
    .where('at', '<', new Date(now - KEEP_NONCES_MS))
    .execute();
}
