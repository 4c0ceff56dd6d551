// Complete readings of the listings, where Amazon hands out a report that is older than the newest listings.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import { storedShop } from '../../../test/contract/stored-shop.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { pullListings } from '../../sync/pull-listings.ts';
import { amazon } from './index.ts';
import { type AmazonSimulatedShop, startAmazonSimulator } from './simulator.ts';

const HOUR_MS = 3_600_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
stopShopsAfterEach();

test('a listing that was found by search is not marked gone by an older report', async () => {
  const shops: AmazonSimulatedShop[] = [];
  const simulator = async (options: Parameters<typeof startAmazonSimulator>[0]) => {
    const started = await startAmazonSimulator(options);
    shops.push(started);
    return started;
  };
  const { context, storeId, clock } = await storedShop(
    database.db,
    { ...amazon, simulator },
    { skus: ['A', 'B'], quantity: 5, onDrift: 'overwrite' },
  );
  const [shop] = shops;
  if (shop === undefined) throw new Error('The stand-in did not start.');
  clock.advance(10 * HOUR_MS);
  shop.rules.reportMadeAt = clock.now();
  clock.advance(HOUR_MS);
  shop.addProduct({ sku: 'NEW', title: 'New', quantity: 7 });
  shop.removeProduct('B');
  const listed = async () => {
    await pullListings(context, storeId);
    const { rows } = await sql<{ sku: string; isGone: boolean }>`
      select sku, gone_at is not null as "isGone" from listings order by sku`.execute(database.db);
    return rows.filter(({ isGone }) => !isGone).map(({ sku }) => sku);
  };
  expect(await listed()).toEqual(['A', 'B', 'NEW']);
  clock.advance(2 * HOUR_MS);
  expect(await listed()).toEqual(['A', 'NEW']);
});
