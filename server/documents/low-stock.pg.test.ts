// Low stock: levels by SKU and warehouse, cover from real sales, the tab, and the draft purchase order made of it.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { type LocalSheet, startLocalSheet } from '../../test/support/local-sheet.ts';
import { anOrder, minutesAfterT0 } from '../../test/support/orders.ts';
import { type Settings, settingsOf } from '../../test/support/settings.ts';
import { openShop, stampAt, type TestShop } from '../../test/support/shop.ts';
import { flushSheet } from '../sheet/flush.ts';
import { draftLowStockOrder, type LowStockLine, lowStockSentence, readLowStock } from './low-stock.ts';

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

type World = {
  readonly at: TestShop;
  readonly settings: Settings;
  readonly low: () => Promise<readonly LowStockLine[]>;
};

async function open(warehouses = 1): Promise<World> {
  const at = await openShop(database.db, { warehouses });
  return {
    at,
    settings: settingsOf(database.db, at, at.storeId),
    low: async () =>
      (await readLowStock(database.db, minutesAfterT0(120))).filter(({ sku }) => sku.endsWith(at.sku(''))),
  };
}

const levelOf = (at: TestShop, more: Readonly<Record<string, string | number>> = {}) => ({
  sku: at.sku('A'),
  warehouse: at.warehouseIds[0] ?? '',
  alertAt: 20,
  leadDays: 10,
  coverDays: 20,
  salesDays: 30,
  ...more,
});

describe('what is low', () => {
  test('is what has as few available as its level says, with the sales of the last days from real orders', async () => {
    const { at, settings, low } = await open();
    const [answer] = await settings.submit('stock-levels', [levelOf(at)]);
    expect(answer).toMatchObject({ status: 'applied' });
    expect(await low()).toEqual([]);
    const sold = anOrder().line('A', { ordered: 36 });
    await at.read(sold);
    await at.read(sold.line('A', { fulfilled: 20 }));
    const returned = sold.line('A', { fulfilled: 20, restocked: 6 });
    await at.read(returned);
    // 36 sold, 6 came back: 30 in 30 days, so 1 a day.
    const [line, ...others] = await low();
    expect(others).toEqual([]);
    expect(line).toMatchObject({ available: 20, sold: 30, alertAt: 20, incoming: 0 });
    expect(line === undefined ? '' : lowStockSentence(line)).toBe(
      `${at.sku('A')} in ${at.warehouseIds[0]}: 20 available (alert at 20), 20 days left; order 10.`,
    );
  });

  test('an adjustment is no sale; sales of a bundle are sales of its components', async () => {
    const { at, settings, low } = await open();
    await settings.submit('stock-levels', [levelOf(at, { alertAt: 45 })]);
    await at.adjust('A', 'subtract', 10);
    expect(await low()).toMatchObject([{ available: 40, sold: 0 }]);
    await at.product('KIT');
    await settings.bundle('KIT', { A: 3 });
    await at.read(anOrder().line('KIT', { ordered: 2 }));
    expect(await low()).toMatchObject([{ available: 34, sold: 6 }]);
  });

  test('each warehouse has its own level; an uncounted one is not low', async () => {
    const { at, settings, low } = await open(2);
    const [first = '', second = ''] = at.warehouseIds;
    await settings.submit('stock-levels', [
      levelOf(at, { warehouse: first, alertAt: 10 }),
      levelOf(at, { warehouse: second, alertAt: 10 }),
    ]);
    expect(await low()).toEqual([]);
    await at.adjust('A', 'set', 3, { warehouse: 2 });
    expect(await low()).toMatchObject([{ warehouseId: second, available: 3 }]);
  });

  test.each<[string, Readonly<Record<string, string | number>>, string]>([
    ['no level', { alertAt: '' }, 'alertAt'],
    ['a negative level', { alertAt: -1 }, 'alertAt'],
    ['an unknown SKU', { sku: 'NOBODY' }, 'sku'],
    ['an unknown warehouse', { warehouse: 'moon' }, 'warehouse'],
    ['no days of sales', { salesDays: 0 }, 'salesDays'],
  ])('%s is refused with the cell named', async (_name, cells, field) => {
    const { at, settings } = await open();
    const [answer] = await settings.submit('stock-levels', [levelOf(at, cells)]);
    expect(answer).toMatchObject({ status: 'error', field });
  });

  test('a bundle has no level of its own: its components are named', async () => {
    const { at, settings } = await open();
    await at.product('KIT');
    await settings.bundle('KIT', { A: 3 });
    const [answer] = await settings.submit('stock-levels', [levelOf(at, { sku: at.sku('KIT') })]);
    expect(answer?.message).toContain(`is a bundle of 3 × ${at.sku('A')}`);
  });
});

test('the tab shows what is low, a bundle shows what can be sold of it, and both go on with the ledger', async () => {
  const { at, settings } = await open();
  const flush = () =>
    flushSheet({ db: database.db, gateway: local.gateway, now: new Date(local.clock.nowMs()) });
  const rowOf = async (tab: string, name: string) =>
    (await local.table(tab)).find((row) => row['SKU'] === at.sku(name));
  await at.product('KIT');
  await settings.bundle('KIT', { A: 3 });
  await settings.submit('stock-levels', [levelOf(at)]);
  await flush();
  expect(await rowOf('Low stock', 'A')).toBeUndefined();
  expect(await rowOf('Inventory', 'KIT')).toMatchObject({ 'In stock': '', Available: 16 });
  await at.adjust('A', 'set', 12);
  await flush();
  expect(await rowOf('Low stock', 'A')).toMatchObject({
    Available: 12,
    'Alert at': 20,
    Order: 9,
    'Days left': '',
  });
  expect(await rowOf('Inventory', 'KIT')).toMatchObject({ Available: 4 });
  await settings.submit('stock-levels', [levelOf(at, { action: 'remove' })]);
  await flush();
  expect(await rowOf('Low stock', 'A')).toBeUndefined();
});

test('a draft purchase order is made of what is low, once it is on its way nothing more', async () => {
  const { at, settings } = await open();
  await at.product('B');
  await settings.submit('stock-levels', [levelOf(at)]);
  await at.adjust('A', 'set', 12);
  const outcome = await draftLowStockOrder(database.db, [at.sku('A'), at.sku('B')], stampAt(100));
  expect(outcome).toMatchObject({ lines: 1, number: expect.stringMatching(/^PO-\d+$/) });
  const { rows } =
    await sql`select sku, quantity, state from delivery_lines where number = ${outcome.number}`.execute(
      database.db,
    );
  expect(rows).toEqual([{ sku: at.sku('A'), quantity: 9, state: 'draft' }]);
  // As ordering it does.
  await sql`update balances set incoming = 9 where sku = ${at.sku('A')}`.execute(database.db);
  expect(await draftLowStockOrder(database.db, [at.sku('A')], stampAt(101))).toMatchObject({
    number: null,
    lines: 0,
  });
});
