// What formulas in cells are told, on a real database: products, and bundles made of them.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { settingsOf } from '../../test/support/settings.ts';
import { openShop } from '../../test/support/shop.ts';
import { readStock } from './read-stock.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('a bundle has no stock, and as many available as its components allow, per warehouse', async () => {
  const at = await openShop(database.db, { at50: ['A', 'B'], warehouses: 2 });
  await at.adjust('A', 'set', 10, { warehouse: 2 });
  await at.adjust('B', 'set', 60, { warehouse: 2 });
  await at.product('KIT');
  await settingsOf(database.db, at, '').bundle('KIT', { A: 3, B: 2 });
  const ask = (warehouse?: string) =>
    readStock(database.db, {
      skus: [at.sku('KIT')],
      why: true,
      ...(warehouse === undefined ? {} : { warehouse }),
    });
  expect((await ask(at.warehouseIds[0])).rows).toEqual([
    { inStock: null, booked: 0, available: 16, incoming: 0, why: 'a bundle: 16 available of its components' },
  ]);
  expect((await ask(at.warehouseIds[1])).rows[0]).toMatchObject({ inStock: null, available: 3 });
  expect((await ask()).rows[0]).toMatchObject({ inStock: null, available: 19 });
});

test('a bundle of something that nobody has counted has no number yet', async () => {
  const at = await openShop(database.db);
  await at.product('B');
  await at.product('KIT');
  await settingsOf(database.db, at, '').bundle('KIT', { A: 1, B: 1 });
  expect((await readStock(database.db, { skus: [at.sku('KIT')], why: true })).rows).toEqual([
    {
      inStock: null,
      booked: 0,
      available: null,
      incoming: 0,
      why: 'a bundle, and nobody has counted all its components',
    },
  ]);
});
