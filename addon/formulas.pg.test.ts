// Formulas in cells against the real ledger, flush and API: they follow the numbers, and a column full of them is answered.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { workOutCells } from '../server/workbook/cell-functions.ts';
import { shownValue } from '../server/workbook/row-store.ts';
import { submitAdjustments } from '../test/support/adjustments.ts';
import { type LocalSheet, startLocalSheet } from '../test/support/local-sheet.ts';
import { openWorkbookFixture, PERSON, type WorkbookFixture } from '../test/support/workbook-fixture.ts';

/** Such a fill asks more often than one sheet may otherwise ask, and than one address might. */
const ROWS = 1_300;

let fixture: WorkbookFixture;
let sheet: LocalSheet;
let flushes = 0;
beforeEach(async () => {
  fixture = await openWorkbookFixture();
  const { db } = fixture.database;
  await sql`insert into warehouses (id, name) values ('main', 'Main')`.execute(db);
  await sql`insert into products (sku) select 'SKU-' || n from generate_series(1, ${ROWS}::integer) n`.execute(
    db,
  );
  sheet = await startLocalSheet(db, fixture.workbook.id);
  await fixture.workbook.change(PERSON, async (edit) => {
    edit.addSheet({ title: 'Mine', rowCount: ROWS, columnCount: 6 });
  });
});
afterEach(async () => {
  await sheet.close();
  await fixture.close();
});

/** What changed is written, a second later than the last time. */
const flush = () => sheet.flush({ now: new Date(Date.UTC(2026, 10, 23, 12, 0, flushes++)) });

const setStock = (units: number) =>
  submitAdjustments(
    fixture.database.db,
    [
      {
        rowId: `row-${units}`,
        sku: 'SKU-1',
        warehouse: 'Main',
        action: 'set',
        quantity: units,
        seen: '',
        reason: '',
        note: '',
      },
    ],
    { actor: 'mia', at: new Date() },
  );

const type = (lines: string[][]) =>
  fixture.workbook.change(PERSON, async (edit) => {
    edit.writeCells(edit.sheetNamed('Mine')?.sheetId ?? -1, 0, 0, lines, 'typed');
  });

/** What the cells show once the spreadsheet has worked out those whose arguments changed. */
async function shown(): Promise<readonly (readonly unknown[])[]> {
  await workOutCells(fixture.workbook, fixture.host);
  return fixture.workbook.look(async (view) => {
    const all = { startRow: 0, endRow: null, startColumn: 0, endColumn: null };
    const lines = await view.readCells(view.sheetNamed('Mine')?.sheetId ?? -1, all);
    return lines.map((line) => line.map(shownValue));
  });
}

describe('a formula that is given the header of Inventory', () => {
  test('follows the ledger: what is written with a new number there has it worked out again', async () => {
    await setStock(50);
    await flush();
    const numbers = ['IN_STOCK', 'AVAILABLE', 'BOOKED', 'INCOMING'].map(
      (name) => `=${name}(A1, "", Inventory!$1:$1)`,
    );
    await type([['SKU-1', ...numbers, '=WHY(A1, Inventory!$1:$1)']]);
    expect(await shown()).toEqual([['SKU-1', 50, 50, 0, 0, '50 in stock − 0 booked = 50 available']]);
    await setStock(62);
    await flush();
    expect(await shown()).toEqual([['SKU-1', 62, 62, 0, 0, '62 in stock − 0 booked = 62 available']]);
  });

  test('without it keeps its first answer, as Google keeps it', async () => {
    await setStock(50);
    await type([['SKU-1', '=AVAILABLE(A1)']]);
    expect((await shown())[0]?.[1]).toBe(50);
    await setStock(62);
    await flush();
    expect((await shown())[0]?.[1]).toBe(50);
  });

  test('also where a warehouse is added, which moves the columns of Inventory', async () => {
    await setStock(50);
    await flush();
    await type([['SKU-1', '=AVAILABLE(A1, "Main", Inventory!$1:$1)']]);
    expect((await shown())[0]?.[1]).toBe(50);
    await sql`insert into warehouses (id, name) values ('back', 'Back room')`.execute(fixture.database.db);
    await flush();
    await setStock(62);
    await flush();
    expect((await shown())[0]?.[1]).toBe(62);
  });
});

test(`a formula filled down ${ROWS} rows is answered in each of them`, async () => {
  await type(Array.from({ length: ROWS }, (_, index) => [`SKU-${index + 1}`, `=BOOKED(A${index + 1})`]));
  const answers = (await shown()).map(([, answer]) => answer);
  expect([answers.length, new Set(answers)]).toEqual([ROWS, new Set([0])]);
}, 120_000);
