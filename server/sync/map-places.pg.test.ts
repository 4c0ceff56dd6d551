// Several warehouses and several locations: each place is told what its own warehouse holds, orders book where they are
// served, and a mapping may change at any moment.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { toWarehouseId } from '../../shared/model/ids.ts';
import { submitAdjustments } from '../../test/support/adjustments.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { findLedgerFaults } from '../../test/support/ledger-faults.ts';
import { anOrder } from '../../test/support/orders.ts';
import {
  aListing,
  createScriptedWorld,
  type ScriptedStore,
  type ScriptedWorld,
} from '../../test/support/scripted-store.ts';
import type { ShopLocation } from '../channels/channel.ts';
import { addWarehouse, changeWarehouse, viewWarehouses } from '../documents/warehouses.ts';
import { pullChangedOrders } from './changed-orders.ts';
import { mapPlaces } from './map-places.ts';
import { pullListings } from './pull-listings.ts';
import { pushAvailable } from './push-available.ts';
import { setSync } from './set-sync.ts';

let database: TestDatabase;
let world: ScriptedWorld;
let stores = 0;
let rows = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

beforeEach(() => {
  world = createScriptedWorld(database.db, new Date('2026-01-10T00:00:00Z'));
});

const NORTH = { id: 'north', name: 'North' };
const SOUTH = { id: 'south', name: 'South' };
const POP_UP = { id: 'pop-up', name: 'Pop-up' };

async function storeAt(
  locations: ShopLocation[],
): Promise<{ store: ScriptedStore; sku: string; second: string }> {
  stores += 1;
  const store = await world.addStore(`store ${stores}`, { locations });
  const sku = `SKU-${stores}`;
  store.listings.set('L', aListing('L', sku));
  await pullListings(world.context, store.id);
  const made = await addWarehouse(
    database.db,
    { id: toWarehouseId(`second-${stores}`), name: `Second ${stores}` },
    { actor: 'test', at: world.now() },
  );
  if (!made.ok) throw new Error(made.problem);
  return { store, sku, second: made.warehouse.id };
}

async function set(sku: string, warehouse: string, quantity: number): Promise<void> {
  rows += 1;
  const row = {
    rowId: `row-${rows}`,
    sku,
    warehouse,
    action: 'set',
    quantity,
    seen: null,
    reason: '',
    note: '',
  };
  const { answers } = await submitAdjustments(database.db, [row], { actor: 'test', at: world.now() });
  if (answers[0]?.status !== 'applied') throw new Error(answers[0]?.message);
}

const map = (store: ScriptedStore, warehouses: Readonly<Record<string, string | null>>, preview = false) =>
  mapPlaces(
    world.context,
    store.id,
    {
      locations: Object.entries(warehouses).map(([id, warehouseId]) => ({
        id,
        warehouseId,
        ours: warehouseId !== null,
      })),
      preview,
    },
    'test',
  );

async function settle(store: ScriptedStore): Promise<void> {
  await pullChangedOrders(world.context, await opened(store));
  await pushAvailable(world.context, store.id);
}

async function opened(store: ScriptedStore) {
  const found = await world.context.openStore(store.id);
  if (found === null) throw new Error('The store is gone.');
  return found;
}

function buy(store: ScriptedStore, sku: string, units: number, locationId: string): string {
  const key = `L@${locationId}`;
  store.shelf.set(key, (store.shelf.get(key) ?? 0) - units);
  const at = world.now();
  const order = anOrder({ placedAt: at }).line(
    sku,
    { ordered: units },
    { listingRemoteId: 'L', taken: units, locationId },
  );
  const snapshot = { ...order.snapshot(1), updatedAt: at };
  store.orders.set(snapshot.remoteId, snapshot);
  return snapshot.remoteId;
}

function moveOrder(store: ScriptedStore, orderId: string, locationId: string): void {
  const order = store.orders.get(orderId);
  if (order === undefined) return;
  for (const line of order.lines) {
    const units = line.taken ?? 0;
    const [from, to] = [`L@${line.locationId}`, `L@${locationId}`];
    store.shelf.set(from, (store.shelf.get(from) ?? 0) + units);
    store.shelf.set(to, (store.shelf.get(to) ?? 0) - units);
  }
  const lines = order.lines.map((line) => ({ ...line, locationId }));
  store.orders.set(orderId, { ...order, lines, updatedAt: world.now() });
}

async function held(sku: string, warehouseId: string): Promise<string> {
  const { rows: found } = await sql<{ text: string }>`
    select in_stock || '/' || booked as text from balances where sku = ${sku} and warehouse_id = ${warehouseId}`.execute(
    database.db,
  );
  return found[0]?.text ?? '0/0';
}

const openTroubles = async (store: ScriptedStore): Promise<readonly string[]> => {
  const found = await database.db
    .selectFrom('activity')
    .select('message')
    .where('store_id', '=', store.id)
    .where('dedupe_key', 'is not', null)
    .where('resolved_at', 'is', null)
    .execute();
  return found.map(({ message }) => message);
};

describe('F15: every number belongs to one location', () => {
  test('the only location of a shop is served by the warehouse it was connected with', async () => {
    const { store, sku } = await storeAt([NORTH]);
    await set(sku, 'Main', 7);
    await settle(store);
    expect(store.told).toEqual(['L@north=7']);
  });

  test('with several, nothing is told before a person has mapped them; each is then told its own warehouse', async () => {
    const { store, sku, second } = await storeAt([NORTH, SOUTH]);
    await set(sku, 'Main', 7);
    await settle(store);
    expect(store.told).toEqual([]);
    expect(await openTroubles(store)).toEqual([
      expect.stringContaining('No warehouse serves the location "North"'),
      expect.stringContaining('No warehouse serves the location "South"'),
    ]);
    const shown = await map(store, { north: 'main', south: second }, true);
    expect(shown).toMatchObject({
      accepted: true,
      message: expect.stringContaining('"North" is served by Main'),
    });
    await settle(store);
    expect(store.told).toEqual([]);
    expect(await map(store, { north: 'main', south: second })).toEqual(shown);
    await settle(store);
    expect(store.told).toEqual(['L@north=7']);
    await set(sku, `Second ${stores}`, 4);
    await settle(store);
    expect(store.told).toEqual(['L@north=7', 'L@south=4']);
    expect(await openTroubles(store)).toEqual([]);
  });

  test('units that come back to a location that never sent them arrive in its warehouse, and are lost nowhere', async () => {
    const { store, sku, second } = await storeAt([NORTH, SOUTH]);
    await map(store, { north: 'main', south: second });
    await set(sku, 'Main', 10);
    await set(sku, `Second ${stores}`, 5);
    await settle(store);
    const orderId = buy(store, sku, 4, 'north');
    await settle(store);
    const [line] = store.orders.get(orderId)?.lines ?? [];
    if (line === undefined) throw new Error('The order has no line.');
    const change = (back: number): void => {
      const order = store.orders.get(orderId);
      const sent = { ...line, counts: { ...line.counts, fulfilled: 4 } };
      const counts = {
        ordered: 0,
        fulfilled: 0,
        released: 0,
        writtenOff: 0,
        restocked: back,
        sentElsewhere: back,
      };
      const there = { ...line, lineId: 'back', locationId: 'south', counts, taken: -back };
      const lines = back === 0 ? [sent] : [sent, there];
      if (order !== undefined) store.orders.set(orderId, { ...order, lines, updatedAt: world.now() });
    };
    change(1);
    store.shelf.set('L@south', 6);
    await settle(store);
    expect([await held(sku, 'main'), await held(sku, second)]).toEqual(['6/0', '6/0']);
    expect([store.shelf.get('L@north'), store.shelf.get('L@south')]).toEqual([6, 6]);
    const { rows: orders } = await sql<{ warning: string | null }>`select warning from orders
      where store_id = ${store.id}`.execute(database.db);
    expect(orders).toEqual([{ warning: null }]);
    change(0);
    store.shelf.set('L@south', 5);
    await settle(store);
    expect([await held(sku, 'main'), await held(sku, second)]).toEqual(['6/0', '5/0']);
    const { rows: alarms } =
      await sql`select message from activity where store_id = ${store.id} and level <> 'info'
      and resolved_at is null`.execute(database.db);
    expect(alarms).toEqual([]);
  });

  test.each(['before', 'after'] as const)(
    'a mapping that changes %s the shop has written what a push tells: each location ends with its own number, and nothing is called drift',
    async (when) => {
      const { store, sku, second } = await storeAt([NORTH, SOUTH]);
      await map(store, { north: 'main', south: second });
      await set(sku, 'Main', 7);
      await set(sku, `Second ${stores}`, 4);
      await settle(store);
      await set(sku, 'Main', 6);
      store[when] = async (call) => {
        if (call !== 'setAvailable') return;
        store[when] = () => undefined;
        expect(await map(store, { north: second, south: 'main' })).toMatchObject({ accepted: true });
      };
      for (let round = 1; round <= 2; round += 1) await settle(store);
      expect([store.shelf.get('L@north'), store.shelf.get('L@south')]).toEqual([4, 6]);
      const { rows } =
        await sql`select location_id as place, expected from listings where store_id = ${store.id}
        and gone_at is null and location_id <> '' order by location_id`.execute(database.db);
      expect(rows).toEqual([
        { place: 'north', expected: 4 },
        { place: 'south', expected: 6 },
      ]);
      const { rows: alarms } = await sql`select message from activity where store_id = ${store.id}
        and message like '%expected%'`.execute(database.db);
      expect(alarms).toEqual([]);
    },
  );

  test('one warehouse cannot serve two locations of a store: its units would be sold twice', async () => {
    const { store } = await storeAt([NORTH, SOUTH]);
    expect(await map(store, { north: 'main', south: 'main' })).toMatchObject({
      accepted: false,
      message: expect.stringContaining('cannot serve both "North" and "South"'),
    });
  });

  test('a location that appears later is named; the others go on being told', async () => {
    const locations = [NORTH, SOUTH];
    const { store, sku, second } = await storeAt(locations);
    await map(store, { north: 'main', south: second });
    locations.push(POP_UP);
    world.pass(13 * 60 * 60_000);
    await pullListings(world.context, store.id);
    expect(await openTroubles(store)).toEqual([expect.stringContaining('"Pop-up"')]);
    await set(sku, 'Main', 5);
    buy(store, sku, 2, 'pop-up');
    await settle(store);
    expect(store.told).toEqual(['L@north=5']);
    expect(await held(sku, 'main')).toBe('5/0');
  });
});

test('a changed mapping takes the bookings of open orders along; what is not ours books nothing', async () => {
  const { store, sku, second } = await storeAt([NORTH, SOUTH]);
  await map(store, { north: 'main', south: null });
  await set(sku, 'Main', 10);
  await set(sku, `Second ${stores}`, 20);
  await settle(store);
  buy(store, sku, 3, 'north');
  buy(store, sku, 2, 'south');
  await settle(store);
  expect([await held(sku, 'main'), await held(sku, second)]).toEqual(['10/3', '20/0']);
  expect(await map(store, { north: second, south: 'main' })).toMatchObject({ accepted: true });
  expect([await held(sku, 'main'), await held(sku, second)]).toEqual(['10/2', '20/3']);
  await settle(store);
  expect([store.shelf.get('L@north'), store.shelf.get('L@south')]).toEqual([17, 8]);
  expect(await findLedgerFaults(database.db, sku)).toEqual([]);
});

test('R12: a place taken away and given back while sync is off has its open orders booked when it is on again', async () => {
  const { store, sku, second } = await storeAt([NORTH, SOUTH]);
  await map(store, { north: 'main', south: second });
  await set(sku, 'Main', 10);
  await settle(store);
  buy(store, sku, 3, 'north');
  await settle(store);
  // The next pull goes back to the last change, less the overlap: it does not read this order again.
  world.pass(60 * 60_000);
  buy(store, sku, 1, 'south');
  await settle(store);
  await setSync(world.context, store.id, { on: false });
  await map(store, { north: null, south: second });
  await map(store, { north: 'main', south: second });
  await setSync(world.context, store.id, { on: true, resume: 'catch-up' });
  await settle(store);
  expect(await held(sku, 'main')).toBe('10/3');
  expect(await findLedgerFaults(database.db, sku)).toEqual([]);
});

test('warehouses are made, renamed, ordered and archived; one that serves a store is not', async () => {
  const { store, second } = await storeAt([NORTH]);
  const stamp = { actor: 'test', at: world.now() };
  const id = second as Parameters<typeof changeWarehouse>[1];
  expect(
    await addWarehouse(database.db, { id: toWarehouseId('other'), name: ' main ' }, stamp),
  ).toMatchObject({ ok: false });
  expect(
    await changeWarehouse(database.db, id, { name: `Attic ${stores}`, position: 1 }, stamp),
  ).toMatchObject({ ok: true });
  expect((await viewWarehouses(database.db))[0]).toMatchObject({ id: second, name: `Attic ${stores}` });
  await map(store, { north: second });
  expect(await changeWarehouse(database.db, id, { archived: true }, stamp)).toMatchObject({
    ok: false,
    problem: expect.stringContaining(store.id),
  });
  await map(store, { north: 'main' });
  expect(await changeWarehouse(database.db, id, { archived: true }, stamp)).toMatchObject({ ok: true });
  expect(await map(store, { north: second })).toMatchObject({ accepted: false });
  await changeWarehouse(database.db, 'main' as typeof id, { position: 1 }, stamp);
});

test('any sequence of counts, sales, moves and mappings: each place shows what its warehouse holds, booked once', async () => {
  const place = fc.constantFrom('north', 'south');
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('set' as const),
      main: fc.boolean(),
      quantity: fc.integer({ min: 0, max: 40 }),
    }),
    fc.record({ kind: fc.constant('buy' as const), place, units: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ kind: fc.constant('move' as const), nth: fc.nat(5), place }),
    fc.record({ kind: fc.constant('map' as const), choice: fc.constantFrom(0, 1, 2, 3) }),
    fc.record({ kind: fc.constant('settle' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const { store, sku, second } = await storeAt([NORTH, SOUTH]);
      const mappings = [
        { north: 'main', south: second },
        { north: second, south: 'main' },
        { north: 'main', south: null },
        { north: null, south: second },
      ];
      let mapping: Readonly<Record<string, string | null>> = mappings[0] ?? {};
      await map(store, mapping);
      const inStock = new Map<string, number>([
        ['main', 30],
        [second, 30],
      ]);
      await set(sku, 'Main', 30);
      await set(sku, `Second ${stores}`, 30);
      await settle(store);
      const orders: { id: string; units: number; place: string }[] = [];
      for (const one of steps) {
        if (one.kind === 'set') {
          await set(sku, one.main ? 'Main' : `Second ${stores}`, one.quantity);
          inStock.set(one.main ? 'main' : second, one.quantity);
        } else if (one.kind === 'buy') {
          orders.push({ id: buy(store, sku, one.units, one.place), units: one.units, place: one.place });
        } else if (one.kind === 'move') {
          const order = orders[one.nth % Math.max(1, orders.length)];
          if (order !== undefined) {
            moveOrder(store, order.id, one.place);
            order.place = one.place;
          }
        } else if (one.kind === 'map') {
          mapping = mappings[one.choice] ?? mapping;
          await map(store, mapping);
        } else await settle(store);
      }
      await settle(store);
      for (const [location, warehouse] of Object.entries(mapping)) {
        if (warehouse === null) continue;
        const booked = orders
          .filter((order) => order.place === location)
          .reduce((sum, order) => sum + order.units, 0);
        expect(await held(sku, warehouse)).toBe(`${inStock.get(warehouse)}/${booked}`);
        expect(store.shelf.get(`L@${location}`)).toBe(Math.max(0, (inStock.get(warehouse) ?? 0) - booked));
      }
      const { rows: all } = await sql<{ booked: number }>`
        select coalesce(sum(booked), 0)::bigint as booked from balances where sku = ${sku}`.execute(
        database.db,
      );
      const served = orders.filter((order) => mapping[order.place] !== null);
      expect(all[0]?.booked).toBe(served.reduce((sum, order) => sum + order.units, 0));
      expect(await findLedgerFaults(database.db, sku)).toEqual([]);
    }),
    { numRuns: 40 },
  );
}, 240_000);
