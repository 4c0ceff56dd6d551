// The brake: nothing empties or multiplies a large part of a store without a person's word, and nothing else waits for it.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  createScriptedWorld,
  type ScriptedStore,
  type ScriptedStoreOptions,
  type ScriptedWorld,
} from '../../test/support/scripted-store.ts';
import { syncSteps } from '../../test/support/sync-steps.ts';
import { openDatabase } from '../database/database.ts';
import { releaseBrake } from './brake.ts';
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

const skus = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${name}-${String(index).padStart(2, '0')}`);

// A store whose listings all show 5.
async function storeShowing(name: string, count: number, options?: ScriptedStoreOptions) {
  const store = await steps().settledStore(name, skus(name, count), options);
  for (const sku of skus(name, count)) await steps().set(sku, 5);
  await push(store);
  store.told.length = 0;
  return store;
}

async function push(store: ScriptedStore): Promise<void> {
  await pullOrders(world.context, store.id);
  await pushAvailable(world.context, store.id);
}

async function setAll(name: string, count: number, quantity: number): Promise<void> {
  for (const sku of skus(name, count)) await steps().set(sku, quantity);
}

const questions = async () =>
  (await steps().activity()).filter(({ level, resolved }) => level === 'needs-person' && !resolved);

describe('what it holds', () => {
  test('F14: a mass zero waits and asks; a person lets it through', async () => {
    const store = await storeShowing('zero', 20);
    await setAll('zero', 12, 0);
    await push(store);
    expect(store.told).toEqual([]);
    const [question] = await questions();
    expect(question?.message).toContain('of 20 listings 12 would be set to 0');
    expect(await releaseBrake(world.context, store.id)).toBe(12);
    await push(store);
    expect(store.told).toHaveLength(12);
    expect(await questions()).toEqual([]);
  });

  test('numbers that grow ten times over wait as well', async () => {
    const store = await storeShowing('times', 20);
    await setAll('times', 12, 50);
    await push(store);
    expect(store.told).toEqual([]);
    expect((await questions())[0]?.message).toContain('12 would grow 10 times or more');
  });

  test('it holds however small the batches of the channel are', async () => {
    const store = await storeShowing('single', 20, { pushBatchMax: 1 });
    await setAll('single', 12, 0);
    await push(store);
    expect(store.told).toEqual([]);
  });

  test('changes that come while a run is under way are held too', async () => {
    const store = await storeShowing('midway', 30, { pushBatchMax: 5 });
    await steps().set('midway-00', 6);
    store.before = async (call) => {
      if (call !== 'setAvailable') return;
      store.before = () => undefined;
      for (const sku of skus('midway', 30).slice(1)) await steps().set(sku, 0);
    };
    await push(store);
    expect(store.told.filter((told) => told.endsWith('=0')).length).toBeLessThan(10);
    expect(await questions()).toHaveLength(1);
  });

  test('a hard refresh does not slip past it', async () => {
    const store = await storeShowing('refresh', 20);
    await setAll('refresh', 12, 0);
    await push(store);
    await requestInventoryRefresh(world.context, store.id);
    await hardRefreshInventory(world.context, store.id);
    expect(store.told.filter((told) => told.endsWith('=0'))).toEqual([]);
  });
});

describe('what goes on', () => {
  test('all other numbers, in the same run', async () => {
    const store = await storeShowing('others', 20);
    await setAll('others', 12, 0);
    await steps().set('others-19', 4);
    await push(store);
    expect(store.told).toEqual(['others-others-19=4']);
  });

  test('a handful of zeros, and a share below the limit', async () => {
    const store = await storeShowing('few', 9);
    await setAll('few', 9, 0);
    await push(store);
    expect(store.told).toHaveLength(9);
    const large = await storeShowing('large', 50);
    await setAll('large', 14, 0);
    await push(large);
    expect(large.told).toHaveLength(14);
  });

  test('what open orders have sold out: waiting would sell it again', async () => {
    const seller = await steps().settledStore('seller', skus('soldout', 20));
    const store = await storeShowing('soldout', 20);
    await push(seller);
    for (const sku of skus('soldout', 15)) steps().sell(seller, sku, 5);
    await push(seller);
    await push(store);
    expect(store.told.filter((told) => told.endsWith('=0'))).toHaveLength(15);
  });

  test('numbers that are put right go on by themselves and the question is over', async () => {
    const store = await storeShowing('mended', 20);
    await setAll('mended', 12, 0);
    await push(store);
    await setAll('mended', 12, 7);
    await push(store);
    expect(store.told).toHaveLength(12);
    expect(await questions()).toEqual([]);
  });
});

test('what was let through is only what was seen: the next mass zero asks again', async () => {
  const store = await storeShowing('again', 20);
  await setAll('again', 12, 0);
  await push(store);
  await releaseBrake(world.context, store.id);
  await push(store);
  await setAll('again', 20, 5);
  await push(store);
  store.told.length = 0;
  await setAll('again', 12, 0);
  await push(store);
  expect(store.told).toEqual([]);
  expect(await questions()).toHaveLength(1);
});

test('a hard refresh ends when all that is left waits at the brake, and does not say that everything was told', async () => {
  const store = await storeShowing('refresh', 20);
  await setAll('refresh', 12, 0);
  const before = await steps().storeRow(store);
  world.pass(60_000);
  await requestInventoryRefresh(world.context, store.id);
  await hardRefreshInventory(world.context, store.id);
  await push(store);
  expect(store.told).toHaveLength(8);
  expect(await steps().storeRow(store)).toMatchObject({
    progress: null,
    inventory_refreshed_at: before.inventory_refreshed_at,
    inventory_synced_at: before.inventory_synced_at,
  });
});

test('a listing held for drift stays held, and says so, whatever becomes of the brake', async () => {
  const store = await storeShowing('held', 20, { onDrift: 'hold' });
  store.shelf.set('held-held-00', 3);
  await steps().set('held-00', 4);
  await push(store);
  const held = await steps().listing('held-held-00');
  expect(held).toMatchObject({ problem_kind: 'held', problem: expect.stringContaining('shows 3 where 5') });
  await setAll('held', 13, 0);
  await push(store);
  expect((await questions()).map(({ message }) => message).join()).toContain('12 would be set to 0');
  expect(await steps().listing('held-held-00')).toMatchObject({
    problem: held.problem,
    problem_kind: 'held',
  });
  expect(await releaseBrake(world.context, store.id)).toBe(12);
  await push(store);
  expect(store.shelf.get('held-held-00')).toBe(3);
  expect(await steps().listing('held-held-00')).toMatchObject({
    problem: held.problem,
    problem_kind: 'held',
  });
});

test('however many jumps are right, what is owed is walked over a few times, not at every batch', async () => {
  let walks = 0;
  const db = openDatabase(database.url, {
    onQuery: ({ sql: text }) => {
      if (text.includes('brake_passed_version, -1')) walks += 1;
    },
  });
  const own = createScriptedWorld(db, new Date('2026-03-01T10:00:00Z'));
  const names = Array.from({ length: 300 }, (_, index) => `WALK-${index}`);
  const store = await syncSteps(db, () => own).settledStore('walks', names, { pushBatchMax: 10 });
  for (const sku of names.slice(0, 20)) await syncSteps(db, () => own).set(sku, 0);
  await pullOrders(own.context, store.id);
  await requestInventoryRefresh(own.context, store.id);
  walks = 0;
  await hardRefreshInventory(own.context, store.id);
  await db.destroy();
  expect(store.told.length).toBeGreaterThanOrEqual(300);
  expect(walks).toBeLessThan(5);
});
