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
  /** What orders took off the shop's own numbers before then was in them before we ever looked. */
  readonly takenSince: Date;
  /** After a pause, while its orders are being read: until when the shop was told numbers. Null: all along. */
  readonly toldUntil: Date | null;
  /**
   * The warehouse that serves a location of the store. Where the channel names none: the store's first one. Null for a
   * location that is not ours, or that nobody has mapped yet: it is never guessed.
   */
  readonly warehouseOf: (locationId: string | null) => WarehouseId | null;
};

/** How far the clock of a shop may be from ours. */
const CLOCKS_DIFFER_MS = 5 * 60_000;

/**
 * Reads the store and holds it until the transaction ends: turning sync off waits for orders that are being applied, and
 * none is applied after it. Null when the store does not exist or was never turned on.
 */
export async function loadStoreContext(tx: Tx, storeId: StoreId): Promise<StoreContext | null> {
  const store = await tx
    .selectFrom('stores')
    .select(['id', 'name', 'sync_on', 'sync_on_at', 'sync_off_at', 'taken_since', 'orders_fresh_at'])
    .where('id', '=', storeId)
    .modifyEnd(sql`for share`)
    .executeTakeFirst();
  if (store === undefined || store.sync_on_at === null) return null;
  return {
    id: store.id,
    name: store.name,
    syncOn: store.sync_on,
    syncOnAt: store.sync_on_at,
    takenSince: store.taken_since ?? store.sync_on_at,
    toldUntil:
      store.orders_fresh_at !== null || store.sync_off_at === null
        ? null
        : new Date(store.sync_off_at.getTime() + CLOCKS_DIFFER_MS),
    warehouseOf: await readWarehouseOf(tx, storeId),
  };
}

export async function readWarehouseOf(tx: Tx, storeId: StoreId): Promise<StoreContext['warehouseOf']> {
  const places = await tx
    .selectFrom('store_warehouses')
    .select(['location_id', 'warehouse_id'])
    .where('store_id', '=', storeId)
    .orderBy('position')
    .execute();
  // Reversed: of several warehouses at one place the first one shall win.
  const byLocation = new Map(places.toReversed().map((place) => [place.location_id, place.warehouse_id]));
  const ofStore = byLocation.get('') ?? null;
  const first = places[0]?.warehouse_id ?? null;
  return (locationId) => (locationId === null ? (ofStore ?? first) : (byLocation.get(locationId) ?? ofStore));
}
