// Reads what changed in a store's orders since the cursor, an overlap included. Each order is applied in a transaction
// of its own, so a pull that breaks off loses nothing and repeats nothing.

import { sql } from 'kysely';
import type { Sku, StoreId } from '../../shared/model/ids.ts';
import type { OrderQuery, OrderReading } from '../channels/channel.ts';
import { inTransaction } from '../database/database.ts';
import { applyDeletion, applySnapshot } from '../orders/apply-snapshot.ts';
import { rebookPlaces } from '../orders/rebook-places.ts';
import type { OpenStore, SyncContext } from './context.ts';
import { createReadAgain, type ReadAgain } from './read-again.ts';

export type PullOutcome = {
  readonly touched: ReadonlySet<Sku>;
  readonly orders: number;
  /** False when sync was turned off meanwhile: not everything was read. */
  readonly complete: boolean;
  /** The store's orders are known up to here. */
  readonly freshAt: Date;
};

const NOTHING: PullOutcome = { touched: new Set(), orders: 0, complete: false, freshAt: new Date(0) };
/** How far the clocks of a shop and of this server may differ before the shop has told its own time. */
const CLOCKS_DIFFER_MS = 24 * 60 * 60_000;

/** Reads and applies what changed. Also called by a push that found a store showing something unexpected. */
export async function pullChangedOrders(context: SyncContext, store: OpenStore): Promise<PullOutcome> {
  const cursor = await readCursor(context, store.id);
  if (cursor === null) return NOTHING;
  const from = new Date(cursor.at.getTime() - store.definition.manifest.rhythm.ordersOverlapMs);
  const open = cursor.first ? await pullAll(context, store, { kind: 'open' }) : null;
  // What posts nothing while sync is off may count once it is on again, so after a pause all is applied.
  const again = cursor.first || cursor.resumed ? null : createReadAgain(context.db, store);
  const updated = await pullAll(context, store, { kind: 'updated', from }, again);
  const outcome = open === null ? updated : merge(open, updated);
  if (!outcome.complete) return outcome;
  again?.done();
  if (cursor.resumed) {
    await settleBaselines(context, store.id);
    await rebookOpenOrders(context, store);
  }
  await context.db
    .updateTable('stores')
    .set({
      orders_fresh_at: sql<Date>`greatest(orders_fresh_at, ${outcome.freshAt}::timestamptz)`,
      orders_synced_at: context.now(),
    })
    .where('id', '=', store.id)
    .where('sync_on', '=', true)
    // Turned off and on again during this pull: what fell in between was not read.
    .where((eb) => (cursor.fresh ? eb('orders_fresh_at', 'is not', null) : eb.lit(true)))
    .execute();
  return outcome;
}

type Cursor = {
  readonly at: Date;
  /** No order of this store was ever read. */
  readonly first: boolean;
  /** The first reading since sync was turned on again. */
  readonly resumed: boolean;
  /** Orders were read since sync was last turned on. */
  readonly fresh: boolean;
};

async function readCursor(context: SyncContext, storeId: StoreId): Promise<Cursor | null> {
  const row = await context.db
    .selectFrom('stores')
    .select(['orders_cursor', 'sync_on_at', 'orders_synced_at', 'orders_fresh_at'])
    .where('id', '=', storeId)
    .executeTakeFirst();
  if (row === undefined || row.sync_on_at === null) return null;
  const first = row.orders_synced_at === null;
  const fresh = row.orders_fresh_at !== null;
  // No order has told the shop's own time yet, and ours may be another.
  const at = row.orders_cursor ?? new Date(row.sync_on_at.getTime() - CLOCKS_DIFFER_MS);
  return { at, first, resumed: !first && !fresh, fresh };
}

// Orders that did not change during a pause need no reading: what they posted is what happened before the new T0. Lines that
// wait for their SKU have posted nothing and are set right the day they are counted.
async function settleBaselines(context: SyncContext, storeId: StoreId): Promise<void> {
  await sql`
    update order_lines set baseline_at = stores.sync_on_at from stores
    where stores.id = ${storeId} and order_lines.store_id = stores.id and baseline_at < stores.sync_on_at
      and posted_sku is not null`.execute(context.db);
}

// A place that was taken away and given back during the pause has lost what its open orders had booked there.
async function rebookOpenOrders(context: SyncContext, { id, name }: OpenStore): Promise<void> {
  await inTransaction(context.db, async (tx) => {
    await sql`select 1 from stores where id = ${id} for share`.execute(tx);
    await rebookPlaces(tx, id, { actor: name, at: context.now() }, { ordersAreRead: true });
  });
}

async function pullAll(
  context: SyncContext,
  store: OpenStore,
  query: OrderQuery,
  again: ReadAgain | null = null,
): Promise<PullOutcome> {
  const touched = new Set<Sku>();
  let orders = 0;
  // Never later than our own beginning: what changes while pages are read may be on none of them.
  let freshAt = context.now();
  let page: string | null = null;
  do {
    const readAt = context.now();
    const answer = await store.channel.listOrders(query, page);
    if (answer.freshUpTo !== undefined && answer.freshUpTo < freshAt) freshAt = answer.freshUpTo;
    let newest = 0;
    for (const { updatedAt } of answer.orders) newest = Math.max(newest, updatedAt.getTime());
    const changed = (await again?.newer(answer.orders)) ?? answer.orders;
    for (const snapshot of givingBackFirst(changed, ({ state }) => state === 'open')) {
      const outcome = await applySnapshot(context.db, store.id, { snapshot, readAt }, context.now());
      if (outcome.kind === 'silent') return { touched, orders, complete: false, freshAt };
      if (outcome.kind === 'applied') for (const sku of outcome.touched) touched.add(sku);
      if (outcome.kind === 'unchanged') again?.notTaken(snapshot.remoteId);
      orders += 1;
    }
    // A stamp from the future, by a shop's clock that jumped, would hide every order up to then.
    newest = Math.min(answer.readUpTo?.getTime() ?? newest, readAt.getTime());
    if (query.kind === 'updated' && newest > 0) await advanceCursor(context, store.id, new Date(newest));
    page = answer.next;
  } while (page !== null);
  return { touched, orders, complete: true, freshAt };
}

// What a cancelled order freed may have been sold again by an order that was read together with it and stands before it: the other
// way round that one would be called an oversell.
const givingBackFirst = <Read>(read: readonly Read[], isOpen: (one: Read) => boolean): readonly Read[] => [
  ...read.filter((one) => !isOpen(one)),
  ...read.filter(isOpen),
];

// The cursor is a time of the store's own clock, of a page that is wholly applied.
async function advanceCursor(context: SyncContext, storeId: StoreId, newest: Date): Promise<void> {
  await context.db
    .updateTable('stores')
    .set({ orders_cursor: newest })
    .where('id', '=', storeId)
    .where((eb) => eb.or([eb('orders_cursor', 'is', null), eb('orders_cursor', '<', newest)]))
    .execute();
}

/** Applies what readings by id found. Returns whether anything moved. */
export async function applyReadings(
  context: SyncContext,
  storeId: StoreId,
  readings: readonly OrderReading[],
  readAt: Date,
): Promise<boolean> {
  let moved = false;
  for (const reading of givingBackFirst(
    readings,
    (one) => one.kind === 'order' && one.order.state === 'open',
  )) {
    const outcome =
      reading.kind === 'order'
        ? await applySnapshot(context.db, storeId, { snapshot: reading.order, readAt }, context.now())
        : await applyDeletion(context.db, storeId, reading.remoteId, readAt, context.now());
    if (outcome.kind === 'applied' && outcome.touched.length > 0) moved = true;
  }
  return moved;
}

function merge(a: PullOutcome, b: PullOutcome): PullOutcome {
  return {
    touched: new Set([...a.touched, ...b.touched]),
    orders: a.orders + b.orders,
    complete: a.complete && b.complete,
    freshAt: new Date(Math.min(a.freshAt.getTime(), b.freshAt.getTime())),
  };
}
