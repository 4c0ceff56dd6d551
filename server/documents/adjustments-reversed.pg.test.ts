// Taking back adjustments, in the sheet and by a reference of the ledger: linked both ways, and refused when it would lie.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Cell } from '../../shared/api/rows.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { findLedgerFaults } from '../../test/support/ledger-faults.ts';
import { anOrder } from '../../test/support/orders.ts';
import { openSheet, type RowSheet, type SheetRow } from '../../test/support/sheet-rows.ts';
import { openShop, stampAt, type TestShop } from '../../test/support/shop.ts';
import { submitAdjustmentRows } from './adjustments.ts';
import { submitPurchaseOrders } from './deliveries.ts';
import { reverseReference } from './reverse-reference.ts';
import { submitStockTake } from './stock-take.ts';

let database: TestDatabase;
let at: TestShop;
let sheet: RowSheet;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  at = await openShop(database.db);
  await at.list('listing of A', 'A');
  await at.pushAll();
  sheet = openSheet(database.db, submitAdjustmentRows, () => stampAt(10));
});
afterAll(async () => {
  expect(await findLedgerFaults(database.db)).toEqual([]);
  await database.drop();
});

const row = (action: string, quantity: Cell): SheetRow =>
  sheet.row({ sku: at.sku('A'), warehouse: at.warehouseIds[0] ?? '', action, quantity });

const reverse = async (reference: string) =>
  (await reverseReference(database.db, reference, stampAt(20))).answers[0];

test('an applied row is taken back by its own row, once, and stores are told again', async () => {
  const added = row('add', 7);
  await sheet.send(added);
  await at.pushAll();
  expect((await sheet.send(added, { action: 'reverse' })).message).toMatch(
    /^Reversed\. In stock in .*: 50\.$/,
  );
  expect([await at.stock('A'), await at.owed(), sheet.touched()]).toEqual([
    '50/0/50',
    ['listing of A'],
    [at.sku('A')],
  ]);
  expect((await sheet.send(added)).status).toBe('applied');
  expect(await at.stock('A')).toBe('50/0/50');
  const again = await sheet.send(added, { action: 'add' });
  expect([again.status, again.message]).toEqual([
    'conflict',
    expect.stringContaining('applied and then reversed'),
  ]);
});

test('the ledger links both: the reversal names what it took back, and the other way round', async () => {
  const taken = row('subtract', 7);
  await sheet.send(taken);
  await sheet.send(taken, { action: 'reverse' });
  const { rows } = await sql`select moves.cause, moves.note, reversals.reference from reversals
    join moves on moves.reference = reversed_by where reversals.reference = ${taken.rowId}`.execute(
    database.db,
  );
  expect(rows).toEqual([
    { cause: 'reversed', note: `reverses ${taken.rowId} (adjustment)`, reference: taken.rowId },
  ]);
});

test('refused: more than is left, the first count, what was never applied', async () => {
  const added = row('add', 7);
  await sheet.send(added);
  await at.read(anOrder().line('A', { ordered: 52, fulfilled: 52 }));
  expect((await sheet.send(added, { action: 'reverse' })).message).toContain('Only 5 of');
  await at.product('U');
  const first = sheet.row({ ...row('set', 4).cells, sku: at.sku('U') });
  await sheet.send(first);
  expect((await sheet.send(first, { action: 'reverse' })).message).toContain('first count');
  expect((await sheet.send(row('reverse', 7))).message).toContain('never applied');
  expect([await at.stock('A'), await at.stock('U')]).toEqual(['5/0/5', '4/0/4']);
});

test('a reversal cannot be reversed, and what was taken back is not taken back twice', async () => {
  const added = row('add', 7);
  await sheet.send(added);
  await sheet.send(added, { action: 'reverse' });
  expect((await reverse(`reversal of ${added.rowId}`))?.message).toBe(
    'This is a reversal itself. Make a new row to do it again.',
  );
  expect((await reverse(added.rowId))?.status).toBe('applied');
  expect(await at.stock('A')).toBe('50/0/50');
});

test('"everything else" taken back puts every product back, says for a few what they have, and for many how many', async () => {
  for (const name of ['B', 'C', 'D', 'E']) {
    await at.product(name);
    await at.adjust(name, 'set', 10);
  }
  const rest = (rowId: string) => ({
    rowId,
    cells: { sku: 'everything else', counted: 0, warehouse: at.warehouseIds[0] ?? '', take: rowId },
  });
  await submitStockTake(database.db, [rest(`many ${at.storeId}`)], stampAt(11));
  expect(await at.stock('E')).toBe('0/0/0');
  expect((await reverse(`many ${at.storeId}`))?.message).toBe(
    'Reversed. 5 products have what they had before, and what came since.',
  );
  expect([await at.stock('A'), await at.stock('E')]).toEqual(['50/0/50', '10/0/10']);
  for (const name of ['C', 'D', 'E']) await at.adjust(name, 'set', 0);
  await submitStockTake(database.db, [rest(`two ${at.storeId}`)], stampAt(12));
  const place = at.warehouseIds[0];
  expect((await reverse(`two ${at.storeId}`))?.message).toBe(
    `Reversed. In stock of ${at.sku('A')} in ${place}: 50. In stock of ${at.sku('B')} in ${place}: 10.`,
  );
});

test('F10: many editors reverse at once: it is taken back once', async () => {
  const added = row('add', 7);
  await sheet.send(added);
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => reverse(added.rowId)));
  for (const answer of outcomes) expect(answer?.status).toBe('applied');
  expect(await at.stock('A')).toBe('50/0/50');
});

test('by reference: the newest step of a purchase order only, and never what a store did', async () => {
  const orders = openSheet(database.db, submitPurchaseOrders, () => stampAt(10));
  const line = orders.row({
    number: `R-${at.storeId}`,
    sku: at.sku('A'),
    warehouse: at.warehouseIds[0] ?? '',
    action: 'order',
    ordered: 9,
  });
  await orders.send(line);
  await orders.send(line, { action: 'receive' });
  const { rows } = await sql<{ reference: string }>`select reference from moves
    where sku = ${at.sku('A')} and cause like 'purchase%' order by seq`.execute(database.db);
  const [ordered = '', received = ''] = rows.map(({ reference }) => reference);
  expect((await reverse(ordered))?.message).toContain('Later steps of this line rest on it');
  expect((await reverse(received))?.status).toBe('applied');
  expect((await reverse(ordered))?.status).toBe('applied');
  expect(await at.stock('A')).toBe('50/0/50');
  await at.read(anOrder().line('A', { ordered: 1 }));
  const sold = (await at.moves('A')).find(({ cause }) => cause === 'order booked');
  expect((await reverse(sold?.reference ?? ''))?.message).toContain('comes from a store');
  expect((await reverse('nothing'))?.message).toContain('Nothing in the ledger');
});
