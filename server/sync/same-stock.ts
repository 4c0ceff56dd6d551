// Listings that show one and the same number of their shop: what is expected of one of them holds for all.

import { type RawBuilder, sql } from 'kysely';
import type { ListingId } from '../../shared/model/ids.ts';
import type { Tx } from '../database/database.ts';
import type { OwedListing } from '../listings/owed.ts';

/** Tells numbers of a store apart. */
export const stockKey = ({ id, stockId, locationId }: OwedListing): string =>
  stockId === null ? `listing ${id}` : JSON.stringify([stockId, locationId]);

/** These listings and all that show the same numbers. */
export const sameStockAs = (ids: readonly ListingId[]): RawBuilder<ListingId> => sql<ListingId>`(
  select unnest(${ids}::bigint[])
  union
  select other.id from listings as own join listings as other on other.store_id = own.store_id
    and other.stock_id = own.stock_id and other.location_id = own.location_id and other.gone_at is null
  where own.id = any(${ids}::bigint[]))`;

/** After these were told: the others that show the same number show it too. The caller holds all of them. */
export async function expectAlike(tx: Tx, told: readonly ListingId[]): Promise<void> {
  await sql`
    update listings set expected = alike.expected, sold_since_told = alike.sold_since_told,
      given_back_since_told = alike.given_back_since_told
    from (
      select distinct on (other.id) other.id, own.expected, own.sold_since_told, own.given_back_since_told
      from listings as own
      join listings as other on other.store_id = own.store_id and other.stock_id = own.stock_id
        and other.location_id = own.location_id and other.gone_at is null
      where own.id = any(${told}::bigint[]) and other.id <> all(${told}::bigint[])
      order by other.id, own.id) as alike
    where listings.id = alike.id and (listings.expected, listings.sold_since_told, listings.given_back_since_told)
      is distinct from (alike.expected, alike.sold_since_told, alike.given_back_since_told)`.execute(tx);
}
