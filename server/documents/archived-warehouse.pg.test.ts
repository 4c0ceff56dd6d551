// A row that names an archived warehouse, in each tab that has warehouses: it is told so, and what to do.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Cell } from '../../shared/api/rows.ts';
import { toWarehouseId } from '../../shared/model/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { openShop, stampAt, type TestShop } from '../../test/support/shop.ts';
import { documentOf } from './submit-rows.ts';
import { addWarehouse, changeWarehouse } from './warehouses.ts';

let database: TestDatabase;
let at: TestShop;
beforeAll(async () => {
  database = await createTestDatabase();
  at = await openShop(database.db, { at50: ['A'] });
  const attic = { id: toWarehouseId('attic'), name: 'Attic' };
  await addWarehouse(database.db, attic, stampAt(1));
  await changeWarehouse(database.db, attic.id, { archived: true }, stampAt(2));
});
afterAll(() => database.drop());

const ROWS: readonly (readonly [tab: string, field: string, cells: Record<string, Cell>])[] = [
  ['adjustments', 'warehouse', { action: 'set', quantity: 5 }],
  ['stock-take', 'warehouse', { counted: 5 }],
  ['purchase-orders', 'warehouse', { action: 'order', ordered: 5 }],
  ['transfers', 'to', { action: 'send', quantity: 5 }],
  ['stock-levels', 'warehouse', { alertAt: 5 }],
];

test.each(ROWS)('%s', async (tab, field, cells) => {
  const row = { rowId: `archived ${tab}`, cells: { sku: at.sku('A'), [field]: 'attic', ...cells } };
  const outcome = await documentOf(tab)?.(database.db, [row], stampAt(10));
  expect(outcome?.answers).toMatchObject([
    {
      status: 'error',
      field,
      message: `The warehouse "Attic" is archived. Choose one of: ${at.warehouseIds[0]}; or bring it back under Warehouses in the sidebar.`,
    },
  ]);
  expect(await at.stock('A')).toBe('50/0/50');
});
