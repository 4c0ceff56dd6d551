// The shipped bundle on the script host, after people have done to the sheet what people do: it is put right, rows go through once,
// and what cannot be right is answered with a sentence.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { DayCell, ScriptCell } from '../server/workbook/host/calls.ts';
import type { MergeKind } from '../server/workbook/merges.ts';
import type { WorkbookEdit } from '../server/workbook/session.ts';
import { PEOPLE_TABS } from '../shared/tabs/people-tabs.ts';
import { type PeopleTabSteps, peopleTab } from '../test/support/people-tab.ts';
import {
  type FixtureOptions,
  openWorkbookFixture,
  PERSON,
  type WorkbookFixture,
} from '../test/support/workbook-fixture.ts';

let fixture: WorkbookFixture;
let tab: PeopleTabSteps;
/** What a person does while the server works on the rows of the next submission. */
let meanwhile: (() => Promise<void>) | null = null;
let toScript: FixtureOptions['toScript'] | null = null;
beforeAll(async () => {
  fixture = await openWorkbookFixture({
    toScript: (cell) => toScript?.(cell) ?? cell,
    onRequest: async () => {
      const act = meanwhile;
      meanwhile = null;
      await act?.();
    },
  });
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

describe('tabs that people rename, and tabs of theirs', () => {
  const titles = () => fixture.workbook.look(async (view) => view.sheets().map(({ shape }) => shape.title));
  const change = (work: (edit: WorkbookEdit) => unknown) =>
    fixture.workbook.change(PERSON, async (edit) => void (await work(edit)));
  const idOf = (edit: WorkbookEdit, title: string) => edit.sheetNamed(title)?.sheetId ?? -1;
  const rename = (from: string, to: string) => change((edit) => edit.renameSheet(idOf(edit, from), to));
  const OWN = [
    ['SKU', 'From', 'When'],
    ['SHIRT', 'Ben', 'Monday'],
  ];
  const cellsOf = (title: string) =>
    fixture.workbook.look(async (view) =>
      view.readCells(view.sheetNamed(title)?.sheetId ?? -1, {
        startRow: 0,
        endRow: 2,
        startColumn: 0,
        endColumn: 3,
      }),
    );

  test('every tab that was made bears the tag by which the server finds it', async () => {
    const tags = await fixture.workbook.look(async (view) =>
      view.sheets().flatMap(({ shape }) => shape.tags.filter(({ key }) => key === 'stocksheet.tab')),
    );
    expect(tags.map(({ value }) => value).sort()).toEqual(
      PEOPLE_TABS.map(({ definition }) => definition.name).sort(),
    );
  });

  test('a renamed tab: its rows go through, and the repair makes no second one', async () => {
    const row = await addRow();
    await rename('Adjustments', 'Stock changes');
    const before = await titles();
    expect(await submit()).toBe('1 row applied.');
    expect(await repair()).toBe('The tabs are as they should be.');
    expect(await titles()).toEqual(before);
    await rename('Stock changes', 'Adjustments');
    expect(await tab.cell(row, 'status')).toBe('Applied');
  });

  test('a tab of the shop under a name of ours: a submit leaves it alone, the repair keeps it under another name', async () => {
    await change((edit) => {
      edit.deleteSheet(idOf(edit, 'Transfers'));
      const { sheetId } = edit.addSheet({ title: 'transfers', rowCount: 9, columnCount: 3 });
      edit.writeCells(sheetId, 0, 0, OWN, 'typed');
    });
    const before = await fixture.workbook.look(async (view) => view.sheetNamed('transfers'));
    await addRow();
    expect(await submit()).toBe('1 row applied.');
    expect(await fixture.workbook.look(async (view) => view.sheetNamed('transfers'))).toEqual(before);
    expect(await repair()).toBe(
      'Your tab "transfers" is called "transfers (yours)" now, because Stocksheet writes a tab of that name. ' +
        'Nothing in it was changed. The tab "Transfers" was made.',
    );
    expect(await cellsOf('transfers (yours)')).toEqual(OWN);
    expect((await cellsOf('Transfers'))[0]?.[1]).toBe('Transfer');
    expect(await repair()).toBe('The tabs are as they should be.');
  });

  test('an empty tab of that name, and one of ours without its tag, become ours', async () => {
    await change((edit) => {
      edit.deleteSheet(idOf(edit, 'Rules'));
      edit.addSheet({ title: 'Rules', rowCount: 9, columnCount: 3 });
      edit.reshape(idOf(edit, 'Bundles'), (shape) => ({ ...shape, tags: [] }));
    });
    const before = await titles();
    await repair();
    expect(await titles()).toEqual(before);
    expect(await repair()).toBe('The tabs are as they should be.');
  });
});

describe('what does not belong in a cell', () => {
  const NUMBER_AGAIN =
    'is a date, not a quantity. Format the cell as a number (Format › Number › Number) and type the quantity again.';
  const format = async (row: number, key: string, numberFormat: string) => {
    const place = await tab.place(key);
    const area = { startRow: row - 1, endRow: row, startColumn: place, endColumn: place + 1 };
    await tab.change((edit, id) =>
      edit.reshape(id, (shape) => ({
        ...shape,
        formats: [...shape.formats, { area, format: { numberFormat } }],
      })),
    );
  };
  /** Apps Script hands over a Date for it; the second time the number itself, as if it did not know the format. */
  const asDate = null;
  const asNumber = (cell: ScriptCell | DayCell) => (typeof cell === 'object' ? cell.serial : cell);

  test.each([
    ['a day', 46_056, 'yyyy-mm-dd', asDate, `3 Feb 2026 ${NUMBER_AGAIN}`],
    ['a day as 3/2 makes it', 46_056, 'd/m', asDate, `3 Feb 2026 ${NUMBER_AGAIN}`],
    ['a day with its hour', 46_056.604_166_67, 'd.m.yyyy hh:mm', asDate, `3 Feb 2026 ${NUMBER_AGAIN}`],
    [
      'an hour of no day',
      0.4375,
      'hh:mm',
      asDate,
      '"10:30" is not a whole number. Type the quantity as digits only, such as 12.',
    ],
    ['a day that arrives as its number', 46_056, 'yyyy-mm-dd', asNumber, `3 Feb 2026 ${NUMBER_AGAIN}`],
    [
      'a day with its hour that arrives as its number',
      46_056.604_166_67,
      'd/m/yyyy hh:mm',
      asNumber,
      `3 Feb 2026 ${NUMBER_AGAIN}`,
    ],
    ['a day as text', '2026-02-03', '@', asDate, `3 Feb 2026 ${NUMBER_AGAIN}`],
    [
      'a day as text, as people write it',
      '03/02/2026',
      '@',
      asDate,
      '"03/02/2026" is not a whole number. Type the quantity as digits only, such as 12.',
    ],
  ] as const)(
    '%s in a quantity cell is refused with what it is',
    async (_what, quantity, pattern, how, said) => {
      toScript = how;
      const row = await addRow({ quantity });
      await format(row, 'quantity', pattern);
      const count = await moves();
      await submit();
      toScript = null;
      expect(await moves()).toBe(count);
      expect(await tab.cell(row, 'message')).toBe(said);
      await tab.put(row, [{ submit: false }]);
    },
  );

  test('a number that could be a day is a quantity where its format says so', async () => {
    const row = await addRow({ quantity: 46_056 });
    await format(row, 'quantity', '#,##0');
    const plain = await addRow({ quantity: 46_057 });
    expect(await submit()).toBe('2 rows applied.');
    expect(await tab.cell(row, 'message')).toContain('Added 46056.');
    expect(await tab.cell(plain, 'message')).toContain('Added 46057.');
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
});

describe('merged cells', () => {
  const WAS_MERGED =
    'Cells of this row were merged, so that nobody can tell what belongs to which row. They are unmerged now and nothing was done: check what the row says, then submit it again.';
  // A tab as on the first day: those before have moved its columns.
  beforeAll(async () => {
    await tab.change((edit, id) => edit.deleteSheet(id));
    await repair();
    next = 2;
  });
  /** From the column of one key to that of another. */
  const merge = async (
    row: number,
    rows: number,
    [from, to]: readonly [string, string],
    kind: MergeKind = 'all',
  ) => {
    const [startColumn, end] = [await tab.place(from), await tab.place(to)];
    const area = { startRow: row - 1, endRow: row - 1 + rows, startColumn, endColumn: end + 1 };
    await tab.change((edit, id) => edit.merge(id, area, kind));
  };
  const mergesLeft = () =>
    fixture.workbook.look(async (view) => view.sheetNamed('Adjustments')?.shape.merges.length);
  const answers = async (...rows: number[]) =>
    Promise.all(rows.map(async (row) => [await tab.cell(row, 'status'), await tab.cell(row, 'message')]));

  test.each([
    ['SKUs', 'sku', 'sku'],
    ['quantities', 'quantity', 'quantity'],
    ['notes and the answers beside them', 'note', 'message'],
    ['answers', 'status', 'status'],
    ['hidden ids', 'rowId', 'rowId'],
  ])(
    '%s merged over two rows: both say so, nothing is done, and after a look they go through',
    async (_what, from, to) => {
      const [first, second] = [await addRow(), await addRow()];
      const other = await addRow();
      await merge(first, 2, [from, to]);
      const before = await moves();
      expect(await submit()).toBe(
        `1 row applied. 2 rows need you: read the message beside it. The first is row ${first} of Adjustments.`,
      );
      expect(await answers(first, second)).toEqual([
        ['Error', WAS_MERGED],
        ['Error', WAS_MERGED],
      ]);
      expect(await tab.cell(other, 'status')).toBe('Applied');
      expect(await moves()).toBe(before + 1);
      expect(await mergesLeft()).toBe(0);
      await tab.put(second, [{ sku: 'SHIRT', quantity: 1 }]);
      expect(await submit()).toBe('2 rows applied.');
      expect(await moves()).toBe(before + 3);
    },
  );

  test('one tick box merged over three rows: each row that says something is told', async () => {
    const [first, second] = [await addRow(), await addRow()];
    next += 1;
    await merge(first, 3, ['submit', 'submit']);
    expect(await submit()).toMatch(/^2 rows need you/);
    expect((await answers(first, second, second + 1)).map(([state]) => state)).toEqual([
      'Error',
      'Error',
      '',
    ]);
    await tab.put(second, [{ submit: true }]);
    expect(await submit()).toBe('2 rows applied.');
  });

  test('cells merged within one row: what was behind the first one is missing, and the row says so first', async () => {
    const row = await addRow();
    await merge(row, 1, ['action', 'quantity']);
    await submit();
    expect(await tab.cell(row, 'message')).toBe(WAS_MERGED);
    await submit();
    expect(await tab.cell(row, 'message')).toBe('Fill in the quantity.');
    await tab.put(row, [{ quantity: 2 }]);
    expect(await submit()).toBe('1 row applied.');
  });

  test('merged while the server works: the answer goes to its own row, and no row is done twice', async () => {
    const [first, second] = [await addRow({ note: 'one' }), await addRow({ note: 'two' })];
    const before = await moves();
    meanwhile = () => merge(first, 2, ['status', 'message']);
    expect(await submit()).toBe('2 rows applied.');
    expect(await moves()).toBe(before + 2);
    const said = await answers(first, second);
    expect(said.map(([state]) => state)).toEqual(['Applied', 'Applied']);
    expect(said[0]?.[1]).not.toBe(said[1]?.[1]);
  });

  test.each([
    ['all', [], '2 rows deleted meanwhile; what was submitted still counts.'],
    [
      'vertically',
      ['Applied', ''],
      '1 row applied. 1 row deleted meanwhile; what was submitted still counts.',
    ],
  ] as const)(
    'two whole rows merged (%s) while the server works: what is left of them is told, and nothing is done again',
    async (kind, states, said) => {
      const [first, second] = [await addRow({ note: 'kept' }), await addRow({ note: 'gone' })];
      const before = await moves();
      meanwhile = () => merge(first, 2, ['submit', 'rowId'], kind);
      expect(await submit()).toBe(said);
      expect(await moves()).toBe(before + 2);
      expect((await answers(first, second)).map(([state]) => state).slice(0, states.length)).toEqual(states);
      expect(await submit()).toMatch(/^No row is ticked/);
      expect(await moves()).toBe(before + 2);
      await repair();
    },
  );

  test('a merge among rows that nobody submits stays', async () => {
    const row = await addRow({ submit: false });
    await merge(row, 1, ['reason', 'note']);
    const other = await addRow();
    expect(await submit()).toBe('1 row applied.');
    expect(await tab.cell(other, 'status')).toBe('Applied');
    expect(await mergesLeft()).toBe(1);
  });

  test('the repair takes apart what is merged, in the header as well, and says so', async () => {
    await merge(1, 1, ['sku', 'warehouse']);
    expect(await repair()).toContain('Merged cells in the header of "Adjustments" were unmerged.');
    const place = await tab.place('warehouse');
    const [[header] = []] = await fixture.workbook.look((view) =>
      view.readCells(view.sheetNamed('Adjustments')?.sheetId ?? -1, {
        startRow: 0,
        endRow: 1,
        startColumn: place,
        endColumn: place + 1,
      }),
    );
    expect(header).toBe('Warehouse');
    expect(await mergesLeft()).toBe(0);
    expect(await repair()).toBe('The tabs are as they should be.');
  });
});
