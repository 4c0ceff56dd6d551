// Keeps the list of a shop's locations. One that nobody has mapped is named and left alone: nothing is told or booked there
// until a person says which warehouse serves it. Pushes to the other locations go on.

import { sql } from 'kysely';
import type { StoreId } from '../../shared/model/ids.ts';
import { recordActivity, resolveTroubles } from '../activity/activity.ts';
import type { ShopLocation } from '../channels/channel.ts';
import { inTransaction, type Tx } from '../database/database.ts';
import { readPlaces, STORE_ITSELF } from '../listings/places.ts';
import type { OpenStore, SyncContext } from './context.ts';
import { applyPlaces, followPlaces, type Place, unmappedTrouble } from './map-places.ts';

const goneTrouble = (storeId: StoreId, locationId: string): string =>
  `location gone:${storeId}:${locationId}`;

export async function keepLocations(context: SyncContext, store: OpenStore): Promise<void> {
  if (store.channel.listLocations === undefined) return;
  const found = await store.channel.listLocations();
  // No shop is without any: a reading that finds none is no reason to take all away.
  if (found.length === 0) return;
  await inTransaction(context.db, async (tx) => {
    await sql`select 1 from stores where id = ${store.id} for update`.execute(tx);
    const stamp = { actor: store.name, at: context.now() };
    const before = await readPlaces(tx, store.id);
    await saveLocations(tx, store.id, found, stamp.at);
    const taken = await takeOver(tx, store, found);
    if (taken !== null) await applyPlaces(tx, store.id, taken, stamp);
    else if ((await readPlaces(tx, store.id)).join() !== before.join())
      await followPlaces(tx, store.id, stamp);
    await tell(tx, store, stamp.at);
  });
}

async function saveLocations(
  tx: Tx,
  storeId: StoreId,
  found: readonly ShopLocation[],
  at: Date,
): Promise<void> {
  const ids = found.map(({ id }) => id);
  await sql`
    insert into store_locations as old (store_id, location_id, name)
    select ${storeId}, * from unnest(${ids}::text[], ${found.map(({ name }) => name)}::text[])
    on conflict (store_id, location_id) do update set name = excluded.name, gone_at = null
    where old.name <> excluded.name or old.gone_at is not null`.execute(tx);
  await sql`
    update store_locations set gone_at = ${at}::timestamptz
    where store_id = ${storeId} and gone_at is null and location_id <> all(${ids}::text[])`.execute(tx);
}

// A store is connected with its warehouses before its locations are known. With one location there is nothing to choose; with
// several a person has to. Null: the locations have taken over already.
async function takeOver(
  tx: Tx,
  store: OpenStore,
  found: readonly ShopLocation[],
): Promise<readonly Place[] | null> {
  const mapped = await tx
    .selectFrom('store_warehouses')
    .select(['location_id', 'warehouse_id'])
    .where('store_id', '=', store.id)
    .orderBy('position')
    .execute();
  if (!mapped.some(({ location_id: id }) => id === STORE_ITSELF)) return null;
  const kept = mapped
    .filter(({ location_id: id }) => id !== STORE_ITSELF)
    .map((place) => ({ locationId: place.location_id, warehouseId: place.warehouse_id }));
  const [only, second] = found;
  const first = mapped.find(({ location_id: id }) => id === STORE_ITSELF);
  if (only === undefined || second !== undefined || first === undefined || kept.length > 0) return kept;
  return [{ locationId: only.id, warehouseId: first.warehouse_id }];
}

async function tell(tx: Tx, store: OpenStore, at: Date): Promise<void> {
  const { rows } = await sql<{ id: string; name: string; gone: boolean; mapped: boolean; notOurs: boolean }>`
    select location_id as id, name, gone_at is not null as gone, not_ours as "notOurs", exists (
      select 1 from store_warehouses as mapping
      where mapping.store_id = place.store_id and mapping.location_id = place.location_id) as mapped
    from store_locations as place where store_id = ${store.id} order by position`.execute(tx);
  const over: string[] = [];
  for (const { id, name, gone, mapped, notOurs } of rows) {
    if (gone || mapped || notOurs) over.push(unmappedTrouble(store.id, id));
    if (!gone || !mapped) over.push(goneTrouble(store.id, id));
    const trouble = gone && mapped ? goneTrouble(store.id, id) : unmappedTrouble(store.id, id);
    if (over.includes(trouble)) continue;
    await recordActivity(tx, {
      at,
      level: 'needs-person',
      storeId: store.id,
      trouble,
      message: gone
        ? `${store.name} no longer has the location "${name}". Nothing is told there any more. Map its warehouse to another location.`
        : unmappedSentence(store.name, name),
    });
  }
  await resolveTroubles(tx, over, at);
}

export const unmappedSentence = (store: string, location: string): string =>
  `No warehouse serves the location "${location}" of ${store} yet: nothing is told there, and its orders book nothing. Choose ` +
  'its warehouse under Locations in the sidebar, or say that it is not ours.';
