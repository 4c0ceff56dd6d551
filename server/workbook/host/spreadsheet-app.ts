// SpreadsheetApp: the objects that scripts hold, as strict about their arguments as the real ones.

import type { Block, HostCalls, ScriptCell, ScriptRule, ScriptTab } from './calls.ts';
import { requireAuthorization, type ServiceWorld } from './service-world.ts';
import { createUi } from './ui.ts';

const CURRENT_ONLY = 'spreadsheets.currentonly';

export function createSpreadsheetApp(world: ServiceWorld) {
  return Object.freeze({
    DeveloperMetadataLocationType: Object.freeze({ COLUMN: 'COLUMN' }),
    DeveloperMetadataVisibility: Object.freeze({ DOCUMENT: 'DOCUMENT', PROJECT: 'PROJECT' }),
    getUi: () => createUi(world),
    getActiveSpreadsheet: () => {
      requireAuthorization(world, 'SpreadsheetApp.getActiveSpreadsheet', 'LIMITED', CURRENT_ONLY);
      return spreadsheet(world);
    },
    /** Every call has already reached the workbook, so there is nothing left to do. */
    flush: () => requireAuthorization(world, 'SpreadsheetApp.flush', 'LIMITED', CURRENT_ONLY),
    newDataValidation: () => validationBuilder(world),
  });
}

function spreadsheet(world: ServiceWorld) {
  return {
    getId: () => world.call('id'),
    getSheetByName: (name: string) => {
      const found = world.call('tabs').find((tab) => tab.name === name);
      return found === undefined ? null : sheet(world, found.id);
    },
    getSheets: () => world.call('tabs').map((tab) => sheet(world, tab.id)),
    insertSheet: (name: string) => sheet(world, world.call('addTab', String(name)).id),
    toast: (message: string, title = '', seconds = 5) =>
      world.call('toast', { title: String(title), message: String(message), seconds: Number(seconds) }),
  };
}

function sheet(world: ServiceWorld, tabId: number) {
  const now = (): ScriptTab => {
    const found = world.call('tabs').find((tab) => tab.id === tabId);
    if (found === undefined) throw world.toError(`Sheet ${tabId} not found`);
    return found;
  };
  const self = {
    getName: () => now().name,
    getSheetId: () => tabId,
    getMaxRows: () => now().rows,
    getMaxColumns: () => now().columns,
    getLastRow: () => world.call('extent', tabId).row,
    getLastColumn: () => world.call('extent', tabId).column,
    insertRowsAfter: (row: number, count: number) => {
      world.call('insertRows', tabId, row, count);
      return self;
    },
    insertColumnsAfter: (column: number, count: number) => {
      world.call('insertColumns', tabId, column, count);
      return self;
    },
    hideColumns: (column: number, count = 1) => world.call('hideColumns', tabId, column, count),
    setFrozenRows: (rows: number) => world.call('freezeRows', tabId, rows),
    setColumnWidth: (column: number, widthPx: number) => {
      world.call('setColumnWidth', tabId, column, widthPx);
      return self;
    },
    createDeveloperMetadataFinder: () => metadataFinder(world, tabId),
    getRange: (...where: readonly unknown[]) => range(world, toBlock(world, now(), where)),
  };
  return self;
}

function toBlock(world: ServiceWorld, tab: ScriptTab, where: readonly unknown[]): Block {
  const [first] = where;
  if (typeof first === 'string') {
    const column = wholeColumn(first);
    if (column === null || column > tab.columns) throw world.toError('Range not found');
    return { tabId: tab.id, row: 1, column, rows: tab.rows, columns: 1 };
  }
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

/** "C:C" → 3; anything else is not used by the script. */
function wholeColumn(a1: string): number | null {
  const letters = /^([A-Z]+):\1$/.exec(a1)?.[1];
  if (letters === undefined) return null;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
}

function range(world: ServiceWorld, block: Block) {
  const self = {
    getRow: () => block.row,
    getColumn: () => block.column,
    getNumRows: () => block.rows,
    getNumColumns: () => block.columns,
    getValues: () => world.call('read', block),
    setValues: (values: ScriptCell[][]) => {
      checkDimensions(world, 'setValues', block, values);
      world.call(
        'write',
        block,
        values.map((line) => line.map(toScriptCell)),
      );
      return self;
    },
    getNotes: () => world.call('readNotes', block),
    setNotes: (notes: (string | null)[][]) => {
      checkDimensions(world, 'setNotes', block, notes);
      world.call(
        'writeNotes',
        block,
        notes.map((line) => line.map((note) => note ?? '')),
      );
      return self;
    },
    setNumberFormat: (format: string) => {
      world.call('setFormat', block, String(format));
      return self;
    },
    setDataValidation: (rule: { readonly rule: ScriptRule } | null) => {
      world.call('setRule', block, rule === null ? null : rule.rule);
      return self;
    },
    addDeveloperMetadata: (key: string, value: string) => {
      const whole = block.row === 1 && block.columns === 1;
      if (!whole) throw world.toError('Metadata can only be added to a row, column, sheet or spreadsheet.');
      world.call('tagColumn', block.tabId, block.column, String(key), String(value));
      return self;
    },
  };
  return self;
}

/** Google's own sentences; a range and its data must have the same shape. */
function checkDimensions(world: ServiceWorld, method: string, block: Block, data: unknown): void {
  if (!Array.isArray(data) || !data.every((line) => Array.isArray(line))) {
    throw world.toError(
      `The parameters (${typeof data}) don't match the method signature for SpreadsheetApp.Range.${method}.`,
    );
  }
  if (data.length !== block.rows) {
    throw world.toError(
      'The number of rows in the data does not match the number of rows in the range. ' +
        `The data has ${data.length} but the range has ${block.rows}.`,
    );
  }
  const wrong = data.find((line) => line.length !== block.columns);
  if (wrong !== undefined) {
    throw world.toError(
      'The number of columns in the data does not match the number of columns in the range. ' +
        `The data has ${wrong.length} but the range has ${block.columns}.`,
    );
  }
}

function toScriptCell(value: unknown): ScriptCell {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value === null || value === undefined ? '' : String(value);
}

function validationBuilder(world: ServiceWorld) {
  let rule: ScriptRule | null = null;
  let allowInvalid = true;
  const builder = {
    requireCheckbox: () => {
      rule = { kind: 'tick' };
      return builder;
    },
    requireValueInList: (values: readonly unknown[]) => {
      if (values.length > 500) throw world.toError('The data validation rule has more than 500 items.');
      rule = { kind: 'choice', values: values.map(String), strict: false };
      return builder;
    },
    setAllowInvalid: (allow: boolean) => {
      allowInvalid = allow;
      return builder;
    },
    build: () => {
      if (rule === null) throw world.toError('The data validation rule has no criteria.');
      return { rule: rule.kind === 'choice' ? { ...rule, strict: !allowInvalid } : rule };
    },
  };
  return builder;
}

function metadataFinder(world: ServiceWorld, tabId: number) {
  const finder = {
    withLocationType: (type: string) => {
      if (type !== 'COLUMN') throw world.toError('Invalid argument: locationType');
      return finder;
    },
    find: () => world.call('columnTags', tabId).map((tag) => metadata(tag)),
  };
  return finder;
}

function metadata(tag: Awaited<ReturnType<HostCalls['columnTags']>>[number]) {
  return {
    getKey: () => tag.key,
    getLocation: () => ({ getColumn: () => ({ getColumn: () => tag.column }) }),
  };
}
