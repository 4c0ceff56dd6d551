// One SKU on several eBay listings: offers of one item show one number, a listing made on the site has its own.

import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { allListings, onShelf, stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import { storedShop } from '../../../test/contract/stored-shop.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { pullListings } from '../../sync/pull-listings.ts';
import { pullOrders } from '../../sync/pull-orders.ts';
import { pushAvailable } from '../../sync/push-available.ts';
import { ebay } from './index.ts';
import { readHandle } from './map-listing.ts';
import { type EbaySimulatedShop, startEbaySimulator } from './simulator.ts';
import { rehearseEbay } from './test-support/rehearse-ebay.ts';

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

const OFFERS = 'GET /sell/inventory/v1/offer';

it('offers of one item show one number; a listing of the site with the same SKU has its own', async () => {
  const { shop, channel } = await rehearseEbay();
  const first = shop.addProduct({ sku: 'MUG', title: 'Mug', quantity: 5 });
  const abroad = shop.offerAlso(first);
  const site = shop.addProduct({ sku: 'MUG', title: 'Mug, made on the site', quantity: 5 });
  shop.addProduct({ sku: 'CUP', title: 'Cup', quantity: 5 });
  const opened = channel();
  // Listed twice: the second walk knows from the beginning what the first has found out.
  for (let walk = 1; walk <= 2; walk += 1) {
    const listings = new Map((await allListings(opened)).map((one) => [one.remoteId, one]));
    const stockOf = (id: string) => listings.get(id)?.stockId;
    expect(stockOf(first)).toBeDefined();
    expect(stockOf(abroad)).toBe(stockOf(first));
    expect(stockOf(site)).toBeUndefined();
    expect(readHandle(listings.get(site)?.handle ?? '')?.world).toBe('trading');
  }
  // Only of the SKU that is met more than once.
  expect(shop.requests()[OFFERS]).toBeLessThanOrEqual(2);
});

it('listings of one SKU that are met on pages far apart are told apart all the same', async () => {
  const { shop, channel } = await rehearseEbay();
  const first = shop.addProduct({ sku: 'MUG', title: 'Mug', quantity: 5 });
  for (let number = 0; number < 2_000; number += 1) {
    shop.addProduct({ sku: `S${number}`, title: 'S', quantity: 1 });
  }
  const site = shop.addProduct({ sku: 'MUG', title: 'Mug, made on the site', quantity: 5 });
  const listings = new Map((await allListings(channel())).map((one) => [one.remoteId, one]));
  expect(listings.size).toBe(2_002);
  expect(listings.get(first)?.stockId).toBeDefined();
  expect(listings.get(site)?.stockId).toBeUndefined();
});

/** A store with one SKU that shows 10, and a second listing of it. */
async function twoListings(kind: 'offer' | 'site') {
  const sku = `MUG-${kind}`;
  let started: EbaySimulatedShop | null = null;
  const simulator = async (options: Parameters<typeof startEbaySimulator>[0]): Promise<EbaySimulatedShop> => {
    started = await startEbaySimulator(options);
    return started;
  };
  const stored = await storedShop(
    database.db,
    { ...ebay, simulator },
    { skus: [sku], quantity: 10, onDrift: 'hold' },
  );
  const shop = started as EbaySimulatedShop | null;
  const [first = ''] = stored.remoteIds;
  if (shop === null) throw new Error('The stand-in did not start.');
  const second =
    kind === 'offer'
      ? shop.offerAlso(first)
      : shop.addProduct({ sku, title: 'Made on the site', quantity: 10 });
  const { context, storeId } = stored;
  await pullListings(context, storeId);
  const settle = async (): Promise<void> => {
    await pullOrders(context, storeId);
    await pushAvailable(context, storeId);
  };
  await settle();
  return { ...stored, shop, first, second, settle };
}

const alarms = async () => {
  const { rows } = await sql<{ message: string }>`select message from activity where sku is not null`.execute(
    database.db,
  );
  return rows.map(({ message }) => message);
};

it.each([['offer'], ['site']] as const)(
  'a sale of one of two listings of a SKU (%s) is told to the other, and is nobody’s drift',
  async (kind) => {
    const { shop, first, second, settle, adjust } = await twoListings(kind);
    expect([onShelf(shop, first), onShelf(shop, second)]).toEqual([10, 10]);
    for (const sold of [first, second]) {
      shop.buy([{ remoteId: sold, quantity: 2 }]);
      await settle();
    }
    expect([onShelf(shop, first), onShelf(shop, second)]).toEqual([6, 6]);
    await adjust(`MUG-${kind}`, 'add', 5);
    await settle();
    expect([onShelf(shop, first), onShelf(shop, second)]).toEqual([11, 11]);
    expect(await alarms()).toEqual([]);
  },
);
