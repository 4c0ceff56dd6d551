// Why is this number what it is: everything in the database that made one SKU's number, and one sentence that sums it up.

import { sql } from 'kysely';
import type { ExplainAnswer } from '../../shared/api/explain.ts';
import type { Sku } from '../../shared/model/ids.ts';
import type { Database } from '../database/database.ts';
import { isOwed } from './owed.ts';

const MOVES_MAX = 200;
const PUSHES_MAX = 50;
const BOOKINGS_MAX = 200;

/** Null when no product has this SKU. */
export async function explainSku(db: Database, sku: Sku): Promise<ExplainAnswer | null> {
  const product = await db.selectFrom('products').selectAll().where('sku', '=', sku).executeTakeFirst();
  if (product === undefined) return null;
  const { balances, units } = await readBalances(db, sku);
  const anySet = balances.some((balance) => balance.inStock !== null);
  const inStock = anySet ? units : null;
  const booked = sum(balances.map((balance) => balance.booked));
  const available = inStock === null ? null : inStock - booked;
  const moves = await readMoves(db, sku);
  const listings = await readListings(db, sku);
  return {
    sku,
    title: product.title,
    version: product.version,
    sentence: sentenceFor({ inStock, booked, available, listings: listings.length }),
    inStock,
    booked,
    available,
    balances,
    moves: moves.slice(0, MOVES_MAX),
    movesLeftOff: Math.max(0, product.version - MOVES_MAX),
    bookings: await readBookings(db, sku),
    listings,
    pushes: await readPushes(db, sku),
  };
}

// `units` counts what orders took from a warehouse that nobody has counted, as available does.
async function readBalances(
  db: Database,
  sku: Sku,
): Promise<{ readonly balances: ExplainAnswer['balances']; readonly units: number }> {
  const rows = await db
    .selectFrom('balances')
    .innerJoin('warehouses', 'warehouses.id', 'balances.warehouse_id')
    .select(['warehouses.name as warehouse', 'in_stock', 'booked', 'is_set'])
    .where('sku', '=', sku)
    .orderBy('position')
    .execute();
  const balances = rows.map((row) => ({
    warehouse: row.warehouse,
    inStock: row.is_set ? row.in_stock : null,
    booked: row.booked,
    available: row.is_set ? row.in_stock - row.booked : null,
  }));
  return { balances, units: sum(rows.map((row) => row.in_stock)) };
}

async function readMoves(db: Database, sku: Sku): Promise<ExplainAnswer['moves']> {
  const rows = await db
    .selectFrom('moves')
    .innerJoin('warehouses', 'warehouses.id', 'moves.warehouse_id')
    .selectAll('moves')
    .select('warehouses.name as warehouse')
    .where('sku', '=', sku)
    .orderBy('version', 'desc')
    .limit(MOVES_MAX)
    .execute();
  return rows.map((row) => ({
    seq: row.seq,
    at: row.at.toISOString(),
    warehouse: row.warehouse,
    inStockChange: row.in_stock_change,
    bookedChange: row.booked_change,
    inStockAfter: row.is_set_after ? row.in_stock_after : null,
    bookedAfter: row.booked_after,
    cause: row.cause,
    reference: row.reference,
    note: row.note,
    actor: row.actor,
  }));
}

async function readBookings(db: Database, sku: Sku): Promise<ExplainAnswer['bookings']> {
  const rows = await db
    .selectFrom('order_lines as line')
    .innerJoin('orders', (join) =>
      join.onRef('orders.store_id', '=', 'line.store_id').onRef('orders.remote_id', '=', 'line.order_id'),
    )
    .innerJoin('stores', 'stores.id', 'line.store_id')
    .select([
      'stores.name as store',
      'orders.number',
      'line.line_id',
      'line.posted_booked',
      'orders.placed_at',
    ])
    .where('line.posted_sku', '=', sku)
    .where('line.posted_booked', '<>', 0)
    .orderBy('orders.placed_at', 'desc')
    .limit(BOOKINGS_MAX)
    .execute();
  return rows.map((row) => ({
    store: row.store,
    order: row.number,
    line: row.line_id,
    booked: row.posted_booked,
    placedAt: row.placed_at.toISOString(),
  }));
}

async function readListings(db: Database, sku: Sku): Promise<ExplainAnswer['listings']> {
  const { rows } = await sql<ExplainAnswer['listings'][number] & { lastToldAt: Date | null }>`
    select stores.name as store, listings.title, remote_id as "remoteId", acknowledged_quantity as "lastTold",
      acknowledged_at as "lastToldAt", expected, ${isOwed} as owed, problem,
      case when stock.available is not null then greatest(0, stock.available) end as "shouldShow"
    from listings join stores on stores.id = listings.store_id left join lateral (
      select case when bool_or(is_set) then sum(in_stock - booked)::bigint end as available
      from balances where balances.sku = listings.sku and warehouse_id in
        (select warehouse_id from store_warehouses where store_warehouses.store_id = listings.store_id)
    ) as stock on true
    where listings.sku = ${sku} and gone_at is null order by stores.name, listings.id`.execute(db);
  return rows.map((row) => ({
    ...row,
    shouldShow: row.shouldShow,
    lastToldAt: (row.lastToldAt as Date | null)?.toISOString() ?? null,
  }));
}

async function readPushes(db: Database, sku: Sku): Promise<ExplainAnswer['pushes']> {
  const rows = await db
    .selectFrom('pushes')
    .leftJoin('stores', 'stores.id', 'pushes.store_id')
    .select([
      'finished_at',
      'stores.name',
      'pushes.store_id',
      'quantity',
      'expected',
      'observed',
      'outcome',
      'message',
    ])
    .where('sku', '=', sku)
    .orderBy('pushes.id', 'desc')
    .limit(PUSHES_MAX)
    .execute();
  return rows.map((row) => ({
    at: row.finished_at.toISOString(),
    store: row.name ?? row.store_id,
    quantity: row.quantity,
    expected: row.expected,
    observed: row.observed,
    outcome: row.outcome,
    message: row.message,
  }));
}

type Numbers = {
  readonly inStock: number | null;
  readonly booked: number;
  readonly available: number | null;
  readonly listings: number;
};

function sentenceFor({ inStock, booked, available, listings }: Numbers): string {
  if (inStock === null || available === null) {
    const waiting = booked === 0 ? '' : ` Open orders have booked ${booked}.`;
    return `Nobody has said yet how many there are, so nothing is pushed.${waiting}`;
  }
  const where = listings === 1 ? '1 listing' : `${listings} listings`;
  const sold = `${inStock} in stock − ${booked} booked by open orders = ${available} available`;
  if (available < 0)
    return `${sold}; ${-available} more were sold than there are, so 0 is pushed to ${where}.`;
  return `${sold}, pushed to ${where}.`;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
