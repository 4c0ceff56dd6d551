// What can be done to the open tab: typing, pasting, clearing, rows, sorting, filtering. Buttons, keys and menus all come here.

import { isHidden, type MergeKind, mergeAt } from '../merges.ts';
import type { PageCell, PageEdit, PageFilter, PageInput } from '../page-api.ts';
import { fromClipboardText, toClipboardText } from './clipboard.ts';
import { columnLetters } from './dom.ts';
import { type Edits, spread } from './edits.ts';
import { server } from './server.ts';
import { isOpen, type TabModel } from './tab-model.ts';
import type { Began, Place, WorkbookView } from './workbook-view.ts';

export type OpenTab = ReturnType<typeof createOpenTab>;

type Say = (message: string, options?: { bad?: boolean }) => void;

const CLEARED_AT_ONCE_MAX = 60_000;

export function createOpenTab(model: TabModel, view: WorkbookView, edits: Edits, say: Say) {
  let filters: readonly PageFilter[] = [];
  let sort: { readonly column: number; readonly descending: boolean } | null = null;
  let underWay = 0;
  const change = async (edit: PageEdit, revision = model.revision()): Promise<boolean> => {
    underWay += 1;
    try {
      return await edits.change(model.tab().id, revision, edit);
    } finally {
      underWay -= 1;
      if (underWay === 0) model.release();
    }
  };
  const cells = (rows: readonly number[], column: number, values: PageInput[][], how: 'typed' | 'pasted') =>
    change({ kind: 'cells', rows: [...rows], column, values, how });
  const refused = (place: Place): void => say(refusal(model, place));

  /** The rows from one on, as they stand on screen; past the last one they go on below the tab. */
  const rowsFrom = (row: number, count: number): number[] => {
    const shown = model.rows();
    const from = model.indexOf(row);
    const last = model.tab().rows;
    return Array.from(
      { length: count },
      (_row, index) => shown[from + index]?.n ?? last + from + index - shown.length + 1,
    );
  };

  const paste = async (text: string): Promise<void> => {
    const block = fromClipboardText(text);
    if (block.length === 0) return;
    const selected = await view.block();
    const width = selected.toColumn - selected.fromColumn + 1;
    const values = spread(block, selected.rows.length, width).map((line) => [...line]);
    const rows = rowsFrom(selected.rows[0] ?? 2, values.length);
    const isOne = values.length === 1 && values[0]?.length === 1;
    if (await cells(rows, selected.fromColumn, values, isOne ? 'typed' : 'pasted')) {
      const first = { row: rows[0] ?? 2, column: selected.fromColumn };
      const to = { row: rows.at(-1) ?? 2, column: selected.fromColumn + (values[0]?.length ?? 1) - 1 };
      if (!isOne && model.indexOf(to.row) >= 0) await view.select(first, to);
    }
  };

  const applyView = async (): Promise<void> => {
    if (filters.length === 0 && sort === null) return model.filter(null);
    const { rows } = await server.view({ tabId: model.tab().id, filters: [...filters], sort });
    model.filter(rows);
  };

  return {
    model,
    refused,
    type: (place: Place, value: PageCell, { revision, was }: Began) => {
      const isFormula = typeof value === 'string' && value.startsWith('=') && value.length > 1;
      model.put(place.row, place.column, isFormula ? '…' : value);
      view.redraw(false);
      const before = typeof was === 'string' && was.startsWith('=') ? { formula: was } : was;
      return change(
        {
          kind: 'cells',
          rows: [place.row],
          column: place.column,
          values: [[value]],
          how: 'typed',
          expected: [[before]],
        },
        revision,
      );
    },
    fill: (rows: readonly number[], column: number, values: readonly (readonly PageInput[])[]) =>
      cells(
        rows,
        column,
        values.map((line) => [...line]),
        'pasted',
      ),
    paste,
    copy: async (): Promise<string> => {
      const { rows, fromColumn, toColumn } = await view.block();
      const missing = rows.filter((n) => model.row(n)?.isLoaded !== true);
      if (missing.length > 0) await model.load(missing);
      const columns = model
        .tab()
        .columns.filter(({ column, hidden }) => !hidden && column >= fromColumn && column <= toColumn);
      return toClipboardText(rows.map((n) => columns.map(({ column }) => model.cell(n, column))));
    },
    clear: async (): Promise<void> => {
      const { rows, fromColumn, toColumn } = await view.block();
      if (rows[0] === 1) return refused({ row: 1, column: fromColumn });
      const filled = rows.length > 1_000 ? rows.filter((n) => !isEmptyRow(model, n)) : rows;
      const width = toColumn - fromColumn + 1;
      const tab = model.tab();
      const empty = Array.from({ length: width }, (_cell, right) =>
        tab.columns[fromColumn - 1 + right]?.rule?.kind === 'tick' ? false : '',
      );
      const few = filled.slice(0, CLEARED_AT_ONCE_MAX);
      if (few.length > 0)
        await cells(
          few,
          fromColumn,
          few.map(() => [...empty]),
          'pasted',
        );
    },
    toggle: async (): Promise<boolean> => {
      const { rows, fromColumn, toColumn } = await view.block();
      const column = model.tab().columns[fromColumn - 1];
      if (fromColumn !== toColumn || column?.rule?.kind !== 'tick' || rows[0] === 1) return false;
      const first = { row: rows[0] ?? 2, column: fromColumn };
      if (!isOpen(model.tab(), first.row, first.column)) refused(first);
      else {
        // A mixed selection is ticked first, as in a real sheet.
        const all = rows.every((n) => model.cell(n, fromColumn) === true);
        for (const n of rows) model.put(n, fromColumn, !all);
        view.redraw(false);
        await cells(
          rows,
          fromColumn,
          rows.map(() => [!all]),
          'typed',
        );
      }
      return true;
    },
    insert: async (where: 'above' | 'below'): Promise<void> => {
      const { rows } = await view.block();
      const [first = 2, last = 2] = [rows[0], rows.at(-1)];
      const before = Math.max(2, where === 'above' ? first : last + 1);
      await change({ kind: 'insertRows', before, count: rows.length });
    },
    /** Null: takes apart what is merged there. */
    merge: async (how: MergeKind | null): Promise<void> => {
      const { rows, fromColumn, toColumn } = await view.block();
      const columns = toColumn - fromColumn + 1;
      const [first = 2, last = 2] = [rows[0], rows.at(-1)];
      // Shown as selected again: the menu took that away.
      await view.select({ row: first, column: fromColumn }, { row: last, column: toColumn });
      await change({ kind: 'merge', how, rows: [...rows], column: fromColumn, columns });
    },
    remove: async (): Promise<void> => {
      const { rows } = await view.block();
      await change({ kind: 'deleteRows', rows: [...rows] });
    },
    /** A tab of people is sorted for everybody; a tab of the server only in this window. */
    sort: async (column: number, descending: boolean): Promise<void> => {
      if (model.tab().editable && filters.length === 0) {
        const { rows } = await view.block();
        const part =
          rows.length > 1 && rows.length < model.rows().length
            ? { fromRow: rows[0] ?? 2, toRow: rows.at(-1) ?? 2 }
            : {};
        await change({ kind: 'sort', column, descending, ...part });
        return;
      }
      sort = { column, descending };
      await applyView();
    },
    filters: () => filters,
    isViewed: () => filters.length > 0 || sort !== null,
    filter: async (column: number, wanted: PageFilter | null): Promise<void> => {
      filters = [...filters.filter((one) => one.column !== column), ...(wanted === null ? [] : [wanted])];
      await applyView();
    },
    clearView: async (): Promise<void> => {
      filters = [];
      sort = null;
      await applyView();
    },
  };
}

function isEmptyRow(model: TabModel, n: number): boolean {
  const row = model.row(n);
  if (row?.isLoaded !== true) return false;
  return model.tab().columns.every(({ column }) => (row[`c${column}`] ?? '') === '');
}

function refusal(model: TabModel, { row, column }: Place): string {
  const tab = model.tab();
  const merge = mergeAt(tab, row - 1, column - 1);
  if (merge !== null && isHidden(tab, row - 1, column - 1)) {
    const first = `${columnLetters(merge.startColumn + 1)}${merge.startRow + 1}`;
    return `This cell is merged into ${first}. Type there, or take the cells apart with Format > Unmerge.`;
  }
  if (row === 1) return 'This is the header of the tab. Type below it.';
  return tab.editable
    ? 'Stocksheet fills in this column. Type in the white columns instead.'
    : `Stocksheet fills in this tab, so it cannot be typed into. To change stock, add a row to Adjustments.`;
}
