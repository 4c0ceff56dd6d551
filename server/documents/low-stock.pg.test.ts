// Low stock: levels by SKU and warehouse, cover from real sales, the tab, and the draft purchase order made of it.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { daysOfCover, suggestedOrder } from '../../shared/model/low-stock.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { type LocalSheet, startLocalSheet } from '../../test/support/local-sheet.ts';
import { anOrder, minutesAfterT0 } from '../../test/support/orders.ts';
import { type Settings, settingsOf } from '../../test/support/settings.ts';
import { openShop, stampAt, type TestShop } from '../../test/support/shop.ts';
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
  /** As of a day after the stores were turned on. */
  readonly low: (day?: number) => Promise<readonly LowStockLine[]>;
};

async function open(warehouses = 1): Promise<World> {
  const at = await openShop(database.db, { warehouses });
  return {
    at,
    settings: settingsOf(database.db, at, at.storeId),
    low: async (day = 30) =>
      (await readLowStock(database.db, minutesAfterT0(day * DAY_MINUTES))).filter(({ sku }) =>
        sku.endsWith(at.sku('')),
      ),
  };
}

const DAY_MINUTES = 24 * 60;

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
    // 36 sold, 6 came back: 30 in the 30 days that it was on sale, so 1 a day.
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

  test('by hand: sales of the SKU and of two bundles with it, less what came back, and what is on its way', async () => {
    const { at, settings, low } = await open();
    for (const name of ['B', 'KIT', 'DUO']) await at.product(name);
    await at.adjust('B', 'set', 50);
    await settings.bundle('KIT', { A: 3, B: 1 });
    await settings.bundle('DUO', { A: 1, B: 1 });
    const level = { alertAt: 33, leadDays: 7, coverDays: 21, salesDays: 14 };
    await settings.submit('stock-levels', [levelOf(at, level)]);
    const direct = anOrder().line('A', { ordered: 8 });
    for (const order of [
      direct,
      direct.line('A', { fulfilled: 8 }),
      direct.line('A', { fulfilled: 8, restocked: 1 }),
    ]) {
      await at.read(order);
    }
    const kits = anOrder().line('KIT', { ordered: 4 });
    for (const order of [kits, kits.line('KIT', { released: 1 })]) await at.read(order);
    await at.read(anOrder().line('DUO', { ordered: 2 }));
    // A: 8 − 1 themselves, 3 kits of 3, 2 of the other bundle: 18 in 14 days.
    const [line] = await low(14);
    expect(line).toMatchObject({ available: 32, sold: 18, incoming: 0, sellingDays: 14 });
    // 32 ÷ (18 ÷ 14) = 24.9 days. 18 × (7 + 21) ÷ 14 = 36 needed, 32 there: 4. Above the alert level it would be 2.
    expect(line === undefined ? [] : [daysOfCover(line), suggestedOrder(line)]).toEqual([24, 4]);
    const purchase = {
      rowId: `low ${at.storeId}`,
      sku: at.sku('A'),
      warehouse: at.warehouseIds[0] ?? '',
      ordered: 3,
    };
    await settings.submit('purchase-orders', [{ ...purchase, action: 'order' }]);
    const [then] = await low(14);
    expect(then).toMatchObject({ available: 32, sold: 18, incoming: 3 });
    expect(then === undefined ? [] : [daysOfCover(then), suggestedOrder(then)]).toEqual([24, 1]);
    // What arrives is no sale, and 34 are more than the level.
    await settings.submit('purchase-orders', [{ ...purchase, step: '1', action: 'receive', receiveNow: 2 }]);
    expect(await low(14)).toEqual([]);
  });

  test('a product younger than the days of sales is judged by its own days, begun ones counted whole', async () => {
    const { at, settings, low } = await open();
    await settings.submit('stock-levels', [levelOf(at, { alertAt: 45 })]);
    await at.read(anOrder().line('A', { ordered: 20 }));
    const of = async (day: number) =>
      (await low(day)).map((line) => [line.sold, line.sellingDays, daysOfCover(line)]);
    // 30 available. Within its first day: 20 a day. After 9 days and a little: 20 in 10, so 2 a day.
    expect([await of(0.5), await of(9.5), await of(40)]).toEqual([
      [[20, 1, 1]],
      [[20, 10, 15]],
      [[0, 30, null]],
    ]);
  });

  test('days on which it was sold out do not count; nor does the time before its first move', async () => {
    const { at, settings, low } = await open();
    await at.product('LATE');
    await at.adjust('LATE', 'set', 10, { atMinute: 10 * DAY_MINUTES });
    await settings.submit('stock-levels', [levelOf(at, { sku: at.sku('LATE'), alertAt: 45 })]);
    const sale = anOrder().line('LATE', { ordered: 10 });
    await at.read(sale, { readAtMinute: 14 * DAY_MINUTES });
    await at.adjust('LATE', 'add', 30, { atMinute: 24 * DAY_MINUTES });
    await at.read(anOrder().line('LATE', { ordered: 5 }), { readAtMinute: 25 * DAY_MINUTES });
    // On sale on the days 10 to 14 and 24 to 30: 15 in 10 days.
    expect(await low(30)).toMatchObject([{ available: 25, sold: 15, sellingDays: 10 }]);
    // A window of which it was sold out at the beginning: of the days 16 to 46 it lacks 8.
    expect(await low(46)).toMatchObject([{ available: 25, sold: 5, sellingDays: 22 }]);
  });

  test('only the sales of the last days count; units that go to another warehouse are not sold', async () => {
    const { at, settings } = await open(2);
    const [from = '', to = ''] = at.warehouseIds;
    await settings.submit('stock-levels', [levelOf(at, { alertAt: 45, salesDays: 14 })]);
    await at.read(anOrder().line('A', { ordered: 5 }), { readAtMinute: 60 });
    await at.read(anOrder().line('A', { ordered: 2 }), { readAtMinute: 3 * 24 * 60 });
    const move = { sku: at.sku('A'), from, to, quantity: 10, action: 'send' };
    await settings.submit('transfers', [move], 4 * 24 * 60);
    const soldOn = async (day: number) => {
      const lines = await readLowStock(database.db, minutesAfterT0(day * 24 * 60));
      return lines.find(({ sku, warehouseId }) => sku === at.sku('A') && warehouseId === from)?.sold;
    };
    expect(await Promise.all([2, 5, 14, 15, 18].map(soldOn))).toEqual([5, 7, 7, 2, 0]);
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
  const rowOf = async (tab: string, name: string) =>
    (await local.table(tab)).find((row) => row['SKU'] === at.sku(name));
  await at.product('KIT');
  await settings.bundle('KIT', { A: 3 });
  await settings.submit('stock-levels', [levelOf(at)]);
  await local.flush();
  expect(await rowOf('Low stock', 'A')).toBeUndefined();
  expect(await rowOf('Inventory', 'KIT')).toMatchObject({ 'In stock': '', Available: 16 });
  await at.adjust('A', 'set', 12);
  await local.flush();
  expect(await rowOf('Low stock', 'A')).toMatchObject({
    Available: 12,
    'Alert at': 20,
    'To order': 9,
    'Days left': '',
  });
  expect(await rowOf('Inventory', 'KIT')).toMatchObject({ Available: 4 });
  await settings.submit('stock-levels', [levelOf(at, { action: 'remove' })]);
  await local.flush();
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
  await settings.submit('purchase-orders', [{ number: outcome.number, sku: '', action: 'order' }]);
  expect(await draftLowStockOrder(database.db, [at.sku('A')], stampAt(101))).toMatchObject({
    number: null,
    lines: 0,
  });
});
