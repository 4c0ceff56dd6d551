// The places of a store where its listings are told a number: its locations that are ours, or the store itself.

import { sql } from 'kysely';
import type { StoreId } from '../../shared/model/ids.ts';
import type { Database, Tx } from '../database/database.ts';

/** The store itself: the only place of a store without locations, and of one whose locations nobody has mapped yet. */
export const STORE_ITSELF = '';

/** Holds the store until the transaction ends, so that no place is mapped while listings are being written for them. */
export async function lockPlaces(tx: Tx, storeId: StoreId): Promise<readonly string[]> {
  await sql`select 1 from stores where id = ${storeId} for share`.execute(tx);
  return readPlaces(tx, storeId);
}

/** First one first. A location that the shop no longer has is no place, though orders may still speak of it. */
export async function readPlaces(db: Database, storeId: StoreId): Promise<readonly string[]> {
  const { rows } = await sql<{ locationId: string }>`
    select location_id as "locationId" from store_warehouses
    where store_id = ${storeId} and location_id <> '' and location_id in (
      select location_id from store_locations where store_id = ${storeId} and gone_at is null)
    group by location_id order by min(position)`.execute(db);
  return rows.length === 0 ? [STORE_ITSELF] : rows.map(({ locationId }) => locationId);
}

/**
 * Gives every listing of a store a row for each of its places as they are mapped now, and owes all of them their number. The
 * caller holds the store, and the lock on its products.
 */
export async function alignWithPlaces(tx: Tx, storeId: StoreId, at: Date): Promise<number> {
  const places = await readPlaces(tx, storeId);
  await sql`
    select 1 from listings where store_id = ${storeId} order by id for no key update`.execute(tx);
  await sql`
    insert into listings as old (store_id, remote_id, location_id, handle, stock_id, sku, title, state, tracked,
      not_pushable, sku_note, remote_updated_at, desired_version, desired_at)
    select distinct on (known.remote_id, place.id) known.store_id, known.remote_id, place.id, known.handle,
      known.stock_id, known.sku, known.title, known.state, known.tracked, known.not_pushable, known.sku_note, known.remote_updated_at,
      case when is_counted(known.sku) then products.version else -1 end, ${at}::timestamptz
    from listings as known join products on products.sku = known.sku cross join unnest(${places}::text[]) as place (id)
    where known.store_id = ${storeId} and known.gone_at is null
    order by known.remote_id, place.id, known.id
    on conflict (store_id, remote_id, location_id) do update set gone_at = null, handle = excluded.handle,
      stock_id = excluded.stock_id, sku = excluded.sku, title = excluded.title, state = excluded.state, tracked = excluded.tracked,
      not_pushable = excluded.not_pushable, sku_note = excluded.sku_note,
      desired_version = case when excluded.desired_version < 0 then -1
        else greatest(excluded.desired_version, old.desired_version + 1) end,
      -- What a place shows that was not ours meanwhile is not known.
      acknowledged_version = -1, acknowledged_quantity = null, unconfirmed_quantity = null, unconfirmed_at = null,
      expected = null, problem = null, problem_kind = null
    where old.gone_at is not null`.execute(tx);
  await sql`
    update listings set gone_at = ${at}::timestamptz
    where store_id = ${storeId} and gone_at is null and location_id <> all(${places}::text[])`.execute(tx);
  const owed = await sql`
    update listings set desired_version = greatest(products.version, desired_version + 1),
      desired_at = ${at}::timestamptz, attempts = 0, attempt_after = null
    from products where products.sku = listings.sku and store_id = ${storeId} and gone_at is null
      and desired_version >= 0`.execute(tx);
  return Number(owed.numAffectedRows ?? 0n);
}
