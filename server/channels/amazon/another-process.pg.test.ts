// What Amazon has taken and does not show yet, when another process takes the next push: nothing of it is forgotten.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { onShelf, stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import { storedShop } from '../../../test/contract/stored-shop.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { countOwed } from '../../listings/owed.ts';
import type { SyncContext } from '../../sync/context.ts';
import { pullOrders } from '../../sync/pull-orders.ts';
import { pushAvailable } from '../../sync/push-available.ts';
import { amazon } from './index.ts';
import { PATCH_MAX } from './manifest.ts';
import { type AmazonSimulatedShop, startAmazonSimulator } from './simulator.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql`delete from stores`.execute(database.db);
  await sql`delete from activity`.execute(database.db);
});
stopShopsAfterEach();

const MINUTE_MS = 60_000;
let tests = 0;

/** A store that shows 10 of each SKU, and from now on shows what it is told five minutes later. */
async function slowToShow(onDrift: 'overwrite' | 'hold' = 'overwrite', listings = 1) {
  tests += 1;
  let started: AmazonSimulatedShop | null = null;
  const simulator = async (
    options: Parameters<typeof startAmazonSimulator>[0],
  ): Promise<AmazonSimulatedShop> => {
    started = await startAmazonSimulator(options);
    return started;
  };
  const skus = Array.from({ length: listings }, (_, number) => `A-${tests}-${number}`);
  const [sku = ''] = skus;
  const stored = await storedShop(database.db, { ...amazon, simulator }, { skus, quantity: 10, onDrift });
  const shop = started as AmazonSimulatedShop | null;
  if (shop === null) throw new Error('The stand-in did not start.');
  const { context, storeId, clock } = stored;
  const settle = async (by: SyncContext): Promise<void> => {
    clock.advance(3 * MINUTE_MS);
    await pullOrders(by, storeId);
    await pushAvailable(by, storeId);
  };
  await settle(context);
  await settle(context);
  shop.showQuantitiesAfter(5 * MINUTE_MS);
  return {
    ...stored,
    shop,
    settle,
    skus,
    adjustAll: async (action: 'add' | 'subtract', quantity: number) => {
      for (const one of skus) await stored.adjust(one, action, quantity);
    },
    adjust: (action: 'add' | 'subtract', quantity: number) => stored.adjust(sku, action, quantity),
  };
}

const alarms = async () => {
  const { rows } = await sql<{ message: string }>`select message from activity where level <> 'info'`.execute(
    database.db,
  );
  return rows.map(({ message }) => message);
};

test('back to the number that is still shown: the number on its way would come after it, so it is told', async () => {
  const { context, anotherProcess, shop, clock, storeId, remoteIds, settle, adjust } = await slowToShow();
  const [remoteId = ''] = remoteIds;
  await adjust('subtract', 4);
  await pushAvailable(context, storeId);
  expect(onShelf(shop, remoteId)).toBe(10);
  await adjust('add', 4);
  await settle(anotherProcess());
  expect(shop.writes().map(({ quantity }) => quantity)).toEqual([6, 10]);
  clock.advance(20 * MINUTE_MS);
  await settle(anotherProcess());
  expect(onShelf(shop, remoteId)).toBe(10);
  expect(await alarms()).toEqual([]);
});

test('what a killed process may have sent is sent once more by the next one, which then waits for it', async () => {
  const { context, anotherProcess, shop, clock, storeId, remoteIds, settle, adjust } = await slowToShow();
  const [remoteId = ''] = remoteIds;
  await adjust('subtract', 4);
  await pushAvailable(context, storeId);
  clock.advance(MINUTE_MS);
  const next = anotherProcess();
  await pushAvailable(next, storeId);
  expect(shop.writes()).toHaveLength(2);
  await settle(next);
  await settle(next);
  expect(onShelf(shop, remoteId)).toBe(6);
  expect(shop.writes()).toHaveLength(2);
  expect(await alarms()).toEqual([]);
});

test.each(['overwrite', 'hold'] as const)(
  'units sold right after a slow raise was shown are not sold again (%s)',
  async (onDrift) => {
    const { context, shop, clock, storeId, remoteIds, settle, adjust } = await slowToShow(onDrift);
    const [remoteId = ''] = remoteIds;
    await adjust('add', 4);
    clock.advance(4 * MINUTE_MS);
    await pullOrders(context, storeId);
    await pushAvailable(context, storeId);
    clock.advance(5 * MINUTE_MS);
    expect(onShelf(shop, remoteId)).toBe(14);
    shop.buy([{ remoteId, quantity: 2 }]);
    clock.advance(MINUTE_MS);
    await pushAvailable(context, storeId);
    for (let turn = 0; turn < 3; turn += 1) {
      expect(onShelf(shop, remoteId)).toBe(12);
      await settle(context);
    }
    expect(shop.writes().map(({ quantity }) => quantity)).toEqual([14, 12]);
    expect(await alarms()).toEqual([]);
  },
);

test('sold out while a feed hung, put up again by that feed when it ends: lowered again, and no edit by hand', async () => {
  const { context, anotherProcess, shop, clock, storeId, remoteIds, settle, adjust, adjustAll } =
    await slowToShow('hold', PATCH_MAX + 1);
  const [remoteId = ''] = remoteIds;
  shop.rules.feedLooks = Number.POSITIVE_INFINITY;
  await adjustAll('subtract', 3);
  await settle(context);
  clock.advance(31 * MINUTE_MS);
  await adjust('subtract', 7);
  await settle(anotherProcess());
  clock.advance(6 * MINUTE_MS);
  expect(onShelf(shop, remoteId)).toBe(0);
  await settle(context);
  shop.rules.feedLooks = 0;
  clock.advance(10 * MINUTE_MS);
  await settle(context);
  clock.advance(6 * MINUTE_MS);
  expect(onShelf(shop, remoteId)).toBe(7);
  const next = anotherProcess();
  for (let turn = 0; turn < 4; turn += 1) {
    await pushAvailable(next, storeId);
    clock.advance(10 * MINUTE_MS);
  }
  expect(onShelf(shop, remoteId)).toBe(0);
  expect(onShelf(shop, remoteIds[1] ?? '')).toBe(7);
  expect((await alarms()).filter((message) => /explains|Held/.test(message))).toEqual([]);
  expect(await countOwed(database.db, storeId)).toBe(0);
}, 120_000);
