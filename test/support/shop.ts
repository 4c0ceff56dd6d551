// One store with its warehouses, products and listings in a test's database, driven through the product's own commands.

import { sql } from 'kysely';
import { type Database, inTransaction } from '../../server/database/database.ts';
import { createWarehouse } from '../../server/documents/warehouses.ts';
import type { Stamp } from '../../server/ledger/moves.ts';
import { type ApplyOutcome, applyDeletion, applySnapshot } from '../../server/orders/apply-snapshot.ts';
import { settleWaitingLines } from '../../server/orders/settle-waiting.ts';
import type { RowAnswer } from '../../shared/api/rows.ts';
import {
  type Sku,
  type StoreId,
  toStoreId,
  toWarehouseId,
  type WarehouseId,
} from '../../shared/model/ids.ts';
import { type AdjustmentRow, submitAdjustments } from './adjustments.ts';
import { minutesAfterT0, T0, type TestOrder } from './orders.ts';

export const stampAt = (minutes: number): Stamp => ({ actor: 'test', at: minutesAfterT0(minutes) });

export type Reading = { readonly version?: number; readonly readAtMinute?: number };

export type TestShop = {
  readonly storeId: StoreId;
  readonly warehouseIds: readonly WarehouseId[];
  /** The SKU that a short name stands for in this shop. */
  readonly sku: (name: string) => Sku;
  readonly product: (name: string) => Promise<void>;
  readonly adjust: (name: string, action: string, quantity: number, more?: AdjustMore) => Promise<RowAnswer>;
  /** Sends the last adjustment's row again. */
  readonly repeatLast: () => Promise<RowAnswer>;
  /** Applies the order as a newer version than all before, unless a version is given. */
  readonly read: (order: TestOrder, reading?: Reading) => Promise<ApplyOutcome>;
  /** A SKU became known: its waiting lines are counted. */
  readonly settle: (name: string) => Promise<void>;
  readonly remove: (order: TestOrder, readAtMinute?: number) => Promise<ApplyOutcome>;
  /** "in stock/booked/available" over all warehouses, or of the nth one. */
  readonly stock: (name: string, warehouse?: number) => Promise<string>;
  readonly turnOff: () => Promise<void>;
  readonly turnOn: (t0?: Date) => Promise<void>;
  readonly list: (remoteId: string, name: string) => Promise<void>;
  /** Every listing is told its present number. */
  readonly pushAll: () => Promise<void>;
  readonly owed: () => Promise<readonly string[]>;
  readonly moves: (name: string) => Promise<readonly { cause: string; reference: string }[]>;
};
type AdjustMore = { readonly seen?: number; readonly warehouse?: number; readonly atMinute?: number };

export type ShopOptions = {
  /** Names of products that exist and are set to 50. */
  readonly at50?: readonly string[];
  /** Warehouse n serves the location "location n"; the first also serves the store itself. */
  readonly warehouses?: number;
};

let shops = 0;

export async function openShop(db: Database, options: ShopOptions = {}): Promise<TestShop> {
  shops += 1;
  const prefix = `${shops}`;
  const storeId = toStoreId(`store-${prefix}`);
  await sql`insert into stores (id, channel, name, credentials, webhook_secret, settings, sync_on, sync_on_at)
    values (${storeId}, 'test', ${`Shop ${prefix}`}, '', '', '{}', true, ${T0})`.execute(db);
  const warehouseIds = await createWarehouses(db, storeId, options.warehouses ?? 1);
  const shop = shopOf(db, prefix, storeId, warehouseIds);
  for (const name of options.at50 ?? ['A']) {
    await shop.product(name);
    await shop.adjust(name, 'set', 50);
  }
  return shop;
}

async function createWarehouses(
  db: Database,
  storeId: StoreId,
  count: number,
): Promise<readonly WarehouseId[]> {
  const ids = Array.from({ length: count }, (_, index) => toWarehouseId(`${storeId} warehouse ${index + 1}`));
  for (const [index, id] of ids.entries()) {
    await createWarehouse(db, { id, name: id });
    const locations = index === 0 ? ['', 'location 1'] : [`location ${index + 1}`];
    for (const location of locations) {
      await sql`insert into store_warehouses (store_id, location_id, warehouse_id)
        values (${storeId}, ${location}, ${id})`.execute(db);
    }
  }
  return ids;
}

function shopOf(
  db: Database,
  prefix: string,
  storeId: StoreId,
  warehouseIds: readonly WarehouseId[],
): TestShop {
  let version = 0;
  let rows = 0;
  let last: AdjustmentRow | null = null;
  const sku = (name: string): Sku => `${name}-${prefix}` as Sku;
  return {
    storeId,
    warehouseIds,
    sku,
    product: async (name) => {
      await sql`insert into products (sku) values (${sku(name)}) on conflict do nothing`.execute(db);
    },
    adjust: (name, action, quantity, more = {}) => {
      rows += 1;
      last = {
        rowId: `${prefix} row ${rows}`,
        sku: sku(name),
        warehouse: warehouseIds[(more.warehouse ?? 1) - 1] ?? '',
        action,
        quantity,
        seen: more.seen ?? null,
        reason: 'stock take',
        note: '',
      };
      return submitOne(db, last, more.atMinute);
    },
    repeatLast: () => {
      if (last === null) throw new Error('Nothing was adjusted yet.');
      return submitOne(db, last);
    },
    read: (order, reading = {}) => {
      version = reading.version ?? version + 1;
      const readAt = minutesAfterT0(reading.readAtMinute ?? 10 + version);
      return applySnapshot(db, storeId, { snapshot: order.snapshot(version, sku), readAt }, readAt);
    },
    settle: (name) => inTransaction(db, (tx) => settleWaitingLines(tx, [sku(name)], stampAt(60))),
    remove: (order, readAtMinute = 1_000) => {
      const readAt = minutesAfterT0(readAtMinute);
      return applyDeletion(db, storeId, order.snapshot(1).remoteId, readAt, readAt);
    },
    stock: (name, warehouse) =>
      stockOf(db, sku(name), warehouse === undefined ? null : (warehouseIds[warehouse - 1] ?? null)),
    turnOff: async () => {
      await sql`update stores set sync_on = false where id = ${storeId}`.execute(db);
    },
    turnOn: async (t0) => {
      await sql`update stores set sync_on = true, sync_on_at = coalesce(${t0 ?? null}::timestamptz, sync_on_at)
        where id = ${storeId}`.execute(db);
    },
    list: async (remoteId, name) => {
      await sql`insert into listings (store_id, remote_id, handle, sku, title, state, tracked, desired_version)
        select ${storeId}, ${remoteId}, '', sku, ${remoteId}, 'active', true,
          case when is_counted(products.sku) then version else -1 end
        from products where sku = ${sku(name)}`.execute(db);
    },
    pushAll: () => pushAll(db, sku('%')),
    owed: () => owedOf(db, storeId),
    moves: async (name) => {
      const { rows: found } = await sql<{ cause: string; reference: string }>`
        select cause, reference from moves where sku = ${sku(name)} order by version`.execute(db);
      return found;
    },
  };
}

async function submitOne(db: Database, row: AdjustmentRow, atMinute = 5): Promise<RowAnswer> {
  const { answers } = await submitAdjustments(db, [row], stampAt(atMinute));
  return answers[0] as RowAnswer;
}

async function stockOf(db: Database, sku: Sku, warehouseId: WarehouseId | null): Promise<string> {
  const { rows } = await sql<{ stock: string }>`
    select coalesce(sum(in_stock), 0) || '/' || coalesce(sum(booked), 0) || '/' ||
      coalesce(sum(in_stock - booked), 0) as stock
    from balances where sku = ${sku} and (${warehouseId}::text is null or warehouse_id = ${warehouseId})`.execute(
    db,
  );
  return rows[0]?.stock ?? '';
}

async function pushAll(db: Database, like: string): Promise<void> {
  await sql`update listings set acknowledged_version = desired_version, reassert = false,
    acknowledged_quantity = greatest(0, available_of(listings.sku, array(select id from warehouses))),
    expected = greatest(0, available_of(listings.sku, array(select id from warehouses)))
    where desired_version >= 0 and sku like ${like}`.execute(db);
}

async function owedOf(db: Database, storeId: StoreId): Promise<readonly string[]> {
  const { rows } = await sql<{ remote_id: string }>`
    select remote_id from listings where store_id = ${storeId} and gone_at is null
      and (desired_version > acknowledged_version or reassert) order by remote_id`.execute(db);
  return rows.map((row) => row.remote_id);
}
