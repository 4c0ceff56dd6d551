// Rows of a tab that people write in, by the keys of its columns wherever these are now, as a person and as the database see them.

import type { WorkbookEdit, WorkbookView } from '../../server/workbook/session.ts';
import type { CellInput } from '../../server/workbook/session-cells.ts';
import type { Editor } from '../../server/workbook/session-state.ts';
import type { Workbook } from '../../server/workbook/workbook.ts';
import { COLUMN_TAG_PREFIX } from '../../shared/tabs/tab.ts';

export type PeopleTabSteps = {
  /** Row 1 is the header. Values are typed, or put there as they are. */
  readonly put: (
    row: number,
    rows: readonly Readonly<Record<string, CellInput>>[],
    how?: 'typed' | 'raw',
  ) => Promise<void>;
  /** The cells of a column from row 2 on, up to the last row with anything in it. */
  readonly column: (key: string) => Promise<readonly unknown[]>;
  readonly cell: (row: number, key: string) => Promise<unknown>;
  readonly note: (row: number, key: string) => Promise<string>;
  /** The index of a column, from 0; −1 when it is gone. */
  readonly place: (key: string) => Promise<number>;
  readonly change: (work: (edit: WorkbookEdit, sheetId: number) => unknown) => Promise<void>;
};

export function peopleTab(workbook: Workbook, editor: Editor, name: string): PeopleTabSteps {
  const sheetOf = (view: WorkbookView) => {
    const sheet = view.sheetNamed(name);
    if (sheet === null) throw new Error(`There is no tab "${name}".`);
    return sheet;
  };
  const placeIn = (view: WorkbookView, key: string): number => {
    const { shape } = sheetOf(view);
    const tag = shape.tags.find((one) => one.key === COLUMN_TAG_PREFIX + key);
    return shape.columns.findIndex(({ id }) => id === tag?.columnId);
  };
  const column = (key: string): Promise<readonly unknown[]> =>
    workbook.look(async (view) => {
      const { sheetId } = sheetOf(view);
      const rows = await view.readCells(sheetId, {
        startRow: 1,
        endRow: null,
        startColumn: 0,
        endColumn: null,
      });
      return rows.map((line) => line[placeIn(view, key)] ?? '');
    });
  return {
    column,
    cell: async (row, key) => (await column(key))[row - 2] ?? '',
    place: (key) => workbook.look(async (view) => placeIn(view, key)),
    note: (row, key) =>
      workbook.look(async (view) => {
        const at = placeIn(view, key);
        const area = { startRow: row - 1, endRow: row, startColumn: at, endColumn: at + 1 };
        return (await view.readNotes(sheetOf(view).sheetId, area))[0]?.[0] ?? '';
      }),
    put: (row, rows, how = 'raw') =>
      workbook.change(editor, async (edit) => {
        const { sheetId, shape } = sheetOf(edit);
        // As a paste does it, the tab grows.
        const missing = row - 1 + rows.length - shape.rowCount;
        if (missing > 0) edit.insert(sheetId, 'rows', shape.rowCount, missing);
        const keys = Object.keys(rows[0] ?? {});
        for (const key of keys)
          edit.writeCells(
            sheetId,
            row - 1,
            placeIn(edit, key),
            rows.map((one) => [one[key] ?? '']),
            how,
          );
      }),
    change: (work) =>
      workbook.change(editor, async (edit) => {
        await work(edit, sheetOf(edit).sheetId);
      }),
  };
}
