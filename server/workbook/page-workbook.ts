// The local workbook as the browser page sees it, for the person at the keyboard.

import { COLUMN_TAG_PREFIX } from '../../shared/tabs/tab.ts';
import type {
  PageColumn,
  PageEdit,
  PageEditResult,
  PageRow,
  PageRows,
  PageTab,
  PageWorkbook,
} from './page-api.ts';
import type { CellContent } from './row-store.ts';
import type { WorkbookView } from './session.ts';
import type { Editor, WorkbookSheet } from './session-state.ts';
import { type Area, covers, overlaps, ruleAt, type SheetShape } from './sheet-shape.ts';
import type { Workbook } from './workbook.ts';
import { PROTECTED_MESSAGE, WorkbookError } from './workbook-error.ts';

export function createPageWorkbook(workbook: Workbook, editor: Editor): PageWorkbook {
  return {
    name: workbook.title,
    tabs: () =>
      workbook.look(async (view) =>
        view
          .sheets()
          .filter(({ shape }) => !shape.hidden)
          .map((sheet) => toPageTab(sheet, editor)),
      ),
    rows: (tabId, fromRow, count) =>
      workbook.look((view) => readPageRows(view, view.sheet(tabId), editor, fromRow, count)),
    edit: async (tabId, edit) => {
      try {
        return await applyEdit(workbook, editor, tabId, edit);
      } catch (error) {
        if (error instanceof WorkbookError) return { ok: false, message: inPlainWords(error) };
        throw error;
      }
    },
    onChange: (listener) =>
      workbook.onChange(({ sheets }) => {
        for (const { sheetId, reshaped } of sheets) {
          listener({ tabId: sheetId });
          if (reshaped) listener({ tabId: null });
        }
      }),
  };
}

function toPageTab({ sheetId, shape }: WorkbookSheet, editor: Editor): PageTab {
  const columns = shape.columns.map((column, index): PageColumn => {
    const tag = shape.tags.find(({ columnId }) => columnId === column.id)?.key ?? null;
    return {
      column: index + 1,
      key: tag?.startsWith(COLUMN_TAG_PREFIX) ? tag.slice(COLUMN_TAG_PREFIX.length) : null,
      widthPx: column.widthPx,
      hidden: column.hidden,
      editable: isOpen(shape, editor, cellsOfColumn(index)),
      rule: ruleAt(shape, 1, index),
    };
  });
  return {
    id: sheetId,
    name: shape.title,
    rows: shape.rowCount,
    frozenRows: shape.frozenRows,
    editable: columns.some(({ editable }) => editable),
    columns,
  };
}

const cellsOfColumn = (index: number): Area => ({
  startRow: 1,
  endRow: null,
  startColumn: index,
  endColumn: index + 1,
});

/** What only warns in a real sheet is closed here: those cells are the add-on's, and typing into them loses the answer. */
function isOpen(shape: SheetShape, editor: Editor, area: Area): boolean {
  return !shape.protections.some(
    (protection) =>
      !(protection.editors.includes(editor.email) && !protection.warningOnly) &&
      overlaps(protection.area, area) &&
      !protection.unprotected.some((open) => covers(open, area)),
  );
}

async function readPageRows(
  view: WorkbookView,
  sheet: WorkbookSheet,
  editor: Editor,
  fromRow: number,
  count: number,
): Promise<PageRows> {
  const { rowCount } = sheet.shape;
  const endRow = Math.min(rowCount, fromRow - 1 + count);
  const area: Area = { startRow: fromRow - 1, endRow, startColumn: 0, endColumn: null };
  if (endRow <= area.startRow) return { tab: toPageTab(sheet, editor), rows: [] };
  const cells = await view.readCells(sheet.sheetId, area);
  const notes = await view.readNotes(sheet.sheetId, area);
  const rows = Array.from({ length: endRow - area.startRow }, (_row, index): PageRow => {
    return { row: fromRow + index, cells: (cells[index] ?? []).map(shown), notes: noted(notes[index] ?? []) };
  });
  return { tab: toPageTab(sheet, editor), rows };
}

const shown = (content: CellContent) => (typeof content === 'object' ? content.formula : content);

const noted = (notes: readonly string[]): Record<number, string> =>
  Object.fromEntries(notes.flatMap((note, index) => (note === '' ? [] : [[index + 1, note]])));

async function applyEdit(
  workbook: Workbook,
  editor: Editor,
  tabId: number,
  edit: PageEdit,
): Promise<PageEditResult> {
  await workbook.change(editor, async (session) => {
    const { shape } = session.sheet(tabId);
    if (edit.kind === 'insertRow') {
      await session.insert(tabId, 'rows', edit.afterRow, 1);
    } else if (edit.kind === 'deleteRows') {
      if (edit.row < 2) throw new WorkbookError(PROTECTED_MESSAGE);
      await session.remove(tabId, 'rows', edit.row - 1, edit.row - 1 + edit.count);
    } else {
      await refuseMoved(session, tabId, edit);
      const missing = edit.row - 1 + edit.values.length - shape.rowCount;
      if (missing > 0) await session.insert(tabId, 'rows', shape.rowCount, missing);
      session.writeCells(tabId, edit.row - 1, edit.column - 1, openCells(shape, editor, edit), 'typed');
    }
  });
  return { ok: true };
}

/** Somebody else may have inserted or sorted rows while this one was being typed. */
async function refuseMoved(view: WorkbookView, tabId: number, edit: CellsEdit): Promise<void> {
  if (edit.was === undefined) return;
  const [startRow, startColumn] = [edit.row - 1, edit.column - 1];
  const area = { startRow, endRow: edit.row, startColumn, endColumn: edit.column };
  const [line] = await view.readCells(tabId, area);
  const now = shown(line?.[0] ?? '');
  if (String(now).toLowerCase() === String(edit.was).toLowerCase()) return;
  throw new WorkbookError('Somebody changed or moved this row meanwhile. Look at it again, then type.');
}

type CellsEdit = Extract<PageEdit, { kind: 'cells' }>;

/** A block that reaches over closed or missing columns is pasted around them; only closed columns is a refusal. */
function openCells(shape: SheetShape, editor: Editor, edit: CellsEdit) {
  const isOpenAt = (right: number): boolean => {
    const index = edit.column - 1 + right;
    return index < shape.columns.length && isOpen(shape, editor, cellsOfColumn(index));
  };
  const width = Math.max(...edit.values.map((line) => line.length));
  const open = Array.from({ length: width }, (_cell, right) => isOpenAt(right));
  if (edit.row < 2 || !open.includes(true)) throw new WorkbookError(PROTECTED_MESSAGE);
  return edit.values.map((line) => line.map((value, right) => (open[right] ? value : null)));
}

function inPlainWords(error: WorkbookError): string {
  if (error.message !== PROTECTED_MESSAGE) return error.message;
  return 'Stocksheet fills in these cells, so they cannot be changed here.';
}
