// The flush finds what changed through the product's own commands, also where the shown row is not the changed one.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { type LocalSheet, startLocalSheet } from '../../test/support/local-sheet.ts';
import { anOrder } from '../../test/support/orders.ts';
import { aListing } from '../../test/support/scripted-store.ts';
import { openShop } from '../../test/support/shop.ts';
import { applyListings } from '../listings/apply-listings.ts';
import { explainSku } from '../listings/explain.ts';

let database: TestDatabase;
let local: LocalSheet;
beforeAll(async () => {
  database = await createTestDatabase();
  local = await startLocalSheet(database.db, 'book');
});
afterAll(async () => {
  await local.close();
  await database.drop();
});

test("an order's state is shown anew although none of its counts moved", async () => {
  const shop = await openShop(database.db, { at50: ['A'] });
  const order = anOrder({ channelState: 'Unfulfilled' }).line('A', { ordered: 1, fulfilled: 1 });
  await shop.read(order);
  await local.flush();
  await shop.read(order.with({ channelState: 'Archived' }));
  await local.flush();
  expect((await local.table('Orders')).map((row) => row['Shop says'])).toEqual(['Archived']);
});

test('a SKU that loses a listing to another SKU shows one listing less', async () => {
  const shop = await openShop(database.db, { at50: [] });
  const take = (sku: string) =>
    applyListings(database.db, shop.storeId, [aListing('moving', sku)], {
      drafts: false,
      stamp: { actor: 'test', at: new Date(local.clock.nowMs()) },
      onNewProducts: async () => undefined,
    });
  await take('FORMER');
  await local.flush();
  await take('LATER');
  await local.flush();
  const counts = (await local.table('Inventory')).map((row) => `${row['SKU']} ${row['Listings']}`);
  expect(counts).toContain('FORMER 0');
  expect(counts).toContain('LATER 1');
});

test('R49: what was sent from a warehouse that nobody counted is missing in the sheet as in the ledger', async () => {
  const shop = await openShop(database.db, { at50: [], warehouses: 2 });
  await shop.product('TWO');
  await shop.adjust('TWO', 'set', 50, { warehouse: 1 });
  const sent = anOrder().line('TWO', { ordered: 4, fulfilled: 4 }, { locationId: 'location 2' });
  await shop.read(sent);
  await local.flush();
  const row = (await local.table('Inventory')).find((one) => one['SKU'] === shop.sku('TWO'));
  const explained = await explainSku(database.db, shop.sku('TWO'));
  expect([row?.['In stock'], row?.['Available']]).toEqual([46, 46]);
  expect([explained?.inStock, explained?.available]).toEqual([46, 46]);
});
