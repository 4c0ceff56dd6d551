// The places of a store where its listings are told a number: its locations that are ours, or the store itself.

import { sql } from 'kysely';
import type { StoreId } from '../../shared/model/ids.ts';
import type { Tx } from '../database/database.ts';

/** The store itself: the only place of a store without locations, and of one whose locations nobody has mapped yet. */
export const STORE_ITSELF = '';

/** Holds the store until the transaction ends, so that no place is mapped while listings are being written for them. */
export async function lockPlaces(tx: Tx, storeId: StoreId): Promise<readonly string[]> {
  await sql`select 1 from stores where id = ${storeId} for share`.execute(tx);
  return readPlaces(tx, storeId);
}

/** First one first. A location that the shop no longer has is no place, though orders may still speak of it. */
export async function readPlaces(tx: Tx, storeId: StoreId): Promise<readonly string[]> {
  const { rows } = await sql<{ locationId: string }>`
    select location_id as "locationId" from store_warehouses
    where store_id = ${storeId} and location_id <> '' and location_id in (
      select location_id from store_locations where store_id = ${storeId} and gone_at is null)
    group by location_id order by min(position)`.execute(tx);
  return rows.length === 0 ? [STORE_ITSELF] : rows.map(({ locationId }) => locationId);
}
