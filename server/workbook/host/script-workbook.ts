// The local workbook as a script sees it: rows and columns from 1, values as Apps Script hands them over.

import { isDayFormat } from '../../../shared/model/day-number.ts';
import { momentOfSerial } from '../number-format.ts';
import { isFormula, shownValue } from '../row-store.ts';
import type { WorkbookEdit } from '../session.ts';
import type { Editor, WorkbookSheet } from '../session-state.ts';
import {
  type Area,
  type Bounds,
  type CellFormat,
  covers,
  DEFAULT_COLUMNS,
  DEFAULT_ROWS,
  EVERY_EDITOR,
  numberFormatAt,
  type Protection,
  type SheetShape,
} from '../sheet-shape.ts';
import { compareCells } from '../sort-rows.ts';
import type { Workbook } from '../workbook.ts';
import type { Block, DayCell, ScriptCell, ScriptTab, ScriptWorkbook, SortKey } from './calls.ts';

/** `editor` is the person whose rights the script has. */
export function createScriptWorkbook(workbook: Workbook, editor: Editor): ScriptWorkbook {
  const reshape = (tabId: number, change: (shape: SheetShape, nextId: () => number) => SheetShape) =>
    workbook.change(editor, async (edit) => {
      edit.reshape(tabId, (shape) => change(shape, edit.nextId));
    });
  return {
    id: () => workbook.id,
    title: () => workbook.title,
    timeZone: () => workbook.timeZone,
    shape: (tabId) => workbook.look(async (view) => view.sheet(tabId).shape),
    deleteTab: (tabId) => workbook.change(editor, async (edit) => edit.deleteSheet(tabId)),
    renameTab: (tabId, name) => workbook.change(editor, async (edit) => edit.renameSheet(tabId, name)),
    hideTab: (tabId, hidden) => reshape(tabId, (shape) => ({ ...shape, hidden })),
    moveTab: (tabId, position) =>
      workbook.change(editor, async (edit) => edit.moveSheet(tabId, position - 1)),
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
    deleteRows: (tabId, row, count) =>
      workbook.change(editor, (edit) => edit.remove(tabId, 'rows', row - 1, row - 1 + count)),
    deleteColumns: (tabId, column, count) =>
      workbook.change(editor, (edit) => edit.remove(tabId, 'columns', column - 1, column - 1 + count)),
    sort: (block, keys) => workbook.change(editor, (edit) => sortBlock(edit, block, keys)),
    readFormulas: (block) =>
      workbook.look(async (view) =>
        padded(block, await view.readCells(block.tabId, toArea(block)), (cell) =>
          isFormula(cell) ? cell.formula : '',
        ),
      ),
    insertColumns: (tabId, afterColumn, count) =>
      workbook.change(editor, (edit) => edit.insert(tabId, 'columns', afterColumn, count)),
    read: (block) =>
      workbook.look(async (view) => {
        const cells = padded(block, await view.readCells(block.tabId, toArea(block)), shownValue);
        return withDays({ shape: view.sheet(block.tabId).shape, timeZone: workbook.timeZone }, block, cells);
      }),
    write: (block, values) =>
      workbook.change(editor, async (edit) => {
        edit.writeCells(block.tabId, block.row - 1, block.column - 1, values, 'typed');
      }),
    writeSame: (blocks, value) =>
      workbook.change(editor, async (edit) => {
        for (const { tabId, row, column, rows, columns } of blocks) {
          const line = Array<ScriptCell>(columns).fill(value);
          edit.writeCells(tabId, row - 1, column - 1, Array(rows).fill(line), 'typed');
        }
      }),
    readNotes: (block) =>
      workbook.look(async (view) => padded(block, await view.readNotes(block.tabId, toArea(block)), String)),
    writeNotes: (block, notes) =>
      workbook.change(editor, async (edit) => {
        edit.writeNotes(block.tabId, block.row - 1, block.column - 1, notes);
      }),
    setFormat: (block, format) =>
      reshape(block.tabId, (shape) => {
        const area = toArea(block);
        const names = (other: CellFormat) => Object.keys(other).sort().join();
        const replaced = (one: { area: Area; format: CellFormat }) =>
          covers(area, one.area) && names(one.format) === names(format);
        return {
          ...shape,
          formats: [...shape.formats.filter((one) => !replaced(one)), { area, format }],
        };
      }),
    setRule: (block, rule) =>
      reshape(block.tabId, (shape) => {
        const others = without(shape.rules, toArea(block));
        if (rule === null) return { ...shape, rules: others };
        const stored = rule.kind === 'tick' ? { kind: 'tick' as const, strict: true } : rule;
        return { ...shape, rules: [...others, { area: toArea(block), rule: stored }] };
      }),
    tags: (tabId) =>
      workbook.look(async (view) => (tabId === null ? view.sheets() : [view.sheet(tabId)]).flatMap(tagsOf)),
    tag: (tabId, column, key, value) =>
      reshape(tabId, (shape, nextId) => {
        const columnId = column === null ? null : (shape.columns[column - 1]?.id ?? null);
        return {
          ...shape,
          tags: [...shape.tags, { id: nextId(), key, value, visibility: 'DOCUMENT', columnId }],
        };
      }),
    untag: (tabId, id) =>
      reshape(tabId, (shape) => ({ ...shape, tags: shape.tags.filter((tag) => tag.id !== id) })),
    setColumns: (tabId, column, count, change) =>
      reshape(tabId, (shape) => ({
        ...shape,
        columns: shape.columns.map((one, index) =>
          index >= column - 1 && index < column - 1 + count ? { ...one, ...change } : one,
        ),
      })),
    freeze: (tabId, axis, count) =>
      reshape(tabId, (shape) =>
        axis === 'rows' ? { ...shape, frozenRows: count } : { ...shape, frozenColumns: count },
      ),
    ...protections(workbook, editor),
    merge: (block, kind) => workbook.change(editor, (edit) => edit.merge(block.tabId, toArea(block), kind)),
    unmerge: (block) => workbook.change(editor, async (edit) => edit.unmerge(block.tabId, toArea(block))),
    setConditionalRules: (tabId, rules) =>
      reshape(tabId, (shape) => ({ ...shape, conditionalFormats: rules })),
  };
}

/** As in a real sheet: protecting takes nobody's rights until editors are taken off. */
function protections(
  workbook: Workbook,
  editor: Editor,
): Pick<ScriptWorkbook, 'protect' | 'changeProtection' | 'unprotect'> {
  const change = (tabId: number, id: number, act: (one: Protection) => Protection | null) =>
    workbook.change(editor, async (edit) => {
      edit.reshape(tabId, (shape) => ({
        ...shape,
        protections: shape.protections.flatMap((one) => (one.id === id ? (act(one) ?? []) : [one])),
      }));
    });
  return {
    protect: (tabId, area) =>
      workbook.change(editor, async (edit) => {
        const id = edit.nextId();
        const made = {
          id,
          area,
          unprotected: [],
          editors: [EVERY_EDITOR],
          warningOnly: false,
          description: '',
        };
        edit.reshape(tabId, (shape) => ({ ...shape, protections: [...shape.protections, made] }));
        return id;
      }),
    changeProtection: (tabId, id, wanted) => change(tabId, id, (one) => ({ ...one, ...wanted })),
    unprotect: (tabId, id) => change(tabId, id, () => null),
  };
}

const toScriptTab = ({ sheetId, shape }: WorkbookSheet): ScriptTab => ({
  id: sheetId,
  name: shape.title,
  rows: shape.rowCount,
  columns: shape.columns.length,
  hidden: shape.hidden,
});

const toArea = ({ row, column, rows, columns }: Block): Bounds => ({
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
function withDays(
  { shape, timeZone }: { readonly shape: SheetShape; readonly timeZone: string },
  block: Block,
  cells: readonly (readonly ScriptCell[])[],
): (ScriptCell | DayCell)[][] {
  const formats = shape.formats.filter(({ format }) => isDayFormat(format.numberFormat ?? null));
  if (formats.length === 0) return cells.map((line) => [...line]);
  return cells.map((line, down) =>
    line.map((cell, right) => {
      const format = numberFormatAt(shape, block.row - 1 + down, block.column - 1 + right);
      if (typeof cell !== 'number' || !isDayFormat(format)) return cell;
      return { serial: cell, atMs: momentOfSerial(cell, timeZone) };
    }),
  );
}

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

/** Whole rows only: a block that leaves columns out would tear rows apart, which no part of Stocksheet does. */
async function sortBlock(edit: WorkbookEdit, block: Block, keys: readonly SortKey[]): Promise<void> {
  const area = { ...toArea(block), startColumn: 0, endColumn: null };
  const grid = await edit.readCells(block.tabId, area);
  const cell = (index: number, key: SortKey) => shownValue(grid[index]?.[key.column - 1] ?? '');
  const order = Array.from({ length: block.rows }, (_row, index) => index);
  order.sort((a, b) => {
    for (const key of keys) {
      const difference = compareCells(cell(a, key), cell(b, key), !key.ascending);
      if (difference !== 0) return difference;
    }
    return a - b;
  });
  await edit.reorder(block.tabId, block.row - 1, order);
}

const tagsOf = ({ sheetId, shape: { columns, tags } }: WorkbookSheet) =>
  tags.flatMap(({ id, key, value, columnId }) => {
    const place = columns.findIndex((column) => column.id === columnId);
    if (columnId !== null && place < 0) return [];
    return [{ tabId: sheetId, id, key, value, column: columnId === null ? null : place + 1 }];
  });
