// Two variants that sell from one inventory item: one number, whichever of them is sold or told.

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { onShelf, stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import { storedShop } from '../../../test/contract/stored-shop.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { pullListings } from '../../sync/pull-listings.ts';
import { pullOrders } from '../../sync/pull-orders.ts';
import { pushAvailable } from '../../sync/push-available.ts';
import { shopify } from './index.ts';
import { type ShopifySimulatedShop, startShopifySimulator } from './simulator.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
stopShopsAfterEach();

it('a sale of one variant is not drift of the one that shares its item', async () => {
  let started: ShopifySimulatedShop | null = null;
  const simulator = async (
    options: Parameters<typeof startShopifySimulator>[0],
  ): Promise<ShopifySimulatedShop> => {
    started = await startShopifySimulator(options);
    return started;
  };
  const stored = await storedShop(
    database.db,
    { ...shopify, simulator },
    { skus: ['JEANS'], quantity: 10, onDrift: 'hold' },
  );
  const shop = started as ShopifySimulatedShop | null;
  const [first = ''] = stored.remoteIds;
  if (shop === null) throw new Error('The stand-in did not start.');
  const second = shop.addProduct({ sku: 'JEANS', title: 'Special edition', quantity: 10 });
  shop.shareItem(second, first);
  const { context, storeId, adjust, clock } = stored;
  await pullListings(context, storeId);
  const settle = async (): Promise<void> => {
    clock.advance(1_000);
    await pullOrders(context, storeId);
    await pushAvailable(context, storeId);
  };
  await settle();
  for (const sold of [first, second]) {
    shop.buy([{ remoteId: sold, quantity: 2 }]);
    await settle();
  }
  await adjust('JEANS', 'subtract', 1);
  await settle();
  expect([onShelf(shop, first), onShelf(shop, second)]).toEqual([5, 5]);
  const { rows } = await sql`select message from activity where sku is not null`.execute(database.db);
  expect(rows).toEqual([]);
});
