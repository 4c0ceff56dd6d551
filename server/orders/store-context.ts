// What the order rules need to know about the store an order belongs to.

import { sql } from 'kysely';
import type { StoreId, WarehouseId } from '../../shared/model/ids.ts';
import type { Tx } from '../database/database.ts';

export type StoreContext = {
  readonly id: StoreId;
  readonly name: string;
  readonly syncOn: boolean;
  /** T0: what happened before it is in the opening stock already. */
  readonly syncOnAt: Date;
  /** The warehouse that serves a location of the store; the store's first warehouse for an unknown location. */
  readonly warehouseOf: (locationId: string | null) => WarehouseId;
};

/**
 * Reads the store and holds it until the transaction ends: turning sync off waits for orders that are being applied, and
 * none is applied after it. Null when the store does not exist or has no warehouse yet.
 */
export async function loadStoreContext(tx: Tx, storeId: StoreId): Promise<StoreContext | null> {
  const store = await tx
    .selectFrom('stores')
    .select(['id', 'name', 'sync_on', 'sync_on_at'])
    .where('id', '=', storeId)
    .modifyEnd(sql`for share`)
    .executeTakeFirst();
  if (store === undefined || store.sync_on_at === null) return null;
  const places = await tx
    .selectFrom('store_warehouses')
    .select(['location_id', 'warehouse_id'])
    .where('store_id', '=', storeId)
    .orderBy('position')
    .execute();
  const first = places[0];
  if (first === undefined) return null;
  // Reversed: of several warehouses at one location the first one shall win.
  const byLocation = new Map(places.toReversed().map((place) => [place.location_id, place.warehouse_id]));
  return {
    id: store.id,
    name: store.name,
    syncOn: store.sync_on,
    syncOnAt: store.sync_on_at,
    warehouseOf: (locationId) => byLocation.get(locationId ?? '') ?? first.warehouse_id,
  };
}
