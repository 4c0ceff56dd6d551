// The few names that rows of many tabs show.

import type { WarehouseName } from '../../shared/tabs/inventory.ts';
import type { Database } from '../database/database.ts';
import { readTimeZone } from '../database/time-zone.ts';

export type SheetNames = {
  /** By which the sheet's clock goes. */
  readonly timeZone: string;
  readonly warehouses: readonly WarehouseName[];
  /** Name by id. */
  readonly stores: ReadonlyMap<string, string>;
  /** By store: the names of its locations by id. */
  readonly places: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Which of them are ours, and which warehouse serves them. Location '' is the store itself. */
  readonly mapping: readonly Mapping[];
  /** Warehouses that are no longer offered. */
  readonly archived: readonly string[];
  /** Plans of turning a store on that somebody can look at now. */
  readonly plans: readonly string[];
};

export type SheetContext = SheetNames & {
  /** What people call a channel: "WooCommerce". */
  readonly channelLabel: (channel: string) => string;
};

type Mapping = { readonly storeId: string; readonly locationId: string; readonly warehouseId: string };

/** Where there is more than one. */
export function locationName(
  places: SheetNames['places'],
  { storeId, locationId }: Pick<Mapping, 'storeId' | 'locationId'>,
): string {
  const names = places.get(storeId);
  return names === undefined || names.size < 2 ? '' : (names.get(locationId) ?? '');
}

export async function readNames(db: Database): Promise<SheetNames> {
  const timeZone = await readTimeZone(db);
  const known = await db
    .selectFrom('warehouses')
    .select(['id', 'name', 'archived_at'])
    .orderBy('position')
    .execute();
  const stores = await db.selectFrom('stores').select(['id', 'name']).orderBy('id').execute();
  const places = new Map<string, Map<string, string>>();
  const locations = await db
    .selectFrom('store_locations')
    .select(['store_id', 'location_id', 'name'])
    .execute();
  for (const { store_id: storeId, location_id: id, name } of locations) {
    places.set(storeId, (places.get(storeId) ?? new Map<string, string>()).set(id, name));
  }
  const mapping = await db
    .selectFrom('store_warehouses')
    .select(['store_id as storeId', 'location_id as locationId', 'warehouse_id as warehouseId'])
    .orderBy('store_id')
    .orderBy('position')
    .execute();
  const plans = await db
    .selectFrom('turn_on_plans as plan')
    .innerJoin('stores', 'stores.id', 'plan.store_id')
    .select('plan.id')
    .where('plan.state', '=', 'ready')
    .where('sync_on_at', 'is', null)
    .orderBy('plan.id')
    .execute();
  return {
    timeZone,
    warehouses: known.map(({ id, name }) => ({ id, name })),
    stores: new Map(stores.map(({ id, name }) => [id, name])),
    places,
    mapping,
    archived: known.filter(({ archived_at: at }) => at !== null).map(({ id }) => id),
    plans: plans.map(({ id }) => String(id)),
  };
}
