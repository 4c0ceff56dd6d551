// Posting to the ledger: the only code that changes what is in stock, booked or incoming. Everything happens in the caller's
// transaction: the moves, the balances, the SKU's version and the listings that are now owed a push.

import { type RawBuilder, sql } from 'kysely';
import type { Sku, WarehouseId } from '../../shared/model/ids.ts';
import type { Tx } from '../database/database.ts';
import { type Part, readParts } from './bundles.ts';

export const MOVE_CAUSES = [
  'opening',
  'adjustment',
  'order booked',
  'order released',
  'order moved',
  'fulfilled',
  'fulfilment undone',
  'written off',
  'write-off undone',
  'restocked',
  'restock undone',
  'stock take',
  'purchase ordered',
  'purchase received',
  'purchase changed',
  'transfer sent',
  'transfer received',
  'transfer changed',
  'reversed',
] as const;
export type MoveCause = (typeof MOVE_CAUSES)[number];

export type Balance = {
  readonly inStock: number;
  readonly booked: number;
  /** On its way to this warehouse. Nobody is told, and no listing is owed anything because of it. */
  readonly incoming: number;
  readonly isSet: boolean;
};

export type Move = {
  readonly sku: Sku;
  readonly warehouseId: WarehouseId;
  /** Signed units. */
  readonly inStockChange: number;
  readonly bookedChange: number;
  readonly incomingChange?: number;
  /** A person or the opening import has said how many there are: from now on the number counts. */
  readonly sets?: boolean;
  readonly cause: MoveCause;
  /** What the move belongs to: a row of the sheet, an order line. */
  readonly reference: string;
  readonly note?: string;
};

export type Stamp = { readonly actor: string; readonly at: Date };

export const NO_BALANCE: Balance = { inStock: 0, booked: 0, incoming: 0, isSet: false };

/** SKUs held under lock until the transaction ends, with what they hold now. */
export type LockedSkus = {
  readonly has: (sku: Sku) => boolean;
  readonly balance: (sku: Sku, warehouseId: WarehouseId) => Balance;
  /** Over all warehouses: units that can be sold, or null when nobody ever set any. */
  readonly available: (sku: Sku) => number | null;
  /** Of a bundle: its components, which are locked too. Empty for any other SKU. */
  readonly parts: (sku: Sku) => readonly Part[];
  readonly versions: Map<Sku, number>;
  readonly balances: Map<Sku, Map<WarehouseId, Balance>>;
};

/**
 * Locks SKUs, and the components of those that are bundles, in sorted order, so that transactions with several SKUs wait for
 * each other instead of deadlocking. Unknown SKUs are simply absent from the answer. Every change of a balance, and of what
 * a bundle is made of, happens under this lock.
 */
export async function lockSkus(tx: Tx, skus: Iterable<Sku>): Promise<LockedSkus> {
  const named = [...new Set(skus)];
  const products = [...(await lockProducts(tx, named))];
  const parts = await readParts(tx, named);
  const components = [...parts.values()].flat().map(({ sku }) => sku);
  // Components that came in while we waited for the bundle. Out of order: a deadlock is repeated by the caller.
  const late = components.filter((sku) => !products.some((product) => product.sku === sku));
  if (late.length > 0) products.push(...(await lockProducts(tx, late)));
  const wanted = products.map(({ sku }) => sku);
  // A statement of its own: joined to the one above it would still see the balances from before the wait for the lock.
  const rows = await tx
    .selectFrom('balances')
    .select(['sku', 'warehouse_id', 'in_stock', 'booked', 'incoming', 'is_set'])
    .where('sku', '=', sql<Sku>`any(${wanted}::text[])`)
    .execute();
  const balances = new Map<Sku, Map<WarehouseId, Balance>>();
  for (const { sku } of products) balances.set(sku, new Map());
  for (const row of rows) {
    const { in_stock: inStock, booked, incoming, is_set: isSet } = row;
    const balance = { inStock, booked, incoming, isSet };
    balances.get(row.sku)?.set(row.warehouse_id, balance);
  }
  return {
    has: (sku) => balances.has(sku),
    balance: (sku, warehouseId) => balances.get(sku)?.get(warehouseId) ?? NO_BALANCE,
    available: (sku) => availableOf(balances.get(sku)),
    parts: (sku) => parts.get(sku) ?? [],
    versions: new Map(products.map(({ sku, version }) => [sku, version])),
    balances,
  };
}

async function lockProducts(
  tx: Tx,
  skus: readonly Sku[],
): Promise<readonly { readonly sku: Sku; readonly version: number }[]> {
  const { rows } = await sql<{ sku: Sku; version: number }>`
    select sku, version from products where sku = any(array(
      select unnest(${skus}::text[])
      union select component_sku from bundle_components where bundle_sku = any(${skus}::text[])))
    order by sku for no key update`.execute(tx);
  return rows;
}

/**
 * In stock − booked over all warehouses; null while no warehouse was ever set. What orders took from a warehouse that
 * nobody has counted yet counts too: else a fulfilment there would make the units available again.
 */
function availableOf(balances: ReadonlyMap<WarehouseId, Balance> | undefined): number | null {
  const all = [...(balances?.values() ?? [])];
  if (!all.some((balance) => balance.isSet)) return null;
  return all.reduce((sum, balance) => sum + balance.inStock - balance.booked, 0);
}

type PostedMove = Move & { readonly version: number; readonly after: Balance };

/**
 * Appends moves of locked SKUs in the order given and brings `locked` up to date. Listings of SKUs whose available
 * changed are owed a push; fulfilment alone changes nothing that a store shows.
 * @throws RangeError for a SKU that is not locked or a quantity that is not whole: both are faults of the caller.
 */
export async function postMoves(
  tx: Tx,
  locked: LockedSkus,
  moves: readonly Move[],
  stamp: Stamp,
): Promise<void> {
  const effective = moves.filter(
    (move) =>
      move.inStockChange !== 0 ||
      move.bookedChange !== 0 ||
      (move.incomingChange ?? 0) !== 0 ||
      move.sets === true,
  );
  if (effective.length === 0) return;
  const touched = [...new Set(effective.map((move) => move.sku))];
  const shownBefore = new Map(touched.map((sku) => [sku, shown(locked.balances.get(sku))]));
  const posted = effective.map((move) => enter(locked, move));
  await writeBalances(tx, locked, touched);
  await writeMoves(tx, posted, stamp);
  const changed = touched.filter((sku) => {
    const now = shown(locked.balances.get(sku));
    return now !== '' && now !== shownBefore.get(sku);
  });
  await oweListings(tx, changed, stamp.at);
}

// What stores are told about a SKU, warehouse by warehouse: stores may sell from different ones. '' while unset.
function shown(balances: ReadonlyMap<WarehouseId, Balance> | undefined): string {
  const all = [...(balances ?? [])];
  if (!all.some(([, balance]) => balance.isSet)) return '';
  return all
    .filter(([, { inStock, booked, isSet }]) => isSet || inStock !== booked)
    .map(([id, { inStock, booked, isSet }]) => `${id}:${inStock - booked}:${isSet}`)
    .sort()
    .join(' ');
}

function enter(locked: LockedSkus, move: Move): PostedMove {
  const balances = locked.balances.get(move.sku);
  if (balances === undefined) throw new RangeError(`The SKU ${move.sku} is not locked.`);
  const changes = [move.inStockChange, move.bookedChange, move.incomingChange ?? 0];
  if (!changes.every(Number.isSafeInteger)) {
    throw new RangeError(`A move of ${move.sku} is not a whole number.`);
  }
  const before = locked.balance(move.sku, move.warehouseId);
  const after = {
    inStock: before.inStock + move.inStockChange,
    booked: before.booked + move.bookedChange,
    incoming: before.incoming + (move.incomingChange ?? 0),
    isSet: before.isSet || move.sets === true,
  };
  const version = (locked.versions.get(move.sku) ?? 0) + 1;
  balances.set(move.warehouseId, after);
  locked.versions.set(move.sku, version);
  return { ...move, version, after };
}

async function writeBalances(tx: Tx, locked: LockedSkus, skus: readonly Sku[]): Promise<void> {
  const rows = skus.flatMap((sku) =>
    [...(locked.balances.get(sku) ?? [])].map(([warehouseId, balance]) => ({ sku, warehouseId, ...balance })),
  );
  await sql`
    insert into balances (sku, warehouse_id, in_stock, booked, incoming, is_set)
    select * from unnest(${rows.map((row) => row.sku)}::text[], ${rows.map((row) => row.warehouseId)}::text[],
      ${rows.map((row) => row.inStock)}::bigint[], ${rows.map((row) => row.booked)}::bigint[],
      ${rows.map((row) => row.incoming)}::bigint[], ${rows.map((row) => row.isSet)}::boolean[])
    on conflict (sku, warehouse_id) do update
      set in_stock = excluded.in_stock, booked = excluded.booked, incoming = excluded.incoming,
        is_set = excluded.is_set`.execute(tx);
  await sql`
    update products set version = new.version
    from unnest(${skus}::text[], ${skus.map((sku) => locked.versions.get(sku) ?? 0)}::bigint[]) as new (sku, version)
    where products.sku = new.sku`.execute(tx);
}

async function writeMoves(tx: Tx, moves: readonly PostedMove[], stamp: Stamp): Promise<void> {
  await sql`
    insert into moves (sku, warehouse_id, in_stock_change, booked_change, incoming_change, in_stock_after, booked_after,
      incoming_after, is_set_after,
      version, cause, reference, note, actor, at)
    select new.*, ${stamp.actor}, ${stamp.at}::timestamptz from unnest(
      ${moves.map((move) => move.sku)}::text[], ${moves.map((move) => move.warehouseId)}::text[],
      ${moves.map((move) => move.inStockChange)}::bigint[], ${moves.map((move) => move.bookedChange)}::bigint[],
      ${moves.map((move) => move.incomingChange ?? 0)}::bigint[],
      ${moves.map((move) => move.after.inStock)}::bigint[], ${moves.map((move) => move.after.booked)}::bigint[],
      ${moves.map((move) => move.after.incoming)}::bigint[],
      ${moves.map((move) => move.after.isSet)}::boolean[], ${moves.map((move) => move.version)}::bigint[],
      ${moves.map((move) => move.cause)}::text[], ${moves.map((move) => move.reference)}::text[],
      ${moves.map((move) => move.note ?? '')}::text[]) as new`.execute(tx);
}

/** Marks the listings of SKUs, and of the bundles they are part of, as owed their present number. */
export async function oweListings(tx: Tx, skus: readonly Sku[], at: Date): Promise<void> {
  if (skus.length === 0) return;
  const affected = sql<boolean>`listings.sku in (
    select unnest(${skus}::text[])
    union select bundle_sku from bundle_components where component_sku = any(${skus}::text[]))`;
  await oweListingsWhere(tx, affected, at);
}

/**
 * Marks the listings that meet the condition as owed their present number, and returns their SKUs. Versions only rise, so
 * that a push under way cannot pass for the newer one; what was never counted stays owed nothing. Listings are always
 * locked in order of id.
 */
export async function oweListingsWhere(
  tx: Tx,
  condition: RawBuilder<boolean>,
  at: Date,
): Promise<readonly Sku[]> {
  const { rows } = await sql<{ sku: Sku }>`
    with mine as (select listings.id from listings where ${condition} order by listings.id for no key update)
    update listings set desired_version = greatest(products.version, listings.desired_version + 1),
      desired_at = ${at}::timestamptz, attempts = 0, attempt_after = null
    from mine, products where listings.id = mine.id and products.sku = listings.sku
      and (listings.desired_version >= 0 or is_counted(listings.sku))
    returning listings.sku`.execute(tx);
  return [...new Set(rows.map(({ sku }) => sku))];
}
