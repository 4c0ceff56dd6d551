// The opening import: once per store, in stock = what the store says is available + what its open orders hold. A SKU that
// was ever set keeps its number, so a second store with the same SKUs adds nothing.

import { sql } from 'kysely';
import type { Sku, StoreId, WarehouseId } from '../../shared/model/ids.ts';
import { type Database, inTransaction, type Tx } from '../database/database.ts';
import { lockSkus, type Move, postMoves, type Stamp } from '../ledger/moves.ts';

/** What one listing of the store shows at one of its places, for a SKU that was never set. */
export type OpeningNumber = {
  readonly sku: Sku;
  /** Null: the store itself. */
  readonly locationId: string | null;
  /** The warehouse that serves the place. */
  readonly warehouseId: WarehouseId;
  readonly available: number;
  /** The SKU's version before the number was read. */
  readonly version: number;
};

export type UnsetListing = {
  readonly sku: Sku;
  readonly remoteId: string;
  /** Null: the store itself. */
  readonly locationId: string | null;
  readonly warehouseId: WarehouseId;
  readonly handle: string;
  readonly version: number;
};

export type OpeningSummary = {
  readonly imported: number;
  /** SKUs whose listings in this store disagree: a person must say the number. */
  readonly disagreeing: readonly Sku[];
  /** SKUs that an order moved since their number was read: what was read is no longer true. */
  readonly moved: readonly Sku[];
};

/** SKUs of this store's listings that nobody has set yet, with what is needed to ask the store for their number. */
export async function readUnsetListings(db: Database, storeId: StoreId): Promise<readonly UnsetListing[]> {
  const { rows } = await sql<UnsetListing>`
    select listings.sku, remote_id as "remoteId", nullif(listings.location_id, '') as "locationId", handle,
      products.version, place.warehouse_id as "warehouseId"
    from listings join products on products.sku = listings.sku
    -- A place that no warehouse serves is none to copy from.
    join lateral (select warehouse_id from store_warehouses as mapping where mapping.store_id = listings.store_id
      and mapping.location_id = listings.location_id order by position limit 1) as place on true
    where listings.store_id = ${storeId} and gone_at is null and tracked and not_pushable is null and not exists (
      select 1 from balances where balances.sku = listings.sku and is_set)
      and not exists (select 1 from bundle_components where bundle_sku = listings.sku)
    order by listings.id`.execute(db);
  return rows;
}

/** Posts the opening stock: what the store shows plus the units of its open orders that it took off that number. */
export async function importNumbers(
  db: Database,
  numbers: readonly OpeningNumber[],
  options: { readonly storeId: StoreId; readonly stamp: Stamp },
): Promise<OpeningSummary> {
  return inTransaction(db, async (tx) => {
    const isStillThere = await holdPlaces(tx, options.storeId);
    const locked = await lockSkus(
      tx,
      numbers.map(({ sku }) => sku),
    );
    const steady = numbers.filter(
      (number) => isStillThere(number) && locked.versions.get(number.sku) === number.version,
    );
    const { agreed, disagreeing } = agree(steady);
    const skus = [...new Set(agreed.map(({ sku }) => sku))];
    const held = await unitsHeldByOrders(tx, options.storeId, skus);
    const moves: Move[] = [];
    for (const { sku, warehouseId, available } of agreed) {
      // Somebody set it while the store was being read: the person's number stands.
      if (!locked.has(sku) || locked.available(sku) !== null || locked.parts(sku).length > 0) continue;
      const balance = locked.balance(sku, warehouseId);
      const inStock = available + (held.get(keyOf({ sku, warehouseId })) ?? 0);
      moves.push({
        sku,
        warehouseId,
        inStockChange: inStock - balance.inStock,
        bookedChange: 0,
        sets: true,
        cause: 'opening',
        reference: `opening/${options.storeId}`,
        note: `the store showed ${available}, its open orders held ${inStock - available}`,
      });
    }
    await postMoves(tx, locked, moves, options.stamp);
    const known = new Set(steady.map(({ sku }) => sku));
    const moved = new Set(numbers.map(({ sku }) => sku).filter((sku) => !known.has(sku)));
    const imported = new Set(moves.map(({ sku }) => sku)).size;
    return { imported, disagreeing, moved: [...moved] };
  });
}

type Place = Pick<OpeningNumber, 'sku' | 'warehouseId'>;

const keyOf = ({ sku, warehouseId }: Place): string => JSON.stringify([sku, warehouseId]);

// A place that was given another warehouse while the store was being read: its number belongs elsewhere now.
async function holdPlaces(tx: Tx, storeId: StoreId): Promise<(number: OpeningNumber) => boolean> {
  await sql`select 1 from stores where id = ${storeId} for share`.execute(tx);
  const warehouseOf = await tx
    .selectFrom('store_warehouses')
    .select(['location_id', 'warehouse_id'])
    .where('store_id', '=', storeId)
    .orderBy('position')
    .execute();
  return ({ locationId, warehouseId }) =>
    warehouseOf.find((place) => place.location_id === (locationId ?? ''))?.warehouse_id === warehouseId;
}

// Two listings of one SKU that show different numbers at one place: neither can be believed.
function agree(numbers: readonly OpeningNumber[]): {
  readonly agreed: readonly OpeningNumber[];
  readonly disagreeing: readonly Sku[];
} {
  const byPlace = new Map<string, OpeningNumber>();
  const disagreeing = new Set<Sku>();
  for (const number of numbers) {
    const other = byPlace.get(keyOf(number));
    if (other !== undefined && other.available !== number.available) disagreeing.add(number.sku);
    byPlace.set(keyOf(number), number);
  }
  const agreed = [...byPlace.values()].filter(({ sku }) => !disagreeing.has(sku));
  return { agreed, disagreeing: [...disagreeing] };
}

// Of a line's open units, those the store has taken off its own number: what it took beyond what has left for good.
async function unitsHeldByOrders(
  db: Database,
  storeId: StoreId,
  skus: readonly Sku[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<Place & { units: number }>`
    select posted_sku as sku, posted_warehouse_id as "warehouseId", sum(greatest(0, least(posted_booked,
      taken - fulfilled - written_off + least(restocked, fulfilled + sent_elsewhere))))::bigint as units
    from order_lines where store_id = ${storeId} and posted_sku = any(${skus}::text[])
    group by posted_sku, posted_warehouse_id`.execute(db);
  return new Map(rows.map((row) => [keyOf(row), row.units]));
}
