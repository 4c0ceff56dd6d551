// What each tab of the server shows, read from the database: only what changed since a transaction, or everything.

import { type RawBuilder, sql } from 'kysely';
import { ACTIVITY_TAB } from '../../shared/tabs/activity.ts';
import { DELIVERIES_TAB } from '../../shared/tabs/deliveries.ts';
import { inventoryTab } from '../../shared/tabs/inventory.ts';
import { LEDGER_TAB } from '../../shared/tabs/ledger.ts';
import { LOW_STOCK_TAB } from '../../shared/tabs/low-stock.ts';
import { ONLINE_LISTINGS_TAB } from '../../shared/tabs/online-listings.ts';
import { ORDERS_TAB } from '../../shared/tabs/orders.ts';
import { STORES_TAB } from '../../shared/tabs/stores.ts';
import type { TabDefinition } from '../../shared/tabs/tab.ts';
import { TURN_ON_PLAN_TAB } from '../../shared/tabs/turn-on-plan.ts';
import { WAREHOUSES_TAB } from '../../shared/tabs/warehouses.ts';
import type { Database } from '../database/database.ts';
import { locationName, type SheetContext, type SheetNames } from './context.ts';
import { readDeliveries } from './read-deliveries.ts';
import { readInventory, readInventoryKeys } from './read-inventory.ts';
import { readLowStock } from './read-low-stock.ts';
import { readOrders } from './read-orders.ts';
import { readStores } from './read-stores.ts';
import { readTurnOnPlanKeys, readTurnOnPlans } from './read-turn-on-plan.ts';
import { readWarehouses } from './read-warehouses.ts';
import { type SheetRow, toNumber, toText, toTime } from './row.ts';

/** Transaction number since which changes are wanted; null: everything. */
export type Since = string | null;

/** Rows that may have changed, by key; what they say is read a page at a time, since a first flush shows every row there is. */
export type TabReading = {
  /** In the order in which they are shown, or added below. */
  readonly keys: readonly string[];
  /** These are all the rows there are. */
  readonly isAll: boolean;
  /** A row that is gone meanwhile is left out. */
  readonly readPage: (keys: readonly string[]) => Promise<readonly SheetRow[]>;
};

export type TabSource = {
  readonly definition: (names: SheetNames) => TabDefinition;
  /** Whatever every row depends on; when it changes, all rows are rendered again. */
  readonly dependsOn: (context: SheetContext) => unknown;
  /** Null: nothing changed. */
  readonly read: (db: Database, context: SheetContext, since: Since) => Promise<TabReading | null>;
};

type ReadRows = (db: Database, context: SheetContext, since: Since) => Promise<readonly SheetRow[] | null>;

/** For a tab of few rows: they are read at once. `all`: whatever changed, every row is read. */
const atOnce =
  (readRows: ReadRows, { all }: { readonly all: boolean }): TabSource['read'] =>
  async (db, context, since) => {
    const rows = await readRows(db, context, since);
    if (rows === null || (rows.length === 0 && !all && since !== null)) return null;
    const byKey = new Map(rows.map((row) => [row.key, row]));
    return {
      keys: [...byKey.keys()],
      isAll: all || since === null,
      readPage: async (keys) => keys.flatMap((key) => byKey.get(key) ?? []),
    };
  };

/** For a tab of as many rows as there are products. */
const inPages =
  (
    readKeys: (db: Database, since: Since) => Promise<readonly string[]>,
    readRows: (db: Database, context: SheetContext, keys: readonly string[]) => Promise<readonly SheetRow[]>,
  ): TabSource['read'] =>
  async (db, context, since) => {
    const keys = await readKeys(db, since);
    if (keys.length === 0 && since !== null) return null;
    return { keys, isAll: since === null, readPage: (some) => readRows(db, context, some) };
  };

const changedSince = (column: string, since: Since): RawBuilder<boolean> =>
  since === null ? sql`true` : sql`${sql.ref(column)} >= ${since}::xid8`;

const named = (places: SheetContext['places']) => [...places].map(([id, names]) => [id, ...names]);

export const TAB_SOURCES: readonly TabSource[] = [
  {
    definition: ({ warehouses }) => inventoryTab(warehouses),
    dependsOn: ({ warehouses }) => warehouses,
    read: inPages(readInventoryKeys, readInventory),
  },
  {
    definition: () => ONLINE_LISTINGS_TAB,
    dependsOn: ({ stores, places, mapping }) => [[...stores], named(places), mapping],
    read: inPages(readListingKeys, readListings),
  },
  {
    definition: () => ORDERS_TAB,
    dependsOn: ({ stores }) => [...stores],
    read: atOnce(readOrders, { all: true }),
  },
  {
    definition: () => DELIVERIES_TAB,
    dependsOn: ({ warehouses }) => warehouses,
    read: atOnce(readDeliveries, { all: false }),
  },
  {
    definition: () => LOW_STOCK_TAB,
    dependsOn: ({ warehouses }) => warehouses,
    read: atOnce(readLowStock, { all: true }),
  },
  { definition: () => STORES_TAB, dependsOn: () => null, read: atOnce(readStores, { all: true }) },
  {
    definition: () => WAREHOUSES_TAB,
    dependsOn: ({ warehouses, archived, stores, places, mapping }) => [
      ...[warehouses, archived, [...stores], named(places), mapping],
    ],
    read: atOnce(readWarehouses, { all: true }),
  },
  {
    definition: () => TURN_ON_PLAN_TAB,
    dependsOn: ({ stores, places, plans }) => [[...stores], named(places), plans],
    read: inPages(readTurnOnPlanKeys, readTurnOnPlans),
  },
  {
    definition: () => LEDGER_TAB,
    dependsOn: ({ warehouses }) => warehouses,
    read: atOnce(readLedger, { all: true }),
  },
  {
    definition: () => ACTIVITY_TAB,
    dependsOn: ({ stores }) => [...stores],
    read: atOnce(readActivity, { all: true }),
  },
];

// A place that was taken from us has no row any more; what the shop removed elsewhere stays, as gone.
const isOurPlace = sql<boolean>`(gone_at is null
  or exists (select 1 from store_warehouses as mapping
    where mapping.store_id = listings.store_id and mapping.location_id = listings.location_id)
  or (location_id = '' and not exists (select 1 from store_warehouses as mapping
    where mapping.store_id = listings.store_id and mapping.location_id <> '')))`;

async function readListingKeys(db: Database, since: Since): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('listings')
    .select('id')
    .where(changedSince('changed_tx', since))
    .where(isOurPlace)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => String(id));
}

async function readListings(
  db: Database,
  { stores, places }: SheetContext,
  keys: readonly string[],
): Promise<readonly SheetRow[]> {
  const rows = await db
    .selectFrom('listings')
    .select([
      'id',
      'store_id',
      'remote_id',
      'location_id',
      'sku',
      'title',
      'state',
      'gone_at',
      'acknowledged_quantity',
    ])
    .select(['acknowledged_at', 'problem', 'not_pushable', 'sku_note'])
    .where(sql<boolean>`id = any(${keys}::bigint[])`)
    .where(isOurPlace)
    .execute();
  return rows.map((row) => ({
    key: String(row.id),
    cells: {
      sku: toText(row.sku),
      store: toText(stores.get(row.store_id) ?? ''),
      title: toText(row.title),
      listingId: toText(row.remote_id),
      location: toText(locationName(places, { storeId: row.store_id, locationId: row.location_id })),
      state: row.gone_at === null ? toText(row.state) : 'gone',
      pushed: toNumber(row.acknowledged_quantity),
      lastPushed: toTime(row.acknowledged_at),
      problem: toText(row.problem ?? row.not_pushable ?? row.sku_note),
      rowKey: String(row.id),
    },
  }));
}

async function readLedger(
  db: Database,
  context: SheetContext,
  since: Since,
): Promise<readonly SheetRow[] | null> {
  if (!(await anyChanged(db, 'moves', since))) return null;
  const names = new Map<string, string>(context.warehouses.map(({ id, name }) => [id, name]));
  const limit = LEDGER_TAB.newestRowsMax ?? 0;
  const rows = await db.selectFrom('moves').selectAll().orderBy('seq', 'desc').limit(limit).execute();
  return rows.map((row) => ({
    key: String(row.seq),
    cells: {
      number: row.seq,
      at: toTime(row.at),
      sku: toText(row.sku),
      warehouse: toText(names.get(row.warehouse_id) ?? row.warehouse_id),
      inStockChange: row.in_stock_change,
      bookedChange: row.booked_change,
      incomingChange: row.incoming_change,
      inStockAfter: row.is_set_after ? row.in_stock_after : '',
      bookedAfter: row.booked_after,
      incomingAfter: row.incoming_after,
      cause: toText(row.cause),
      reference: toText(row.reference),
      note: toText(row.note),
      actor: toText(row.actor),
    },
  }));
}

async function readActivity(
  db: Database,
  { stores }: SheetContext,
  since: Since,
): Promise<readonly SheetRow[] | null> {
  if (!(await anyChanged(db, 'activity', since))) return null;
  const limit = ACTIVITY_TAB.newestRowsMax ?? 0;
  const rows = await db.selectFrom('activity').selectAll().orderBy('id', 'desc').limit(limit).execute();
  // A trouble that came again keeps its number and gets a new time.
  rows.sort((a, b) => b.at.getTime() - a.at.getTime() || b.id - a.id);
  return rows.map((row) => ({
    key: String(row.id),
    cells: {
      number: row.id,
      at: toTime(row.at),
      level: row.level === 'needs-person' ? 'needs you' : row.level,
      store: toText(row.store_id === null ? '' : (stores.get(row.store_id) ?? '')),
      sku: toText(row.sku),
      message: toText(row.message),
      times: row.times,
      resolved: toTime(row.resolved_at),
    },
  }));
}

async function anyChanged(db: Database, table: 'moves' | 'activity', since: Since): Promise<boolean> {
  if (since === null) return true;
  const { rows } = await sql`
    select 1 from ${sql.table(table)} where changed_tx >= ${since}::xid8 limit 1`.execute(db);
  return rows.length > 0;
}
