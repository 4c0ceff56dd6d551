// What must be done so that a tab looks as defined: make it, name it, tag and dress its columns, protect it.

import { createHash } from 'node:crypto';
import type { sheets_v4 } from 'googleapis/build/src/apis/sheets/index.js';
import { ASIDE_TAG, TAB_TAG } from '../../shared/tabs/own-tab.ts';
import { COLUMN_TAG_PREFIX, type TabColumn, type TabDefinition } from '../../shared/tabs/tab.ts';
import type { FoundTab } from './gateway.ts';
import type { Mend } from './own-tabs.ts';

type Request = sheets_v4.Schema$Request;

const SERVER_ROWS_FIRST = 200;
const PEOPLE_ROWS_FIRST = 1_000;

/** Changes whenever anything of the structure does. */
export const layoutHash = (definition: TabDefinition): string =>
  createHash('sha256').update(JSON.stringify(definition)).digest('base64url').slice(0, 22);

/** `dress`: put widths, notes, formats and rules right even of columns that are there. */
export function structureRequests(mend: Mend, dress: boolean): Request[] {
  const { definition, aside, tab } = mend;
  const requests = tab === null ? newTab(definition, mend.sheetId) : mendTab(mend, tab, dress);
  return [...aside.flatMap(giveUpName), ...requests];
}

function mendTab({ definition, places: untagged, title }: Mend, found: FoundTab, dress: boolean): Request[] {
  const { sheetId } = found;
  const missing = definition.columns.filter(({ key }) => !found.columns.has(key));
  // Columns of ours that lost their tags are where their headers are; an empty tab is filled from the left.
  const start = found.columns.size + untagged.size === 0 ? 0 : found.gridColumns;
  const added = missing.filter(({ key }) => !untagged.has(key));
  const needed = start + added.length - found.gridColumns;
  const places = new Map(
    missing.map((column) => [column, untagged.get(column.key) ?? start + added.indexOf(column)]),
  );
  for (const column of dress ? definition.columns : []) {
    const place = found.columns.get(column.key);
    if (place !== undefined) places.set(column, place);
  }
  return [
    // First of all: with merged cells in the way the header cannot be frozen.
    ...mergesInTheWay(definition, found).map((range) => ({ unmergeCells: { range } })),
    ...(found.title === title ? [] : [rename(sheetId, title)]),
    ...(found.tag === null ? [tagTab(sheetId, TAB_TAG, definition.name)] : []),
    ...(needed > 0 ? [{ appendDimension: { sheetId, dimension: 'COLUMNS', length: needed } }] : []),
    ...missing.map((column) => tagColumn(sheetId, column, places.get(column) ?? 0)),
    ...[...places].flatMap(([column, index]) => dressColumn(sheetId, column, index)),
    ...(found.frozenRows >= 1 ? [] : [freezeHeader(sheetId)]),
    ...(definition.owner === 'server' && !found.isProtected ? [protect(sheetId)] : []),
  ];
}

/** Before anything else: the batch is refused as a whole when two tabs bear one name. */
const giveUpName = ({ tab, title, isTheirs }: Mend['aside'][number]): Request[] => [
  rename(tab.sheetId, title),
  ...(isTheirs && tab.gaveUp === null ? [tagTab(tab.sheetId, ASIDE_TAG, tab.title)] : []),
];

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

/** The same number each time: a request whose answer was lost does not make a second tab. */
export function newSheetId(name: string, taken: readonly number[]): number {
  const wanted = createHash('sha256').update(name).digest().readUInt32BE() & 0x7fff_ffff;
  return taken.includes(wanted) ? newSheetId(`${name}+`, taken) : wanted;
}

function newTab(definition: TabDefinition, sheetId: number): Request[] {
  const rowCount = definition.owner === 'server' ? SERVER_ROWS_FIRST : PEOPLE_ROWS_FIRST;
  const gridProperties = { rowCount, columnCount: definition.columns.length, frozenRowCount: 1 };
  return [
    { addSheet: { properties: { sheetId, title: definition.name, gridProperties } } },
    tagTab(sheetId, TAB_TAG, definition.name),
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

const tagTab = (sheetId: number, metadataKey: string, metadataValue: string): Request => ({
  createDeveloperMetadata: {
    developerMetadata: {
      metadataKey,
      metadataValue,
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
