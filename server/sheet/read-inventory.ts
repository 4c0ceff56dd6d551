// Rows of Inventory: each SKU's balances, and how far its listings are.

import { sql } from 'kysely';
import type { InventoryStatus } from '../../shared/tabs/inventory.ts';
import type { Database } from '../database/database.ts';
import type { SheetContext } from './context.ts';
import { type Cell, type SheetRow, toNumber, toText, toTime } from './row.ts';

type Place = {
  readonly id: string;
  /** Null: nobody has counted this warehouse. */
  readonly inStock: number | null;
  /** The sum of the moves there, counted or not. */
  readonly units: number;
  readonly booked: number;
  readonly incoming: number;
};

/** A bundle has no stock of its own; what can be sold of it, in all and by warehouse. Null: a component is uncounted. */
type Bundle = {
  readonly available: number | null;
  readonly places: Readonly<Record<string, number | null>>;
};

type ProductRow = {
  readonly sku: string;
  readonly title: string;
  readonly places: readonly Place[] | null;
  /** Null: it is no bundle. */
  readonly bundle: Bundle | null;
  readonly listings: number;
  readonly owed: boolean | null;
  readonly failed: boolean | null;
  readonly lastPushed: Date | null;
};

/** A SKU's row changes with its stock and with any of its listings. */
export async function readInventoryKeys(db: Database, since: string | null): Promise<readonly string[]> {
  const changed =
    since === null
      ? sql`true`
      : sql`products.sku in (select sku from products where changed_tx >= ${since}::xid8
          union select sku from listings where changed_tx >= ${since}::xid8
          union select bundle_sku from bundle_components join products as part on part.sku = component_sku
            where part.changed_tx >= ${since}::xid8)`;
  const { rows } = await sql<{ sku: string }>`select sku from products where ${changed} order by sku`.execute(
    db,
  );
  return rows.map(({ sku }) => sku);
}

export async function readInventory(
  db: Database,
  { warehouses }: SheetContext,
  skus: readonly string[],
): Promise<readonly SheetRow[]> {
  const { rows } = await sql<ProductRow>`
    select products.sku, products.title, stock.places, case
        when exists (select 1 from bundle_components where bundle_sku = products.sku) then jsonb_build_object(
          'available', available_of(products.sku, array(select id from warehouses)),
          'places', (select jsonb_object_agg(id, available_of(products.sku, array[id])) from warehouses)) end as bundle,
      online.listings, online.owed, online.failed,
      online.last_pushed as "lastPushed"
    from products
    left join lateral (
      select jsonb_agg(jsonb_build_object('id', warehouse_id, 'inStock', case when is_set then in_stock end,
        'units', in_stock, 'booked', booked, 'incoming', incoming)) as places
      from balances where balances.sku = products.sku) as stock on true
    left join lateral (
      select count(distinct (store_id, remote_id))::integer as listings, max(acknowledged_at) as last_pushed,
        bool_or(problem_kind is not null) as failed,
        bool_or((desired_version > acknowledged_version or reassert) and sync_on) as owed
      from listings join stores on stores.id = listings.store_id
      where listings.sku = products.sku and gone_at is null) as online on true
    where products.sku = any(${skus}::text[])`.execute(db);
  return rows.map((row) => toRow(row, warehouses));
}

function toRow(row: ProductRow, warehouses: SheetContext['warehouses']): SheetRow {
  const places = row.places ?? [];
  const isSet = row.bundle === null && places.some(({ inStock }) => inStock !== null);
  const sum = (of: (place: Place) => number) => places.reduce((total, place) => total + of(place), 0);
  // What orders took from a warehouse that nobody has counted is gone all the same.
  const inStock = isSet ? sum((place) => place.units) : null;
  const booked = sum((place) => place.booked);
  const own = inStock === null ? null : inStock - booked;
  const available = row.bundle === null ? own : row.bundle.available;
  return {
    key: row.sku,
    cells: {
      sku: toText(row.sku),
      title: toText(row.title),
      inStock: toNumber(inStock),
      booked,
      available: toNumber(available),
      incoming: sum((place) => place.incoming),
      ...(warehouses.length > 1 ? warehouseCells(row, warehouses) : {}),
      listings: row.listings,
      lastPushed: toTime(row.lastPushed),
      status: statusOf(row, available),
    },
  };
}

function warehouseCells(
  { places, bundle }: ProductRow,
  warehouses: SheetContext['warehouses'],
): Record<string, Cell> {
  const byId = new Map((places ?? []).map((place) => [place.id, place]));
  return Object.fromEntries(
    warehouses.flatMap(({ id }) => {
      const place = byId.get(id);
      const inStock = place?.inStock ?? null;
      const own = inStock === null ? null : inStock - (place?.booked ?? 0);
      const available = bundle === null ? own : (bundle.places[id] ?? null);
      return [
        [`inStock.${id}`, bundle === null ? toNumber(inStock) : ''],
        [`available.${id}`, toNumber(available)],
        [`incoming.${id}`, place?.incoming ?? 0],
      ];
    }),
  );
}

function statusOf(row: ProductRow, available: number | null): InventoryStatus {
  if (available === null) return 'unset';
  if (row.failed === true) return 'failed';
  if (available < 0) return 'negative';
  return row.owed === true ? 'owed' : 'ok';
}
