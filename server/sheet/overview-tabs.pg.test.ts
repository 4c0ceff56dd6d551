// The tabs that give an overview: what each warehouse holds and serves, and what turning a store on would change.

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { toWarehouseId } from '../../shared/model/ids.ts';
import { submitAdjustments } from '../../test/support/adjustments.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { type LocalSheet, labelOf, startLocalSheet } from '../../test/support/local-sheet.ts';
import { anOrder } from '../../test/support/orders.ts';
import {
  aListing,
  createScriptedWorld,
  type ScriptedStore,
  type ScriptedWorld,
} from '../../test/support/scripted-store.ts';
import { openSheet } from '../../test/support/sheet-rows.ts';
import { openShop, stampAt, type TestShop } from '../../test/support/shop.ts';
import { submitPurchaseOrders } from '../documents/deliveries.ts';
import { changeWarehouse } from '../documents/warehouses.ts';
import { pullListings } from '../sync/pull-listings.ts';
import { setSync } from '../sync/set-sync.ts';
import { askTurnOnPlan } from '../sync/turn-on.ts';
import { readTurnOnPlan } from '../sync/turn-on-plan.ts';

let database: TestDatabase;
let local: LocalSheet;
let world: ScriptedWorld;
let count = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await sql`delete from stores`.execute(database.db);
  count += 1;
  local = await startLocalSheet(database.db, `book${count}`);
  world = createScriptedWorld(database.db, new Date('2026-03-01T10:00:00Z'));
});
afterEach(() => local.close());
afterAll(() => database.drop());

async function warehouse(at: TestShop, nth: number) {
  await local.flush();
  const name = at.warehouseIds[nth - 1];
  return (await local.table('Warehouses')).find((row) => row['Warehouse'] === name);
}

test('a warehouse shows the sums of what it holds, and follows sales, orders of more and counts', async () => {
  const at = await openShop(database.db, { at50: ['A', 'B'], warehouses: 2 });
  expect(await warehouse(at, 1)).toMatchObject({ Products: 2, 'In stock': 100, Booked: 0, Available: 100 });
  await at.read(anOrder().line('A', { ordered: 4 }));
  await at.product('NEW');
  await at.read(anOrder().line('NEW', { ordered: 1 }, { locationId: 'location 1' }));
  const orders = openSheet(database.db, submitPurchaseOrders, () => stampAt(10));
  const cells = { sku: at.sku('B'), warehouse: at.warehouseIds[1] ?? '', action: 'order', ordered: 12 };
  await orders.send(orders.row(cells));
  expect(await warehouse(at, 1)).toMatchObject({
    ...{ Products: 2, 'In stock': 100, Booked: 5, Available: 95, Incoming: 0 },
    'Not counted': 1,
  });
  expect(await warehouse(at, 2)).toMatchObject({
    Products: 0,
    'In stock': 0,
    Incoming: 12,
    'Not counted': 0,
  });
});

test('a warehouse names the stores and locations that sell from it, and says when it is archived', async () => {
  const at = await openShop(database.db, { warehouses: 2 });
  const { rows } = await sql<{ name: string }>`select name from stores where id = ${at.storeId}`.execute(
    database.db,
  );
  const name = rows[0]?.name ?? '';
  for (const number of [1, 2]) {
    await sql`insert into store_locations (store_id, location_id, name)
      values (${at.storeId}, ${`location ${number}`}, ${`Place ${number}`})`.execute(database.db);
  }
  expect((await warehouse(at, 2))?.['Serves']).toBe(`${name}: Place 2`);
  await sql`delete from store_warehouses where warehouse_id = ${at.warehouseIds[1]}`.execute(database.db);
  expect(await warehouse(at, 2)).toMatchObject({ Serves: '', State: 'in use' });
  const archived = await changeWarehouse(
    database.db,
    toWarehouseId(at.warehouseIds[1] ?? ''),
    { archived: true },
    stampAt(20),
  );
  expect(archived.ok).toBe(true);
  expect(await warehouse(at, 2)).toMatchObject({ State: 'archived' });
});

test('Stores calls the kind of shop what people call it', async () => {
  await world.addStore('kind');
  await local.flush();
  expect(await local.table('Stores')).toMatchObject([{ Store: 'kind', Channel: labelOf('scripted') }]);
});

test('Stores says until when a store is left alone, by the clock of the sheet', async () => {
  const store = await world.addStore('busy');
  await sql`update stores set health = 'slowed', health_message = 'The store asks us to slow down.',
    slowed_until = '2026-11-23T12:34:56Z' where id = ${store.id}`.execute(database.db);
  await local.flush();
  expect(await local.table('Stores')).toMatchObject([
    { Message: 'The store asks us to slow down. It is asked again at 2026-11-23 12:34.' },
  ]);
});

async function set(sku: string, quantity: number): Promise<void> {
  const row = {
    rowId: `set ${sku}`,
    sku,
    warehouse: 'Main',
    action: 'set',
    quantity,
    seen: null,
    reason: '',
    note: '',
  };
  const { answers } = await submitAdjustments(database.db, [row], stampAt(1));
  expect(answers[0]?.status).toBe('applied');
}

async function neverOn(name: string, shelf: Readonly<Record<string, number | null>>): Promise<ScriptedStore> {
  const store = await world.addStore(name, { syncOn: false });
  for (const [listing, quantity] of Object.entries(shelf)) {
    const [sku = ''] = listing.split('#');
    const remoteId = `${name}-${listing}`;
    store.listings.set(remoteId, aListing(remoteId, sku, { tracked: quantity !== null }));
    if (quantity !== null) store.shelf.set(remoteId, quantity);
  }
  await pullListings(world.context, store.id);
  return store;
}

async function plan(store: ScriptedStore) {
  await askTurnOnPlan(world.context, store.id, { again: true });
  await readTurnOnPlan(world.context, store.id);
  await local.flush();
  return local.table('Turn-on plan');
}

test('R1, F14: the whole plan is a tab: unset, untracked and doubled SKUs, what each shows, would be told, and why', async () => {
  const store = await neverOn('plan', {
    SAME: 5,
    LESS: 52,
    NEVER: 9,
    UNTRACKED: null,
    'TWIN#1': 3,
    'TWIN#2': 8,
  });
  await set('SAME', 5);
  await set('LESS', 46);
  const rows = await plan(store);
  expect(
    rows.map((row) => [row['SKU'], row['Result'], row['Shop shows'], row['Would be told'], row['Change']]),
  ).toEqual([
    ['LESS', 'differs', 52, 46, -6],
    ['TWIN', 'disagrees', 8, '', ''],
    ['TWIN', 'disagrees', 3, '', ''],
    ['NEVER', 'never set', 9, '', ''],
    ['UNTRACKED', 'untracked', '', '', ''],
    ['SAME', 'same', 5, 5, 0],
  ]);
  expect(rows.map((row) => row['Listings'])).toEqual([1, 2, 2, 1, 1, 1]);
  expect(rows[0]).toMatchObject({ Store: 'plan', Listing: 'Listing plan-LESS', Why: '46 available.' });
  expect(store.told).toEqual([]);
});

test('every line of the plan is in the tab, however many; read again it follows; turned on it is over', async () => {
  const shelf = Object.fromEntries(Array.from({ length: 450 }, (_, index) => [`MANY-${index}`, index]));
  const store = await neverOn('many', shelf);
  expect(await plan(store)).toHaveLength(450);
  const answer = await askTurnOnPlan(world.context, store.id, { again: false });
  expect(answer.lines.length + answer.linesLeftOff).toBe(450);
  await set('MANY-7', 3);
  const [first] = await plan(store);
  expect(first).toMatchObject({ SKU: 'MANY-7', 'Shop shows': 7, 'Would be told': 3 });
  await setSync(world.context, store.id, { on: true, opening: 'keep' });
  await local.flush();
  expect(await local.table('Turn-on plan')).toEqual([]);
});
