// What must be done so that a tab looks as defined: make it, name it, tag and dress its columns, protect it.

import { createHash } from 'node:crypto';
import type { sheets_v4 } from 'googleapis/build/src/apis/sheets/index.js';
import { COLUMN_TAG_PREFIX, type TabColumn, type TabDefinition } from '../../shared/tabs/tab.ts';
import { type FoundTab, TAB_TAG } from './gateway.ts';

type Request = sheets_v4.Schema$Request;

const SERVER_ROWS_FIRST = 200;
const PEOPLE_ROWS_FIRST = 1_000;

/** Changes whenever anything of the structure does. */
export const layoutHash = (definition: TabDefinition): string =>
  createHash('sha256').update(JSON.stringify(definition)).digest('base64url').slice(0, 22);

/** Ours by its tag; otherwise one that people made under the same name. */
export function findTab(definition: TabDefinition, tabs: readonly FoundTab[]): FoundTab | null {
  const named = ({ title }: FoundTab) => title.toLowerCase() === definition.name.toLowerCase();
  return (
    tabs.find(({ tag }) => tag === definition.name) ??
    tabs.find((tab) => tab.tag === null && named(tab)) ??
    null
  );
}

/** `dress`: put widths, notes, formats and rules right even of columns that are there. */
export function structureRequests(
  definition: TabDefinition,
  found: FoundTab | null,
  dress: boolean,
): Request[] {
  if (found === null) return newTab(definition);
  const { sheetId } = found;
  const missing = definition.columns.filter(({ key }) => !found.columns.has(key));
  const isUntagged = found.columns.size === 0;
  // A tab that people made under our name: its columns are taken over from the left.
  const start = isUntagged ? 0 : found.gridColumns;
  const needed = start + missing.length - found.gridColumns;
  const places = new Map(missing.map((column, index) => [column, start + index]));
  for (const column of dress ? definition.columns : []) {
    const place = found.columns.get(column.key);
    if (place !== undefined) places.set(column, place);
  }
  return [
    // First of all: with merged cells in the way the header cannot be frozen.
    ...mergesInTheWay(definition, found).map((range) => ({ unmergeCells: { range } })),
    ...(found.title === definition.name ? [] : [rename(sheetId, definition.name)]),
    ...(found.tag === null ? [tagTab(sheetId, definition.name)] : []),
    ...(needed > 0 ? [{ appendDimension: { sheetId, dimension: 'COLUMNS', length: needed } }] : []),
    ...missing.map((column) => tagColumn(sheetId, column, places.get(column) ?? 0)),
    ...[...places].flatMap(([column, index]) => dressColumn(sheetId, column, index)),
    ...(found.frozenRows >= 1 ? [] : [freezeHeader(sheetId)]),
    ...(definition.owner === 'server' && !found.isProtected ? [protect(sheetId)] : []),
  ];
}

/** Merges hide numbers in a tab of ours, and headers in a tab of people; what they merge below is none of our business. */
export function mergesInTheWay(
  { owner, columns }: TabDefinition,
  found: FoundTab,
): readonly sheets_v4.Schema$GridRange[] {
  const places = found.columns.size === 0 ? columns.map((_, index) => index) : [...found.columns.values()];
  const [first, last] = [Math.min(...places), Math.max(...places)];
  return found.merges.filter(
    ({ startRowIndex, startColumnIndex, endColumnIndex }) =>
      (owner === 'server' || (startRowIndex ?? 0) === 0) &&
      (startColumnIndex ?? 0) <= last &&
      (endColumnIndex ?? last + 1) > first,
  );
}

function newTab(definition: TabDefinition): Request[] {
  // The same number each time: a request whose answer was lost does not make a second tab.
  const sheetId = createHash('sha256').update(definition.name).digest().readUInt32BE() & 0x7fff_ffff;
  const rowCount = definition.owner === 'server' ? SERVER_ROWS_FIRST : PEOPLE_ROWS_FIRST;
  const gridProperties = { rowCount, columnCount: definition.columns.length, frozenRowCount: 1 };
  return [
    { addSheet: { properties: { sheetId, title: definition.name, gridProperties } } },
    tagTab(sheetId, definition.name),
    ...definition.columns.map((column, index) => tagColumn(sheetId, column, index)),
    ...definition.columns.flatMap((column, index) => dressColumn(sheetId, column, index)),
    ...colours(definition, sheetId),
    ...(definition.owner === 'server' ? [protect(sheetId)] : []),
  ];
}

/** Colours that follow the values: below zero in red, and words that say how something is. */
function colours(definition: TabDefinition, sheetId: number): Request[] {
  if (definition.owner !== 'server') return [];
  const rules = definition.columns.flatMap((column, index) => {
    const range = { sheetId, startRowIndex: 1, startColumnIndex: index, endColumnIndex: index + 1 };
    // A change that takes away is no alarm; a number below zero is.
    if (column.type === 'integer')
      return column.key.endsWith('Change') ? [] : [colourRule(range, 'NUMBER_LESS', '0', RED)];
    if (!STATE_KEYS.has(column.key)) return [];
    return STATE_COLOURS.flatMap(([words, colour]) =>
      words.map((word) => colourRule(range, 'TEXT_STARTS_WITH', word, colour)),
    );
  });
  return rules.map((rule, index) => ({ addConditionalFormatRule: { rule, index } }));
}

type Colour = { readonly background: readonly number[]; readonly text: readonly number[] };
const RED: Colour = { background: [252, 225, 223], text: [140, 29, 24] };
const AMBER: Colour = { background: [253, 240, 213], text: [107, 58, 0] };
const BLUE: Colour = { background: [227, 236, 253], text: [10, 61, 145] };
const STATE_KEYS = new Set(['status', 'state', 'health', 'level']);
const STATE_COLOURS: readonly (readonly [readonly string[], Colour])[] = [
  [['failed', 'negative', 'error', 'trouble', 'reconnect'], RED],
  [['needs you', 'warning', 'low', 'unset', 'slowed', 'waiting', 'cancelled', 'gone'], AMBER],
  [['owed'], BLUE],
];

function colourRule(
  range: sheets_v4.Schema$GridRange,
  type: string,
  userEnteredValue: string,
  { background, text }: Colour,
): sheets_v4.Schema$ConditionalFormatRule {
  const style = ([red = 0, green = 0, blue = 0]: readonly number[]) => ({
    rgbColor: { red: red / 255, green: green / 255, blue: blue / 255 },
  });
  const format = {
    backgroundColorStyle: style(background),
    textFormat: { foregroundColorStyle: style(text) },
  };
  return { ranges: [range], booleanRule: { condition: { type, values: [{ userEnteredValue }] }, format } };
}

const rename = (sheetId: number, title: string): Request => ({
  updateSheetProperties: { properties: { sheetId, title }, fields: 'title' },
});

const freezeHeader = (sheetId: number): Request => ({
  updateSheetProperties: {
    properties: { sheetId, gridProperties: { frozenRowCount: 1 } },
    fields: 'gridProperties.frozenRowCount',
  },
});

const tagTab = (sheetId: number, name: string): Request => ({
  createDeveloperMetadata: {
    developerMetadata: {
      metadataKey: TAB_TAG,
      metadataValue: name,
      location: { sheetId },
      visibility: 'DOCUMENT',
    },
  },
});

const tagColumn = (sheetId: number, column: TabColumn, index: number): Request => ({
  createDeveloperMetadata: {
    developerMetadata: {
      metadataKey: COLUMN_TAG_PREFIX + column.key,
      location: { dimensionRange: { sheetId, dimension: 'COLUMNS', startIndex: index, endIndex: index + 1 } },
      visibility: 'DOCUMENT',
    },
  },
});

const protect = (sheetId: number): Request => ({
  addProtectedRange: {
    protectedRange: { range: { sheetId }, description: 'Written by Stocksheet', warningOnly: false },
  },
});

function dressColumn(sheetId: number, column: TabColumn, index: number): Request[] {
  const columns = { startColumnIndex: index, endColumnIndex: index + 1 };
  const header = { sheetId, startRowIndex: 0, endRowIndex: 1, ...columns };
  const body = { sheetId, startRowIndex: 1, ...columns };
  const requests: Request[] = [
    {
      updateDimensionProperties: {
        range: { sheetId, dimension: 'COLUMNS', startIndex: index, endIndex: index + 1 },
        properties: { pixelSize: column.widthPx, hiddenByUser: column.hidden },
        fields: 'pixelSize,hiddenByUser',
      },
    },
    { updateCells: { range: header, rows: [{ values: [{ note: column.note }] }], fields: 'note' } },
    {
      repeatCell: {
        range: header,
        cell: { userEnteredFormat: { textFormat: { bold: true } } },
        fields: 'userEnteredFormat.textFormat.bold',
      },
    },
  ];
  if (column.numberFormat !== null) {
    const type = column.numberFormat === '@' ? 'TEXT' : 'NUMBER';
    const numberFormat = { type, pattern: column.numberFormat };
    const fields = 'userEnteredFormat.numberFormat';
    requests.push({ repeatCell: { range: body, cell: { userEnteredFormat: { numberFormat } }, fields } });
  }
  const rule = ruleOf(column);
  if (rule !== null) requests.push({ setDataValidation: { range: body, rule } });
  return requests;
}

function ruleOf(column: TabColumn): sheets_v4.Schema$DataValidationRule | null {
  if (column.type === 'checkbox') return { condition: { type: 'BOOLEAN' }, strict: true, showCustomUi: true };
  if (column.choices === null) return null;
  const values = column.choices.values.map((userEnteredValue) => ({ userEnteredValue }));
  return { condition: { type: 'ONE_OF_LIST', values }, strict: column.choices.strict, showCustomUi: true };
}
