// Changing the structure of the workbook: tabs, rows and columns, protection, rules, formats and tags.

import {
  reorderedMerges,
  requireNoVerticalMerge,
  requireUnmergedColumns,
  requireWholeMerges,
} from './merges.ts';
import { type RowMove, recordMove } from './row-moves.ts';
import { putRows, reorderRows, type StoredRow, shiftRows } from './row-store.ts';
import { type SessionState, sameName, type WorkbookSheet } from './session-state.ts';
import {
  type Area,
  type Axis,
  afterDelete,
  afterInsert,
  CELLS_MAX,
  DEFAULT_WIDTH_PX,
  mayEdit,
  overlaps,
  type SheetColumn,
  type SheetShape,
  WHOLE_SHEET,
} from './sheet-shape.ts';
import { PROTECTED_MESSAGE, TOO_MANY_CELLS_MESSAGE, WorkbookError } from './workbook-error.ts';

export type NewSheet = {
  readonly title: string;
  readonly rowCount: number;
  readonly columnCount: number;
  readonly sheetId?: number;
};

export type EditStructure = {
  readonly addSheet: (sheet: NewSheet) => WorkbookSheet;
  readonly deleteSheet: (sheetId: number) => void;
  /** `position` counts from 0. */
  readonly moveSheet: (sheetId: number, position: number) => void;
  readonly renameSheet: (sheetId: number, title: string) => void;
  /** Changes what no other function here guards: frozen rows, widths, protection, rules, formats, tags. */
  readonly reshape: (sheetId: number, change: (shape: SheetShape) => SheetShape) => void;
  /** `at` equal to the size of the grid appends. */
  readonly insert: (sheetId: number, axis: Axis, at: number, count: number) => Promise<void>;
  readonly remove: (sheetId: number, axis: Axis, from: number, to: number) => Promise<void>;
  /** Puts the rows from `at` on into a new order: `order[i]` is the one that stands at place i afterwards. */
  readonly reorder: (sheetId: number, at: number, order: readonly number[]) => Promise<void>;
  /** Puts back rows as they once were; what is there is overwritten. */
  readonly putRows: (sheetId: number, rows: readonly StoredRow[]) => Promise<void>;
  /** Moves columns [from, to) before the column that is at `target` now. */
  readonly moveColumns: (sheetId: number, from: number, to: number, target: number) => void;
  readonly nextId: () => number;
};

export function createStructure(state: SessionState, flush: () => Promise<void>): EditStructure {
  const put = (sheet: WorkbookSheet): void => {
    state.sheets.set(sheet.sheetId, sheet);
    state.reshaped.add(sheet.sheetId);
  };
  const reshape: EditStructure['reshape'] = (sheetId, change) => {
    if (state.editor === null) throw new Error('A view of the workbook cannot change it.');
    const sheet = state.find(sheetId);
    const shape = change(sheet.shape);
    requireRoom(state, sheet.sheetId, shape);
    requireWholeMerges(shape);
    put({ ...sheet, shape });
  };
  const moved = (sheetId: number, move: RowMove) =>
    recordMove(state.tx, { workbookId: state.workbookId, sheetId }, state.revision, move);
  return {
    reshape,
    nextId: state.nextId,
    addSheet: (wanted) => {
      const sheet = makeSheet(state, wanted);
      requireRoom(state, sheet.sheetId, sheet.shape);
      put(sheet);
      return sheet;
    },
    deleteSheet: (sheetId) => {
      requireUnprotected(state, state.find(sheetId), WHOLE_SHEET);
      if (state.sheets.size === 1) throw new WorkbookError("You can't remove all the sheets in a document.");
      state.sheets.delete(sheetId);
      state.reshaped.delete(sheetId);
      state.deleted.add(sheetId);
    },
    renameSheet: (sheetId, title) => {
      requireFreeName(state, title, sheetId);
      reshape(sheetId, (shape) => ({ ...shape, title }));
    },
    moveSheet: (sheetId, position) => {
      const moving = state.find(sheetId);
      const others = [...state.sheets.values()]
        .filter((sheet) => sheet !== moving)
        .sort((a, b) => a.position - b.position);
      others.splice(position, 0, moving);
      others.forEach((sheet, index) => {
        if (sheet.position !== index) put({ ...sheet, position: index });
      });
    },
    insert: async (sheetId, axis, at, count) => {
      const { shape } = state.find(sheetId);
      const size = axis === 'rows' ? shape.rowCount : shape.columns.length;
      if (at < 0 || at > size || count < 1) throw new WorkbookError(`Cannot insert ${axis} at ${at}.`);
      if (at < size) requireUnprotected(state, state.find(sheetId), lineArea(axis, at, at + 1));
      if (axis === 'rows' && at < size) {
        await flush();
        await shiftRows(state.tx, { workbookId: state.workbookId, sheetId }, at, count);
        await moved(sheetId, { kind: 'insert', at, count, order: null });
      }
      reshape(sheetId, (before) =>
        grow(at < size ? afterInsert(before, axis, at, count) : before, axis, at, count),
      );
    },
    remove: async (sheetId, axis, from, to) => {
      const sheet = state.find(sheetId);
      const size = axis === 'rows' ? sheet.shape.rowCount : sheet.shape.columns.length;
      if (from < 0 || to > size || to <= from)
        throw new WorkbookError(`Cannot delete ${axis} ${from} to ${to}.`);
      if (to - from === size) throw new WorkbookError(`You can't delete all the ${axis} on the sheet.`);
      requireUnprotected(state, sheet, lineArea(axis, from, to));
      if (axis === 'rows') {
        await flush();
        await shiftRows(state.tx, { workbookId: state.workbookId, sheetId }, from, from - to);
        await moved(sheetId, { kind: 'delete', at: from, count: to - from, order: null });
      }
      reshape(sheetId, (before) => shrink(afterDelete(before, axis, from, to), axis, from, to));
    },
    reorder: async (sheetId, at, order) => {
      const sheet = state.find(sheetId);
      requireUnprotected(state, sheet, lineArea('rows', at, at + order.length));
      requireNoVerticalMerge(sheet.shape, 'sort', at, at + order.length);
      await flush();
      await reorderRows(state.tx, { workbookId: state.workbookId, sheetId }, at, order);
      await moved(sheetId, { kind: 'order', at, count: order.length, order });
      reshape(sheetId, (shape) => ({ ...shape, merges: reorderedMerges(shape, at, order) }));
    },
    putRows: async (sheetId, rows) => {
      await flush();
      await putRows(state.tx, { workbookId: state.workbookId, sheetId }, rows, state.revision);
    },
    moveColumns: (sheetId, from, to, target) =>
      reshape(sheetId, (shape) => {
        requireUnmergedColumns(shape, Math.min(from, target), Math.max(to, target));
        const moving = shape.columns.slice(from, to);
        const before = shape.columns.filter((_, index) => index < target && (index < from || index >= to));
        const after = shape.columns.filter((_, index) => index >= target && (index < from || index >= to));
        return { ...shape, columns: [...before, ...moving, ...after] };
      }),
  };
  function grow(shape: SheetShape, axis: Axis, at: number, count: number): SheetShape {
    if (axis === 'rows') return { ...shape, rowCount: shape.rowCount + count };
    return { ...shape, columns: shape.columns.toSpliced(at, 0, ...newColumns(state, count)) };
  }
}

function shrink(shape: SheetShape, axis: Axis, from: number, to: number): SheetShape {
  if (axis === 'rows') return { ...shape, rowCount: shape.rowCount - (to - from) };
  const gone = new Set(shape.columns.slice(from, to).map(({ id }) => id));
  return {
    ...shape,
    columns: shape.columns.toSpliced(from, to - from),
    tags: shape.tags.filter(({ columnId }) => columnId === null || !gone.has(columnId)),
  };
}

const newColumns = (state: SessionState, count: number): SheetColumn[] =>
  Array.from({ length: count }, () => ({ id: state.nextId(), widthPx: DEFAULT_WIDTH_PX, hidden: false }));

const lineArea = (axis: Axis, from: number, to: number): Area =>
  axis === 'rows'
    ? { ...WHOLE_SHEET, startRow: from, endRow: to }
    : { ...WHOLE_SHEET, startColumn: from, endColumn: to };

function makeSheet(state: SessionState, wanted: NewSheet): WorkbookSheet {
  requireFreeName(state, wanted.title, null);
  const sheetId =
    wanted.sheetId ?? (state.sheets.size === 0 && state.deleted.size === 0 ? 0 : state.nextId());
  if (state.sheets.has(sheetId)) throw new WorkbookError(`Sheet with id ${sheetId} already exists`);
  const position = Math.max(-1, ...[...state.sheets.values()].map((sheet) => sheet.position)) + 1;
  const shape: SheetShape = {
    title: wanted.title,
    rowCount: wanted.rowCount,
    columns: newColumns(state, wanted.columnCount),
    frozenRows: 0,
    frozenColumns: 0,
    hidden: false,
    protections: [],
    rules: [],
    formats: [],
    conditionalFormats: [],
    merges: [],
    tags: [],
  };
  return { sheetId, position, shape };
}

function requireFreeName(state: SessionState, title: string, except: number | null): void {
  const taken = [...state.sheets.values()].some(
    (sheet) => sheet.sheetId !== except && sameName(sheet.shape.title, title),
  );
  if (!taken) return;
  throw new WorkbookError(`A sheet with the name "${title}" already exists. Please enter another name.`);
}

function requireRoom(state: SessionState, sheetId: number, shape: SheetShape): void {
  const others = [...state.sheets.values()].filter((sheet) => sheet.sheetId !== sheetId);
  const cells = [...others.map((sheet) => sheet.shape), shape].reduce(
    (sum, one) => sum + one.rowCount * one.columns.length,
    0,
  );
  if (cells > CELLS_MAX) throw new WorkbookError(TOO_MANY_CELLS_MESSAGE);
}

/** Lines may be moved only where nothing in them is closed to this editor. */
function requireUnprotected(state: SessionState, sheet: WorkbookSheet, area: Area): void {
  const { editor } = state;
  if (editor === null) throw new Error('A view of the workbook cannot change it.');
  const closed = sheet.shape.protections.some(
    (one) => !one.warningOnly && !mayEdit(one, editor.email) && overlaps(one.area, area),
  );
  if (closed) throw new WorkbookError(PROTECTED_MESSAGE);
}
