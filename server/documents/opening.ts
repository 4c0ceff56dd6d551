// The opening import: once per store, in stock = what the store says is available + what its open orders hold. A SKU that
// was ever set keeps its number, so a second store with the same SKUs adds nothing.

import { sql } from 'kysely';
import type { Sku, StoreId, WarehouseId } from '../../shared/model/ids.ts';
import { type Database, inTransaction } from '../database/database.ts';
import { lockSkus, type Move, postMoves, type Stamp } from '../ledger/moves.ts';

/** What one listing of the store shows, for a SKU that was never set. */
export type OpeningNumber = {
  readonly sku: Sku;
  readonly available: number;
  /** The SKU's version before the number was read. */
  readonly version: number;
};

export type UnsetListing = {
  readonly sku: Sku;
  readonly remoteId: string;
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
    select listings.sku, remote_id as "remoteId", handle, products.version
    from listings join products on products.sku = listings.sku
    where store_id = ${storeId} and gone_at is null and tracked and not_pushable is null and not exists (
      select 1 from balances where balances.sku = listings.sku and is_set)
      and not exists (select 1 from bundle_components where bundle_sku = listings.sku)
    order by listings.id`.execute(db);
  return rows;
}

/** Posts the opening stock: what the store shows plus the units of its open orders that it took off that number. */
export async function importNumbers(
  db: Database,
  numbers: readonly OpeningNumber[],
  options: { readonly warehouseId: WarehouseId; readonly storeId: StoreId; readonly stamp: Stamp },
): Promise<OpeningSummary> {
  return inTransaction(db, async (tx) => {
    const locked = await lockSkus(
      tx,
      numbers.map(({ sku }) => sku),
    );
    const steady = numbers.filter(({ sku, version }) => locked.versions.get(sku) === version);
    const { bySku, disagreeing } = agree(steady);
    const held = await unitsHeldByOrders(tx, options.storeId, [...bySku.keys()]);
    const moves: Move[] = [];
    for (const [sku, available] of bySku) {
      // Somebody set it while the store was being read: the person's number stands.
      if (!locked.has(sku) || locked.available(sku) !== null || locked.parts(sku).length > 0) continue;
      const balance = locked.balance(sku, options.warehouseId);
      const inStock = available + (held.get(sku) ?? 0);
      moves.push({
        sku,
        warehouseId: options.warehouseId,
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
    return { imported: moves.length, disagreeing, moved: [...moved] };
  });
}

// Two listings of one SKU that show different numbers: neither can be believed.
function agree(numbers: readonly OpeningNumber[]): {
  readonly bySku: ReadonlyMap<Sku, number>;
  readonly disagreeing: readonly Sku[];
} {
  const bySku = new Map<Sku, number>();
  const disagreeing = new Set<Sku>();
  for (const { sku, available } of numbers) {
    const other = bySku.get(sku);
    if (other !== undefined && other !== available) disagreeing.add(sku);
    bySku.set(sku, available);
  }
  for (const sku of disagreeing) bySku.delete(sku);
  return { bySku, disagreeing: [...disagreeing] };
}

// Of a line's open units, those the store has taken off its own number: what it took beyond what has left for good.
async function unitsHeldByOrders(
  db: Database,
  storeId: StoreId,
  skus: readonly Sku[],
): Promise<ReadonlyMap<Sku, number>> {
  const { rows } = await sql<{ sku: Sku; units: number }>`
    select posted_sku as sku, sum(greatest(0, least(posted_booked,
      taken - fulfilled - written_off + least(restocked, fulfilled))))::bigint as units
    from order_lines where store_id = ${storeId} and posted_sku = any(${skus}::text[]) group by posted_sku`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.sku, row.units]));
}
