// What is low and what to order of it: for the daily summary and for draft purchase orders.

import { sql } from 'kysely';
import type { Sku, WarehouseId } from '../../shared/model/ids.ts';
import { daysOfCover, type LowStock, suggestedOrder } from '../../shared/model/low-stock.ts';
import type { Database } from '../database/database.ts';
import type { Stamp } from '../ledger/moves.ts';
import { createDraftPurchaseOrder, type DraftLine } from './draft-purchase-order.ts';

export type LowStockLine = LowStock & {
  readonly sku: Sku;
  readonly title: string;
  readonly warehouseId: WarehouseId;
  readonly warehouse: string;
};

export async function readLowStock(db: Database, at: Date): Promise<readonly LowStockLine[]> {
  const { rows } = await sql<LowStockLine>`
    select sku, title, warehouse_id as "warehouseId", warehouses.name as warehouse, available, incoming,
      alert_at as "alertAt", lead_days as "leadDays", cover_days as "coverDays", selling_days as "sellingDays", sold
    from low_stock(${at}::timestamptz) join warehouses on warehouses.id = warehouse_id
    order by sku, warehouses.position`.execute(db);
  return rows;
}

/** Such as: SHIRT in Main: 4 available (alert at 10), 6 days left; order 40. */
export function lowStockSentence(line: LowStockLine): string {
  const cover = daysOfCover(line);
  const left = cover === null ? 'no sales lately' : cover === 1 ? '1 day left' : `${cover} days left`;
  const order = suggestedOrder(line);
  const advice = order === 0 ? `${line.incoming} are on their way` : `order ${order}`;
  return `${line.sku} in ${line.warehouse}: ${line.available} available (alert at ${line.alertAt}), ${left}; ${advice}.`;
}

/** Of these SKUs, what is low and not yet on its way in sufficient number. */
export async function draftLines(
  db: Database,
  skus: readonly Sku[],
  at: Date,
): Promise<readonly DraftLine[]> {
  const wanted = new Set(skus);
  const low = (await readLowStock(db, at)).filter(({ sku }) => wanted.has(sku));
  return low
    .map((line) => ({ sku: line.sku, warehouseId: line.warehouseId, quantity: suggestedOrder(line) }))
    .filter(({ quantity }) => quantity > 0);
}

export type DraftOutcome = {
  readonly number: string | null;
  readonly lines: number;
  readonly message: string;
};

export async function draftLowStockOrder(
  db: Database,
  skus: readonly Sku[],
  stamp: Stamp,
): Promise<DraftOutcome> {
  const lines = await draftLines(db, skus, stamp.at);
  if (lines.length === 0) {
    const message = 'None of these is low and in need of an order. Look at Low stock again.';
    return { number: null, lines: 0, message };
  }
  const number = await createDraftPurchaseOrder(db, { note: 'made from Low stock', lines }, stamp);
  const units = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  const message = `${number} was made as a draft: ${lines.length} lines, ${units} units. Order it in Purchase orders.`;
  return { number, lines: lines.length, message };
}
