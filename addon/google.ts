// The only file that touches Google's services: it turns them into the ports that the rest of the add-on works with.

import { COLUMN_TAG_PREFIX } from '../shared/tabs/tab.ts';
import type { Connection } from './client.ts';
import { type Cell, type CellRule, type HttpPort, type SheetPort, Sorry, type TabPort } from './ports.ts';

const LOCK_WAIT_MS = 30_000;
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

/** The person's answer, or null when they closed the dialog. */
export function ask(title: string, question: string): string | null {
  const ui = SpreadsheetApp.getUi();
  const answer = ui.prompt(title, question, ui.ButtonSet.OK_CANCEL);
  return answer.getSelectedButton() === ui.Button.OK ? answer.getResponseText().trim() : null;
}

/** Kept with the document: whoever may edit this sheet may submit, and a copy of the sheet is not connected. */
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
    const found = SpreadsheetApp.getActiveSpreadsheet().getSheetByName(name);
    return found === null ? null : tabOf(found);
  },
  addTab: (name) => tabOf(SpreadsheetApp.getActiveSpreadsheet().insertSheet(name)),
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

function tabOf(tab: Sheet): TabPort {
  return {
    name: tab.getName(),
    lastRow: () => tab.getLastRow(),
    rowCount: () => tab.getMaxRows(),
    columnCount: () => tab.getMaxColumns(),
    addColumns: (count) => tab.insertColumnsAfter(tab.getMaxColumns(), count),
    read: (row, column, rows, columns) =>
      tab
        .getRange(row, column, rows, columns)
        .getValues()
        .map((line) => line.map(toCell)),
    write: (row, column, values) => {
      if (values.length === 0) return;
      const plain = values.map((line) => line.map(asPlainText));
      tab.getRange(row, column, plain.length, plain[0]?.length ?? 0).setValues(plain);
    },
    readNotes: (row, column, rows, columns) => tab.getRange(row, column, rows, columns).getNotes(),
    writeNotes: (row, column, notes) => {
      const lines = notes.map((line) => [...line]);
      tab.getRange(row, column, lines.length, lines[0]?.length ?? 0).setNotes(lines);
    },
    taggedColumns: () => taggedColumns(tab),
    tagColumn: (column, key) => tagColumn(tab, column, key),
    hideColumn: (column) => tab.hideColumns(column),
    freezeHeader: () => tab.setFrozenRows(1),
    setFormat: (column, fromRow, rows, format) =>
      void tab.getRange(fromRow, column, rows, 1).setNumberFormat(format),
    setRule: (column, fromRow, rows, rule) =>
      void tab.getRange(fromRow, column, rows, 1).setDataValidation(ruleOf(rule)),
    setColumnWidth: (column, widthPx) => void tab.setColumnWidth(column, widthPx),
  };
}

/** Dates become text, so that a date in a quantity cell is refused with what the person sees. */
function toCell(value: unknown): Cell {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  return value === null || value === undefined ? '' : String(value);
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
