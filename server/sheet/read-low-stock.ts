// Rows of Low stock: the watched SKUs that are at or below their alert level.

import { sql } from 'kysely';
import { daysOfCover, type LowStock, suggestedOrder } from '../../shared/model/low-stock.ts';
import type { Database } from '../database/database.ts';
import type { SheetContext } from './context.ts';
import { type SheetRow, toNumber, toText } from './row.ts';

type LowRow = LowStock & { readonly sku: string; readonly title: string; readonly warehouseId: string };

/** Null: nothing has changed. */
export async function readLowStock(
  db: Database,
  { warehouses }: SheetContext,
  since: string | null,
): Promise<readonly SheetRow[] | null> {
  if (since !== null && !(await anyChanged(db, since))) return null;
  const names = new Map<string, string>(warehouses.map(({ id, name }) => [id, name]));
  const { rows } = await sql<LowRow>`
    select sku, title, warehouse_id as "warehouseId", available, incoming, alert_at as "alertAt", lead_days as "leadDays",
      cover_days as "coverDays", selling_days as "sellingDays", sold
    from low_stock(now()) order by sku, warehouse_id`.execute(db);
  return rows.map((row) => {
    const key = JSON.stringify([row.sku, row.warehouseId]);
    return {
      key,
      cells: {
        sku: toText(row.sku),
        title: toText(row.title),
        warehouse: toText(names.get(row.warehouseId) ?? row.warehouseId),
        available: row.available,
        incoming: row.incoming,
        alertAt: row.alertAt,
        sold: row.sold,
        salesDays: row.sellingDays,
        cover: toNumber(daysOfCover(row)),
        suggested: suggestedOrder(row),
        rowKey: toText(key),
      },
    };
  });
}

// A level that was saved or removed has touched its product.
async function anyChanged(db: Database, since: string): Promise<boolean> {
  const { rows } = await sql`select 1 from products where changed_tx >= ${since}::xid8 limit 1`.execute(db);
  return rows.length > 0;
}
