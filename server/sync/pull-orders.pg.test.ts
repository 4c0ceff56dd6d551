// What an order pull promises: no change is lost, none is counted twice, and the store's health is told.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  aListing,
  createScriptedWorld,
  type ScriptedStore,
  type ScriptedWorld,
} from '../../test/support/scripted-store.ts';
import { syncSteps } from '../../test/support/sync-steps.ts';
import { ChannelError, type ChannelErrorKind } from '../net/channel-error.ts';
import { pullListings } from './pull-listings.ts';
import { pullOrders } from './pull-orders.ts';
import { setSync } from './set-sync.ts';

let database: TestDatabase;
let world: ScriptedWorld;
const steps = () => syncSteps(database.db, () => world);
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql`delete from stores`.execute(database.db);
  await sql`delete from activity`.execute(database.db);
  world = createScriptedWorld(database.db, new Date('2026-03-01T10:00:00Z'));
});

const pull = (store: ScriptedStore) => pullOrders(world.context, store.id);
const failing = (kind: ChannelErrorKind, message: string, retryAfterMs?: number): (() => never) => {
  return () => {
    throw new ChannelError(kind, message, retryAfterMs === undefined ? {} : { retryAfterMs });
  };
};

test('failure 2: three orders in one second, cut by the edge of a page, are all counted once', async () => {
  const store = await steps().settledStore('edge', ['EDGE']);
  store.pageSize = 2;
  const at = world.now();
  for (let count = 0; count < 3; count += 1) {
    const order = steps().sell(store, 'EDGE', 2);
    store.orders.set(order.remoteId, { ...order, updatedAt: at });
  }
  await pull(store);
  await pull(store);
  expect(await steps().stock('EDGE')).toBe('50/6/44');
});

test('failure 2: an order of the same second as the cursor, seen only later, is not lost', async () => {
  const store = await steps().settledStore('same', ['SAME']);
  const first = steps().sell(store, 'SAME', 1);
  await pull(store);
  const late = steps().sell(store, 'SAME', 2);
  store.orders.set(late.remoteId, { ...late, updatedAt: new Date(first.updatedAt.getTime() - 60_000) });
  await pull(store);
  expect(await steps().stock('SAME')).toBe('50/3/47');
});

test('a pull that breaks off half way goes on later: nothing is lost, nothing is doubled, and it is not called fresh', async () => {
  const store = await steps().settledStore('half', ['HALF']);
  store.pageSize = 1;
  for (let count = 0; count < 4; count += 1) steps().sell(store, 'HALF', 1);
  const { orders_fresh_at: freshBefore, orders_synced_at: syncedBefore } = await steps().storeRow(store);
  let pages = 0;
  store.before = () => {
    pages += 1;
    if (pages === 3) failing('transient', 'The shop did not answer in time.')();
  };
  await expect(pull(store)).rejects.toThrow('did not answer');
  expect(await steps().stock('HALF')).toBe('50/2/48');
  expect(await steps().storeRow(store)).toMatchObject({
    orders_fresh_at: freshBefore,
    orders_synced_at: syncedBefore,
  });
  store.before = () => undefined;
  await pull(store);
  expect(await steps().stock('HALF')).toBe('50/4/46');
  expect((await steps().storeRow(store)).orders_fresh_at?.getTime()).toBeGreaterThan(
    freshBefore?.getTime() ?? 0,
  );
});

test("failure 2: the cursor is the store's own time: a shop whose clock is an hour slow loses no order", async () => {
  const store = await world.addStore('slow', { syncOn: false });
  store.listings.set('s', aListing('s', 'SLOW'));
  await pullListings(world.context, store.id);
  await steps().set('SLOW', 50);
  await setSync(world.context, store.id, { on: true, opening: 'keep' });
  await pull(store);
  for (let count = 0; count < 2; count += 1) {
    world.pass(600_000);
    const order = steps().sell(store, 'SLOW', 1, 's');
    const slow = new Date(order.updatedAt.getTime() - 3_600_000);
    store.orders.set(order.remoteId, { ...order, placedAt: slow, updatedAt: slow });
    await pull(store);
    expect((await steps().storeRow(store)).orders_cursor).toEqual(slow);
  }
  expect(await steps().stock('SLOW')).toBe('50/2/48');
});

test('failure 2: one order stamped in the far future does not hide the orders after it', async () => {
  const store = await steps().settledStore('future', ['FUTURE']);
  const strange = steps().sell(store, 'FUTURE', 1);
  store.orders.set(strange.remoteId, { ...strange, updatedAt: new Date('2099-01-01T00:00:00Z') });
  await pull(store);
  world.pass(600_000);
  steps().sell(store, 'FUTURE', 2);
  await pull(store);
  expect(await steps().stock('FUTURE')).toBe('50/3/47');
});

test('the first pull reads every open order, however old', async () => {
  const store = await world.addStore('old', { syncOn: false });
  store.listings.set('o', aListing('o', 'OLD'));
  await pullListings(world.context, store.id);
  await steps().set('OLD', 50);
  const order = steps().sell(store, 'OLD', 4, 'o');
  store.orders.set(order.remoteId, {
    ...order,
    placedAt: new Date('2025-01-01'),
    updatedAt: new Date('2025-01-01'),
  });
  await setSync(world.context, store.id, { on: true, opening: 'keep' });
  await pull(store);
  expect(await steps().stock('OLD')).toBe('50/4/46');
});

test('R15: with sync off no order is even read', async () => {
  const store = await steps().settledStore('off', ['OFF']);
  await setSync(world.context, store.id, { on: false });
  steps().sell(store, 'OFF', 4);
  await pull(store);
  expect(store.calls).toEqual([]);
  expect(await steps().stock('OFF')).toBe('50/0/50');
});

test('R14: a push of every store that owes something is asked for as soon as the orders are read', async () => {
  const store = await steps().settledStore('first', ['BOTH']);
  const other = await steps().settledStore('other', ['BOTH']);
  steps().sell(store, 'BOTH', 1);
  await pull(store);
  expect(world.woken).toContain(`push-available ${store.id}`);
  expect(world.woken).toContain(`push-available ${other.id}`);
});

test('failure 8: a cancel or a deletion that moved no time stamp is found by re-reading old open orders', async () => {
  const store = await steps().settledStore('silent', ['SILENT']);
  const gone = steps().sell(store, 'SILENT', 3);
  const cancelled = steps().sell(store, 'SILENT', 4);
  await pull(store);
  expect(await steps().stock('SILENT')).toBe('50/7/43');
  store.orders.delete(gone.remoteId);
  store.orders.set(cancelled.remoteId, { ...cancelled, state: 'cancelled' });
  // So that the pull by update time does not see it either.
  const pullLate = async () => {
    steps().sell(store, 'SILENT', 1);
    await pull(store);
    world.pass(2 * 60 * 60_000);
    await pull(store);
  };
  world.pass(10 * 60_000);
  await pullLate();
  expect(await steps().stock('SILENT')).toBe('50/1/49');
});

test('units of a cancelled order that were sold again are no oversell, though the shop lists the sale first', async () => {
  const store = await steps().settledStore('again', ['AGAIN']);
  const cancelled = steps().sell(store, 'AGAIN', 40);
  await pull(store);
  steps().sell(store, 'AGAIN', 50);
  world.pass(60_000);
  store.orders.set(cancelled.remoteId, { ...cancelled, state: 'cancelled', updatedAt: world.now() });
  await pull(store);
  expect(await steps().stock('AGAIN')).toBe('50/50/0');
  expect(await steps().activity()).toEqual([]);
});

test.each([
  ['auth', 'reconnect', 'needs-person'],
  ['transient', 'trouble', 'warning'],
  ['rejected', 'trouble', 'warning'],
] as const)(
  'an error of kind %s shows in the health (%s) and in Activity (%s), until a pull works',
  async (kind, health, level) => {
    const store = await steps().settledStore(`kind-${kind}`, [`KIND-${kind}`]);
    store.before = failing(kind, 'The shop said no.');
    await expect(pull(store)).rejects.toThrow('The shop said no.');
    await expect(pull(store)).rejects.toThrow('The shop said no.');
    expect(await steps().storeRow(store)).toMatchObject({ health, health_message: 'The shop said no.' });
    expect(await steps().activity()).toEqual([
      { level, message: `kind-${kind}: The shop said no.`, resolved: false },
    ]);
    store.before = () => undefined;
    await pull(store);
    expect(await steps().storeRow(store)).toMatchObject({ health: 'ok', health_message: '' });
    expect((await steps().activity())[0]?.resolved).toBe(true);
  },
);

test('a throttled store is shown as slowed until when, and nobody is called', async () => {
  const store = await steps().settledStore('throttled', ['THROTTLED']);
  store.before = failing('throttled', 'The shop asks to wait.', 90_000);
  await expect(pull(store)).rejects.toThrow('asks to wait');
  const row = await steps().storeRow(store);
  expect(row.health).toBe('slowed');
  expect((row.slowed_until?.getTime() ?? 0) - world.now().getTime()).toBeGreaterThan(80_000);
  expect(await steps().activity()).toEqual([]);
  store.before = () => undefined;
  await pull(store);
  expect(await steps().storeRow(store)).toMatchObject({ health: 'ok', slowed_until: null });
});
