// The local workbook as the browser page sees it, for the person at the keyboard.

import { COLUMN_TAG_PREFIX } from '../../shared/tabs/tab.ts';
import { type ConditionalRule, cssColor } from './conditional.ts';
import { cellsOfColumn, isOpenToTyping } from './open-cells.ts';
import type {
  PageCell,
  PageChange,
  PageColumn,
  PageEdit,
  PageEditResult,
  PageMatch,
  PageRow,
  PageRows,
  PageTab,
  PageView,
} from './page-api.ts';
import { createPageEdits } from './page-edits.ts';
import { distinctValues, findText, viewRows } from './page-views.ts';
import { type CellContent, isFormula, type StoredRow, shownValue } from './row-store.ts';
import type { Editor, WorkbookSheet } from './session-state.ts';
import { ruleAt, type SheetShape } from './sheet-shape.ts';
import type { Workbook, WorkbookChanges } from './workbook.ts';

const ROWS_NAMED_MAX = 2_000;

/** What the page needs of the workbook. */
export type PageWorkbook = {
  readonly name: string;
  readonly tabs: (editor: Editor) => Promise<readonly PageTab[]>;
  readonly rows: (editor: Editor, tabId: number, rows: readonly number[]) => Promise<PageRows>;
  /** As a person at the keyboard: protection and strict dropdowns are obeyed. */
  readonly edit: (editor: Editor, tabId: number, revision: number, edit: PageEdit) => Promise<PageEditResult>;
  /** The rows that a filter lets through, in the order of the view; nobody else sees it. */
  readonly view: (wanted: PageView) => Promise<{ revision: number; rows: readonly number[] }>;
  readonly values: (tabId: number, column: number) => Promise<readonly PageCell[]>;
  readonly find: (tabId: number, text: string) => Promise<readonly PageMatch[]>;
  /** Calls back after every change; returns how to stop. */
  readonly onChange: (listener: (change: PageChange) => void) => () => void;
};

export function createPageWorkbook(workbook: Workbook): PageWorkbook {
  const visible = ({ shape }: WorkbookSheet) => !shape.hidden;
  return {
    name: workbook.title,
    tabs: (editor) =>
      workbook.look(async (view) =>
        view
          .sheets()
          .filter(visible)
          .map((sheet) => toPageTab(sheet, editor)),
      ),
    rows: (editor, tabId, wanted) =>
      workbook.look(async (view) => {
        const sheet = view.sheet(tabId);
        const inside = wanted.filter((row) => row <= sheet.shape.rowCount);
        const stored = await view.readRowsAt(
          tabId,
          inside.map((row) => row - 1),
        );
        const byPosition = new Map(stored.map((row) => [row.position, row]));
        return {
          tab: toPageTab(sheet, editor),
          revision: view.revision,
          rows: inside.map((row) => toPageRow(row, sheet.shape, byPosition.get(row - 1))),
        };
      }),
    edit: createPageEdits(workbook),
    view: (wanted) =>
      workbook.look(async (view) => ({ revision: view.revision, rows: await viewRows(view, wanted) })),
    values: (tabId, column) => workbook.look((view) => distinctValues(view, tabId, column)),
    find: (tabId, text) => workbook.look((view) => findText(view, tabId, text)),
    onChange: (listener) => workbook.onChange((changes) => toPageChanges(changes).forEach(listener)),
  };
}

function toPageChanges({ sheets }: WorkbookChanges): PageChange[] {
  const changes = sheets.map(
    ({ sheetId, reshaped, rows }): PageChange => ({
      tabId: sheetId,
      reshaped,
      rows: rows.length > ROWS_NAMED_MAX ? null : rows.map((row) => row + 1),
    }),
  );
  const listChanged = sheets.some(({ reshaped }) => reshaped);
  return listChanged ? [...changes, { tabId: null, reshaped: true, rows: null }] : changes;
}

function toPageTab({ sheetId, shape }: WorkbookSheet, editor: Editor): PageTab {
  const columns = shape.columns.map((column, index): PageColumn => {
    const tag = shape.tags.find(({ columnId }) => columnId === column.id)?.key ?? null;
    return {
      column: index + 1,
      key: tag?.startsWith(COLUMN_TAG_PREFIX) ? tag.slice(COLUMN_TAG_PREFIX.length) : null,
      widthPx: column.widthPx,
      hidden: column.hidden,
      editable: isOpenToTyping(shape, editor, cellsOfColumn(index)),
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
    formats: shape.formats,
    conditional: shape.conditionalFormats.flatMap(toRule),
    merges: shape.merges,
  };
}

function toPageRow(row: number, shape: SheetShape, stored: StoredRow | undefined): PageRow {
  const cells: PageCell[] = [];
  const notes: Record<number, string> = {};
  const formulas: Record<number, { formula: string; error: string }> = {};
  for (const [index, { id }] of shape.columns.entries()) {
    const content: CellContent = stored?.cells[id] ?? '';
    cells.push(shownValue(content));
    const note = stored?.notes[id] ?? '';
    if (note !== '') notes[index + 1] = String(note);
    if (isFormula(content)) formulas[index + 1] = { formula: content.formula, error: content.error ?? '' };
  }
  return { row, cells: cells.slice(0, cells.findLastIndex((cell) => cell !== '') + 1), notes, formulas };
}

type ApiRule = {
  readonly ranges?: readonly {
    startRowIndex?: number;
    endRowIndex?: number;
    startColumnIndex?: number;
    endColumnIndex?: number;
  }[];
  readonly booleanRule?: {
    readonly condition?: {
      readonly type?: string;
      readonly values?: readonly { userEnteredValue?: string }[];
    };
    readonly format?: {
      readonly backgroundColorStyle?: unknown;
      readonly textFormat?: { bold?: boolean; strikethrough?: boolean; foregroundColorStyle?: unknown };
    };
  };
};

/** Colour scales are kept for whoever reads the sheet, and not drawn. */
function toRule(stored: unknown): ConditionalRule[] {
  const { ranges = [], booleanRule } = stored as ApiRule;
  if (booleanRule === undefined) return [];
  const { condition, format } = booleanRule;
  const background = cssColor(format?.backgroundColorStyle);
  const color = cssColor(format?.textFormat?.foregroundColorStyle);
  return [
    {
      areas: ranges.map((range) => ({
        startRow: range.startRowIndex ?? 0,
        endRow: range.endRowIndex ?? null,
        startColumn: range.startColumnIndex ?? 0,
        endColumn: range.endColumnIndex ?? null,
      })),
      condition: {
        type: condition?.type ?? '',
        values: (condition?.values ?? []).map(({ userEnteredValue = '' }) => userEnteredValue),
      },
      look: {
        ...(background === '' ? {} : { background }),
        ...(color === '' ? {} : { color }),
        ...(format?.textFormat?.bold === true ? { bold: true } : {}),
        ...(format?.textFormat?.strikethrough === true ? { strikethrough: true } : {}),
      },
    },
  ];
}
