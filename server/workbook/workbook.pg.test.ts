// The local workbook's own promises: all or nothing, protected, remembered, and told to whoever watches.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import type { Editor } from './session-state.ts';
import { WHOLE_SHEET } from './sheet-shape.ts';
import { openWorkbook, type Workbook, type WorkbookChanges } from './workbook.ts';

const SERVICE: Editor = { kind: 'service', email: 'service@local' };
const PERSON: Editor = { kind: 'person', email: 'anna@local' };

let database: TestDatabase;
let workbook: Workbook;
beforeAll(async () => {
  database = await createTestDatabase();
  workbook = await openWorkbook(database.db, 'book', 'Stock');
});
afterAll(() => database.drop());

const firstCells = (sheetId: number) =>
  workbook.look((view) => view.readCells(sheetId, { startRow: 0, endRow: 5, startColumn: 0, endColumn: 3 }));

const addSheet = (title: string) =>
  workbook.change(SERVICE, async (edit) => edit.addSheet({ title, rowCount: 10, columnCount: 3 }).sheetId);

test('a new workbook has one empty tab of 1000 × 26, and opening it again makes nothing new', async () => {
  await openWorkbook(database.db, 'book', 'Stock');
  const sheets = await workbook.look(async (view) => view.sheets());
  expect(sheets.map(({ shape }) => [shape.title, shape.rowCount, shape.columns.length])).toEqual([
    ['Sheet1', 1000, 26],
  ]);
});

test('a change that fails half-way leaves nothing behind', async () => {
  const sheetId = await addSheet('Half');
  const change = workbook.change(SERVICE, async (edit) => {
    edit.writeCells(sheetId, 0, 0, [['kept?']], 'raw');
    await edit.insert(sheetId, 'rows', 0, 1);
    throw new Error('stop');
  });
  await expect(change).rejects.toThrow('stop');
  expect(await firstCells(sheetId)).toEqual([]);
});

test('cells keep their rows and columns when rows and columns are inserted and deleted', async () => {
  const sheetId = await addSheet('Moving');
  await workbook.change(SERVICE, async (edit) => {
    edit.writeCells(
      sheetId,
      0,
      0,
      [
        ['a', 1, true],
        ['b', 2, false],
        ['c', '', '=1+1'],
      ],
      'raw',
    );
    await edit.insert(sheetId, 'rows', 1, 2);
    await edit.remove(sheetId, 'columns', 1, 2);
    await edit.remove(sheetId, 'rows', 0, 1);
    await edit.insert(sheetId, 'columns', 1, 1);
  });
  expect(await firstCells(sheetId)).toEqual([
    ['', '', ''],
    ['', '', ''],
    ['b', '', false],
    ['c', '', '=1+1'],
  ]);
});

test('a protected tab refuses a person in Google’s words and lets its editors write', async () => {
  const sheetId = await addSheet('Guarded');
  await workbook.change(SERVICE, async (edit) => {
    const protection = {
      id: edit.nextId(),
      area: WHOLE_SHEET,
      unprotected: [],
      editors: [SERVICE.email],
      warningOnly: false,
      description: '',
    };
    edit.reshape(sheetId, (shape) => ({ ...shape, protections: [protection] }));
    edit.writeCells(sheetId, 0, 0, [['ours']], 'raw');
  });
  const refused = [
    workbook.change(PERSON, async (edit) => edit.writeCells(sheetId, 0, 0, [['x']], 'typed')),
    workbook.change(PERSON, (edit) => edit.remove(sheetId, 'rows', 0, 1)),
    workbook.change(PERSON, (edit) => edit.insert(sheetId, 'rows', 0, 1)),
  ];
  for (const change of refused) await expect(change).rejects.toThrow('protected cell or object');
  expect(await firstCells(sheetId)).toEqual([['ours', '', '']]);
});

test('typing is read as a sheet reads it, and a cell with the format "@" keeps the text', async () => {
  const sheetId = await addSheet('Typed');
  await workbook.change(PERSON, async (edit) => {
    const area = { ...WHOLE_SHEET, startColumn: 0, endColumn: 1 };
    edit.reshape(sheetId, (shape) => ({ ...shape, formats: [{ area, format: { numberFormat: '@' } }] }));
    edit.writeCells(
      sheetId,
      0,
      0,
      [
        ['00123', '00123', '=A1'],
        ['1E5', "'1E5", 'true'],
      ],
      'typed',
    );
  });
  expect(await firstCells(sheetId)).toEqual([
    ['00123', 123, { formula: '=A1' }],
    ['1E5', '1E5', true],
  ]);
});

test('a strict dropdown refuses what a person types, and the service may write it', async () => {
  const sheetId = await addSheet('Choice');
  const area = { ...WHOLE_SHEET, startRow: 1, startColumn: 0, endColumn: 1 };
  const rule = { kind: 'choice', values: ['add', 'set'], strict: true } as const;
  await workbook.change(SERVICE, async (edit) =>
    edit.reshape(sheetId, (shape) => ({ ...shape, rules: [{ area, rule }] })),
  );
  const typed = workbook.change(PERSON, async (edit) => edit.writeCells(sheetId, 1, 0, [['ad']], 'typed'));
  await expect(typed).rejects.toThrow('cell A2 violates the data validation rules');
  await workbook.change(SERVICE, async (edit) => edit.writeCells(sheetId, 1, 0, [['ad']], 'raw'));
  expect(await firstCells(sheetId)).toEqual([
    ['', '', ''],
    ['ad', '', ''],
  ]);
});

test('whoever watches is told the rows that changed, also when another process changed them', async () => {
  const sheetId = await addSheet('Watched');
  const before = await workbook.revision();
  const elsewhere = await openWorkbook(database.db, 'book', 'Stock');
  const told = new Promise<WorkbookChanges>((resolve) => {
    const stop = workbook.onChange((changes) => {
      stop();
      resolve(changes);
    }, before);
  });
  await elsewhere.change(SERVICE, async (edit) => edit.writeCells(sheetId, 4, 1, [['news']], 'raw'));
  await expect(workbook.changesSince(before)).resolves.toEqual({
    revision: before + 1,
    sheets: [{ sheetId, reshaped: false, rows: [4] }],
  });
  expect((await told).sheets).toEqual([{ sheetId, reshaped: false, rows: [4] }]);
});
