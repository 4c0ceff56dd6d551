// What each listing of a store is owed: its number at this moment, read together with the version it stands for.

import { type SqlBool, sql } from 'kysely';
import type { ListingId, Sku, StoreId } from '../../shared/model/ids.ts';
import type { Rule } from '../../shared/model/rule.ts';
import type { Database } from '../database/database.ts';

export type OwedListing = {
  readonly id: ListingId;
  readonly remoteId: string;
  /** Null: the store itself. */
  readonly locationId: string | null;
  readonly locationName: string | null;
  readonly handle: string;
  readonly stockId: string | null;
  readonly sku: Sku;
  readonly title: string;
  readonly tracked: boolean;
  readonly notPushable: string | null;
  readonly version: number;
  readonly desiredAt: Date;
  readonly acknowledgedQuantity: number | null;
  readonly acknowledgedAt: Date | null;
  /** What has left since, and may still arrive. */
  readonly unconfirmedQuantity: number | null;
  readonly unconfirmedAt: Date | null;
  readonly expected: number | null;
  /** Gross units of the store's own orders since it was last told. */
  readonly soldSinceTold: number;
  readonly givenBackSinceTold: number;
  readonly reassert: boolean;
  readonly attempts: number;
  /** The transaction that wrote it last: whatever changes its number writes the listing too. */
  readonly changedTx: string;
  /** In stock − booked over the warehouses of its place; null while none of them was ever set. */
  readonly available: number | null;
  /** The store's rule for this SKU, else its rule for all SKUs. */
  readonly rule: Rule | null;
};

/** Must match the predicate of the index listings_owed. `listings` is the table's name in the query. */
export const isOwed = sql<SqlBool>`(listings.gone_at is null
  and (listings.desired_version > listings.acknowledged_version or listings.reassert))`;

/**
 * Units of a listing's SKU that may be sold at its place; null while nobody has counted them. Of a bundle, what its components
 * allow. `listings` is the table's name in the query.
 */
export const availableToStore = sql<number | null>`(case
  when exists (select 1 from bundle_components where bundle_sku = listings.sku) then available_of(listings.sku,
    warehouses_of(listings.store_id, listings.location_id))
  else (select case when bool_or(is_set) then sum(in_stock - booked)::bigint end from balances
    where balances.sku = listings.sku and warehouse_id in
      (select warehouse_id from store_warehouses where store_warehouses.store_id = listings.store_id
        and store_warehouses.location_id = listings.location_id)) end)`;

/** Null: no rule. The rule of the SKU counts alone; the one of the whole store only where there is none. */
export const ruleOfListing = sql<Rule | null>`(select jsonb_build_object('keepBack', keep_back,
    'sharePercent', share_percent, 'showAtMost', show_at_most, 'doNotSell', do_not_sell)
  from rules where rules.store_id = listings.store_id and rules.sku in (listings.sku, '')
  order by rules.sku desc limit 1)`;

const isDue = (now: Date) => sql<SqlBool>`(listings.attempt_after is null or listings.attempt_after <= ${now})
  and coalesce(listings.problem_kind, '') not in ('held', 'braked')`;

/**
 * The next owed listings of a store that may be tried now, by id after `after`. One statement, so that quantity and version
 * belong together.
 */
export async function readOwed(
  db: Database,
  storeId: StoreId,
  options: {
    readonly after: number;
    readonly limit: number;
    readonly now: Date;
    readonly only?: readonly ListingId[];
  },
): Promise<readonly OwedListing[]> {
  // The planner cannot know how few listings are owed and would rather walk the primary key, so that an idle store costs a
  // reading of the whole table. Counting goes by the index; with nothing owed the rest is not even begun.
  const { rows } = await sql<OwedListing>`
    select listings.id, remote_id as "remoteId", nullif(location_id, '') as "locationId", (
        select name from store_locations as place where location_id <> ''
          and place.store_id = listings.store_id and place.location_id = listings.location_id) as "locationName",
      handle, stock_id as "stockId", listings.sku, title, tracked, not_pushable as "notPushable",
      desired_version as version, desired_at as "desiredAt", acknowledged_quantity as "acknowledgedQuantity",
      acknowledged_at as "acknowledgedAt", unconfirmed_quantity as "unconfirmedQuantity",
      unconfirmed_at as "unconfirmedAt", expected, sold_since_told as "soldSinceTold",
      given_back_since_told as "givenBackSinceTold", reassert, attempts, listings.changed_tx::text as "changedTx",
      ${availableToStore} as available, ${ruleOfListing} as rule
    from listings
    where listings.store_id = ${storeId} and ${isOwed} and listings.id > ${options.after} and ${isDue(options.now)}
      and (select count(*) from listings
        where listings.store_id = ${storeId} and ${isOwed} and listings.id > ${options.after}) > 0
      ${options.only === undefined ? sql`` : sql`and listings.id = any(${options.only}::bigint[])`}
    order by listings.id limit ${options.limit}`.execute(db);
  return rows;
}

/** Those that were written since they were read. */
export async function findChanged(
  db: Database,
  listings: readonly Pick<OwedListing, 'id' | 'changedTx'>[],
): Promise<readonly ListingId[]> {
  const { rows } = await sql<{ id: ListingId }>`
    select listings.id from unnest(${listings.map(({ id }) => id)}::bigint[],
      ${listings.map(({ changedTx }) => changedTx)}::text[]) as seen (id, changed_tx)
    cross join lateral (select id, changed_tx from listings where listings.id = seen.id offset 0) as listings
    where listings.changed_tx::text <> seen.changed_tx`.execute(db);
  return rows.map(({ id }) => id);
}

/** Owed listings that may be tried now, those with the fewest units left first: these are oversold first. */
export async function readMostUrgent(
  db: Database,
  storeId: StoreId,
  { limit, now }: { readonly limit: number; readonly now: Date },
): Promise<readonly ListingId[]> {
  const { rows } = await sql<{ id: ListingId }>`
    select listings.id from listings
    where listings.store_id = ${storeId} and ${isOwed} and ${isDue(now)}
    order by ${availableToStore} nulls last, listings.id limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
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

/** What its shop refused for a reason that may be over: told once more. */
export async function reassertRefused(db: Database, storeId: StoreId): Promise<void> {
  await sql`
    update listings set reassert = true
    where store_id = ${storeId} and gone_at is null and desired_version >= 0 and problem_kind = 'rejected'`.execute(
    db,
  );
}
