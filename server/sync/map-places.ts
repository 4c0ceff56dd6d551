// Which warehouse serves which place of a store. A change books open orders where they are served now and owes every listing
// its number, all in one transaction, so that it is safe at any moment.

import { sql } from 'kysely';
import type { MapPlacesRequest } from '../../shared/api/warehouses.ts';
import { type StoreId, toWarehouseId, type WarehouseId } from '../../shared/model/ids.ts';
import { recordActivity, resolveTroubles } from '../activity/activity.ts';
import { inTransaction, type Tx } from '../database/database.ts';
import { listWarehouses, type Warehouse } from '../documents/warehouses.ts';
import { alignWithPlaces, STORE_ITSELF } from '../listings/places.ts';
import { type Rebooked, rebookPlaces } from '../orders/rebook-places.ts';
import type { SyncContext } from './context.ts';
import { GONE, type TaskOutcome } from './hard-refresh.ts';
import { wakeAllThatOwe } from './wake-pushes.ts';

export type Place = { readonly locationId: string; readonly warehouseId: WarehouseId };

export const unmappedTrouble = (storeId: StoreId, locationId: string): string =>
  `unmapped location:${storeId}:${locationId}`;

class OnlyLooking extends Error {
  readonly outcome: TaskOutcome;
  constructor(outcome: TaskOutcome) {
    super('Nothing was changed.');
    this.outcome = outcome;
  }
}

/** With `preview` nothing is changed: the answer says what would happen. */
export async function mapPlaces(
  context: SyncContext,
  storeId: StoreId,
  request: MapPlacesRequest,
  actor: string,
): Promise<TaskOutcome> {
  try {
    const outcome = await inTransaction(context.db, async (tx) => {
      const changed = await change(tx, storeId, request, { actor, at: context.now() });
      // The exact figures of the change are known once it is made; then it is taken back.
      if (changed.accepted && request.preview === true) throw new OnlyLooking(changed);
      return changed;
    });
    if (outcome.accepted) await wakeAllThatOwe(context);
    return outcome;
  } catch (error) {
    if (!(error instanceof OnlyLooking)) throw error;
    return error.outcome;
  }
}

type Stamp = { readonly actor: string; readonly at: Date };

async function change(
  tx: Tx,
  storeId: StoreId,
  request: MapPlacesRequest,
  stamp: Stamp,
): Promise<TaskOutcome> {
  const store = await tx
    .selectFrom('stores')
    .select('name')
    .where('id', '=', storeId)
    .forUpdate()
    .executeTakeFirst();
  if (store === undefined) return GONE;
  const locations = await readLocations(tx, storeId);
  const warehouses = await listWarehouses(tx);
  const wanted = readRequest(request, locations, warehouses);
  if (!wanted.ok) return { accepted: false, message: wanted.problem };
  const { places, notOurs } = wanted;
  await sql`update store_locations set not_ours = location_id = any(${notOurs}::text[])
    where store_id = ${storeId}`.execute(tx);
  const { listings, rebooked } = await applyPlaces(tx, storeId, places, stamp);
  const names = { location: nameOf(locations), warehouse: warehouseNames(warehouses) };
  const message = sentence(places, notOurs, names, { listings, rebooked });
  await recordActivity(tx, { at: stamp.at, level: 'info', storeId, message: `${store.name}: ${message}` });
  const decided = [...places.map(({ locationId }) => locationId), ...notOurs];
  await resolveTroubles(
    tx,
    decided.map((locationId) => unmappedTrouble(storeId, locationId)),
    stamp.at,
  );
  return { accepted: true, message };
}

/** The caller holds the store. */
export async function applyPlaces(
  tx: Tx,
  storeId: StoreId,
  places: readonly Place[],
  stamp: Stamp,
): Promise<{ readonly listings: number; readonly rebooked: Rebooked }> {
  await tx.deleteFrom('store_warehouses').where('store_id', '=', storeId).execute();
  for (const { locationId, warehouseId } of places) {
    await tx
      .insertInto('store_warehouses')
      .values({ store_id: storeId, location_id: locationId, warehouse_id: warehouseId })
      .execute();
  }
  return followPlaces(tx, storeId, stamp);
}

/** Orders and listings follow the places as they are now. The caller holds the store. */
export async function followPlaces(
  tx: Tx,
  storeId: StoreId,
  stamp: Stamp,
): Promise<{ readonly listings: number; readonly rebooked: Rebooked }> {
  // Orders before products, as everywhere; a number that is being set meanwhile must not miss the new rows.
  await sql`select 1 from orders where store_id = ${storeId} order by remote_id for update`.execute(tx);
  await sql`
    select 1 from products where sku in (
      select sku from listings where store_id = ${storeId}
      union select posted_sku from order_lines where store_id = ${storeId} and posted_booked <> 0)
    order by sku for no key update`.execute(tx);
  const rebooked = await rebookPlaces(tx, storeId, stamp);
  return { listings: await alignWithPlaces(tx, storeId, stamp.at), rebooked };
}

export type KnownLocation = { readonly id: string; readonly name: string };

export async function readLocations(tx: Tx, storeId: StoreId): Promise<readonly KnownLocation[]> {
  return tx
    .selectFrom('store_locations')
    .select(['location_id as id', 'name'])
    .where('store_id', '=', storeId)
    .where('gone_at', 'is', null)
    .orderBy('position')
    .execute();
}

type Wanted =
  | { readonly ok: true; readonly places: readonly Place[]; readonly notOurs: readonly string[] }
  | { readonly ok: false; readonly problem: string };

const wrong = (problem: string): Wanted => ({ ok: false, problem });

function readRequest(
  request: MapPlacesRequest,
  locations: readonly KnownLocation[],
  warehouses: readonly Warehouse[],
): Wanted {
  const places =
    'warehouseIds' in request
      ? request.warehouseIds.map((id) => ({ locationId: STORE_ITSELF, warehouseId: toWarehouseId(id) }))
      : request.locations.flatMap(({ id, warehouseId }) =>
          warehouseId === null ? [] : [{ locationId: id, warehouseId: toWarehouseId(warehouseId) }],
        );
  if ('warehouseIds' in request) {
    if (locations.length > 0) return wrong('This store has locations: choose a warehouse for each of them.');
    if (places.length === 0) return wrong('Choose at least one warehouse for this store.');
  } else {
    const problem = locationProblem(request.locations, locations);
    if (problem !== null) return wrong(problem);
  }
  const strange = places.find(({ warehouseId }) => !warehouses.some(({ id }) => id === warehouseId));
  if (strange !== undefined) return wrong('One of these warehouses is gone or archived. Choose again.');
  const name = nameOf(locations);
  for (const [index, place] of places.entries()) {
    const earlier = places.findIndex(({ warehouseId }) => warehouseId === place.warehouseId);
    if (earlier === index) continue;
    const warehouse = warehouseNames(warehouses)(place.warehouseId);
    if (place.locationId === STORE_ITSELF) return wrong(`The warehouse ${warehouse} is there twice.`);
    return wrong(
      `${warehouse} cannot serve both ${name(places[earlier]?.locationId ?? '')} and ${name(place.locationId)}: customers ` +
        'could buy its units at each of them. Choose another warehouse, or say that one of the two is not ours.',
    );
  }
  const notOurs =
    'locations' in request
      ? request.locations.filter(({ warehouseId, ours }) => warehouseId === null && ours === false)
      : [];
  return { ok: true, places, notOurs: notOurs.map(({ id }) => id) };
}

function locationProblem(
  asked: Extract<MapPlacesRequest, { locations: unknown }>['locations'],
  locations: readonly KnownLocation[],
): string | null {
  if (locations.length === 0) return 'This store has no locations: choose its warehouses.';
  const unknown = asked.find(({ id }) => !locations.some((location) => location.id === id));
  if (unknown !== undefined)
    return 'One of these locations is no longer in the shop. Look at the list again.';
  if (new Set(asked.map(({ id }) => id)).size < asked.length) return 'A location is there twice.';
  const missing = locations.find(({ id }) => !asked.some((location) => location.id === id));
  if (missing === undefined) return null;
  return `Say for "${missing.name}", too, which warehouse serves it, or that it is not ours.`;
}

const nameOf =
  (locations: readonly KnownLocation[]) =>
  (id: string): string =>
    `"${locations.find((location) => location.id === id)?.name ?? id}"`;

const warehouseNames =
  (warehouses: readonly Warehouse[]) =>
  (id: WarehouseId): string =>
    warehouses.find((warehouse) => warehouse.id === id)?.name ?? id;

type Names = { readonly location: (id: string) => string; readonly warehouse: (id: WarehouseId) => string };

function sentence(
  places: readonly Place[],
  notOurs: readonly string[],
  names: Names,
  { listings, rebooked }: { readonly listings: number; readonly rebooked: Rebooked },
): string {
  const served = places
    .filter(({ locationId }) => locationId !== STORE_ITSELF)
    .map(
      ({ locationId, warehouseId }) =>
        `${names.location(locationId)} is served by ${names.warehouse(warehouseId)}`,
    );
  const store = places.filter(({ locationId }) => locationId === STORE_ITSELF);
  const parts = [
    ...(store.length === 0
      ? []
      : [`it sells from ${store.map(({ warehouseId }) => names.warehouse(warehouseId)).join(' and ')}`]),
    ...served,
    ...notOurs.map((id) => `${names.location(id)} is not ours and never written to`),
  ];
  const orders =
    rebooked.orders === 0
      ? 'No open order moves.'
      : `${rebooked.units} booked units of ${rebooked.orders} open orders move.`;
  const told =
    listings === 0
      ? 'Nothing is told anew.'
      : `${listings} numbers are looked at again and told where they differ.`;
  return `${parts.join('; ')}. ${orders} ${told}`;
}
