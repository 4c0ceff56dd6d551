// A purchase order that the system proposes, on a real database: it moves nothing until a person's row orders or receives it.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { WarehouseId } from '../../shared/model/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { findLedgerFaults } from '../../test/support/ledger-faults.ts';
import { openSheet } from '../../test/support/sheet-rows.ts';
import { openShop, stampAt } from '../../test/support/shop.ts';
import { submitPurchaseOrders } from './deliveries.ts';
import { createDraftPurchaseOrder } from './draft-purchase-order.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('R7: lines of one SKU and warehouse are added up; nothing moves until it is received by its number alone', async () => {
  const at = await openShop(database.db, { at50: ['A'], warehouses: 2 });
  await at.list('listing of A', 'A');
  await at.pushAll();
  const [first, second] = at.warehouseIds as [WarehouseId, WarehouseId];
  const line = (warehouseId: WarehouseId, quantity: number) => ({ sku: at.sku('A'), warehouseId, quantity });
  const number = await createDraftPurchaseOrder(
    database.db,
    { supplier: 'Mill', lines: [line(first, 4), line(second, 5), line(first, 3)] },
    stampAt(10),
  );
  const { rows } = await sql<{
    stock: string;
    incoming: number;
  }>`select in_stock || '' as stock, incoming::int
    from balances where sku = ${at.sku('A')} and warehouse_id = ${first}`.execute(database.db);
  expect([rows, await at.stock('A'), await at.owed()]).toEqual([
    [{ stock: '50', incoming: 0 }],
    '50/0/50',
    [],
  ]);
  const sheet = openSheet(database.db, submitPurchaseOrders, () => stampAt(20));
  const answer = await sheet.send(sheet.row({ number, action: 'receive' }));
  expect(answer.status).toBe('applied');
  expect([await at.stock('A', 1), await at.stock('A', 2)]).toEqual(['57/0/57', '5/0/5']);
  expect(await at.owed()).toEqual(['listing of A']);
  expect(await findLedgerFaults(database.db)).toEqual([]);
});

test('two drafts never share a number, and one without lines is refused', async () => {
  const at = await openShop(database.db);
  const lines = [{ sku: at.sku('A'), warehouseId: at.warehouseIds[0] as WarehouseId, quantity: 1 }];
  const make = () => createDraftPurchaseOrder(database.db, { lines }, stampAt(10));
  const numbers = await Promise.all([make(), make(), make()]);
  expect(new Set(numbers).size).toBe(3);
  await expect(createDraftPurchaseOrder(database.db, { lines: [] }, stampAt(10))).rejects.toThrow(
    /needs a line/,
  );
});
