// The few names that rows of many tabs show.

import type { WarehouseName } from '../../shared/tabs/inventory.ts';
import type { Database } from '../database/database.ts';

export type SheetContext = {
  readonly warehouses: readonly WarehouseName[];
  /** Name by id. */
  readonly stores: ReadonlyMap<string, string>;
  /** By store: the names of its locations by id. */
  readonly places: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Which of them are ours. */
  readonly mapping: readonly string[];
};

export async function readContext(db: Database): Promise<SheetContext> {
  const warehouses = await db.selectFrom('warehouses').select(['id', 'name']).orderBy('position').execute();
  const stores = await db.selectFrom('stores').select(['id', 'name']).orderBy('id').execute();
  const places = new Map<string, Map<string, string>>();
  const locations = await db
    .selectFrom('store_locations')
    .select(['store_id', 'location_id', 'name'])
    .execute();
  for (const { store_id: storeId, location_id: id, name } of locations) {
    places.set(storeId, (places.get(storeId) ?? new Map<string, string>()).set(id, name));
  }
  const ours = await db
    .selectFrom('store_warehouses')
    .select(['store_id', 'location_id'])
    .distinct()
    .orderBy('store_id')
    .orderBy('location_id')
    .execute();
  const mapping = ours.map((place) => `${place.store_id} ${place.location_id}`);
  return { warehouses, places, mapping, stores: new Map(stores.map(({ id, name }) => [id, name])) };
}
