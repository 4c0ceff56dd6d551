// What a shop takes no more of today: told at once, waits until then, goes on by itself, and keeps nothing else waiting.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  createScriptedWorld,
  type ScriptedStore,
  type ScriptedWorld,
} from '../../test/support/scripted-store.ts';
import { syncSteps } from '../../test/support/sync-steps.ts';
import { hardRefreshInventory, requestInventoryRefresh } from './hard-refresh.ts';
import { pullOrders } from './pull-orders.ts';
import { pushAvailable } from './push-available.ts';

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

const HOUR_MS = 3_600_000;
const inHours = (hours: number): Date => new Date(world.now().getTime() + hours * HOUR_MS);

/** How often the shop was asked. */
async function push(store: ScriptedStore): Promise<number> {
  store.calls.length = 0;
  await pushAvailable(world.context, store.id);
  return store.calls.filter((call) => call === 'setAvailable').length;
}

test('it is told at once, waits until then, and goes on by itself', async () => {
  const store = await steps().settledStore('enough', ['ENOUGH']);
  const until = inHours(5);
  store.answer = () => ({ kind: 'postponed', message: 'No more today.', until });
  await steps().set('ENOUGH', 60);
  await pullOrders(world.context, store.id);
  expect(await push(store)).toBe(1);
  const open = async () => (await steps().activity()).filter(({ resolved }) => !resolved);
  expect(await open()).toMatchObject([{ message: expect.stringContaining('No more today.') }]);
  world.pass(4 * HOUR_MS);
  expect(await push(store)).toBe(0);
  store.answer = () => null;
  expect(await push(store)).toBe(0);
  world.pass(HOUR_MS);
  expect(await push(store)).toBe(1);
  expect(store.told).toEqual(['enough-ENOUGH=60']);
  expect(await open()).toEqual([]);
});

test('a number that changes is tried at once: a lower one may still be possible', async () => {
  const store = await steps().settledStore('lower', ['LOWER']);
  const until = inHours(5);
  store.answer = ({ quantity }) =>
    quantity > 50 ? { kind: 'postponed', message: 'No more today.', until } : null;
  await steps().set('LOWER', 60);
  await pullOrders(world.context, store.id);
  await push(store);
  await steps().set('LOWER', 20);
  expect(await push(store)).toBe(1);
  expect(store.told).toEqual(['lower-LOWER=20']);
});

test('a time that makes no sense keeps nothing waiting for more than a day', async () => {
  const store = await steps().settledStore('absurd', ['ABSURD']);
  const until = inHours(24 * 365);
  store.answer = () => ({ kind: 'postponed', message: 'No more today.', until });
  await steps().set('ABSURD', 20);
  await push(store);
  store.answer = () => null;
  world.pass(25 * HOUR_MS);
  expect(await push(store)).toBe(1);
});

test('a hard refresh ends although one of its listings has to wait', async () => {
  const store = await steps().settledStore('tired', ['TIRED', 'AWAKE']);
  const until = inHours(1);
  store.answer = ({ remoteId }) =>
    remoteId === 'tired-TIRED' ? { kind: 'postponed', message: 'No more today.', until } : null;
  await requestInventoryRefresh(world.context, store.id);
  await hardRefreshInventory(world.context, store.id);
  expect((await steps().storeRow(store)).progress).toBeNull();
});
