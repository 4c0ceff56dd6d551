// The single changes behind a number: the newest moves of a SKU, and the open orders that book it.

import type { ExplainAnswer } from '../../shared/api/explain.ts';
import type { Sku } from '../../shared/model/ids.ts';
import type { Database } from '../database/database.ts';

export const MOVES_MAX = 200;
const BOOKINGS_MAX = 200;

/** Newest first. `at` null: up to now. */
export async function readMoves(db: Database, sku: Sku, at: Date | null): Promise<ExplainAnswer['moves']> {
  const rows = await db
    .selectFrom('moves')
    .innerJoin('warehouses', 'warehouses.id', 'moves.warehouse_id')
    .selectAll('moves')
    .select('warehouses.name as warehouse')
    .where('sku', '=', sku)
    .$if(at !== null, (query) => query.where('at', '<=', at as Date))
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

/** Orders that hold the SKU at this moment, by itself or as part of a bundle; newest first. */
export async function readBookings(db: Database, sku: Sku): Promise<ExplainAnswer['bookings']> {
  const rows = await db
    .selectFrom('order_line_postings as line')
    .innerJoin('orders', (join) =>
      join.onRef('orders.store_id', '=', 'line.store_id').onRef('orders.remote_id', '=', 'line.order_id'),
    )
    .innerJoin('stores', 'stores.id', 'line.store_id')
    .select(['stores.name as store', 'orders.number', 'line.line_id', 'line.booked', 'line.bundle_sku'])
    .select('orders.placed_at')
    .where('line.sku', '=', sku)
    .where('line.booked', '<>', 0)
    .orderBy('orders.placed_at', 'desc')
    .limit(BOOKINGS_MAX)
    .execute();
  return rows.map((row) => ({
    store: row.store,
    order: row.number,
    line: row.line_id,
    booked: row.booked,
    bundle: row.bundle_sku,
    placedAt: row.placed_at.toISOString(),
  }));
}
