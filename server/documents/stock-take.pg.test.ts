// Stock takes as rows of the sheet, on a real database: differences, sales during the count, and everything else.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Cell } from '../../shared/api/rows.ts';
import { toLocalTime } from '../../shared/model/time-zone.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { findLedgerFaults } from '../../test/support/ledger-faults.ts';
import { anOrder, minutesAfterT0 } from '../../test/support/orders.ts';
import { openSheet, type RowSheet, type SheetRow } from '../../test/support/sheet-rows.ts';
import { openShop, stampAt, type TestShop } from '../../test/support/shop.ts';
import { reverseReference } from './reverse-reference.ts';
import { submitStockTake } from './stock-take.ts';

let database: TestDatabase;
let at: TestShop;
let sheet: RowSheet;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  at = await openShop(database.db, { at50: ['A', 'B', 'C'] });
  await at.list('listing of A', 'A');
  await at.pushAll();
  sheet = openSheet(database.db, submitStockTake, () => stampAt(100));
});
afterAll(async () => {
  expect(await findLedgerFaults(database.db)).toEqual([]);
  await database.drop();
});

const row = (name: string, counted: Cell, cells: Record<string, Cell> = {}): SheetRow =>
  sheet.row({ sku: at.sku(name), warehouse: at.warehouseIds[0] ?? '', counted, ...cells });

const minute = (minutes: number): string =>
  minutesAfterT0(minutes).toISOString().slice(0, 16).replace('T', ' ');

test('R6: each row is answered with its difference, and stores are told', async () => {
  const answers = await sheet.sendAll([row('A', 48), row('B', 50), row('C', 53)]);
  expect(answers.map(({ writes }) => writes['difference'])).toEqual([-2, 0, 3]);
  expect(answers[0]?.message).toMatch(/^Counted 48, expected 50: difference -2\. In stock in .*: 48\.$/);
  expect([await at.stock('A'), await at.stock('C'), await at.owed()]).toEqual([
    '48/0/48',
    '53/0/53',
    ['listing of A'],
  ]);
});

test('F4: a sale between the count and the submission is not erased', async () => {
  await at.read(anOrder().line('A', { ordered: 3, fulfilled: 3 }), { readAtMinute: 60 });
  const answer = await sheet.send(row('A', 49, { countedAt: minute(30) }));
  expect(answer.message).toMatch(/expected 50: difference -1\. In stock in .*: 46 \(-3 since the count\)\.$/);
  expect(await at.stock('A')).toBe('46/0/46');
});

test('F4: a time of the count is one by the clock of the sheet', async () => {
  await database.db.updateTable('workspace').set({ time_zone: 'America/New_York' }).execute();
  try {
    await at.read(anOrder().line('A', { ordered: 3, fulfilled: 3 }), { readAtMinute: 60 });
    const countedAt = toLocalTime(minutesAfterT0(30), 'America/New_York').slice(0, 16);
    expect(await sheet.send(row('A', 49, { countedAt }))).toMatchObject({ writes: { difference: -1 } });
    expect(await at.stock('A')).toBe('46/0/46');
    // Not yet there, though in London it is.
    const early = toLocalTime(minutesAfterT0(130), 'America/New_York').slice(0, 16);
    const { status, message } = await sheet.send(row('B', 50, { countedAt: early }));
    expect([status, message]).toEqual([
      'error',
      expect.stringContaining('by the clock of this sheet (America/New_York) it is'),
    ]);
  } finally {
    await database.db.updateTable('workspace').set({ time_zone: 'Etc/UTC' }).execute();
  }
});

test('what is not listed stays as it is, until a row says "everything else" is 0', async () => {
  await sheet.send(row('A', 48, { take: 'November' }));
  expect(await at.stock('B')).toBe('50/0/50');
  const rest = sheet.row({
    sku: 'Everything else',
    counted: 0,
    warehouse: at.warehouseIds[0] ?? '',
    take: 'November',
  });
  const answers = await sheet.sendAll([rest, row('C', 7, { take: 'November' })]);
  expect(answers[0]).toMatchObject({ status: 'applied', writes: { difference: -50 } });
  expect(answers[0]?.message).toContain('1 product that "November" did not count was set to 0');
  expect([await at.stock('A'), await at.stock('B'), await at.stock('C')]).toEqual([
    '48/0/48',
    '0/0/0',
    '7/0/7',
  ]);
  await sheet.send(rest);
  expect(await at.stock('A')).toBe('48/0/48');
});

test('what arrived after the count is not set to 0 with everything else', async () => {
  const rest = sheet.row({
    sku: 'everything else',
    counted: 0,
    warehouse: at.warehouseIds[0] ?? '',
    countedAt: minute(3),
  });
  await sheet.send(rest);
  // The numbers of this shop were set at minute 5, after the count.
  expect(await at.stock('B')).toBe('50/0/50');
});

test.each<[string, Cell, Record<string, Cell>, string]>([
  ['less than nothing', -1, {}, 'counted'],
  ['no number', '', {}, 'counted'],
  ['half a unit', '1.5', {}, 'counted'],
  ['a time that has not come', 5, { countedAt: '2099-01-01 10:00' }, 'countedAt'],
  ['a time that is none', 5, { countedAt: 'yesterday' }, 'countedAt'],
  ['a day that no calendar has', 5, { countedAt: '2026-02-30 10:00' }, 'countedAt'],
  ['a SKU that nobody knows', 5, { sku: 'never heard of' }, 'sku'],
  ['everything else but not 0', 5, { sku: 'everything else' }, 'counted'],
])('refused: %s', async (_name, counted, cells, field) => {
  const answer = await sheet.send(row('A', counted, cells));
  expect([answer.status, answer.field, await at.stock('A')]).toEqual(['error', field, '50/0/50']);
});

test('the same SKU twice in one stock take is asked about, not overwritten', async () => {
  const answers = await sheet.sendAll([row('A', 10), row('A', 20)]);
  expect(answers.map(({ status, field }) => [status, field])).toEqual([
    ['applied', null],
    ['error', 'take'],
  ]);
});

test('a count that was taken back can be counted again in the same stock take, and its row says that it was', async () => {
  const first = row('A', 10, { take: 'May' });
  await sheet.send(first);
  const { answers } = await reverseReference(database.db, first.rowId, stampAt(150));
  expect([answers[0]?.status, await at.stock('A')]).toEqual(['applied', '50/0/50']);
  expect(await sheet.send(first)).toMatchObject({
    status: 'conflict',
    message: expect.stringContaining('applied and then reversed'),
  });
  expect((await sheet.send(row('A', 20, { take: 'May' }))).status).toBe('applied');
  expect(await at.stock('A')).toBe('20/0/20');
});

test('the action "reverse" takes a counted row back, beside rows that are counted, once', async () => {
  const first = row('A', 10, { take: 'July' });
  await sheet.send(first);
  first.cells = { ...first.cells, action: 'reverse' };
  const [taken, counted] = await sheet.sendAll([first, row('B', 7, { take: 'July' })]);
  expect(taken).toMatchObject({
    status: 'applied',
    message: expect.stringMatching(/^Reversed\. In stock in .*: 50\.$/),
  });
  expect(counted).toMatchObject({ status: 'applied', writes: { difference: -43 } });
  expect(new Set(sheet.touched())).toEqual(new Set([at.sku('A'), at.sku('B')]));
  expect((await sheet.send(first)).status).toBe('applied');
  expect([await at.stock('A'), await at.stock('B')]).toEqual(['50/0/50', '7/0/7']);
});

test.each<[string, string, string]>([
  [
    'reverse',
    'a row that was never counted',
    'This row was never applied, so there is nothing to reverse. Choose another action.',
  ],
  ['undo', 'a word that is no action', 'Choose reverse, or leave this cell empty.'],
])('the action "%s" of %s is refused with a sentence', async (action, _what, sentence) => {
  const answer = await sheet.send(row('A', 10, { action }));
  expect([answer.status, answer.field, answer.message]).toEqual(['error', 'action', sentence]);
  expect(await at.stock('A')).toBe('50/0/50');
});

test('what was taken back belongs to everything else again', async () => {
  const first = row('A', 10, { take: 'June' });
  await sheet.send(first);
  await reverseReference(database.db, first.rowId, stampAt(150));
  const place = at.warehouseIds[0] ?? '';
  await sheet.send(sheet.row({ sku: 'everything else', counted: 0, warehouse: place, take: 'June' }));
  expect(await at.stock('A')).toBe('0/0/0');
});

test('F10: the same rows at once from many editors are counted once', async () => {
  const rows = [row('A', 48), row('B', 1)];
  const send = () => submitStockTake(database.db, structuredClone(rows) as SheetRow[], stampAt(100));
  const outcomes = await Promise.all([send(), send(), send(), send()]);
  for (const { answers } of outcomes) expect(answers).toEqual(outcomes[0]?.answers);
  expect([await at.stock('A'), await at.stock('B')]).toEqual(['48/0/48', '1/0/1']);
  expect(await at.moves('A')).toHaveLength(2);
});

test('the first count of a product tells stores for the first time', async () => {
  await at.product('U');
  await at.list('listing of U', 'U');
  expect((await sheet.send(row('U', 0))).message).toContain('this is the first count');
  expect(await at.owed()).toEqual(['listing of U']);
});
