// The local workbook as a script sees it: rows and columns from 1, values as Apps Script hands them over.

import type { CellContent } from '../row-store.ts';
import type { Editor, WorkbookSheet } from '../session-state.ts';
import { type Area, covers, DEFAULT_COLUMNS, DEFAULT_ROWS, type SheetShape } from '../sheet-shape.ts';
import type { Workbook } from '../workbook.ts';
import type { Block, ScriptCell, ScriptTab, ScriptWorkbook } from './calls.ts';

/** `editor` is the person whose rights the script has. */
export function createScriptWorkbook(workbook: Workbook, editor: Editor): ScriptWorkbook {
  const reshape = (tabId: number, change: (shape: SheetShape, nextId: () => number) => SheetShape) =>
    workbook.change(editor, async (edit) => {
      edit.reshape(tabId, (shape) => change(shape, edit.nextId));
    });
  const reshapeColumns = (tabId: number, column: number, count: number, change: object) =>
    reshape(tabId, (shape) => ({
      ...shape,
      columns: shape.columns.map((one, index) =>
        index >= column - 1 && index < column - 1 + count ? { ...one, ...change } : one,
      ),
    }));
  return {
    id: () => workbook.id,
    tabs: () => workbook.look(async (view) => view.sheets().map(toScriptTab)),
    addTab: (title) =>
      workbook.change(editor, async (edit) =>
        toScriptTab(edit.addSheet({ title, rowCount: DEFAULT_ROWS, columnCount: DEFAULT_COLUMNS })),
      ),
    extent: (tabId) =>
      workbook.look(async (view) => {
        const { rows, columns } = await view.extent(tabId);
        return { row: rows, column: columns };
      }),
    insertRows: (tabId, afterRow, count) =>
      workbook.change(editor, (edit) => edit.insert(tabId, 'rows', afterRow, count)),
    insertColumns: (tabId, afterColumn, count) =>
      workbook.change(editor, (edit) => edit.insert(tabId, 'columns', afterColumn, count)),
    read: (block) =>
      workbook.look(async (view) =>
        padded(block, await view.readCells(block.tabId, toArea(block)), toScriptCell),
      ),
    write: (block, values) =>
      workbook.change(editor, async (edit) => {
        edit.writeCells(block.tabId, block.row - 1, block.column - 1, values, 'typed');
      }),
    readNotes: (block) =>
      workbook.look(async (view) => padded(block, await view.readNotes(block.tabId, toArea(block)), String)),
    writeNotes: (block, notes) =>
      workbook.change(editor, async (edit) => {
        edit.writeNotes(block.tabId, block.row - 1, block.column - 1, notes);
      }),
    setFormat: (block, numberFormat) =>
      reshape(block.tabId, (shape) => ({
        ...shape,
        formats: [
          ...without(shape.formats, toArea(block)),
          { area: toArea(block), format: { numberFormat } },
        ],
      })),
    setRule: (block, rule) =>
      reshape(block.tabId, (shape) => {
        const others = without(shape.rules, toArea(block));
        if (rule === null) return { ...shape, rules: others };
        const stored = rule.kind === 'tick' ? { kind: 'tick' as const, strict: true } : rule;
        return { ...shape, rules: [...others, { area: toArea(block), rule: stored }] };
      }),
    columnTags: (tabId) =>
      workbook.look(async (view) => {
        const { columns, tags } = view.sheet(tabId).shape;
        return tags.flatMap(({ key, columnId }) => {
          const place = columns.findIndex(({ id }) => id === columnId);
          return place < 0 ? [] : [{ key, column: place + 1 }];
        });
      }),
    tagColumn: (tabId, column, key, value) =>
      reshape(tabId, (shape, nextId) => ({
        ...shape,
        tags: [
          ...shape.tags,
          {
            id: nextId(),
            key,
            value,
            visibility: 'DOCUMENT',
            columnId: shape.columns[column - 1]?.id ?? null,
          },
        ],
      })),
    hideColumns: (tabId, column, count) => reshapeColumns(tabId, column, count, { hidden: true }),
    freezeRows: (tabId, frozenRows) => reshape(tabId, (shape) => ({ ...shape, frozenRows })),
    setColumnWidth: (tabId, column, widthPx) => reshapeColumns(tabId, column, 1, { widthPx }),
  };
}

const toScriptTab = ({ sheetId, shape }: WorkbookSheet): ScriptTab => ({
  id: sheetId,
  name: shape.title,
  rows: shape.rowCount,
  columns: shape.columns.length,
});

const toArea = ({ row, column, rows, columns }: Block): Area => ({
  startRow: row - 1,
  endRow: row - 1 + rows,
  startColumn: column - 1,
  endColumn: column - 1 + columns,
});

/** What an area of its own covers entirely is replaced by it. */
function without<Item extends { readonly area: Area }>(items: readonly Item[], area: Area): Item[] {
  return items.filter((item) => !covers(area, item.area));
}

/** The workbook leaves out the empty rows at the end; Apps Script does not. */
function padded<From, To>(
  block: Block,
  stored: readonly (readonly From[])[],
  convert: (cell: From) => To,
): (To | '')[][] {
  return Array.from({ length: block.rows }, (_row, down) =>
    Array.from({ length: block.columns }, (_column, right) => {
      const cell = stored[down]?.[right];
      return cell === undefined ? '' : convert(cell);
    }),
  );
}

/** The local workbook does not compute: a formula reads as an error, which nothing mistakes for a value. */
function toScriptCell(content: CellContent): ScriptCell {
  return typeof content === 'object' ? '#NAME?' : content;
}
