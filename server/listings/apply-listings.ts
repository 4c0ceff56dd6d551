// Takes over what a store says about its listings: products by SKU, links, titles. Never a quantity.

import { sql } from 'kysely';
import type { Sku, StoreId } from '../../shared/model/ids.ts';
import { readStoreSku } from '../../shared/model/sku.ts';
import { type Database, inTransaction, type Tx } from '../database/database.ts';
import type { Stamp } from '../ledger/moves.ts';
import { lockPlaces } from './places.ts';
import { chooseTitles } from './titles.ts';

/** What a listing has to say; channels/channel.ts ListingSnapshot fits it. */
export type ListingFacts = {
  readonly remoteId: string;
  readonly handle: string;
  readonly stockId?: string;
  readonly sku: string | null;
  readonly title: string;
  readonly state: 'active' | 'draft' | 'inactive';
  readonly tracked: boolean;
  readonly notPushable: string | null;
  readonly updatedAt: Date;
};

export type ApplyListingsOptions = {
  readonly drafts: boolean;
  readonly stamp: Stamp;
  /** Called in the same transaction with SKUs that became products just now. */
  readonly onNewProducts: (tx: Tx, skus: readonly Sku[]) => Promise<void>;
};

type Row = ListingFacts & { readonly linkedSku: Sku; readonly skuNote: string | null };

const TITLE_LENGTH_MAX = 500;
/**
 * Keeps the planner from reading a whole table for one page: a catalogue that is read for the first time has no statistics yet,
 * and then every page would cost as much as all pages before it.
 */
const ONE_BY_ONE = sql`offset 0`;

/** Returns how many of the listings carry a usable SKU. The others are dropped: without a SKU nothing can be linked. */
export async function applyListings(
  db: Database,
  storeId: StoreId,
  listings: readonly ListingFacts[],
  options: ApplyListingsOptions,
): Promise<{ readonly linked: number }> {
  const rows: Row[] = [];
  const unlinked: string[] = [];
  // Pages that shift may bring a listing twice; the later reading counts.
  for (const listing of new Map(listings.map((item) => [item.remoteId, item])).values()) {
    const sku = readStoreSku(listing.sku);
    const wanted = listing.state !== 'draft' || options.drafts;
    if (sku === null || !wanted) unlinked.push(listing.remoteId);
    else rows.push({ ...listing, title: shorten(listing.title), linkedSku: sku.sku, skuNote: sku.note });
  }
  await inTransaction(db, async (tx) => {
    const places = await lockPlaces(tx, storeId);
    const created = await createProducts(tx, rows);
    await options.onNewProducts(tx, created);
    const fresh = new Set(created);
    const former = await lockProducts(tx, storeId, { rows, places, unlinked, fresh });
    await touchProducts(tx, former);
    const { at } = options.stamp;
    const saved = await saveListings(tx, storeId, rows, { places, fresh, at });
    const forgotten = await forgetListings(tx, storeId, unlinked, at);
    await chooseTitles(tx, [...former, ...withTitlesToChoose(rows, { saved, fresh }), ...forgotten]);
  });
  return { linked: rows.length };
}

/** A product that has just got its title from its only listing has nothing to choose. */
function withTitlesToChoose(
  rows: readonly Row[],
  { saved, fresh }: { readonly saved: readonly Sku[]; readonly fresh: ReadonlySet<Sku> },
): readonly Sku[] {
  const seen = new Set<Sku>();
  const several = new Set<Sku>();
  for (const { linkedSku } of rows) (seen.has(linkedSku) ? several : seen).add(linkedSku);
  return saved.filter((sku) => !fresh.has(sku) || several.has(sku));
}

async function createProducts(tx: Tx, rows: readonly Row[]): Promise<readonly Sku[]> {
  const bySku = new Map(rows.map((row) => [row.linkedSku, row.title]));
  // Sorted: two stores that bring the same new SKUs at once wait for each other instead of deadlocking.
  const skus = [...bySku.keys()].sort();
  const { rows: created } = await sql<{ sku: Sku }>`
    insert into products (sku, title)
    select * from unnest(${skus}::text[], ${skus.map((sku) => bySku.get(sku) ?? '')}::text[])
    on conflict (sku) do nothing returning sku`.execute(tx);
  return created.map(({ sku }) => sku);
}

type Page = {
  readonly rows: readonly Row[];
  readonly places: readonly string[];
  readonly unlinked: readonly string[];
  /** Products of this transaction: nobody else sees them yet. */
  readonly fresh: ReadonlySet<Sku>;
};

// A number that is being set at this moment does not see a listing that is being stored, and the other way round: whoever
// comes second waits for the first. Only for listings that are new, linked anew, renamed or forgotten, with the product that
// loses them; in sorted order, as the ledger does. Returns the products that lose a listing to another SKU.
async function lockProducts(
  tx: Tx,
  storeId: StoreId,
  { rows, places, unlinked, fresh }: Page,
): Promise<readonly Sku[]> {
  const { rows: linked } = await sql<{ sku: Sku; isFormer: boolean }>`
    select products.sku, is_former as "isFormer" from (
      select sku, bool_or(is_former) as is_former from (
        select touched.sku, touched.is_former
        from unnest(${rows.map((row) => row.remoteId)}::text[], ${rows.map((row) => row.linkedSku)}::text[],
          ${rows.map((row) => row.title)}::text[], ${rows.map((row) => row.tracked)}::boolean[],
          ${rows.map((row) => row.notPushable)}::text[], ${rows.map((row) => fresh.has(row.linkedSku))}::boolean[])
          as facts (remote_id, sku, title, tracked, not_pushable, is_fresh)
        cross join unnest(${places}::text[]) as place (location_id)
        left join lateral (select * from listings where store_id = ${storeId} and remote_id = facts.remote_id
          and location_id = place.location_id ${ONE_BY_ONE}) as old on true
        cross join lateral (values (case when not is_fresh then facts.sku end, false), (old.sku, old.sku <> facts.sku))
          as touched (sku, is_former)
        where old.gone_at is not null or (old.sku, old.title, old.tracked, old.not_pushable)
          is distinct from (facts.sku, facts.title, facts.tracked, facts.not_pushable)
        union all
        select old.sku, false from unnest(${unlinked}::text[]) as facts (remote_id)
        cross join lateral (select sku from listings where store_id = ${storeId} and remote_id = facts.remote_id
          and gone_at is null ${ONE_BY_ONE}) as old
      ) as touched where sku is not null group by sku order by sku) as linked
    cross join lateral (
      select sku from products where products.sku = linked.sku ${ONE_BY_ONE} for no key update) as products`.execute(
    tx,
  );
  if (linked.length === 0) return [];
  // A bundle is counted when its components are.
  await sql`
    select 1 from products where sku in (
      select component_sku from bundle_components where bundle_sku = any(${linked.map(({ sku }) => sku)}::text[]))
    order by sku for no key update`.execute(tx);
  return linked.filter(({ isFormer }) => isFormer).map(({ sku }) => sku);
}

// A product that loses a listing to another SKU looks different too: the sheet counts its listings.
async function touchProducts(tx: Tx, skus: readonly Sku[]): Promise<void> {
  if (skus.length === 0) return;
  await sql`update products set changed_tx = pg_current_xact_id() where sku = any(${skus}::text[])`.execute(
    tx,
  );
}

// Only rows that differ are written, so that an unchanged listing costs no write and no flush of the sheet. A listing
// that is new, came back or changed its SKU owes its product's number, and nothing is known about what it shows.
// Returns the SKUs of the rows that differed.
async function saveListings(
  tx: Tx,
  storeId: StoreId,
  rows: readonly Row[],
  options: { readonly places: readonly string[]; readonly fresh: ReadonlySet<Sku>; readonly at: Date },
): Promise<readonly Sku[]> {
  const { places, fresh, at } = options;
  const { rows: saved } = await sql<{ sku: Sku }>`
    with new as (
      -- Nobody has counted what became a product just now: asking would be half the work of a first reading.
      select facts.*, case when not is_fresh and is_counted(facts.sku) then products.version else -1 end as version
      from unnest(${rows.map((row) => row.remoteId)}::text[], ${rows.map((row) => row.handle)}::text[],
        ${rows.map((row) => row.linkedSku)}::text[], ${rows.map((row) => row.title)}::text[],
        ${rows.map((row) => row.state)}::text[], ${rows.map((row) => row.tracked)}::boolean[],
        ${rows.map((row) => row.notPushable)}::text[], ${rows.map((row) => row.skuNote)}::text[],
        ${rows.map((row) => row.updatedAt)}::timestamptz[], ${rows.map((row) => row.stockId ?? null)}::text[],
        ${rows.map((row) => fresh.has(row.linkedSku))}::boolean[])
        as facts (remote_id, handle, sku, title, state, tracked, not_pushable, sku_note, remote_updated_at, stock_id, is_fresh)
      left join lateral (
        select version from products where not is_fresh and sku = facts.sku ${ONE_BY_ONE}) as products on true
    ), place as (
      select unnest(${places}::text[]) as location_id
    )
    insert into listings as old (store_id, remote_id, location_id, handle, stock_id, sku, title, state, tracked, not_pushable,
      sku_note, remote_updated_at, desired_version, desired_at, expected)
    select ${storeId}, remote_id, location_id, handle, stock_id, sku, title, state, tracked, not_pushable, sku_note,
      remote_updated_at, version, ${at}::timestamptz,
      -- A new listing of a number that others show already.
      (select expected from listings as twin where twin.store_id = ${storeId} and twin.stock_id = new.stock_id
        and twin.location_id = place.location_id and twin.gone_at is null and twin.sku = new.sku limit 1)
    from new cross join place
    on conflict (store_id, remote_id, location_id) do update set
      handle = excluded.handle, stock_id = excluded.stock_id, sku = excluded.sku, title = excluded.title, state = excluded.state,
      tracked = excluded.tracked, not_pushable = excluded.not_pushable, sku_note = excluded.sku_note,
      remote_updated_at = excluded.remote_updated_at, gone_at = null,
      -- Higher than before, so that a push under way for the former link cannot pass for this one.
      desired_version = case when not ${linkChanged} then old.desired_version
        when excluded.desired_version < 0 then -1
        else greatest(excluded.desired_version, old.desired_version + 1) end,
      desired_at = case when ${linkChanged} then excluded.desired_at else old.desired_at end,
      acknowledged_version = case when ${linkChanged} then -1 else old.acknowledged_version end,
      expected = case when ${linkChanged} or old.stock_id <> excluded.stock_id then null else old.expected end,
      -- What is told in another way from now on, or was refused the old way, is told anew.
      reassert = old.reassert or ((old.handle <> excluded.handle or coalesce(old.stock_id <> excluded.stock_id, false))
        and (old.acknowledged_quantity is not null or ${wasRefused})),
      problem = case when ${linkChanged} or ${wasRefused} then null else old.problem end,
      problem_kind = case when ${linkChanged} or ${wasRefused} then null else old.problem_kind end
    where ${linkChanged} or (old.handle, old.stock_id, old.title, old.state, old.sku_note)
      is distinct from (excluded.handle, excluded.stock_id, excluded.title, excluded.state, excluded.sku_note)
    returning sku`.execute(tx);
  return saved.map(({ sku }) => sku);
}

const wasRefused = sql`(old.handle <> excluded.handle and old.problem_kind is not distinct from 'rejected')`;

const linkChanged = sql`(old.gone_at is not null or old.sku <> excluded.sku or old.tracked <> excluded.tracked
  or old.not_pushable is distinct from excluded.not_pushable)`;

async function forgetListings(
  tx: Tx,
  storeId: StoreId,
  remoteIds: readonly string[],
  at: Date,
): Promise<readonly Sku[]> {
  if (remoteIds.length === 0) return [];
  const { rows } = await sql<{ sku: Sku }>`
    update listings set gone_at = ${at}::timestamptz
    where store_id = ${storeId} and gone_at is null and remote_id = any(${remoteIds}::text[])
    returning sku`.execute(tx);
  return rows.map(({ sku }) => sku);
}

export type MissingOutcome =
  | { readonly kind: 'removed'; readonly count: number }
  /** So much is missing that the reading itself is doubted: nothing was removed. */
  | { readonly kind: 'doubted'; readonly missing: number; readonly known: number };

const DOUBT_SHARE = 0.5;
const DOUBT_FROM = 10;

/** After a complete pull: listings it did not see are gone, unless they are suspiciously many. */
export async function removeMissing(
  db: Database,
  storeId: StoreId,
  seen: ReadonlySet<string>,
  { at, confirmed }: { readonly at: Date; readonly confirmed: boolean },
): Promise<MissingOutcome> {
  const known = await db
    .selectFrom('listings')
    .select('remote_id')
    .distinct()
    .where('store_id', '=', storeId)
    .where('gone_at', 'is', null)
    .execute();
  const missing = known.map((row) => row.remote_id).filter((remoteId) => !seen.has(remoteId));
  if (!confirmed && missing.length >= DOUBT_FROM && missing.length > known.length * DOUBT_SHARE) {
    return { kind: 'doubted', missing: missing.length, known: known.length };
  }
  await inTransaction(db, async (tx) => {
    await lockProducts(tx, storeId, { rows: [], places: [], unlinked: missing, fresh: new Set() });
    await chooseTitles(tx, await forgetListings(tx, storeId, missing, at));
  });
  return { kind: 'removed', count: missing.length };
}

// A database cannot hold a NUL.
function shorten(title: string): string {
  const short = title.length > TITLE_LENGTH_MAX ? `${title.slice(0, TITLE_LENGTH_MAX - 1)}…` : title;
  return short.replaceAll('\u0000', ' ');
}
