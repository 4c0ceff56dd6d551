// The warehouses, and how a name in a cell finds one.

import type { WarehouseId } from '../../shared/model/ids.ts';
import type { Database } from '../database/database.ts';

export type Warehouse = { readonly id: WarehouseId; readonly name: string };

/** First one first: it is the one meant where nobody names any. */
export async function listWarehouses(db: Database): Promise<readonly Warehouse[]> {
  return db.selectFrom('warehouses').select(['id', 'name']).orderBy('position').execute();
}

export async function createWarehouse(db: Database, warehouse: Warehouse): Promise<void> {
  await db
    .insertInto('warehouses')
    .values({ id: warehouse.id, name: warehouse.name })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export type WarehouseReading =
  | { readonly ok: true; readonly warehouse: Warehouse }
  | { readonly ok: false; readonly problem: string };

/** `name` null: the only warehouse, or a question when there are several. Names are compared without regard to case. */
export function findWarehouse(warehouses: readonly Warehouse[], name: string | null): WarehouseReading {
  const [first, ...others] = warehouses;
  if (first === undefined)
    return { ok: false, problem: 'There is no warehouse yet. Add one in the Settings tab.' };
  const names = warehouses.map((warehouse) => warehouse.name).join(', ');
  if (name === null) {
    if (others.length === 0) return { ok: true, warehouse: first };
    return { ok: false, problem: `Choose the warehouse: ${names}.` };
  }
  const found = warehouses.find((warehouse) => warehouse.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) {
    return { ok: false, problem: `There is no warehouse "${name.slice(0, 60)}". Choose one of: ${names}.` };
  }
  return { ok: true, warehouse: found };
}
