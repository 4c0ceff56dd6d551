// Merged cells of the local workbook: as in a real sheet only the first cell says something, and what would tear a merge is refused.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import type { MergeKind } from './merges.ts';
import type { PageEdit } from './page-api.ts';
import { createPageWorkbook, type PageWorkbook } from './page-workbook.ts';
import type { WorkbookEdit } from './session.ts';
import type { Editor } from './session-state.ts';
import type { Bounds } from './sheet-shape.ts';
import { openWorkbook, type Workbook } from './workbook.ts';

const MIA: Editor = { kind: 'person', email: 'mia@shop.example' };
const CUT = 'You must select all cells in a merged range to merge or unmerge them.';

let database: TestDatabase;
let workbook: Workbook;
let tab = 0;
let count = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  workbook = await openWorkbook(database.db, 'book', 'Stock');
});
afterAll(() => database.drop());
/** A header and five rows of three cells: a1 b1 c1, … */
beforeEach(async () => {
  count += 1;
  tab = await workbook.change(MIA, async (edit) => {
    const { sheetId } = edit.addSheet({ title: `Tab ${count}`, rowCount: 10, columnCount: 4 });
    edit.reshape(sheetId, (shape) => ({ ...shape, frozenRows: 1 }));
    const rows = [1, 2, 3, 4, 5, 6].map((row) => ['a', 'b', 'c'].map((letter) => letter + row));
    edit.writeCells(sheetId, 0, 0, rows, 'raw');
    return sheetId;
  });
});

/** Such as B2:C3, counted as people see it. */
const block = (a1: string): Bounds => {
  const [, left = '', top, right = '', bottom] = /^(\w)(\d+):(\w)(\d+)$/.exec(a1) ?? [];
  return {
    startRow: Number(top) - 1,
    endRow: Number(bottom),
    startColumn: left.charCodeAt(0) - 65,
    endColumn: right.charCodeAt(0) - 64,
  };
};
const change = (work: (edit: WorkbookEdit) => unknown) =>
  workbook.change(MIA, async (edit) => {
    await work(edit);
  });
const merge = (a1: string, kind: MergeKind = 'all') => change((edit) => edit.merge(tab, block(a1), kind));
const unmerge = (a1: string) => change((edit) => edit.unmerge(tab, block(a1)));
const merges = () => workbook.look(async (view) => view.sheet(tab).shape.merges);
const cells = async (a1: string) => workbook.look((view) => view.readCells(tab, block(a1)));

describe('merging', () => {
  test('one block keeps what its first cell says; taking it apart brings nothing back', async () => {
    await merge('A2:B3');
    expect(await cells('A2:C3')).toEqual([
      ['a2', '', 'c2'],
      ['', '', 'c3'],
    ]);
    await unmerge('A2:B3');
    expect(await merges()).toEqual([]);
    expect(await cells('A2:B3')).toEqual([
      ['a2', ''],
      ['', ''],
    ]);
  });

  test.each([
    ['across', ['A2:B2', 'A3:B3']],
    ['vertically', ['A2:A3', 'B2:B3']],
  ] as const)('%s makes several blocks', async (kind, blocks) => {
    await merge('A2:B3', kind);
    expect(await merges()).toEqual(blocks.map(block));
  });

  test('a single cell is not merged, and a larger block takes smaller ones in', async () => {
    await merge('A2:A2');
    expect(await merges()).toEqual([]);
    await merge('A2:A3');
    await merge('A2:C4');
    expect(await merges()).toEqual([block('A2:C4')]);
  });

  test('a merge that is cut by the selection is refused in Google’s words', async () => {
    await merge('A2:B3');
    await expect(merge('B3:C4')).rejects.toThrow(CUT);
    await expect(unmerge('A2:A3')).rejects.toThrow(CUT);
    expect(await merges()).toEqual([block('A2:B3')]);
  });

  test('frozen and other rows cannot be one, whichever comes first', async () => {
    await expect(merge('A1:A2')).rejects.toThrow("You can't merge frozen and non-frozen rows.");
    await merge('A2:A3');
    const freeze = change((edit) => edit.reshape(tab, (shape) => ({ ...shape, frozenRows: 2 })));
    await expect(freeze).rejects.toThrow("You can't merge frozen and non-frozen rows.");
  });

  test('what is written behind the first cell is never seen', async () => {
    await merge('A2:B3');
    await change((edit) => {
      edit.writeCells(
        tab,
        1,
        0,
        [
          ['new', 'lost', 'c'],
          ['lost', 'lost', 'd'],
        ],
        'typed',
      );
      edit.writeNotes(tab, 1, 0, [['note', 'lost']]);
    });
    await unmerge('A2:B3');
    expect(await cells('A2:C3')).toEqual([
      ['new', '', 'c'],
      ['', '', 'd'],
    ]);
    const notes = await workbook.look((view) => view.readNotes(tab, block('A2:B2')));
    expect(notes).toEqual([['note', '']]);
  });
});

describe('rows and columns that move', () => {
  test('a merge follows rows above it, grows with rows in it, and is gone when one cell is left', async () => {
    await merge('A3:A4');
    await change((edit) => edit.insert(tab, 'rows', 1, 2));
    expect(await merges()).toEqual([block('A5:A6')]);
    await change((edit) => edit.insert(tab, 'rows', 5, 1));
    expect(await merges()).toEqual([block('A5:A7')]);
    await change((edit) => edit.remove(tab, 'rows', 5, 7));
    expect(await merges()).toEqual([]);
  });

  test('rows that are merged with each other cannot be sorted or filtered', async () => {
    const page = createPageWorkbook(workbook);
    await merge('A3:A4');
    const sort = { kind: 'sort' as const, column: 1, descending: true };
    const answer = await page.edit(MIA, tab, await workbook.revision(), sort);
    expect(answer).toMatchObject({
      message: expect.stringContaining("You can't sort a range containing vertical merges."),
    });
    const filters = [{ kind: 'contains' as const, column: 1, text: 'a' }];
    await expect(page.view({ tabId: tab, filters, sort: null })).rejects.toThrow(
      "You can't create a filter over a range containing vertical merges.",
    );
  });

  test('cells merged within a row go along when rows are sorted', async () => {
    await merge('B3:C3');
    await change((edit) => edit.reorder(tab, 1, [1, 0, 2]));
    expect(await merges()).toEqual([block('B2:C2')]);
    expect(await cells('A2:C2')).toEqual([['a3', 'b3', '']]);
  });

  test('a merged column cannot be moved away from its neighbour', async () => {
    await merge('A2:B2');
    await expect(change((edit) => edit.moveColumns(tab, 1, 2, 4))).rejects.toThrow(CUT);
  });
});

describe('in the grid', () => {
  let page: PageWorkbook;
  beforeEach(() => {
    page = createPageWorkbook(workbook);
  });
  const act = async (edit: PageEdit, revision?: number) => {
    const answer = await page.edit(MIA, tab, revision ?? (await workbook.revision()), edit);
    if (!answer.ok) throw new Error(answer.message);
    return answer;
  };
  const mergeEdit = (how: MergeKind | null, rows: number[]): PageEdit => ({
    kind: 'merge',
    how,
    rows,
    column: 1,
    columns: 2,
  });

  test('merging is taken back with all that was behind the first cell, and with the merges that were there', async () => {
    await act(mergeEdit('all', [2]));
    const before = await cells('A2:B3');
    const merged = await act(mergeEdit('all', [2, 3]));
    await change((edit) => edit.writeCells(tab, 1, 0, [['typed since']], 'raw'));
    await act(merged.undo as PageEdit, merged.revision);
    expect(await merges()).toEqual([block('A2:B2')]);
    expect(await cells('A2:B3')).toEqual([['typed since', ''], before[1]]);
  });

  test('taking apart is taken back, too', async () => {
    await act(mergeEdit('all', [2, 3]));
    const apart = await act(mergeEdit(null, [2, 3]));
    expect(await merges()).toEqual([]);
    await act(apart.undo as PageEdit, apart.revision);
    expect(await merges()).toEqual([block('A2:B3')]);
  });

  test('rows that a filter has left out are not merged along', async () => {
    await expect(act(mergeEdit('all', [2, 4]))).rejects.toThrow('These rows do not stand together.');
  });
});
