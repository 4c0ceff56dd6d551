// The shipped bundle on the script host, after people have done to the sheet what people do: it is put right, rows go through once,
// and what cannot be right is answered with a sentence.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { WorkbookEdit } from '../server/workbook/session.ts';
import { PEOPLE_TABS } from '../shared/tabs/people-tabs.ts';
import { type PeopleTabSteps, peopleTab } from '../test/support/people-tab.ts';
import { openWorkbookFixture, PERSON, type WorkbookFixture } from '../test/support/workbook-fixture.ts';

let fixture: WorkbookFixture;
let tab: PeopleTabSteps;
beforeAll(async () => {
  fixture = await openWorkbookFixture();
  await sql`insert into warehouses (id, name) values ('main', 'Main')`.execute(fixture.database.db);
  await sql`insert into products (sku) values ('SHIRT'), ('007'), ('1E5')`.execute(fixture.database.db);
  tab = peopleTab(fixture.workbook, PERSON, 'Adjustments');
  await repair();
});
afterAll(() => fixture.close());

const toasts: string[] = [];
const ui = {
  toast: ({ message }: { message: string }) => void toasts.push(message),
  dialog: async ({ message }: { message: string }) => {
    toasts.push(message);
    return { button: 'OK' as const, text: '' };
  },
};
/** What the person reads. */
async function click(functionName: string): Promise<string> {
  await fixture.host.run(functionName, [], ui);
  return toasts.at(-1) ?? '';
}
const repair = () => click('repairTabs');
const submit = () => click('submitTickedRows');
const moves = async (sku = 'SHIRT'): Promise<number> =>
  (await sql`select 1 from moves where sku = ${sku}`.execute(fixture.database.db)).rows.length;

let next = 2;
/** A row below all others. Answers its number. */
async function addRow(cells: Readonly<Record<string, string | number | boolean>> = {}): Promise<number> {
  const row = next;
  next += 1;
  const all = { sku: 'SHIRT', action: 'add', quantity: 1, submit: true, ...cells };
  await tab.put(row, [all]);
  return row;
}

describe('what people did to the tab is put right', () => {
  test('every tab that people write in is there after the first repair; a second one changes nothing', async () => {
    const titles = await fixture.workbook.look(async (view) => view.sheets().map(({ shape }) => shape.title));
    for (const { definition } of PEOPLE_TABS) expect(titles).toContain(definition.name);
    const shapes = () =>
      fixture.workbook.look(async (view) =>
        JSON.stringify(
          view.sheets().map(({ shape }) => ({ ...shape, protections: shape.protections.length })),
        ),
      );
    const before = await shapes();
    expect(await repair()).toBe('The tabs are as they should be.');
    expect(await shapes()).toBe(before);
  });

  test('a whole tab that was deleted is made again, and its next row goes through', async () => {
    await tab.change((edit, id) => edit.deleteSheet(id));
    expect(await repair()).toContain('The tab "Adjustments" was made.');
    next = 2;
    const row = await addRow();
    expect(await submit()).toBe('1 row applied.');
    expect(await tab.cell(row, 'status')).toBe('Applied');
  });

  test('the whole header row deleted: it is put back above the rows, and no row is taken for it', async () => {
    const before = await tab.column('sku');
    const row = await addRow();
    await tab.change((edit, id) => edit.remove(id, 'rows', 0, 1));
    const count = await moves();
    await submit();
    expect(await moves()).toBe(count + 1);
    expect(await tab.column('sku')).toEqual([...before, 'SHIRT']);
    expect(await tab.cell(row, 'status')).toBe('Applied');
    expect(await repair()).toBe('The tabs are as they should be.');
  });

  type Damage = readonly [what: string, work: (edit: WorkbookEdit, id: number, place: number) => unknown];
  test.each<Damage>([
    ['moved behind the last', (edit, id, place) => edit.moveColumns(id, place, place + 1, 14)],
    ['renamed', (edit, id, place) => edit.writeCells(id, 0, place, [['Menge']], 'raw')],
    ['without its header', (edit, id, place) => edit.writeCells(id, 0, place, [['']], 'raw')],
    ['behind a column of their own', (edit, id) => edit.insert(id, 'columns', 0, 1)],
  ])('the column of quantities %s: rows go through', async (_what, work) => {
    const place = await tab.place('quantity');
    await tab.change((edit, id) => work(edit, id, place));
    const row = await addRow();
    expect(await submit()).toBe('1 row applied.');
    expect(await tab.cell(row, 'status')).toBe('Applied');
    expect(await tab.cell(row, 'quantity')).toBe(1);
  });

  test('a column that was deleted comes back, and an empty one says what is missing', async () => {
    const place = await tab.place('quantity');
    await tab.change((edit, id) => edit.remove(id, 'columns', place, place + 1));
    const row = await addRow({ quantity: '' });
    expect(await submit()).toMatch(/1 row needs you/);
    expect(await tab.cell(row, 'message')).toBe('Fill in the quantity.');
    expect(await tab.note(row, 'quantity')).toBe('Stocksheet: Fill in the quantity.');
    await tab.put(row, [{ quantity: 3 }]);
    expect(await submit()).toBe('1 row applied.');
  });

  test('protections, dropdowns, tick boxes, formats, colours and widths that are gone come back', async () => {
    const look = () =>
      fixture.workbook.look(async (view) => {
        const shape = view.sheetNamed('Adjustments')?.shape;
        return {
          protections: shape?.protections.length,
          colours: shape?.conditionalFormats.length,
          frozen: shape?.frozenRows,
          hidden: shape?.columns.filter(({ hidden }) => hidden).length,
          widths: shape?.columns.map(({ widthPx }) => widthPx).sort(),
        };
      });
    await repair();
    const before = await look();
    await tab.change((edit, id) =>
      edit.reshape(id, (shape) => ({
        ...shape,
        protections: [],
        rules: [],
        formats: [],
        conditionalFormats: [],
        frozenRows: 0,
        columns: shape.columns.map((column) => ({ ...column, hidden: false, widthPx: 100 })),
      })),
    );
    await repair();
    expect({ ...(await look()), widths: null }).toEqual({ ...before, widths: null });
    expect((await look()).hidden).toBeGreaterThan(0);
    const rules = await fixture.workbook.look(async (view) => view.sheetNamed('Adjustments')?.shape.rules);
    expect(rules?.map(({ rule }) => rule.kind).sort()).toEqual(['choice', 'choice', 'tick']);
  });

  test('the hidden column of ids deleted: a row without an answer is not sent as a new one, and says where to look', async () => {
    const row = await addRow();
    fixture.cut(true);
    await submit();
    expect(await tab.cell(row, 'status')).toBe('Waiting');
    fixture.cut(false);
    const place = await tab.place('rowId');
    await tab.change((edit, id) => edit.remove(id, 'columns', place, place + 1));
    const count = await moves();
    expect(await submit()).toMatch(/1 row needs you/);
    expect(await moves()).toBe(count);
    expect(await tab.cell(row, 'message')).toMatch(
      /may have been applied\. Look for it in the Ledger tab; if it is not there, submit it again/,
    );
    expect(await submit()).toBe('1 row applied.');
    expect(await moves()).toBe(count + 1);
  });
});

describe('what does not belong in a cell', () => {
  test('a date in a quantity cell arrives as Apps Script hands it over, and is refused with the day', async () => {
    const row = await addRow({ quantity: 46_056 });
    const place = await tab.place('quantity');
    await tab.change((edit, id) =>
      edit.reshape(id, (shape) => ({
        ...shape,
        formats: [
          ...shape.formats,
          {
            area: { startRow: row - 1, endRow: row, startColumn: place, endColumn: place + 1 },
            format: { numberFormat: 'yyyy-mm-dd' },
          },
        ],
      })),
    );
    const count = await moves();
    await submit();
    expect(await moves()).toBe(count);
    expect(await tab.cell(row, 'message')).toBe(
      '3 Feb 2026 is a date, not a quantity. Format the cell as a number (Format › Number › Number) and type the quantity again.',
    );
    await tab.put(row, [{ submit: false }]);
  });

  test.each([
    ['007', '007'],
    ['1E5', '1E5'],
  ])('the SKU %s is typed and stays what it is', async (typed, sku) => {
    const row = next;
    next += 1;
    await tab.put(row, [{ sku: typed, action: 'add', quantity: '1', submit: 'TRUE' }], 'typed');
    const count = await moves(sku);
    expect(await submit()).toBe('1 row applied.');
    expect(await moves(sku)).toBe(count + 1);
    expect(await tab.cell(row, 'sku')).toBe(sku);
  });

  test.each([
    [7, '007'],
    [100_000, '1E5'],
  ])('a SKU that a format has made the number %d of is not taken for another one', async (made, sku) => {
    const row = await addRow({ sku: made });
    const count = await moves(sku);
    await submit();
    expect(await moves(sku)).toBe(count);
    expect(await tab.cell(row, 'status')).toBe('Error');
    expect(await tab.cell(row, 'message')).toBe(
      `The SKU ${made} is a number here, so leading zeros may be lost. Format the cell as plain text and type the SKU again.`,
    );
    await tab.put(row, [{ submit: false }]);
  });

  test('a merged cell says its text in its first row only: the others say what is missing', async () => {
    // Apps Script hands over what a merged range holds in its first cell, and nothing in the others.
    const [first, second] = [await addRow(), await addRow({ sku: '' })];
    await submit();
    expect(await tab.cell(first, 'status')).toBe('Applied');
    expect(await tab.cell(second, 'status')).toBe('Error');
    expect(await tab.cell(second, 'message')).toMatch(/SKU/);
    await tab.put(second, [{ submit: false }]);
  });
});
