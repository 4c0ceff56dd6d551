// The webhook inbox: a delivery is a hint; what it points to is read again, and no delivery holds up the others.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  createScriptedWorld,
  type ScriptedStore,
  type ScriptedWorld,
} from '../../test/support/scripted-store.ts';
import { syncSteps } from '../../test/support/sync-steps.ts';
import type { WebhookHint } from '../channels/channel.ts';
import { ChannelError, type ChannelErrorKind } from '../net/channel-error.ts';
import { processInbox, storeHint } from './inbox.ts';
import { pushAvailable } from './push-available.ts';
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

const hint = (store: ScriptedStore, what: WebhookHint) => storeHint(database.db, store.id, what, world.now());
const work = (store: ScriptedStore) => processInbox(world.context, store.id);
const waiting = async (): Promise<readonly string[]> =>
  (await database.db.selectFrom('inbox').select('remote_id').orderBy('id').execute()).map(
    (row) => row.remote_id,
  );

test('several deliveries about one order are followed by one reading, and the hints are gone', async () => {
  const store = await steps().settledStore('once', ['ONCE']);
  const order = steps().sell(store, 'ONCE', 4);
  for (let copy = 0; copy < 5; copy += 1) await hint(store, { kind: 'order', remoteId: order.remoteId });
  await hint(store, { kind: 'nothing' });
  await work(store);
  expect(store.calls).toEqual(['readOrders']);
  expect(await steps().stock('ONCE')).toBe('50/4/46');
  expect(await waiting()).toEqual([]);
});

test('case 13: a delivery about an order that is gone releases what it had booked', async () => {
  const store = await steps().settledStore('gone', ['GONE']);
  const order = steps().sell(store, 'GONE', 4);
  await hint(store, { kind: 'order', remoteId: order.remoteId });
  await work(store);
  store.orders.delete(order.remoteId);
  await hint(store, { kind: 'order', remoteId: order.remoteId });
  await work(store);
  expect(await steps().stock('GONE')).toBe('50/0/50');
});

test('units of a cancelled order that were sold again are no oversell, whichever delivery comes first', async () => {
  const store = await steps().settledStore('again', ['AGAIN']);
  const cancelled = steps().sell(store, 'AGAIN', 40);
  await hint(store, { kind: 'order', remoteId: cancelled.remoteId });
  await work(store);
  world.pass(60_000);
  const sold = steps().sell(store, 'AGAIN', 50);
  store.orders.set(cancelled.remoteId, { ...cancelled, state: 'cancelled' });
  for (const { remoteId } of [sold, cancelled]) await hint(store, { kind: 'order', remoteId });
  await work(store);
  expect(await steps().stock('AGAIN')).toBe('50/50/0');
  expect(await steps().activity()).toEqual([]);
});

test('R15: with sync off a delivery is dropped without an effect', async () => {
  const store = await steps().settledStore('off', ['OFF']);
  await setSync(world.context, store.id, { on: false });
  await hint(store, { kind: 'order', remoteId: steps().sell(store, 'OFF', 4).remoteId });
  await work(store);
  expect(store.calls).toEqual([]);
  expect(await steps().stock('OFF')).toBe('50/0/50');
  expect(await waiting()).toEqual([]);
});

test('R66: a delivery about a number that was edited in the shop has it corrected', async () => {
  const store = await steps().settledStore('drift', ['DRIFT']);
  store.shelf.set('drift-DRIFT', 7);
  await hint(store, { kind: 'quantity', remoteId: 'drift-DRIFT' });
  await work(store);
  expect(world.woken).toContain(`push-available ${store.id}`);
  await pushAvailable(world.context, store.id);
  expect(store.shelf.get('drift-DRIFT')).toBe(50);
});

test('R66: a delivery may name what the shop counts, a handle, and is followed all the same', async () => {
  const store = await steps().settledStore('handle', ['HANDLE']);
  await sql`update listings set handle = 'item 7' where store_id = ${store.id}`.execute(database.db);
  store.shelf.set('handle-HANDLE', 7);
  await hint(store, { kind: 'quantity', remoteId: 'item 7' });
  await work(store);
  expect(world.woken).toContain(`push-available ${store.id}`);
  await pushAvailable(world.context, store.id);
  expect(store.shelf.get('handle-HANDLE')).toBe(50);
});

test("a delivery about a number that the shop's own sale lowered is explained by the sale", async () => {
  const store = await steps().settledStore('own', ['OWN']);
  steps().sell(store, 'OWN', 4);
  await hint(store, { kind: 'quantity', remoteId: 'own-OWN' });
  await work(store);
  expect(await steps().stock('OWN')).toBe('50/4/46');
  await pushAvailable(world.context, store.id);
  expect(store.shelf.get('own-OWN')).toBe(46);
  expect(await steps().activity()).toEqual([]);
});

test('a delivery about a number that we wrote ourselves is passed over', async () => {
  const store = await steps().settledStore('self', ['SELF']);
  await hint(store, { kind: 'quantity', remoteId: 'self-SELF' });
  await hint(store, { kind: 'quantity', remoteId: 'never heard of' });
  await work(store);
  expect(store.calls).toEqual(['readAvailable']);
  expect((await steps().listing('self-SELF')).reassert).toBe(false);
});

test('a delivery about listings asks for a listing pull', async () => {
  const store = await steps().settledStore('listings', []);
  await hint(store, { kind: 'listings' });
  await work(store);
  expect(world.woken).toContain(`pull-listings ${store.id}`);
});

test('the app was removed in the shop: the store says so until it is connected again', async () => {
  const store = await steps().settledStore('removed', ['REMOVED']);
  await hint(store, { kind: 'uninstalled' });
  await work(store);
  expect(await steps().storeRow(store)).toMatchObject({
    health: 'reconnect',
    health_message: 'The app was removed in the shop. Connect the store again.',
  });
  expect(await steps().activity()).toEqual([
    {
      level: 'needs-person',
      message: 'removed: The app was removed in the shop. Connect the store again.',
      resolved: false,
    },
  ]);
});

const KINDS: readonly ChannelErrorKind[] = ['rejected', 'transient', 'gone'];

test.each(KINDS)(
  'a hint that always fails (%s) is dropped after five tries while the others go through',
  async (kind) => {
    const sku = `POISON-${kind}`;
    const store = await steps().settledStore(`poison-${kind}`, [sku]);
    const bad = steps().sell(store, sku, 1);
    const good = Array.from({ length: 12 }, () => steps().sell(store, sku, 1));
    for (const order of [...good.slice(0, 3), bad, ...good.slice(3)])
      await hint(store, { kind: 'order', remoteId: order.remoteId });
    // A reading that holds the bad order fails as a whole.
    const get = store.orders.get.bind(store.orders);
    store.orders.get = (id) => {
      if (id === bad.remoteId) throw new ChannelError(kind, 'This order cannot be read.');
      return get(id);
    };
    let runs = 0;
    while ((await waiting()).length > 0 && runs < 10) {
      runs += 1;
      await work(store).catch(() => undefined);
      if (runs === 2) expect(await waiting()).toEqual([bad.remoteId]);
    }
    expect(runs).toBe(5);
    expect(await steps().stock(sku)).toBe('50/12/38');
  },
);

test('a store that asks to wait loses no hint, however often it is tried', async () => {
  const store = await steps().settledStore('wait', ['WAIT']);
  const order = steps().sell(store, 'WAIT', 2);
  await hint(store, { kind: 'order', remoteId: order.remoteId });
  store.before = () => {
    throw new ChannelError('throttled', 'The shop asks to wait.', { retryAfterMs: 1_000 });
  };
  for (let attempt = 0; attempt < 8; attempt += 1) await expect(work(store)).rejects.toThrow('asks to wait');
  store.before = () => undefined;
  await work(store);
  expect(await steps().stock('WAIT')).toBe('50/2/48');
});

test('a store that is down is not asked once for each of its hints', async () => {
  const store = await steps().settledStore('down', ['DOWN']);
  for (let count = 0; count < 60; count += 1)
    await hint(store, { kind: 'order', remoteId: steps().sell(store, 'DOWN', 1).remoteId });
  store.before = () => {
    throw new ChannelError('transient', 'The shop is down.');
  };
  for (let attempt = 0; attempt < 3; attempt += 1) await expect(work(store)).rejects.toThrow('is down');
  expect(store.calls.length).toBeLessThan(12);
});
