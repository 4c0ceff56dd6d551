// SpreadsheetApp.Range: reading, writing, dressing and checking a block of cells.

import { toLocalTime } from '../../../shared/model/time-zone.ts';
import { formatA1 } from '../a1.ts';
import { formatNumber } from '../number-format.ts';
import { type Area, contains, numberFormatAt, ruleAt } from '../sheet-shape.ts';
import type { Block, DayCell, ScriptCell, ScriptRule } from './calls.ts';
import { readValidation, validationOf } from './data-validation.ts';
import { mergeMethods } from './merged-cells.ts';
import { protectionObject } from './protection.ts';
import type { ServiceWorld } from './service-world.ts';

/** What a range gives back as its sheet. */
export type SheetOfRange = { readonly getRange: (...where: readonly unknown[]) => unknown };

export function rangeObject(world: ServiceWorld, block: Block, sheet: () => SheetOfRange) {
  const area = toArea(block);
  const self = {
    getRow: () => block.row,
    getColumn: () => block.column,
    getNumRows: () => block.rows,
    getNumColumns: () => block.columns,
    getHeight: () => block.rows,
    getWidth: () => block.columns,
    getLastRow: () => block.row + block.rows - 1,
    getLastColumn: () => block.column + block.columns - 1,
    getA1Notation: () => formatA1('x', area).slice(2),
    getSheet: () => sheet(),
    getGridId: () => block.tabId,
    getCell: (row: number, column: number): unknown => {
      if (row > block.rows || column > block.columns) throw world.toError('Cell reference out of range');
      return rangeObject(
        world,
        {
          ...block,
          row: block.row + row - 1,
          column: block.column + column - 1,
          rows: 1,
          columns: 1,
        },
        sheet,
      );
    },
    offset: (rows: number, columns: number, height = block.rows, width = block.columns) =>
      sheet().getRange(block.row + rows, block.column + columns, height, width),
    activate: (): unknown => {
      world.call('activate', { tabId: block.tabId, row: block.row, column: block.column });
      return self;
    },
    sort: (keys: unknown): unknown => {
      world.call('sort', block, readSortKeys(keys));
      return self;
    },
    addDeveloperMetadata: (key: string, value = ''): unknown => {
      const whole = block.row === 1 && block.columns === 1;
      if (!whole) throw world.toError('Metadata can only be added to a row, column, sheet or spreadsheet.');
      world.call('tag', block.tabId, block.column, String(key), String(value));
      return self;
    },
    protect: () => {
      // A column asked for to its end stays protected to its end, however long the tab grows.
      const { rowCount } = world.call('shape', block.tabId);
      const open = area.endRow === rowCount ? { ...area, endRow: null } : area;
      return protectionObject(world, block.tabId, world.call('protect', block.tabId, open));
    },
    canEdit: () => true,
    ...valueMethods(world, block, (): unknown => self),
    ...noteMethods(world, block, (): unknown => self),
    ...ruleMethods(world, block, (): unknown => self),
    ...lookMethods(world, block, (): unknown => self),
    ...mergeMethods(world, block, {
      self: (): unknown => self,
      rangeOf: (merged): unknown => rangeObject(world, merged, sheet),
    }),
  };
  return self;
}

const toArea = (block: Block): Area => ({
  startRow: block.row - 1,
  endRow: block.row - 1 + block.rows,
  startColumn: block.column - 1,
  endColumn: block.column - 1 + block.columns,
});

const filled = <Value>(block: Block, value: Value): Value[][] =>
  Array.from({ length: block.rows }, () => Array.from({ length: block.columns }, () => value));

function valueMethods<Self>(world: ServiceWorld, block: Block, self: () => Self) {
  const getValues = (): unknown[][] =>
    world
      .call('read', block)
      .map((line) => line.map((cell) => (isDay(cell) ? world.toDate(cell.atMs) : cell)));
  const write = (values: readonly (readonly (ScriptCell | null)[])[]): Self => {
    world.call('write', block, values);
    return self();
  };
  const getDisplayValues = (): string[][] => {
    const shape = world.call('shape', block.tabId);
    return world.call('read', block).map((line, down) =>
      line.map((read, right) => {
        const format = numberFormatAt(shape, block.row - 1 + down, block.column - 1 + right);
        const cell = isDay(read) ? read.serial : read;
        return typeof cell === 'number' ? formatNumber(cell, format) : shown(cell);
      }),
    );
  };
  return {
    getValues,
    getValue: () => getValues()[0]?.[0] ?? '',
    getDisplayValues,
    getDisplayValue: () => getDisplayValues()[0]?.[0] ?? '',
    getFormulas: () => world.call('readFormulas', block),
    getFormula: () => world.call('readFormulas', block)[0]?.[0] ?? '',
    isBlank: () => getValues().every((line) => line.every((cell) => cell === '')),
    setValues: (values: readonly (readonly unknown[])[]) => {
      checkDimensions(world, 'setValues', block, values);
      return write(values.map((line) => line.map((value) => toScriptCell(world, value))));
    },
    setValue: (value: unknown) => write(filled(block, toScriptCell(world, value))),
    setFormula: (formula: unknown) => write(filled(block, String(formula))),
    setFormulas: (formulas: readonly (readonly unknown[])[]) => {
      checkDimensions(world, 'setFormulas', block, formulas);
      return write(formulas.map((line) => line.map(String)));
    },
    clearContent: () => write(filled(block, '')),
    clear: () => {
      world.call('writeNotes', block, filled(block, ''));
      return write(filled(block, ''));
    },
    check: () => write(filled(block, true)),
    uncheck: () => write(filled(block, false)),
    insertCheckboxes: () => {
      world.call('setRule', block, { kind: 'tick' });
      return write(getValues().map((line) => line.map((cell) => cell === true)));
    },
  };
}

const isDay = (cell: ScriptCell | DayCell): cell is DayCell => typeof cell === 'object';

const shown = (cell: ScriptCell): string =>
  typeof cell === 'boolean' ? String(cell).toUpperCase() : String(cell);

function noteMethods<Self>(world: ServiceWorld, block: Block, self: () => Self) {
  const write = (notes: string[][]): Self => {
    world.call('writeNotes', block, notes);
    return self();
  };
  return {
    getNotes: () => world.call('readNotes', block),
    getNote: () => world.call('readNotes', block)[0]?.[0] ?? '',
    setNotes: (notes: readonly (readonly (string | null)[])[]) => {
      checkDimensions(world, 'setNotes', block, notes);
      return write(notes.map((line) => line.map((note) => (note === null ? '' : String(note)))));
    },
    setNote: (note: string | null) => write(filled(block, note === null ? '' : String(note))),
    clearNote: () => write(filled(block, '')),
  };
}

function ruleMethods<Self>(world: ServiceWorld, block: Block, self: () => Self) {
  const rules = () => {
    const shape = world.call('shape', block.tabId);
    return filled(block, null).map((line, down) =>
      line.map((_, right) => {
        const rule = ruleAt(shape, block.row - 1 + down, block.column - 1 + right);
        return rule === null ? null : validationOf(rule as ScriptRule);
      }),
    );
  };
  return {
    setDataValidation: (rule: unknown) => {
      world.call('setRule', block, rule === null ? null : readValidation(world, rule));
      return self();
    },
    clearDataValidations: () => {
      world.call('setRule', block, null);
      return self();
    },
    getDataValidations: rules,
    getDataValidation: () => rules()[0]?.[0] ?? null,
  };
}

/** `#rrggbb` as the API keeps colours; null takes the colour away. */
function toColor(color: unknown): unknown {
  const digits = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(String(color ?? ''));
  if (digits === null) return null;
  const [red, green, blue] = digits.slice(1).map((part) => Number.parseInt(part, 16) / 255);
  return { rgbColor: { red, green, blue } };
}

function lookMethods<Self>(world: ServiceWorld, block: Block, self: () => Self) {
  const dress = (format: object): Self => {
    world.call('setFormat', block, format);
    return self();
  };
  const formatHere = () => numberFormatAt(world.call('shape', block.tabId), block.row - 1, block.column - 1);
  return {
    setNumberFormat: (format: unknown) => dress({ numberFormat: String(format) }),
    setNumberFormats: (formats: readonly (readonly string[])[]) => {
      checkDimensions(world, 'setNumberFormats', block, formats);
      formats.forEach((line, down) => {
        line.forEach((numberFormat, right) => {
          const cell = { ...block, row: block.row + down, column: block.column + right, rows: 1, columns: 1 };
          world.call('setFormat', cell, { numberFormat });
        });
      });
      return self();
    },
    getNumberFormat: () => formatHere() ?? 'General',
    getNumberFormats: () => {
      const shape = world.call('shape', block.tabId);
      return filled(block, '').map((line, down) =>
        line.map(
          (_, right) => numberFormatAt(shape, block.row - 1 + down, block.column - 1 + right) ?? 'General',
        ),
      );
    },
    setBackground: (color: unknown) => dress({ background: toColor(color) }),
    setFontColor: (color: unknown) => dress({ textColor: toColor(color) }),
    setFontWeight: (weight: unknown) => dress({ bold: weight === 'bold' }),
    getFontWeight: () => {
      const { formats } = world.call('shape', block.tabId);
      const bold = formats.findLast(
        ({ area, format }) => format.bold !== undefined && contains(area, block.row - 1, block.column - 1),
      );
      return bold?.format.bold === true ? 'bold' : 'normal';
    },
    setWrap: (wrap: boolean) => dress({ wrap: wrap ? 'WRAP' : 'OVERFLOW' }),
    setWrapStrategy: (wrap: unknown) => dress({ wrap: String(wrap) }),
    setHorizontalAlignment: (align: unknown) => dress({ align: String(align) }),
    setVerticalAlignment: () => self(),
    setFontSize: () => self(),
    setFontStyle: () => self(),
    setFontFamily: () => self(),
    clearFormat: () => dress({ numberFormat: 'General', bold: false, background: null, textColor: null }),
  };
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

export function toScriptCell(world: ServiceWorld, value: unknown): ScriptCell {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value === null || value === undefined) return '';
  // A date of the script's own world: no instanceof can tell.
  if (Object.prototype.toString.call(value) === '[object Date]')
    return toLocalTime(new Date((value as Date).getTime()), world.call('timeZone')).slice(0, 10);
  return String(value);
}

function readSortKeys(keys: unknown): { column: number; ascending: boolean }[] {
  return [keys].flat().map((key) => {
    if (typeof key === 'number') return { column: key, ascending: true };
    const { column = 1, ascending = true } = key as { column?: number; ascending?: boolean };
    return { column, ascending };
  });
}
