// Transfers as rows of the sheet, on a real database: what leaves, what is under way, what arrives, and what is missing.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Cell } from '../../shared/api/rows.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { findLedgerFaults } from '../../test/support/ledger-faults.ts';
import { anOrder } from '../../test/support/orders.ts';
import { openSheet, type RowSheet, type SheetRow } from '../../test/support/sheet-rows.ts';
import { openShop, stampAt, type TestShop } from '../../test/support/shop.ts';
import { submitTransfers } from './deliveries.ts';

let database: TestDatabase;
let at: TestShop;
let sheet: RowSheet;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  at = await openShop(database.db, { at50: ['A'], warehouses: 2 });
  await at.list('listing of A', 'A');
  await at.pushAll();
  sheet = openSheet(database.db, submitTransfers, () => stampAt(10));
});
afterAll(async () => {
  expect(await findLedgerFaults(database.db)).toEqual([]);
  await database.drop();
});

const line = (cells: Record<string, Cell> = {}): SheetRow =>
  sheet.row({
    sku: at.sku('A'),
    from: at.warehouseIds[0] ?? '',
    to: at.warehouseIds[1] ?? '',
    action: 'send',
    quantity: 20,
    ...cells,
  });

/** In stock at the source, in stock at the destination, under way to the destination. */
async function places(): Promise<readonly number[]> {
  const { rows } = await sql<{ inStock: number; incoming: number }>`
    select coalesce(in_stock, 0) as "inStock", coalesce(incoming, 0) as incoming
    from unnest(${[...at.warehouseIds]}::text[]) with ordinality as place (id, nth)
    left join balances on warehouse_id = place.id and sku = ${at.sku('A')} order by nth`.execute(database.db);
  return [rows[0]?.inStock ?? 0, rows[1]?.inStock ?? 0, rows[1]?.incoming ?? 0];
}

test('R8: sent, the source falls and the destination expects it; received, it is there; each time stores are owed', async () => {
  const row = line({ action: 'save draft' });
  await sheet.send(row);
  expect([await places(), await at.owed()]).toEqual([[50, 0, 0], []]);
  const sent = await sheet.send(row, { action: 'send' });
  expect(sent.writes).toMatchObject({
    state: 'sent',
    incoming: 20,
    number: expect.stringMatching(/^T-\d+$/),
  });
  expect([await places(), await at.owed(), sheet.touched()]).toEqual([
    [30, 0, 20],
    ['listing of A'],
    [at.sku('A')],
  ]);
  await at.pushAll();
  const part = await sheet.send(row, { action: 'receive', receiveNow: 5 });
  expect(part.writes).toMatchObject({ state: 'partly received', received: 5, incoming: 15 });
  expect([await places(), await at.owed()]).toEqual([[30, 5, 15], ['listing of A']]);
  await sheet.send(row, { action: 'receive' });
  expect([await places(), row.cells['state']]).toEqual([[30, 20, 0], 'received']);
});

test('R8: the store that sells from one of the two warehouses only is owed its new number', async () => {
  await sql`delete from store_warehouses where store_id = ${at.storeId} and warehouse_id = ${at.warehouseIds[1]}`.execute(
    database.db,
  );
  await sheet.send(line());
  expect(await at.owed()).toEqual(['listing of A']);
});

test('a short receipt is written off, with a reason', async () => {
  const row = line();
  await sheet.send(row);
  await sheet.send(row, { action: 'receive', receiveNow: 18 });
  expect(await sheet.send(row, { action: 'write off' })).toMatchObject({ status: 'error', field: 'note' });
  const answer = await sheet.send(row, { note: 'broken on the way' });
  expect(answer.message).toContain('2 written off: broken on the way. 18 of 20 arrived.');
  expect([await places(), row.cells['state']]).toEqual([[30, 18, 0], 'received']);
});

test.each<[string, Record<string, Cell>, string, string]>([
  ['more than is in stock', { quantity: 51 }, 'quantity', 'Only 50 are in stock'],
  ['no way at all', { to: '' }, 'to', 'Choose the warehouse'],
  ['out of nowhere', { from: '' }, 'from', 'Fill in the warehouse'],
  ['a SKU that nobody knows', { sku: 'never heard of' }, 'sku', 'No product has the SKU'],
  ['no units', { quantity: '' }, 'quantity', 'how many'],
  ['an action of another tab', { action: 'order' }, 'action', 'Choose an action'],
])('refused: %s', async (_name, cells, field, sentence) => {
  const answer = await sheet.send(line(cells));
  expect([answer.status, answer.field]).toEqual(['error', field]);
  expect(answer.message).toContain(sentence);
  expect(await places()).toEqual([50, 0, 0]);
});

test('a SKU in other letters than the product has is refused, and that one named', async () => {
  const answer = await sheet.send(line({ sku: at.sku('A').toLowerCase() }));
  expect([answer.field, answer.message]).toEqual([
    'sku',
    `No product has the SKU "${at.sku('A').toLowerCase()}". Did you mean "${at.sku('A')}"?`,
  ]);
});

test('refused: from a warehouse to itself, more than is under way, and another quantity once it was sent', async () => {
  const source = at.warehouseIds[0] ?? '';
  expect(await sheet.send(line({ to: source }))).toMatchObject({ status: 'error', field: 'to' });
  const row = line();
  await sheet.send(row);
  expect(await sheet.send(row, { action: 'receive', receiveNow: 21 })).toMatchObject({ field: 'receiveNow' });
  expect(await sheet.send(row, { receiveNow: 1, quantity: 19 })).toMatchObject({ field: 'quantity' });
  expect(await sheet.send(row, { quantity: 20, to: source })).toMatchObject({ status: 'error' });
  expect(await places()).toEqual([30, 0, 20]);
});

test('sending what is promised to orders is possible, and said', async () => {
  await at.read(anOrder().line('A', { ordered: 40 }));
  const answer = await sheet.send(line());
  expect(answer.message).toContain('10 of the rest are promised to orders');
});

test('cancelled before anything arrived, everything is back; reversing that sends it again', async () => {
  const row = line();
  await sheet.send(row);
  expect((await sheet.send(row, { action: 'cancel' })).message).toContain('20 are back in');
  expect(await places()).toEqual([50, 0, 0]);
  await sheet.send(row, { action: 'reverse' });
  expect([await places(), row.cells['state']]).toEqual([[30, 0, 20], 'sent']);
});

test('a sending is taken back only when every later step is', async () => {
  const row = line();
  await sheet.send(row);
  await sheet.send(row, { action: 'receive', receiveNow: 5 });
  expect((await sheet.send(row, { action: 'reverse' })).message).toContain('Took back "receive"');
  expect((await sheet.send(row, { action: 'reverse' })).message).toContain('Took back "send"');
  expect([await places(), row.cells['state']]).toEqual([[50, 0, 0], 'draft']);
});

test('F10: a double click makes one transfer', async () => {
  const row = line();
  const send = () => submitTransfers(database.db, [structuredClone(row)], stampAt(1));
  const outcomes = await Promise.all([send(), send(), send()]);
  expect(new Set(outcomes.map(({ answers }) => answers[0]?.writes['number'])).size).toBe(1);
  expect(await places()).toEqual([30, 0, 20]);
});

test('two transfers of one submission cannot send the same units twice', async () => {
  const answers = await sheet.sendAll([line({ quantity: 30 }), line({ quantity: 30, number: 'T-other' })]);
  expect(answers.map(({ status }) => status)).toEqual(['applied', 'error']);
  expect(await places()).toEqual([20, 0, 30]);
});
