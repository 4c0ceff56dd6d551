// Saving from how many units on a SKU is low in a warehouse, and how to order more of it.

import { sql } from 'kysely';
import type { Sku, WarehouseId } from '../../shared/model/ids.ts';
import { QUANTITY_MAX } from '../../shared/model/quantity.ts';
import { readSku } from '../../shared/model/sku.ts';
import { STOCK_LEVEL_DEFAULTS } from '../../shared/tabs/stock-levels.ts';
import type { Tx } from '../database/database.ts';
import { bundleHasNoStock, readParts } from '../ledger/bundles.ts';
import { text } from './cells.ts';
import {
  type Cells,
  NO_ACTION,
  type Reading,
  readAction,
  readWhole,
  refuse,
  type Saved,
  settingsDocument,
} from './settings-rows.ts';
import { readNear, unknownSku } from './unknown-sku.ts';
import { findWarehouse, type KnownWarehouse, readWarehouses } from './warehouses.ts';

const DAYS_MAX = 730;

type Level = {
  readonly alertAt: number;
  readonly leadDays: number;
  readonly coverDays: number;
  readonly salesDays: number;
};
type LevelRow = {
  readonly sku: Sku;
  /** As typed; null when the cell is empty. */
  readonly warehouse: string | null;
  /** Null: nobody wants to hear of it any more. */
  readonly level: Level | null;
};

export const submitStockLevels = settingsDocument<LevelRow, readonly KnownWarehouse[]>({
  word: 'stock-levels',
  read: readLevel,
  prepare: (tx) => readWarehouses(tx),
  save: saveLevel,
});

function readLevel(cells: Cells): Reading<LevelRow> {
  const sku = readSku(cells['sku']);
  if (!sku.ok) return refuse('sku', sku.problem);
  const typed = text(cells['warehouse']);
  const place = { sku: sku.sku, warehouse: typed === '' ? null : typed };
  const action = readAction(cells['action']);
  if (action === null) return NO_ACTION;
  if (action === 'remove') return { ok: true, value: { ...place, level: null } };
  const alertAt = readWhole(cells['alertAt'], { field: 'alertAt', least: 0, most: QUANTITY_MAX }, null);
  if (!alertAt.ok) return alertAt;
  if (alertAt.value === null) return refuse('alertAt', 'Type at how many available units it is low.');
  const { leadDays, coverDays, salesDays } = STOCK_LEVEL_DEFAULTS;
  const lead = readWhole(cells['leadDays'], { field: 'leadDays', least: 0, most: DAYS_MAX }, leadDays);
  if (!lead.ok) return lead;
  const cover = readWhole(cells['coverDays'], { field: 'coverDays', least: 0, most: DAYS_MAX }, coverDays);
  if (!cover.ok) return cover;
  const sales = readWhole(cells['salesDays'], { field: 'salesDays', least: 1, most: DAYS_MAX }, salesDays);
  if (!sales.ok) return sales;
  const level = {
    alertAt: alertAt.value,
    leadDays: lead.value,
    coverDays: cover.value,
    salesDays: sales.value,
  };
  return { ok: true, value: { ...place, level } };
}

async function saveLevel(
  tx: Tx,
  { sku, warehouse, level }: LevelRow,
  warehouses: readonly KnownWarehouse[],
): Promise<Saved> {
  const found = findWarehouse(warehouses, warehouse);
  if (!found.ok) return refuse('warehouse', found.problem);
  const { id, name } = found.warehouse;
  // So that the sheet looks at what is low once more.
  await sql`update products set changed_tx = pg_current_xact_id() where sku = ${sku}`.execute(tx);
  if (level === null) {
    await tx.deleteFrom('stock_levels').where('sku', '=', sku).where('warehouse_id', '=', id).execute();
    return { ok: true, message: `${sku} in ${name} is watched no more.`, touched: [] };
  }
  const product = await tx.selectFrom('products').select('sku').where('sku', '=', sku).executeTakeFirst();
  if (product === undefined) {
    return refuse('sku', unknownSku(sku, await readNear(tx, [sku])));
  }
  const parts = (await readParts(tx, [sku])).get(sku);
  if (parts !== undefined) return refuse('sku', bundleHasNoStock(sku, parts));
  await put(tx, sku, id, level);
  const message = `${sku} in ${name} is low from ${level.alertAt} available on.`;
  return { ok: true, message, touched: [] };
}

async function put(tx: Tx, sku: Sku, warehouseId: WarehouseId, level: Level): Promise<void> {
  const values = {
    alert_at: level.alertAt,
    lead_days: level.leadDays,
    cover_days: level.coverDays,
    sales_days: level.salesDays,
  };
  await tx
    .insertInto('stock_levels')
    .values({ sku, warehouse_id: warehouseId, ...values })
    .onConflict((conflict) => conflict.columns(['sku', 'warehouse_id']).doUpdateSet(values))
    .execute();
}
