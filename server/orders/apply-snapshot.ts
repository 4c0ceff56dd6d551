// Applies one order snapshot: in one transaction it posts the difference between what the order's lines shall have
// done to stock and what they have done so far. An older or repeated snapshot changes nothing.

import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import type { Sku, StoreId } from '../../shared/model/ids.ts';
import type { OrderSnapshot, OrderState } from '../../shared/model/order.ts';
import { recordActivity, resolveTroubles } from '../activity/activity.ts';
import { type Database, inTransaction, type Tx } from '../database/database.ts';
import { lockSkus, postMoves, type Stamp } from '../ledger/moves.ts';
import { adjustExpected } from './expected.ts';
import { nameOversells } from './oversells.ts';
import { countsBefore, type PlannedLine, planLines } from './plan-lines.ts';
import { readSnapshot } from './read-snapshot.ts';
import { settleLine } from './settle-lines.ts';
import { loadStoreContext, type StoreContext } from './store-context.ts';
import { readLines, type StoredLine, writeLines, writeParts } from './stored-line.ts';
import { noticeRefunds, readAnswered } from './unclear-refunds.ts';

export type ApplyOutcome =
  /** `touched`: SKUs whose stock or bookings moved. */
  | { readonly kind: 'applied'; readonly touched: readonly Sku[] }
  | { readonly kind: 'unchanged' }
  /** The store's sync is off: its orders move nothing. */
  | { readonly kind: 'silent' }
  /** The snapshot makes no sense: nothing of it was applied, and the Activity tab says so. */
  | { readonly kind: 'refused'; readonly problem: string };

/** `readAt`: when the reading began; it orders two readings of one update time. */
export type SnapshotReading = { readonly snapshot: OrderSnapshot; readonly readAt: Date };

export async function applySnapshot(
  db: Database,
  storeId: StoreId,
  reading: SnapshotReading,
  now: Date,
): Promise<ApplyOutcome> {
  return inTransaction(db, async (tx) => {
    const store = await loadStoreContext(tx, storeId);
    if (store === null || !store.syncOn) return { kind: 'silent' };
    const check = readSnapshot(reading.snapshot);
    if (!check.ok) return refuse(tx, store, reading, check.problem, now);
    return applyTo(tx, store, { ...check, readAt: reading.readAt }, now);
  });
}

/** Marks an order that can no longer be read as deleted: what was open is released, what left stays gone. */
export async function applyDeletion(
  db: Database,
  storeId: StoreId,
  remoteId: string,
  readAt: Date,
  now: Date,
): Promise<ApplyOutcome> {
  return inTransaction(db, async (tx) => {
    const store = await loadStoreContext(tx, storeId);
    if (store === null || !store.syncOn) return { kind: 'silent' };
    const order = await tx
      .selectFrom('orders')
      .selectAll()
      .where('store_id', '=', storeId)
      .where('remote_id', '=', remoteId)
      .forUpdate()
      .executeTakeFirst();
    if (order === undefined) return { kind: 'unchanged' };
    if (order.state === 'deleted') {
      await sql`update orders set read_at = greatest(read_at, ${readAt}::timestamptz)
        where store_id = ${storeId} and remote_id = ${remoteId}`.execute(tx);
      return { kind: 'unchanged' };
    }
    const lines = await readLines(tx, storeId, remoteId);
    const snapshot: OrderSnapshot = {
      remoteId,
      number: order.number,
      placedAt: order.placed_at,
      updatedAt: order.updated_at,
      state: 'deleted',
      channelState: 'deleted',
      test: order.is_test,
      // A shop that deletes without a word gives nothing back: its own number stays as it is.
      lines: lines.map(({ line, taken }) => ({ ...line, dated: [], taken })),
    };
    return applyTo(tx, store, { snapshot, readAt, warning: order.warning }, now);
  });
}

type CheckedReading = SnapshotReading & { readonly warning: string | null };

async function applyTo(
  tx: Tx,
  store: StoreContext,
  reading: CheckedReading,
  now: Date,
): Promise<ApplyOutcome> {
  const state = await claimVersion(tx, store.id, reading);
  if (state === null) return { kind: 'unchanged' };
  const order = { ...reading.snapshot, state };
  const stored = await readLines(tx, store.id, order.remoteId);
  const planned = planLines(store, order, stored, await readAnswered(tx, store.id, order));
  const touched = await post(tx, store, order, planned, { actor: store.name, at: now });
  await noticeRefunds(tx, store, order, now);
  return { kind: 'applied', touched };
}

// Takes the order's row lock and returns the state to apply; null when this version is not newer than the one applied.
// A reading from before an order was found deleted may still be newer in its counts, but cannot bring the order back.
async function claimVersion(
  tx: Tx,
  storeId: StoreId,
  { snapshot, readAt, warning }: CheckedReading,
): Promise<OrderState | null> {
  const isGone = sql`(orders.state = 'deleted' and excluded.read_at < orders.read_at)`;
  const newReadAt = sql`case when ${isGone} then orders.read_at else excluded.read_at end`;
  const { rows } = await sql<{ state: OrderState }>`
    insert into orders (store_id, remote_id, number, placed_at, state, channel_state, is_test, updated_at, read_at, warning)
    values (${storeId}, ${snapshot.remoteId}, ${snapshot.number}, ${snapshot.placedAt}, ${snapshot.state},
      ${snapshot.channelState}, ${snapshot.test}, ${snapshot.updatedAt}, ${readAt}, ${warning})
    on conflict (store_id, remote_id) do update set number = excluded.number,
      state = case when ${isGone} then orders.state else excluded.state end,
      channel_state = case when ${isGone} then orders.channel_state else excluded.channel_state end,
      is_test = excluded.is_test, updated_at = excluded.updated_at, read_at = ${newReadAt}, warning = excluded.warning
    where (orders.updated_at, orders.read_at) < (excluded.updated_at, ${newReadAt})
    returning state`.execute(tx);
  return rows[0]?.state ?? null;
}

async function refuse(
  tx: Tx,
  store: StoreContext,
  { snapshot: order, readAt }: SnapshotReading,
  problem: string,
  now: Date,
): Promise<ApplyOutcome> {
  // It has been looked at: the slow rota goes on to other orders.
  await sql`update orders set read_at = greatest(read_at, ${readAt}::timestamptz)
    where store_id = ${store.id} and remote_id = ${order.remoteId}`.execute(tx);
  const number = order.number.slice(0, 60).replaceAll('\u0000', '');
  await recordActivity(tx, {
    at: now,
    level: 'needs-person',
    storeId: store.id,
    trouble: refusedTrouble(store.id, order),
    message:
      `The latest change of order ${number} of ${store.name} was not counted: ${problem}. ` +
      'Mend the order in the shop; it is read again by itself.',
  });
  return { kind: 'refused', problem };
}

const refusedTrouble = (storeId: StoreId, order: OrderSnapshot): string =>
  `refused order:${storeId}/${order.remoteId}`;

async function post(
  tx: Tx,
  store: StoreContext,
  order: OrderSnapshot,
  planned: readonly PlannedLine[],
  stamp: Stamp,
): Promise<readonly Sku[]> {
  const locked = await lockSkus(
    tx,
    planned.flatMap(({ next }) => skusOf(next)),
  );
  const settled = planned.map((plan) =>
    settleLine(locked, {
      line: plan.next,
      state: order.state,
      orderNumber: order.number,
      before: countsBefore(plan),
      warehouseId: store.warehouseOf(plan.next.line.locationId),
    }),
  );
  const moves = settled.flatMap((item) => item.moves);
  await postMoves(tx, locked, moves, stamp);
  await adjustExpected(tx, store, order, planned);
  const changed = settled.filter((item, index) => !isDeepStrictEqual(item.line, planned[index]?.before));
  await writeLines(
    tx,
    changed.map((item) => item.line),
  );
  await writeParts(
    tx,
    settled.filter((item) => item.partsChanged).map((item) => item.line),
  );
  const touched = [...new Set(moves.map((move) => move.sku))];
  const recovered = await nameOversells(
    tx,
    locked,
    moves,
    { storeName: store.name, orderNumber: order.number, storeId: store.id },
    stamp,
  );
  await resolveTroubles(tx, [...recovered, refusedTrouble(store.id, order)], stamp.at);
  return touched;
}

const skusOf = ({ line, posted }: StoredLine): readonly Sku[] =>
  [line.sku as Sku | null, posted.sku, ...posted.parts.map((part) => part.sku)].filter((sku) => sku !== null);
