// The local Sheets API through the real googleapis client: as strict as section 5 of the facts says, in Google's words.

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { sheets_v4 } from 'googleapis/build/src/apis/sheets/index.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { type LocalSheet, startLocalSheet } from '../../test/support/local-sheet.ts';

let database: TestDatabase;
let local: LocalSheet;
let spreadsheetId: string;
let count = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  count += 1;
  spreadsheetId = `book${count}`;
  local = await startLocalSheet(database.db, spreadsheetId);
});
afterEach(() => local.close());

const batch = (...requests: sheets_v4.Schema$Request[]) =>
  local.sheets.spreadsheets.batchUpdate({ spreadsheetId, requestBody: { requests } });
const write = (range: string, values: unknown[][], valueInputOption = 'RAW') =>
  local.sheets.spreadsheets.values.update({
    spreadsheetId,
    range,
    valueInputOption,
    requestBody: { values },
  });
const writeMany = (data: { range: string; values: unknown[][] }[]) =>
  local.sheets.spreadsheets.values.batchUpdate({
    spreadsheetId,
    requestBody: { valueInputOption: 'RAW', data },
  });
const read = async (range: string, valueRenderOption = 'UNFORMATTED_VALUE') =>
  (await local.sheets.spreadsheets.values.get({ spreadsheetId, range, valueRenderOption })).data;
const addTab = (title: string, rowCount = 10, columnCount = 5) =>
  batch({ addSheet: { properties: { title, gridProperties: { rowCount, columnCount } } } });
const sheetIdOf = async (title: string) =>
  (await local.workbook.look(async (view) => view.sheetNamed(title)?.sheetId)) ?? -1;

test('RAW stores text as it is; USER_ENTERED reads it as typed', async () => {
  await write('Sheet1!A1:C1', [['=1+1', '00123', '1E5']]);
  await write('Sheet1!A2:C2', [['=1+1', '00123', '1E5']], 'USER_ENTERED');
  expect((await read('Sheet1!A1:C2')).values).toEqual([
    ['=1+1', '00123', '1E5'],
    ['Loading...', 123, 100_000],
  ]);
  expect((await read('A2', 'FORMULA')).values).toEqual([['=1+1']]);
});

test('empty rows and cells at the end are left off, and "values" is absent when all is empty', async () => {
  await write('A1:C4', [
    ['a', '', ''],
    ['', '', ''],
    ['', 'b', ''],
    ['', '', ''],
  ]);
  expect((await read('A1:Z1000')).values).toEqual([['a'], [], ['', 'b']]);
  expect(await read('D1:E5')).not.toHaveProperty('values');
});

test.each([
  ['a bare tab', 'Stock', 'Stock!A1:E10'],
  ['a tab in quotes', "'Stock'!A1:B2", 'Stock!A1:B2'],
  ['whole columns', 'Stock!A:B', 'Stock!A1:B10'],
  ['whole rows', 'Stock!2:3', 'Stock!A2:E3'],
  ['open below', 'Stock!A5:A', 'Stock!A5:A10'],
  ['beyond the grid at its end', 'Stock!D9:H20', 'Stock!D9:E10'],
  ['no tab: the first visible one', 'A1:B2', 'Sheet1!A1:B2'],
])('a range with %s', async (_, asked, answered) => {
  await addTab('Stock');
  expect((await read(asked)).range).toBe(answered);
});

test.each(['Nowhere!A1', 'A1:B2:C3', "'Stock", 'Stock!A0'])(
  'the range %s is refused in Google’s words',
  async (range) => {
    await expect(read(range)).rejects.toMatchObject({
      status: 400,
      message: `Unable to parse range: ${range}`,
    });
  },
);

test('a write that begins outside the grid is refused with the size of the grid', async () => {
  await addTab('Full');
  await expect(write('Full!A11', [['x']])).rejects.toMatchObject({
    status: 400,
    message: 'Range (Full!A11) exceeds grid limits. Max rows: 10, max columns: 5',
  });
  await expect(write('Full!A10', [['x'], ['y']])).rejects.toThrow('exceeds grid limits');
});

test('a range of one cell is an anchor; a larger one must hold what is written', async () => {
  await addTab('Full');
  await write('Full!B2', [
    [1, 2],
    [3, 4],
  ]);
  expect((await read('Full!A1:E5')).values).toEqual([[], ['', 1, 2], ['', 3, 4]]);
  await expect(write('Full!A1:B2', [[1], [2], [3]])).rejects.toThrow(
    'Requested writing within range [Full!A1:B2], but tried writing to row [3]',
  );
});

test('a batch of values is all or nothing', async () => {
  await expect(
    writeMany([
      { range: 'A1', values: [['x']] },
      { range: 'Nowhere!A1', values: [['x']] },
    ]),
  ).rejects.toThrow('Unable to parse range');
  expect(await read('A1:B2')).not.toHaveProperty('values');
});

test('a batch of requests is all or nothing, and the refusal names the request', async () => {
  const refused = batch(
    { addSheet: { properties: { title: 'New' } } },
    { addSheet: { properties: { title: 'sheet1' } } },
  );
  await expect(refused).rejects.toThrow(
    'Invalid requests[1].addSheet: A sheet with the name "sheet1" already exists. Please enter another name.',
  );
  expect(await sheetIdOf('New')).toBe(-1);
});

test('a request that is not known is refused, not ignored', async () => {
  await expect(batch({ findReplace: { find: 'a', replacement: 'b' } })).rejects.toMatchObject({
    status: 400,
  });
});

test('repeatCell that ends outside the grid is accepted and the grid does not grow', async () => {
  await addTab('Full');
  const sheetId = await sheetIdOf('Full');
  const cell = { userEnteredFormat: { numberFormat: { type: 'TEXT' } } };
  const fields = 'userEnteredFormat.numberFormat';
  await batch({ repeatCell: { range: { sheetId, startRowIndex: 5, endRowIndex: 50 }, cell, fields } });
  await expect(
    batch({ repeatCell: { range: { sheetId, startRowIndex: 10, endRowIndex: 50 }, cell, fields } }),
  ).rejects.toThrow('Invalid requests[0].repeatCell:');
  await write('Full!A7', [['007']], 'USER_ENTERED');
  expect((await read('Full')).values?.[6]).toEqual(['007']);
});

test('a workbook holds ten million cells and no more', async () => {
  await expect(addTab('Huge', 400_000, 26)).rejects.toThrow(
    'This action would increase the number of cells in the workbook above the limit of 10000000 cells.',
  );
});

test('metadata stays with its column when columns are moved, inserted and renamed', async () => {
  await addTab('Stock');
  const sheetId = await sheetIdOf('Stock');
  const dimensionRange = { sheetId, dimension: 'COLUMNS', startIndex: 1, endIndex: 2 };
  await batch({
    createDeveloperMetadata: {
      developerMetadata: { metadataKey: 'col.sku', location: { dimensionRange }, visibility: 'DOCUMENT' },
    },
  });
  await batch(
    { insertDimension: { range: { sheetId, dimension: 'COLUMNS', startIndex: 0, endIndex: 2 } } },
    {
      moveDimension: {
        source: { sheetId, dimension: 'COLUMNS', startIndex: 3, endIndex: 4 },
        destinationIndex: 1,
      },
    },
  );
  const { tabs: found, timeZone } = await local.gateway.inspect();
  expect(timeZone).toBe('Etc/UTC');
  expect(found.find(({ title }) => title === 'Stock')?.columns).toEqual(new Map([['sku', 1]]));
});

test('only the fields that are asked for are answered', async () => {
  const { data } = await local.sheets.spreadsheets.get({
    spreadsheetId,
    fields: 'sheets(properties(title,index))',
  });
  expect(data).toEqual({ sheets: [{ properties: { title: 'Sheet1', index: 0 } }] });
});

test('append writes below the last row and grows the grid', async () => {
  await addTab('Short', 2, 3);
  await write('Short!A1', [['a'], ['b']]);
  const requestBody = { values: [['c'], ['d']] };
  await local.sheets.spreadsheets.values.append({
    spreadsheetId,
    range: 'Short',
    valueInputOption: 'RAW',
    requestBody,
  });
  expect((await read('Short')).values).toEqual([['a'], ['b'], ['c'], ['d']]);
});

test('without a token, with a wrong one and with a wrong id, nothing is answered', async () => {
  const address = String(local.sheets.context._options.rootUrl);
  const status = async (path: string, token: string | null) => {
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    return (await fetch(`${address}v4/spreadsheets/${path}`, { headers })).status;
  };
  expect(await status(spreadsheetId, null)).toBe(401);
  expect(await status(spreadsheetId, 'wrong')).toBe(401);
  expect(await status('other', 'service')).toBe(404);
  expect(await status(spreadsheetId, 'service')).toBe(200);
});

test('the sixty-first write within a minute is refused, and a minute later it is not', async () => {
  for (let turn = 0; turn < 60; turn += 1) await write('A1', [[turn]]);
  await expect(write('A1', [['more']])).rejects.toMatchObject({
    status: 429,
    message: expect.stringContaining(
      "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per user' of service 'sheets.googleapis.com'",
    ),
  });
  await local.clock.sleep(60_000);
  await write('A1', [['later']]);
  expect((await read('A1')).values).toEqual([['later']]);
});

test('an answer that is lost was nevertheless a change', async () => {
  local.faults.add('lostAnswer', 1);
  await expect(writeMany([{ range: 'A1', values: [['done']] }])).rejects.toThrow();
  expect((await read('A1')).values).toEqual([['done']]);
});

test('values are written by the number of a tab, whatever it is called; one that is gone and a place outside are refused', async () => {
  const writeAt = (gridRange: sheets_v4.Schema$GridRange) =>
    local.sheets.spreadsheets.values.batchUpdateByDataFilter({
      spreadsheetId,
      requestBody: {
        valueInputOption: 'RAW',
        data: [{ dataFilter: { gridRange }, values: [['=by number']] }],
      },
    });
  await addTab('Numbered');
  const sheetId = await sheetIdOf('Numbered');
  await batch({ updateSheetProperties: { properties: { sheetId, title: 'Renamed' }, fields: 'title' } });
  await writeAt({ sheetId, startRowIndex: 3, startColumnIndex: 2 });
  expect((await read('Renamed!C4')).values).toEqual([['=by number']]);
  await expect(writeAt({ sheetId: 4_711 })).rejects.toThrow('No grid with id: 4711');
  await expect(writeAt({ sheetId, startRowIndex: 10 })).rejects.toThrow('exceeds grid limits');
});
