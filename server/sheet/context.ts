// The few names that rows of many tabs show.

import type { WarehouseName } from '../../shared/tabs/inventory.ts';
import type { Database } from '../database/database.ts';

export type SheetContext = {
  readonly warehouses: readonly WarehouseName[];
  /** Name by id. */
  readonly stores: ReadonlyMap<string, string>;
};

export async function readContext(db: Database): Promise<SheetContext> {
  const warehouses = await db.selectFrom('warehouses').select(['id', 'name']).orderBy('position').execute();
  const stores = await db.selectFrom('stores').select(['id', 'name']).orderBy('id').execute();
  return { warehouses, stores: new Map(stores.map(({ id, name }) => [id, name])) };
}
