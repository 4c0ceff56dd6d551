// Shops that list their orders late: nothing is raised, and no opening number counted, on orders that may be missing; and
// nobody asks again and again for what cannot be there yet.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { aListing, createScriptedWorld, type ScriptedWorld } from '../../test/support/scripted-store.ts';
import { syncSteps } from '../../test/support/sync-steps.ts';
import { ChannelError } from '../net/channel-error.ts';
import { pullListings } from './pull-listings.ts';
import { pullOrders } from './pull-orders.ts';
import { pushAvailable } from './push-available.ts';
import { setSync } from './set-sync.ts';

const LATE = { listedAfterMs: 120_000 };

let database: TestDatabase;
let world: ScriptedWorld;
let tests = 0;
const steps = () => syncSteps(database.db, () => world);
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  tests += 1;
  await sql`delete from stores`.execute(database.db);
  world = createScriptedWorld(database.db, new Date('2026-03-01T10:00:00Z'));
});

/** A store that was told 50 of its one SKU; its orders are read up to a moment ago. */
async function lateStore(options = {}) {
  const sku = `LATE-${tests}`;
  const store = await steps().settledStore(`late${tests}`, [sku], { ...LATE, ...options });
  if ((await steps().listing(`${store.id}-${sku}`)).acknowledged_quantity === null) {
    world.pass(LATE.listedAfterMs + 1_000);
    await pushAvailable(world.context, store.id);
  }
  store.told.length = 0;
  store.calls.length = 0;
  world.wokenLater.length = 0;
  return { store, sku };
}
const searches = (calls: readonly string[]): number => calls.filter((call) => call === 'listOrders').length;

test('orders count as read only up to the time the shop says it has listed', async () => {
  const { store } = await lateStore();
  const begun = world.now().getTime();
  await pullOrders(world.context, store.id);
  const { orders_fresh_at: freshAt } = await steps().storeRow(store);
  const behind = begun - (freshAt?.getTime() ?? 0);
  expect(behind).toBeGreaterThan(LATE.listedAfterMs - 1_000);
  expect(behind).toBeLessThanOrEqual(LATE.listedAfterMs);
});

test('a raise waits until every order older than the change is listed, and asks once', async () => {
  const { store, sku } = await lateStore();
  await steps().set(sku, 60);
  for (let run = 0; run < 5; run += 1) await pushAvailable(world.context, store.id);
  expect(store.told).toEqual([]);
  expect(searches(store.calls)).toBe(0);
  expect(new Set(world.wokenLater)).toEqual(new Set([`push-available ${store.id} in 120 s`]));
  world.pass(LATE.listedAfterMs);
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual([`${store.id}-${sku}=60`]);
  expect(searches(store.calls)).toBe(1);
});

test('a unit sold in the minutes that are not listed yet is not put up again by a raise', async () => {
  const { store, sku } = await lateStore();
  steps().sell(store, sku, 3);
  await steps().set(sku, 60);
  await pushAvailable(world.context, store.id);
  world.pass(LATE.listedAfterMs);
  await pushAvailable(world.context, store.id);
  expect(store.shelf.get(`${store.id}-${sku}`)).toBe(57);
});

test('lowering does not wait', async () => {
  const { store, sku } = await lateStore();
  await steps().set(sku, 20);
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual([`${store.id}-${sku}=20`]);
  expect(searches(store.calls)).toBe(0);
});

test('where searches are few, a push leaves as much time between two of them as the channel says', async () => {
  const { store, sku } = await lateStore({ listedAfterMs: 0, ordersAgainAfterMs: 60_000 });
  await pullOrders(world.context, store.id);
  store.calls.length = 0;
  world.wokenLater.length = 0;
  world.pass(20_000);
  await steps().set(sku, 60);
  await pushAvailable(world.context, store.id);
  expect({ told: store.told, searches: searches(store.calls), later: world.wokenLater }).toEqual({
    told: [],
    searches: 0,
    later: [`push-available ${store.id} in 40 s`],
  });
  world.pass(40_000);
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual([`${store.id}-${sku}=60`]);
});

test('where searches are few, the regular pull leaves as much time after a reading that a push has asked for', async () => {
  const { store, sku } = await lateStore({ listedAfterMs: 0, ordersAgainAfterMs: 180_000 });
  world.pass(200_000);
  await steps().set(sku, 60);
  await pushAvailable(world.context, store.id);
  expect({ told: store.told, searches: searches(store.calls) }).toEqual({
    told: [`${store.id}-${sku}=60`],
    searches: 1,
  });
  world.wokenLater.length = 0;
  world.pass(60_000);
  await pullOrders(world.context, store.id);
  expect(world.wokenLater).toEqual([`pull-orders ${store.id} in 120 s`]);
  expect(searches(store.calls)).toBe(1);
  world.pass(120_000);
  await pullOrders(world.context, store.id);
  expect(searches(store.calls)).toBe(2);
});

test('a shop that has no search left holds up the raise that needs one, and no lower number', async () => {
  const { store, sku } = await lateStore({ listedAfterMs: 0 });
  await pullOrders(world.context, store.id);
  world.pass(1_000);
  await steps().set(sku, 60);
  store.before = (call) => {
    if (call === 'listOrders') throw new ChannelError('throttled', 'Later.', { retryAfterMs: 170_000 });
  };
  await pushAvailable(world.context, store.id);
  expect({ told: store.told, later: world.wokenLater }).toEqual({
    told: [],
    later: [`push-available ${store.id} in 170 s`],
  });
  await steps().set(sku, 40);
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual([`${store.id}-${sku}=40`]);
});

test('numbers that change during each search cost three searches of a run, not twenty', async () => {
  const { store, sku } = await lateStore({ listedAfterMs: 0 });
  let quantity = 60;
  store.before = async (call) => {
    if (call !== 'listOrders') return;
    quantity += 1;
    await steps().set(sku, quantity);
  };
  await steps().set(sku, 60);
  await pushAvailable(world.context, store.id);
  expect(searches(store.calls)).toBe(3);
  expect(world.wokenLater).toEqual([`push-available ${store.id} in 1 s`]);
});

test('the opening stock counts a sale that the shop had not listed yet when its number was read', async () => {
  const sku = `OPEN-${tests}`;
  const store = await world.addStore(`opening${tests}`, { syncOn: false, ...LATE });
  store.listings.set(`${store.id}-${sku}`, aListing(`${store.id}-${sku}`, sku));
  store.shelf.set(`${store.id}-${sku}`, 10);
  await pullListings(world.context, store.id);
  steps().sell(store, sku, 3);
  await setSync(world.context, store.id, { on: true, opening: 'copy' });
  await pullOrders(world.context, store.id);
  expect(await steps().stock(sku)).toBe('10/3/7');
});
