// Reading and writing cells and notes. Writes are collected and sent in bulk before anything reads or moves rows.

import { formatA1 } from './a1.ts';
import { hiddenIn, isHidden } from './merges.ts';
import {
  type CellContent,
  isFormula,
  lastRowWithValue,
  patchRows,
  type RowPatch,
  readRows,
  readRowsAt,
  type StoredRow,
  usedColumns,
} from './row-store.ts';
import type { SessionState, WorkbookSheet } from './session-state.ts';
import { type Area, isClosed, numberFormatAt, ruleAt, type SheetShape } from './sheet-shape.ts';
import { readTyped } from './typing.ts';
import { PROTECTED_MESSAGE, WorkbookError } from './workbook-error.ts';

/** Null leaves a cell as it is; an empty string empties it. */
export type CellInput = string | number | boolean | null;

export type ReadCells = {
  /** Every row of the area down to the last stored one, each as wide as the area; empty cells are ''. */
  readonly readCells: (sheetId: number, area: Area) => Promise<CellContent[][]>;
  readonly readNotes: (sheetId: number, area: Area) => Promise<string[][]>;
  /** The stored ones among these rows, as they are kept. */
  readonly readRowsAt: (sheetId: number, positions: readonly number[]) => Promise<readonly StoredRow[]>;
  /** How many rows and columns reach to the last value. */
  readonly extent: (sheetId: number) => Promise<{ rows: number; columns: number }>;
};

export type EditCells = {
  /** typed: read as if a person had typed it; pasted: the same, past strict dropdowns; raw: stored as it is. */
  readonly writeCells: (
    sheetId: number,
    startRow: number,
    startColumn: number,
    values: readonly (readonly CellInput[])[],
    how: 'raw' | 'typed' | 'pasted',
  ) => void;
  /** One cell, as it is to be kept: what a formula came to, or a cell as it once was. */
  readonly putContent: (sheetId: number, row: number, column: number, content: CellContent) => void;
  readonly writeNotes: (
    sheetId: number,
    startRow: number,
    startColumn: number,
    notes: readonly (readonly string[])[],
  ) => void;
  /** Refuses an area that this editor may not change. */
  readonly requireEditable: (sheetId: number, area: Area) => void;
  /** Refuses an area that is not wholly inside the grid. */
  readonly requireInside: (sheetId: number, area: Area) => void;
};

type Kind = 'cells' | 'notes';
type Pending = Map<number, Map<number, RowPatch>>;

export function createCells(state: SessionState): ReadCells & EditCells & { flush: () => Promise<void> } {
  const pending: Record<Kind, Pending> = { cells: new Map(), notes: new Map() };
  const place = (sheetId: number) => ({ workbookId: state.workbookId, sheetId });

  const flush = async (): Promise<void> => {
    for (const kind of ['cells', 'notes'] as const) {
      for (const [sheetId, patches] of pending[kind]) {
        if (state.sheets.has(sheetId))
          await patchRows(state.tx, place(sheetId), kind, patches, state.revision);
      }
      pending[kind].clear();
    }
  };

  const put = (kind: Kind, sheetId: number, row: number, columnId: number, content: CellContent): void => {
    const rows = getOrAdd(pending[kind], sheetId, () => new Map<number, RowPatch>());
    getOrAdd<number, RowPatch>(rows, row, () => ({}))[columnId] = content === '' ? null : content;
  };

  const read = async (kind: Kind, sheetId: number, area: Area): Promise<CellContent[][]> => {
    await flush();
    const { shape } = state.find(sheetId);
    const endRow = Math.min(area.endRow ?? shape.rowCount, shape.rowCount);
    const rows = await readRows(state.tx, place(sheetId), area.startRow, endRow);
    return toGrid(rows, kind, area, shape);
  };

  const requireEditable = (sheetId: number, area: Area): void =>
    requireEditableBy(state, state.find(sheetId), area);

  return {
    flush,
    requireEditable,
    requireInside: (sheetId, area) => requireInside(state.find(sheetId), area),
    readCells: (sheetId, area) => read('cells', sheetId, area),
    readRowsAt: async (sheetId, positions) => {
      await flush();
      return readRowsAt(state.tx, place(sheetId), positions);
    },
    putContent: (sheetId, row, column, content) => {
      const { shape } = state.find(sheetId);
      const columnId = shape.columns[column]?.id;
      if (columnId !== undefined && !isHidden(shape, row, column))
        put('cells', sheetId, row, columnId, content);
    },
    readNotes: async (sheetId, area) => (await read('notes', sheetId, area)) as string[][],
    extent: async (sheetId) => {
      await flush();
      return readExtent(state, sheetId);
    },
    writeCells: (sheetId, startRow, startColumn, values, how) => {
      const sheet = state.find(sheetId);
      const area = areaOf(startRow, startColumn, values);
      if (area === null) return;
      requireInside(sheet, area);
      requireEditable(sheetId, area);
      const isUnseen = hiddenIn(sheet.shape, area);
      forEachCell(values, startRow, startColumn, (value, row, column) => {
        const columnId = sheet.shape.columns[column]?.id;
        if (value === null || columnId === undefined || isUnseen(row, column)) return;
        const content = how === 'raw' ? value : readTyped(value, numberFormatAt(sheet.shape, row, column));
        if (state.editor?.kind === 'person' && how === 'typed')
          requireAllowed(sheet.shape, row, column, content);
        if (isFormula(content)) markFormulas(state, sheetId);
        put('cells', sheetId, row, columnId, content);
      });
    },
    writeNotes: (sheetId, startRow, startColumn, notes) => {
      const sheet = state.find(sheetId);
      const area = areaOf(startRow, startColumn, notes);
      if (area === null) return;
      requireInside(sheet, area);
      requireEditable(sheetId, area);
      const isUnseen = hiddenIn(sheet.shape, area);
      forEachCell(notes, startRow, startColumn, (note, row, column) => {
        const columnId = sheet.shape.columns[column]?.id;
        if (columnId !== undefined && !isUnseen(row, column)) put('notes', sheetId, row, columnId, note);
      });
    },
  };
}

function toGrid(rows: readonly StoredRow[], kind: Kind, area: Area, shape: SheetShape): CellContent[][] {
  const columnIds = shape.columns.slice(area.startColumn, area.endColumn ?? undefined).map(({ id }) => id);
  const last = rows.at(-1)?.position ?? area.startRow - 1;
  const grid: CellContent[][] = Array.from({ length: last - area.startRow + 1 }, () => []);
  for (const row of rows) {
    const content = row[kind];
    grid[row.position - area.startRow] = columnIds.map((id) => content[id] ?? '');
  }
  return grid.map((line) => (line.length === 0 ? columnIds.map(() => '') : line));
}

async function readExtent(state: SessionState, sheetId: number): Promise<{ rows: number; columns: number }> {
  const { shape } = state.find(sheetId);
  const place = { workbookId: state.workbookId, sheetId };
  const lastRow = await lastRowWithValue(state.tx, place);
  const used = await usedColumns(state.tx, place);
  return { rows: lastRow + 1, columns: shape.columns.findLastIndex(({ id }) => used.has(id)) + 1 };
}

function markFormulas(state: SessionState, sheetId: number): void {
  const sheet = state.find(sheetId);
  if (sheet.shape.hasFormulas === true) return;
  state.sheets.set(sheetId, { ...sheet, shape: { ...sheet.shape, hasFormulas: true } });
  state.reshaped.add(sheetId);
}

function requireInside(sheet: WorkbookSheet, area: Area): void {
  const { title, rowCount, columns } = sheet.shape;
  if ((area.endRow ?? 0) <= rowCount && (area.endColumn ?? 0) <= columns.length) return;
  throw new WorkbookError(
    `Range (${formatA1(title, area)}) exceeds grid limits. Max rows: ${rowCount}, max columns: ${columns.length}`,
  );
}

function requireEditableBy(state: SessionState, sheet: WorkbookSheet, area: Area): void {
  const { editor } = state;
  if (editor === null) throw new Error('A view of the workbook cannot change it.');
  if (isClosed(sheet.shape, editor.email, area)) throw new WorkbookError(PROTECTED_MESSAGE);
}

function requireAllowed(shape: SheetShape, row: number, column: number, content: CellContent): void {
  if (content === '') return;
  const rule = ruleAt(shape, row, column);
  if (rule === null || !rule.strict) return;
  const allowed = rule.kind === 'tick' ? typeof content === 'boolean' : rule.values.includes(String(content));
  if (allowed) return;
  const cell = formatA1('x', { startRow: row, endRow: row + 1, startColumn: column, endColumn: column + 1 });
  throw new WorkbookError(
    `The data you entered in cell ${cell.slice(2)} violates the data validation rules set on this cell.`,
  );
}

function areaOf(startRow: number, startColumn: number, values: readonly (readonly unknown[])[]): Area | null {
  const width = values.reduce((most, line) => Math.max(most, line.length), 0);
  if (width === 0) return null;
  return { startRow, endRow: startRow + values.length, startColumn, endColumn: startColumn + width };
}

function forEachCell<Value>(
  values: readonly (readonly Value[])[],
  startRow: number,
  startColumn: number,
  act: (value: Value, row: number, column: number) => void,
): void {
  for (const [down, line] of values.entries()) {
    for (const [right, value] of line.entries()) act(value, startRow + down, startColumn + right);
  }
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
