// The only file that touches Google's services: it turns them into the ports that the rest of the add-on works with.

import { dayInText, isDayFormat, mayBeDay } from '../shared/model/day-number.ts';
import { ASIDE_TAG, asideTitle, bearsName, TAB_TAG, taggedTab } from '../shared/tabs/own-tab.ts';
import { COLUMN_TAG_PREFIX } from '../shared/tabs/tab.ts';
import type { Connection } from './client.ts';
import {
  type CachePort,
  type Cell,
  type CellRule,
  type ClockPort,
  type HttpPort,
  type SelectedRows,
  type SheetPort,
  Sorry,
  type StateColour,
  type TabPort,
} from './ports.ts';
import type { OwnMemory } from './sender.ts';

const LOCK_WAIT_MS = 30_000;
const RANGES_AT_ONCE = 500;
const CONNECTION_PROPERTY = 'stocksheet.connection';

type Sheet = GoogleAppsScript.Spreadsheet.Sheet;

export function buildMenu(items: readonly { readonly label: string; readonly functionName: string }[]): void {
  const menu = SpreadsheetApp.getUi().createMenu('Stocksheet');
  for (const item of items) menu.addItem(item.label, item.functionName);
  menu.addToUi();
}

export function tell(title: string, message: string): void {
  const ui = SpreadsheetApp.getUi();
  ui.alert(title, message, ui.ButtonSet.OK);
}

export function toast(message: string): void {
  SpreadsheetApp.getActiveSpreadsheet().toast(message, 'Stocksheet', 8);
}

/** Kept with the document: whoever may edit this sheet may submit, and a copy of the sheet is not connected. */
export function readProperty(name: string): string | null {
  return PropertiesService.getDocumentProperties().getProperty(name);
}

export function writeProperty(name: string, value: string): void {
  PropertiesService.getDocumentProperties().setProperty(name, value);
}

/** Kept for the person who runs this: nobody else can read or write it, whatever they may do in the sheet. */
export const ownMemory: OwnMemory = {
  read: (name) => PropertiesService.getUserProperties().getProperty(name),
  write: (name, value) => void PropertiesService.getUserProperties().setProperty(name, value),
  forget: (name) => void PropertiesService.getUserProperties().deleteProperty(name),
};

/** Whose name this script runs under; empty when they have not allowed their e-mail address to be seen. */
export function whoRuns(): string {
  try {
    return Session.getEffectiveUser().getEmail();
  } catch {
    return '';
  }
}

export const newSecret = (): string => Utilities.getUuid() + Utilities.getUuid();

export const spreadsheetId = (): string => SpreadsheetApp.getActiveSpreadsheet().getId();

/** 300 px wide, as Google has it. */
export function showSidebar(file: string): void {
  const page = HtmlService.createHtmlOutputFromFile(file).setTitle('Stocksheet');
  SpreadsheetApp.getUi().showSidebar(page);
}

/** The tab and rows that the person has chosen; null when there are none. */
export function selectedRows(): SelectedRows | null {
  const spreadsheet = SpreadsheetApp.getActiveSpreadsheet();
  const range = spreadsheet.getActiveRange();
  return range === null
    ? null
    : {
        tab: tabOf(spreadsheet.getActiveSheet()),
        row: range.getRow(),
        rows: range.getNumRows(),
      };
}

export function goTo(tabName: string, row: number): boolean {
  const spreadsheet = SpreadsheetApp.getActiveSpreadsheet();
  const tab = sheetCalled(tabName);
  if (tab === null || row > tab.getMaxRows()) return false;
  spreadsheet.setActiveSheet(tab);
  tab.setActiveRange(tab.getRange(row, 1));
  return true;
}

/** What formulas in cells may keep for a while, for everybody in this spreadsheet. */
export const cache: CachePort = {
  getAll: (keys) => CacheService.getDocumentCache()?.getAll([...keys]) ?? {},
  putAll: (values, seconds) => CacheService.getDocumentCache()?.putAll({ ...values }, seconds),
};

export const clock: ClockPort = {
  /** Scopes can be taken back, and a trigger must not die of it again and again. */
  isAllowed: () =>
    ScriptApp.getAuthorizationInfo(ScriptApp.AuthMode.FULL).getAuthorizationStatus() !==
    ScriptApp.AuthorizationStatus.REQUIRED,
  removeTriggers: (functionName) => {
    for (const trigger of ScriptApp.getProjectTriggers()) {
      if (trigger.getHandlerFunction() === functionName) ScriptApp.deleteTrigger(trigger);
    }
  },
  hasTrigger: (functionName) =>
    ScriptApp.getProjectTriggers().some((trigger) => trigger.getHandlerFunction() === functionName),
  everyMinutes: (functionName, minutes) =>
    void ScriptApp.newTrigger(functionName).timeBased().everyMinutes(minutes).create(),
  everyHours: (functionName, hours) =>
    void ScriptApp.newTrigger(functionName).timeBased().everyHours(hours).create(),
};

export function saveConnection(connection: Connection): void {
  PropertiesService.getDocumentProperties().setProperty(CONNECTION_PROPERTY, JSON.stringify(connection));
}

export function readConnection(): Connection | null {
  const text = PropertiesService.getDocumentProperties().getProperty(CONNECTION_PROPERTY);
  return text === null ? null : (JSON.parse(text) as Connection);
}

export const http: HttpPort = {
  fetch: ({ url, method, headers, body }) => {
    const response = UrlFetchApp.fetch(url, {
      method,
      headers: { ...headers },
      contentType: 'application/json',
      muteHttpExceptions: true,
      followRedirects: false,
      ...(body === null ? {} : { payload: body }),
    });
    return {
      status: response.getResponseCode(),
      contentType: headerNamed(response.getHeaders(), 'content-type'),
      text: response.getContentText('UTF-8'),
    };
  },
  hmacSha256Hex: (text, secret) =>
    hex(Utilities.computeHmacSha256Signature(text, secret, Utilities.Charset.UTF_8)),
  sha256Hex: (text) =>
    hex(Utilities.computeDigest(Utilities.DigestAlgorithm.SHA_256, text, Utilities.Charset.UTF_8)),
  // Null when the person has not allowed their e-mail address to be seen; formulas may not ask at all.
  identityToken: () => (typeof ScriptApp === 'undefined' ? '' : (ScriptApp.getIdentityToken() ?? '')),
  newNonce: () => Utilities.getUuid(),
  nowMs: () => Date.now(),
};

/** Google's bytes are signed: −128 to 127. */
function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => (byte & 255).toString(16).padStart(2, '0')).join('');
}

function headerNamed(headers: object, name: string): string {
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  return found === undefined ? '' : String(found[1]);
}

export const sheet: SheetPort = {
  tab: (name) => {
    const found = sheetCalled(name);
    return found === null ? null : tabOf(found);
  },
  addTab: (name) => {
    const made = SpreadsheetApp.getActiveSpreadsheet().insertSheet(name);
    tagSheet(made, TAB_TAG, name);
    return tabOf(made);
  },
  flush: () => SpreadsheetApp.flush(),
  alone: (work) => {
    const lock = LockService.getDocumentLock();
    if (!lock.tryLock(LOCK_WAIT_MS)) {
      throw new Sorry('Somebody else is submitting in this sheet right now. Try again in a minute.');
    }
    try {
      return work();
    } finally {
      SpreadsheetApp.flush();
      lock.releaseLock();
    }
  },
  newId: () => Utilities.getUuid(),
};

/** By our tag, which the server sets as well; else by the name. */
function sheetCalled(name: string): Sheet | null {
  const spreadsheet = SpreadsheetApp.getActiveSpreadsheet();
  const tags = spreadsheet
    .createDeveloperMetadataFinder()
    .withLocationType(SpreadsheetApp.DeveloperMetadataLocationType.SHEET)
    .withKey(TAB_TAG)
    .withValue(name)
    .find();
  const found = tags.flatMap((tag) => {
    const place = tag.getLocation().getSheet();
    return place === null ? [] : [{ title: place.getName(), tag: name, place }];
  });
  const named = () => spreadsheet.getSheets().find((one) => bearsName({ title: one.getName() }, name));
  return taggedTab(name, found)?.place ?? named() ?? null;
}

function tagSheet(tab: Sheet, key: string, value: string): void {
  tab.addDeveloperMetadata(key, value, SpreadsheetApp.DeveloperMetadataVisibility.DOCUMENT);
}

function giveUpName(tab: Sheet): string {
  const before = tab.getName();
  const others = SpreadsheetApp.getActiveSpreadsheet().getSheets();
  const title = asideTitle(
    before,
    others.map((one) => one.getName()),
  );
  tab.setName(title);
  // The server tells of it in Activity.
  tagSheet(tab, ASIDE_TAG, before);
  return title;
}

function tabOf(tab: Sheet): TabPort {
  return {
    name: tab.getName(),
    tag: () =>
      tab
        .getDeveloperMetadata()
        .find((one) => one.getKey() === TAB_TAG)
        ?.getValue() ?? null,
    tagAs: (name) => tagSheet(tab, TAB_TAG, name),
    giveUpName: () => giveUpName(tab),
    lastRow: () => tab.getLastRow(),
    rowCount: () => tab.getMaxRows(),
    columnCount: () => tab.getMaxColumns(),
    addColumns: (count) => tab.insertColumnsAfter(tab.getMaxColumns(), count),
    addTopRow: () => {
      tab.insertRowBefore(1);
      // It takes the looks of the row below along: its tick box and its dropdowns are none of a header's.
      tab.getRange(1, 1, 1, tab.getMaxColumns()).clearDataValidations();
    },
    read: (row, column, rows, columns) => toCells(tab.getRange(row, column, rows, columns)),
    write: (row, column, values) => {
      if (values.length === 0) return;
      const plain = values.map((line) => line.map(asPlainText));
      tab.getRange(row, column, plain.length, plain[0]?.length ?? 0).setValues(plain);
    },
    untick: (column, runs) => {
      const letters = columnLetters(column);
      const places = runs.map((run) => `${letters}${run[0]}:${letters}${run[run.length - 1]}`);
      for (let start = 0; start < places.length; start += RANGES_AT_ONCE)
        tab.getRangeList(places.slice(start, start + RANGES_AT_ONCE)).setValue(false);
    },
    readNotes: (row, column, rows, columns) => tab.getRange(row, column, rows, columns).getNotes(),
    writeNotes: (row, column, notes) => {
      const lines = notes.map((line) => [...line]);
      tab.getRange(row, column, lines.length, lines[0]?.length ?? 0).setNotes(lines);
    },
    merges: (row, column, rows, columns) =>
      tab
        .getRange(row, column, rows, columns)
        .getMergedRanges()
        .map((merged) => ({
          row: merged.getRow(),
          column: merged.getColumn(),
          rows: merged.getNumRows(),
          columns: merged.getNumColumns(),
        })),
    unmerge: ({ row, column, rows, columns }) => void tab.getRange(row, column, rows, columns).breakApart(),
    taggedColumns: () => taggedColumns(tab),
    tagColumn: (column, key) => tagColumn(tab, column, key),
    hideColumn: (column) => tab.hideColumns(column),
    freezeHeader: () => tab.setFrozenRows(1),
    setFormat: (column, fromRow, rows, format) =>
      void tab.getRange(fromRow, column, rows, 1).setNumberFormat(format),
    setRule: (column, fromRow, rows, rule) =>
      void tab.getRange(fromRow, column, rows, 1).setDataValidation(ruleOf(rule)),
    protectColumns: (columns) => protectColumns(tab, columns),
    colourStates: (column, colours) => colourStates(tab, column, colours),
    setColumnWidth: (column, widthPx) => void tab.setColumnWidth(column, widthPx),
  };
}

/** Days become text as the sheet's clock shows them, so that a day in a quantity cell is refused. */
function toCells(range: GoogleAppsScript.Spreadsheet.Range): Cell[][] {
  const values: unknown[][] = range.getValues();
  let zone: string | null = null;
  const textOf = (day: Date): string => {
    zone ??= SpreadsheetApp.getActiveSpreadsheet().getSpreadsheetTimeZone();
    return Utilities.formatDate(day, zone, 'yyyy-MM-dd HH:mm')
      .replace(/ 00:00$/, '')
      .replace(/^1899-12-30 /, '');
  };
  const cells = values.map((line) =>
    line.map((value): Cell => {
      if (typeof value === 'number' || typeof value === 'boolean') return value;
      if (Object.prototype.toString.call(value) === '[object Date]') return textOf(value as Date);
      return value === null || value === undefined ? '' : String(value);
    }),
  );
  nameDays(range, cells);
  return cells;
}

/** A number under the format of a day is a day, should Google ever hand it over as a number. */
function nameDays(range: GoogleAppsScript.Spreadsheet.Range, cells: Cell[][]): void {
  const isSuspect = (cell: Cell | undefined): cell is number => typeof cell === 'number' && mayBeDay(cell);
  const columns = (cells[0] ?? []).map((_, index) => index);
  for (const index of columns.filter((at) => cells.some((line) => isSuspect(line[at])))) {
    const formats = range.offset(0, index, cells.length, 1).getNumberFormats();
    for (const [row, line] of cells.entries()) {
      const cell = line[index];
      if (isSuspect(cell) && isDayFormat(formats[row]?.[0] ?? null)) line[index] = dayInText(cell);
    }
  }
}

/** Text that Google would read as a formula is written with the apostrophe that keeps it text. */
function asPlainText(cell: Cell): Cell {
  return typeof cell === 'string' && /^[=+\-@']/.test(cell) ? `'${cell}` : cell;
}

function taggedColumns(tab: Sheet): ReadonlyMap<string, number> {
  const tags = tab
    .createDeveloperMetadataFinder()
    .withLocationType(SpreadsheetApp.DeveloperMetadataLocationType.COLUMN)
    .find();
  const columns = new Map<string, number>();
  for (const tag of tags) {
    const key = tag.getKey();
    const column = tag.getLocation().getColumn();
    if (key?.startsWith(COLUMN_TAG_PREFIX) && column !== null) {
      columns.set(key.slice(COLUMN_TAG_PREFIX.length), column.getColumn());
    }
  }
  return columns;
}

function tagColumn(tab: Sheet, column: number, key: string): void {
  // Metadata belongs to a whole column only when the range is written that way.
  const letters = columnLetters(column);
  tab
    .getRange(`${letters}:${letters}`)
    .addDeveloperMetadata(COLUMN_TAG_PREFIX + key, '', SpreadsheetApp.DeveloperMetadataVisibility.DOCUMENT);
}

function columnLetters(column: number): string {
  const last = String.fromCharCode(65 + ((column - 1) % 26));
  return column <= 26 ? last : columnLetters(Math.floor((column - 1) / 26)) + last;
}

function ruleOf(rule: CellRule): GoogleAppsScript.Spreadsheet.DataValidation {
  const builder = SpreadsheetApp.newDataValidation();
  if (rule.kind === 'tick') return builder.requireCheckbox().setAllowInvalid(false).build();
  return builder
    .requireValueInList([...rule.values], true)
    .setAllowInvalid(!rule.strict)
    .build();
}

const PROTECTION = 'Stocksheet: written by the system';

/**
 * A warning, not a wall: the script runs as whoever clicks, and must be able to write there. The server takes nothing from
 * these cells on trust.
 */
function protectColumns(tab: Sheet, columns: readonly number[]): void {
  for (const old of tab.getProtections(SpreadsheetApp.ProtectionType.RANGE)) {
    if (old.getDescription() === PROTECTION) old.remove();
  }
  for (const column of columns) {
    const range = tab.getRange(1, column, tab.getMaxRows(), 1);
    range.protect().setDescription(PROTECTION).setWarningOnly(true);
  }
}

/** Rules that people made themselves stay. */
function colourStates(tab: Sheet, column: number, colours: readonly StateColour[]): void {
  const ours = new Set(colours.map(({ state }) => state));
  const others = tab.getConditionalFormatRules().filter((rule) => {
    const [value] = rule.getBooleanCondition()?.getCriteriaValues() ?? [];
    return !ours.has(String(value));
  });
  const range = tab.getRange(2, column, tab.getMaxRows() - 1, 1);
  const made = colours.map(({ state, background, text }) =>
    SpreadsheetApp.newConditionalFormatRule()
      .whenTextEqualTo(state)
      .setBackground(background)
      .setFontColor(text)
      .setRanges([range])
      .build(),
  );
  tab.setConditionalFormatRules([...others, ...made]);
}
