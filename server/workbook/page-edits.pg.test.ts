// What people do in the grid, by the rows they meant: whatever moved meanwhile, nothing lands in a wrong row, and all of it
// can be taken back.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { workOutCells } from './cell-functions.ts';
import type { PageEdit } from './page-api.ts';
import { createPageWorkbook, type PageWorkbook } from './page-workbook.ts';
import { shownValue } from './row-store.ts';
import type { Editor } from './session-state.ts';
import { openWorkbook, type Workbook } from './workbook.ts';

const MIA: Editor = { kind: 'person', email: 'mia@shop.example' };

let database: TestDatabase;
let workbook: Workbook;
let page: PageWorkbook;
let tab = 0;
let count = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  workbook = await openWorkbook(database.db, 'book', 'Stock');
  page = createPageWorkbook(workbook);
});
afterAll(() => database.drop());
beforeEach(async () => {
  count += 1;
  tab = await workbook.change(MIA, async (edit) => {
    const made = edit.addSheet({ title: `Tab ${count}`, rowCount: 50, columnCount: 4 });
    edit.reshape(made.sheetId, (shape) => ({ ...shape, frozenRows: 1 }));
    edit.writeCells(
      made.sheetId,
      0,
      0,
      [
        ['Name', 'Number'],
        ['pear', 3],
        ['apple', 1],
        ['fig', 2],
      ],
      'raw',
    );
    return made.sheetId;
  });
});

const now = () => workbook.revision();
const column = async (index: number, rows = 8) => {
  const area = { startRow: 1, endRow: rows, startColumn: index, endColumn: index + 1 };
  const cells = await workbook.look((view) => view.readCells(tab, area));
  return cells.map(([cell = '']) => shownValue(cell));
};
async function edit(change: PageEdit, revision?: number) {
  const result = await page.edit(MIA, tab, revision ?? (await now()), change);
  if (!result.ok) throw new Error(result.message);
  return { ...result, takeBack: () => edit(result.undo as PageEdit, result.revision) };
}
const cells = (rows: number[], values: string[][], how: 'typed' | 'pasted' = 'pasted'): PageEdit => ({
  kind: 'cells',
  rows,
  column: 1,
  values,
  how,
});

test('a paste of 2,000 rows goes to the rows that were meant, although rows were inserted above meanwhile', async () => {
  const seen = await now();
  await edit({ kind: 'insertRows', before: 2, count: 3 });
  const rows = Array.from({ length: 2_000 }, (_row, index) => index + 5);
  await edit(
    cells(
      rows,
      rows.map((row) => [`row ${row}`]),
    ),
    seen,
  );
  const [pear, , , first] = (await column(0, 2_100)).slice(3);
  expect([pear, first]).toEqual(['pear', 'row 5']);
  expect((await column(0, 2_100)).at(-1)).toBe('row 2004');
});

test('50,000 pasted rows make the tab grow, and can be taken back', async () => {
  const rows = Array.from({ length: 50_000 }, (_row, index) => index + 5);
  const pasted = await edit(
    cells(
      rows,
      rows.map((row) => [`SKU-${row}`, String(row)]),
    ),
  );
  expect((await column(1, 50_010)).at(-1)).toBe(50_004);
  await pasted.takeBack();
  expect((await column(0, 50_010)).filter((cell) => cell !== '')).toEqual(['pear', 'apple', 'fig']);
}, 60_000);

test('a row that was sorted away is still the row that was meant; one that was deleted is refused', async () => {
  const seen = await now();
  const sorted = await edit({ kind: 'sort', column: 1, descending: false });
  expect(await column(0)).toEqual(['apple', 'fig', 'pear']);
  await edit(cells([2], [['PEAR']], 'typed'), seen);
  expect(await column(0)).toEqual(['apple', 'fig', 'PEAR']);
  await sorted.takeBack();
  expect(await column(0)).toEqual(['PEAR', 'apple', 'fig']);
  await edit({ kind: 'deleteRows', rows: [2] });
  await expect(edit(cells([2], [['x']], 'typed'), seen)).rejects.toThrow(
    'Somebody deleted this row meanwhile.',
  );
});

test('deleted rows come back with everything in them, notes included', async () => {
  await workbook.change(MIA, async (session) => session.writeNotes(tab, 2, 0, [['a note']]));
  const deleted = await edit({ kind: 'deleteRows', rows: [3, 4] });
  expect(await column(0)).toEqual(['pear']);
  await deleted.takeBack();
  expect(await column(0)).toEqual(['pear', 'apple', 'fig']);
  const { rows } = await page.rows(MIA, tab, [3]);
  expect(rows[0]?.notes).toEqual({ 1: 'a note' });
});

test('taking back leaves alone what somebody else changed since', async () => {
  const typed = await edit(cells([2, 3], [['one'], ['two']]));
  await edit(cells([3], [['theirs']], 'typed'));
  const undone = await typed.takeBack();
  expect(undone.remark).toBe('1 cell was changed meanwhile and left as they are.');
  expect(await column(0)).toEqual(['pear', 'theirs', 'fig']);
});

test('a filter view shows the rows that fit, in its own order, and changes nothing', async () => {
  const wanted = { tabId: tab, filters: [{ kind: 'contains' as const, column: 1, text: 'P' }] };
  const { rows } = await page.view({ ...wanted, sort: { column: 2, descending: false } });
  expect(rows).toEqual([3, 2]);
  expect(await page.values(tab, 2)).toEqual([1, 2, 3]);
  expect(await page.find(tab, 'FIG')).toEqual([{ row: 4, column: 1 }]);
  expect(await column(0)).toEqual(['pear', 'apple', 'fig']);
});

test('a text that looks like a number or a formula is kept where the column is plain text', async () => {
  await workbook.change(MIA, async (session) =>
    session.reshape(tab, (shape) => ({
      ...shape,
      formats: [
        { area: { startRow: 1, endRow: null, startColumn: 0, endColumn: 1 }, format: { numberFormat: '@' } },
      ],
    })),
  );
  await edit(cells([2, 3], [['00123'], ['=IMPORTXML("x")']]));
  expect((await column(0)).slice(0, 2)).toEqual(['00123', '=IMPORTXML("x")']);
});

test('a custom function gets ranges as rows, spills, follows its arguments, and says what is wrong', async () => {
  const asked: string[] = [];
  const host = {
    functions: async () => ['DOUBLE', 'FAIL'],
    runInCells: async (calls: readonly { functionName: string; argumentsJson: string }[]) =>
      calls.map(({ functionName, argumentsJson }) => {
        asked.push(argumentsJson);
        if (functionName === 'FAIL') return { ok: false as const, message: 'No such SKU.' };
        const [given] = JSON.parse(argumentsJson) as [number[][]];
        return { ok: true as const, resultJson: JSON.stringify(given.map(([number = 0]) => [number * 2])) };
      }),
  };
  await workbook.change(MIA, async (session) => {
    session.writeCells(tab, 1, 2, [['=double(B2:B4)'], ['']], 'typed');
    session.writeCells(tab, 1, 3, [['=FAIL("x")'], ['=SUM(B2:B4)'], ['=NOSUCH(1)']], 'typed');
  });
  await workOutCells(workbook, host);
  expect(asked).toEqual(['[[[3],[1],[2]]]', '["x"]']);
  expect(await column(2, 4)).toEqual([6, 2, 4]);
  expect(await column(3, 4)).toEqual(['#ERROR!', '#ERROR!', '#ERROR!']);
  const { rows } = await page.rows(MIA, tab, [2, 3, 4]);
  const errors = rows.map((row) => row.formulas[4]?.error ?? '');
  expect(errors[0]).toBe('No such SKU.');
  expect(errors[1]).toContain("Unknown function: 'SUM'.");
  expect(errors[2]).toContain("Unknown function: 'NOSUCH'.");
  await workOutCells(workbook, host);
  expect(asked).toHaveLength(2);
  await workbook.change(MIA, async (session) => session.writeCells(tab, 1, 1, [[10]], 'raw'));
  await workOutCells(workbook, host);
  expect(await column(2, 4)).toEqual([20, 2, 4]);
});
