// A change that shows late, when another process takes the next push: what one of them told, all know.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { onShelf, stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import { storedShop } from '../../../test/contract/stored-shop.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { pullOrders } from '../../sync/pull-orders.ts';
import { pushAvailable } from '../../sync/push-available.ts';
import { bigcommerce } from './index.ts';
import { startBigCommerceSimulator } from './simulator.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
stopShopsAfterEach();

const LAG_MS = 1_500;
const slow = {
  ...bigcommerce,
  simulator: (options: Parameters<typeof startBigCommerceSimulator>[0]) =>
    startBigCommerceSimulator({ ...options, lagMs: LAG_MS }),
};

test('a sale before our last number, which is still on its way: the next process reads again what looks right', async () => {
  const { context, anotherProcess, shop, clock, storeId, remoteIds } = await storedShop(database.db, slow, {
    skus: ['A'],
    quantity: 6,
    onDrift: 'overwrite',
  });
  const [remoteId = ''] = remoteIds;
  await pullOrders(context, storeId);
  await pushAvailable(context, storeId);
  clock.advance(60_000);
  // Nothing is expected of it, as after a person has let a held number go: nothing is compared.
  await sql`update listings set expected = null, reassert = true`.execute(database.db);
  shop.buy([{ remoteId, quantity: 2 }]);
  await pushAvailable(context, storeId);
  const other = anotherProcess();
  await pullOrders(other, storeId);
  await pushAvailable(other, storeId);
  expect(onShelf(shop, remoteId)).toBe(4);
  const { rows } = await sql`select message from activity where level <> 'info'`.execute(database.db);
  expect(rows).toEqual([]);
});
