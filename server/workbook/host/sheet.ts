// SpreadsheetApp.Sheet: one tab.

import { parseA1 } from '../a1.ts';
import { WHOLE_SHEET } from '../sheet-shape.ts';
import type { Block, ScriptCell, ScriptTab } from './calls.ts';
import { conditionalRules } from './conditional-rules.ts';
import { tagFinder } from './developer-metadata.ts';
import { protectionObject } from './protection.ts';
import { rangeObject } from './range.ts';
import { rangeListObject } from './range-list.ts';
import type { ServiceWorld } from './service-world.ts';

export function sheetObject(world: ServiceWorld, tabId: number) {
  const now = (): ScriptTab => {
    const found = world.call('tabs').find((tab) => tab.id === tabId);
    if (found === undefined) throw world.toError(`Sheet ${tabId} not found`);
    return found;
  };
  const shape = () => world.call('shape', tabId);
  const tags = () => tagFinder(world, (id): unknown => sheetObject(world, id), tabId);
  const self = {
    getName: () => now().name,
    getSheetName: () => now().name,
    getSheetId: () => tabId,
    getIndex: () => world.call('tabs').findIndex((tab) => tab.id === tabId) + 1,
    setName: (name: string): unknown => {
      world.call('renameTab', tabId, String(name));
      return self;
    },
    activate: (): unknown => {
      world.call('activate', { tabId, row: 1, column: 1 });
      return self;
    },
    isSheetHidden: () => now().hidden,
    hideSheet: (): unknown => {
      world.call('hideTab', tabId, true);
      return self;
    },
    showSheet: (): unknown => {
      world.call('hideTab', tabId, false);
      return self;
    },
    getMaxRows: () => now().rows,
    getMaxColumns: () => now().columns,
    getLastRow: () => world.call('extent', tabId).row,
    getLastColumn: () => world.call('extent', tabId).column,
    getFrozenRows: () => shape().frozenRows,
    getFrozenColumns: () => shape().frozenColumns,
    setFrozenRows: (rows: number) => world.call('freeze', tabId, 'rows', Number(rows)),
    setFrozenColumns: (columns: number) => world.call('freeze', tabId, 'columns', Number(columns)),
    getColumnWidth: (column: number) => shape().columns[column - 1]?.widthPx ?? 0,
    setColumnWidth: (column: number, widthPx: number): unknown => {
      world.call('setColumns', tabId, column, 1, { widthPx });
      return self;
    },
    setColumnWidths: (column: number, count: number, widthPx: number): unknown => {
      world.call('setColumns', tabId, column, count, { widthPx });
      return self;
    },
    setRowHeight: () => self,
    setTabColor: () => self,
    isColumnHiddenByUser: (column: number) => shape().columns[column - 1]?.hidden ?? false,
    hideColumns: (column: number, count = 1) =>
      world.call('setColumns', tabId, column, count, { hidden: true }),
    showColumns: (column: number, count = 1) =>
      world.call('setColumns', tabId, column, count, { hidden: false }),
    protect: (): unknown => {
      const existing = shape().protections.find(({ area }) => isWhole(area));
      return protectionObject(world, tabId, existing?.id ?? world.call('protect', tabId, WHOLE_SHEET));
    },
    getProtections: (type: string) =>
      shape()
        .protections.filter(({ area }) => isWhole(area) === (type === 'SHEET'))
        .map(({ id }) => protectionObject(world, tabId, id)),
    addDeveloperMetadata: (key: string, value = ''): unknown => {
      world.call('tag', tabId, null, String(key), String(value));
      return self;
    },
    createDeveloperMetadataFinder: () => tags(),
    getDeveloperMetadata: () => tags().withLocationType('SHEET').find(),
    ...conditionalRules(world, tabId),
    ...lineMethods(world, tabId, now, (): unknown => self),
    ...rangeMethods(
      world,
      tabId,
      now,
      (): { getRange: (...where: readonly unknown[]) => unknown } =>
        self as { getRange: (...where: readonly unknown[]) => unknown },
    ),
  };
  return self;
}

const isWhole = (area: typeof WHOLE_SHEET): boolean =>
  area.startRow === 0 && area.startColumn === 0 && area.endRow === null && area.endColumn === null;

/** Inserting and deleting rows and columns. Each gives the sheet back, as Google's do. */
function lineMethods<Self>(world: ServiceWorld, tabId: number, now: () => ScriptTab, self: () => Self) {
  const done = (_answer: unknown): Self => self();
  return {
    insertRowAfter: (row: number) => done(world.call('insertRows', tabId, row, 1)),
    insertRowBefore: (row: number) => done(world.call('insertRows', tabId, row - 1, 1)),
    insertRowsAfter: (row: number, count: number) => done(world.call('insertRows', tabId, row, count)),
    insertRowsBefore: (row: number, count: number) => done(world.call('insertRows', tabId, row - 1, count)),
    insertRows: (row: number, count = 1) => done(world.call('insertRows', tabId, row - 1, count)),
    deleteRow: (row: number) => done(world.call('deleteRows', tabId, row, 1)),
    deleteRows: (row: number, count: number) => world.call('deleteRows', tabId, row, count),
    insertColumnAfter: (column: number) => done(world.call('insertColumns', tabId, column, 1)),
    insertColumnsAfter: (column: number, count: number) =>
      done(world.call('insertColumns', tabId, column, count)),
    insertColumnBefore: (column: number) => done(world.call('insertColumns', tabId, column - 1, 1)),
    insertColumnsBefore: (column: number, count: number) =>
      done(world.call('insertColumns', tabId, column - 1, count)),
    deleteColumn: (column: number) => done(world.call('deleteColumns', tabId, column, 1)),
    deleteColumns: (column: number, count: number) => world.call('deleteColumns', tabId, column, count),
    appendRow: (values: readonly unknown[]) => {
      const { row } = world.call('extent', tabId);
      const { rows } = now();
      if (row >= rows) world.call('insertRows', tabId, rows, 1);
      world.call('write', { tabId, row: row + 1, column: 1, rows: 1, columns: values.length }, [
        values.map((value) => (value === null || value === undefined ? '' : (value as ScriptCell))),
      ]);
      return self();
    },
    sort: (column: number, ascending = true) => {
      const { row } = world.call('extent', tabId);
      const { frozenRows } = world.call('shape', tabId);
      const block = { tabId, row: frozenRows + 1, column: 1, rows: row - frozenRows, columns: now().columns };
      if (block.rows > 1) world.call('sort', block, [{ column, ascending }]);
      return self();
    },
  };
}

function rangeMethods(
  world: ServiceWorld,
  tabId: number,
  now: () => ScriptTab,
  self: () => { getRange: (...where: readonly unknown[]) => unknown },
) {
  const getRange = (...where: readonly unknown[]) => rangeObject(world, toBlock(world, now(), where), self);
  const selected = () => (world.selection?.tabId === tabId ? world.selection : null);
  const active = () => {
    const block = selected() ?? { row: 1, column: 1, rows: 1, columns: 1 };
    return getRange(block.row, block.column, block.rows, block.columns);
  };
  return {
    getRange,
    getRangeList: (all: readonly string[]) => {
      const tab = now();
      return rangeListObject(
        world,
        all.map((one) => toBlock(world, tab, [one])),
        self,
      );
    },
    getDataRange: () => {
      const { row, column } = world.call('extent', tabId);
      return getRange(1, 1, Math.max(1, row), Math.max(1, column));
    },
    getSheetValues: (row: number, column: number, rows: number, columns: number) =>
      getRange(row, column, rows, columns).getValues(),
    getActiveRange: active,
    getActiveCell: () => active().getCell(1, 1),
    getCurrentCell: () => active().getCell(1, 1),
    setActiveRange: (range: ReturnType<typeof rangeObject>) => range.activate(),
    clear: () => {
      const { row, column } = world.call('extent', tabId);
      if (row > 0) getRange(1, 1, row, Math.max(1, column)).clear();
    },
    clearContents: () => {
      const { row, column } = world.call('extent', tabId);
      if (row > 0) getRange(1, 1, row, Math.max(1, column)).clearContent();
    },
  };
}

function toBlock(world: ServiceWorld, tab: ScriptTab, where: readonly unknown[]): Block {
  const [first] = where;
  if (typeof first === 'string') return fromA1(world, tab, first);
  const [row = 0, column = 0, rows = 1, columns = 1] = where.map(Number);
  if (![row, column, rows, columns].every(Number.isInteger)) {
    throw world.toError(
      `The parameters (${where.map((part) => typeof part).join(',')}) don't match the method signature for ` +
        'SpreadsheetApp.Sheet.getRange.',
    );
  }
  if (row < 1) throw world.toError('The starting row of the range is too small.');
  if (column < 1) throw world.toError('The starting column of the range is too small.');
  if (rows < 1) throw world.toError('The number of rows in the range must be at least 1.');
  if (columns < 1) throw world.toError('The number of columns in the range must be at least 1.');
  if (row + rows - 1 > tab.rows || column + columns - 1 > tab.columns) {
    throw world.toError('The coordinates of the range are outside the dimensions of the sheet.');
  }
  return { tabId: tab.id, row, column, rows, columns };
}

function fromA1(world: ServiceWorld, tab: ScriptTab, a1: string): Block {
  const area = parseA1(a1)?.area ?? null;
  if (area === null || area.startRow >= tab.rows || area.startColumn >= tab.columns)
    throw world.toError('Range not found');
  return {
    tabId: tab.id,
    row: area.startRow + 1,
    column: area.startColumn + 1,
    rows: Math.min(area.endRow ?? tab.rows, tab.rows) - area.startRow,
    columns: Math.min(area.endColumn ?? tab.columns, tab.columns) - area.startColumn,
  };
}
