// What each listing of a store is owed: its number at this moment, read together with the version it stands for.

import { type SqlBool, sql } from 'kysely';
import type { ListingId, Sku, StoreId } from '../../shared/model/ids.ts';
import type { Database } from '../database/database.ts';

export type OwedListing = {
  readonly id: ListingId;
  readonly remoteId: string;
  readonly handle: string;
  readonly sku: Sku;
  readonly title: string;
  readonly tracked: boolean;
  readonly notPushable: string | null;
  readonly version: number;
  readonly desiredAt: Date;
  readonly acknowledgedQuantity: number | null;
  readonly expected: number | null;
  readonly reassert: boolean;
  readonly attempts: number;
  /** In stock − booked over the store's warehouses; null while none of them was ever set. */
  readonly available: number | null;
};

/** Must match the predicate of the index listings_owed. `listings` is the table's name in the query. */
export const isOwed = sql<SqlBool>`(listings.gone_at is null
  and (listings.desired_version > listings.acknowledged_version or listings.reassert))`;

const isDue = (now: Date) => sql<SqlBool>`(listings.attempt_after is null or listings.attempt_after <= ${now})
  and listings.problem_kind is distinct from 'held'`;

/**
 * The next owed listings of a store that may be tried now, by id after `after`. One statement, so that quantity and version
 * belong together.
 */
export async function readOwed(
  db: Database,
  storeId: StoreId,
  options: { readonly after: number; readonly limit: number; readonly now: Date },
): Promise<readonly OwedListing[]> {
  // The planner cannot know how few listings are owed and would rather walk the primary key, so that an idle store costs a
  // reading of the whole table. Counting goes by the index; with nothing owed the rest is not even begun.
  const { rows } = await sql<OwedListing>`
    select listings.id, remote_id as "remoteId", handle, listings.sku, title, tracked, not_pushable as "notPushable",
      desired_version as version, desired_at as "desiredAt", acknowledged_quantity as "acknowledgedQuantity", expected,
      reassert, attempts, stock.available
    from listings left join lateral (
      select case when bool_or(is_set) then sum(in_stock - booked)::bigint end as available
      from balances where balances.sku = listings.sku and warehouse_id in
        (select warehouse_id from store_warehouses where store_warehouses.store_id = ${storeId})
    ) as stock on true
    where listings.store_id = ${storeId} and ${isOwed} and listings.id > ${options.after} and ${isDue(options.now)}
      and (select count(*) from listings
        where listings.store_id = ${storeId} and ${isOwed} and listings.id > ${options.after}) > 0
    order by listings.id limit ${options.limit}`.execute(db);
  return rows;
}

/** Stores with sync on that owe something that may be tried now. Costs one index look-up per store. */
export async function storesThatOwe(db: Database, now: Date): Promise<readonly StoreId[]> {
  const { rows } = await sql<{ id: StoreId }>`
    select id from stores where sync_on and exists (
      select 1 from listings where listings.store_id = stores.id and ${isOwed} and ${isDue(now)})`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

export async function countOwed(db: Database, storeId: StoreId): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::bigint as count from listings where listings.store_id = ${storeId} and ${isOwed}`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
}

/** Asks for every listing of a store whose SKU has a number to be told again; returns how many. */
export async function reassertAll(db: Database, storeId: StoreId): Promise<number> {
  const result = await sql`
    update listings set reassert = true, attempts = 0, attempt_after = null, problem = null, problem_kind = null
    where store_id = ${storeId} and gone_at is null and desired_version >= 0`.execute(db);
  return Number(result.numAffectedRows ?? 0n);
}
