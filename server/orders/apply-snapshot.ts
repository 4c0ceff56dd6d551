// Applies one order snapshot: in one transaction it posts the difference between what the order's lines shall have
// done to stock and what they have done so far. An older or repeated snapshot changes nothing.

import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import type { Sku, StoreId } from '../../shared/model/ids.ts';
import type { OrderSnapshot } from '../../shared/model/order.ts';
import { type Database, inTransaction, type Tx } from '../database/database.ts';
import { lockSkus, postMoves, type Stamp } from '../ledger/moves.ts';
import { adjustExpected } from './expected.ts';
import { contradiction } from './line-effect.ts';
import { nameOversells } from './oversells.ts';
import { countsBefore, type PlannedLine, planLines } from './plan-lines.ts';
import { settleLine } from './settle-lines.ts';
import { loadStoreContext, type StoreContext } from './store-context.ts';
import { readLines, type StoredLine, writeLines } from './stored-line.ts';

export type ApplyOutcome =
  /** `touched`: SKUs whose stock or bookings moved. */
  | { readonly kind: 'applied'; readonly touched: readonly Sku[] }
  | { readonly kind: 'unchanged' }
  /** The store's sync is off: its orders move nothing. */
  | { readonly kind: 'silent' };

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
    return applyTo(tx, store, reading, now);
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
      .executeTakeFirst();
    if (order === undefined || order.state === 'deleted') return { kind: 'unchanged' };
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
    return applyTo(tx, store, { snapshot, readAt }, now);
  });
}

async function applyTo(
  tx: Tx,
  store: StoreContext,
  reading: SnapshotReading,
  now: Date,
): Promise<ApplyOutcome> {
  const claimed = await claimVersion(tx, store.id, reading);
  if (!claimed) return { kind: 'unchanged' };
  const order = reading.snapshot;
  const planned = planLines(store, order, await readLines(tx, store.id, order.remoteId));
  const touched = await post(tx, store, order, planned, { actor: store.name, at: now });
  return { kind: 'applied', touched };
}

// Takes the order's row lock; false when this version is not newer than the one applied.
async function claimVersion(
  tx: Tx,
  storeId: StoreId,
  { snapshot, readAt }: SnapshotReading,
): Promise<boolean> {
  const warning =
    snapshot.lines.map((line) => contradiction(line.counts)).find((text) => text !== null) ?? null;
  const { rows } = await sql`
    insert into orders (store_id, remote_id, number, placed_at, state, channel_state, is_test, updated_at, read_at, warning)
    values (${storeId}, ${snapshot.remoteId}, ${snapshot.number}, ${snapshot.placedAt}, ${snapshot.state},
      ${snapshot.channelState}, ${snapshot.test}, ${snapshot.updatedAt}, ${readAt}, ${warning})
    on conflict (store_id, remote_id) do update set number = excluded.number, state = excluded.state,
      channel_state = excluded.channel_state, is_test = excluded.is_test, updated_at = excluded.updated_at,
      read_at = excluded.read_at, warning = excluded.warning
    where (orders.updated_at, orders.read_at) < (excluded.updated_at, excluded.read_at)
    returning 1`.execute(tx);
  return rows.length > 0;
}

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
  await adjustExpected(tx, store.id, planned);
  const changed = settled.filter((item, index) => !isDeepStrictEqual(item.line, planned[index]?.before));
  await writeLines(
    tx,
    changed.map((item) => item.line),
  );
  const touched = [...new Set(moves.map((move) => move.sku))];
  await nameOversells(
    tx,
    locked,
    moves,
    { storeName: store.name, orderNumber: order.number, storeId: store.id },
    stamp,
  );
  return touched;
}

const skusOf = ({ line, posted }: StoredLine): readonly Sku[] =>
  [line.sku as Sku | null, posted.sku].filter((sku) => sku !== null);
