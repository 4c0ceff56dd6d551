// Finds a tab's columns wherever people have moved or renamed them, and puts back what is missing.

import type { TabColumn, TabDefinition } from '../../shared/tabs/tab.ts';
import type { CellRule, SheetPort, TabPort } from '../ports.ts';
import { findOwnTab, makeOwnTab } from './own-tab.ts';
import { readMark } from './row-identity.ts';
import { STATE_COLOURS } from './row-states.ts';

export type FoundTab = {
  readonly tab: TabPort;
  /** The column of a key; every key of the definition is there. */
  readonly column: (key: string) => number;
  readonly columnOrNull: (key: string) => number | null;
  readonly firstColumn: number;
  readonly lastColumn: number;
  /** What had to be put back, in words. */
  readonly repairs: readonly string[];
};

export function findOrRepairTab(sheet: SheetPort, definition: TabDefinition): FoundTab {
  const repairs: string[] = [];
  const existing = findOwnTab(sheet, definition);
  const tab = existing ?? makeOwnTab(sheet, definition, repairs);
  const { columns, missing } = locate(tab, definition);
  if (existing === null) tab.freezeHeader();
  else unmergeHeader(tab, definition, columns, repairs);
  if (hasLostHeader(tab, definition, columns)) {
    tab.addTopRow();
    tab.freezeHeader();
    repairs.push(`The header of "${definition.name}" was put back.`);
  }
  for (const column of missing) {
    columns.set(column.key, addColumn(tab, column, columns));
    if (existing !== null) repairs.push(`The column "${column.header}" was put back.`);
  }
  restoreEmptyHeaders(tab, definition, columns, repairs);
  const places = [...columns.values()];
  return {
    tab,
    column: (key) => {
      const place = columns.get(key);
      if (place === undefined) throw new Error(`The tab ${definition.name} has no column ${key}.`);
      return place;
    },
    columnOrNull: (key) => columns.get(key) ?? null,
    firstColumn: Math.min(...places),
    lastColumn: Math.max(...places),
    repairs,
  };
}

/** Sets formats, dropdowns, tick boxes, widths and hidden columns again, as on the first day. */
export function dressColumns(found: FoundTab, definition: TabDefinition): void {
  for (const column of definition.columns) dressColumn(found.tab, column, found.column(column.key));
  const locked = definition.columns.filter((column) => column.locked).map(({ key }) => found.column(key));
  found.tab.protectColumns(locked);
  const status = found.columnOrNull('status');
  if (status !== null) found.tab.colourStates(status, STATE_COLOURS);
  found.tab.freezeHeader();
}

function locate(tab: TabPort, definition: TabDefinition) {
  const tagged = tab.taggedColumns();
  const columns = new Map<string, number>();
  for (const column of definition.columns) {
    const place = tagged.get(column.key);
    if (place !== undefined) columns.set(column.key, place);
  }
  const taken = new Set(columns.values());
  const headers = headersOf(tab);
  const missing: TabColumn[] = [];
  for (const column of definition.columns) {
    if (columns.has(column.key)) continue;
    const place = headers.findIndex(
      (header, index) => !taken.has(index + 1) && sameHeader(header, column.header),
    );
    if (place < 0) {
      missing.push(column);
      continue;
    }
    tab.tagColumn(place + 1, column.key);
    columns.set(column.key, place + 1);
    taken.add(place + 1);
  }
  return { columns, missing };
}

function headersOf(tab: TabPort): string[] {
  return (tab.read(1, 1, 1, tab.columnCount())[0] ?? []).map(String);
}

const sameHeader = (one: string, other: string): boolean =>
  one.trim().toLowerCase() === other.trim().toLowerCase();

/** Behind a merged header another one is hidden, and its column would seem to have none. */
function unmergeHeader(
  tab: TabPort,
  { name }: TabDefinition,
  columns: ReadonlyMap<string, number>,
  repairs: string[],
): void {
  const places = [...columns.values()];
  if (places.length === 0) return;
  const first = Math.min(...places);
  const merges = tab.merges(1, first, 1, Math.max(...places) - first + 1);
  for (const merge of merges) tab.unmerge(merge);
  if (merges.length > 0) repairs.push(`Merged cells in the header of "${name}" were unmerged.`);
}

/** Somebody deleted the whole row: a row of theirs stands where the header was, and says so by its tick box or its hidden id. */
function hasLostHeader(
  tab: TabPort,
  { columns: all }: TabDefinition,
  columns: ReadonlyMap<string, number>,
): boolean {
  const [line = []] = tab.read(1, 1, 1, tab.columnCount());
  return all.some(({ key, type }) => {
    const cell = line[(columns.get(key) ?? 0) - 1] ?? '';
    return type === 'checkbox' ? typeof cell === 'boolean' : key === 'rowId' && isMark(String(cell));
  });
}

const isMark = (cell: string): boolean => /^\S+ \S+$/.test(cell) && (readMark(cell)?.id.length ?? 0) > 20;

/** The next column that is wholly empty, behind everything that is in use. */
function addColumn(tab: TabPort, column: TabColumn, columns: ReadonlyMap<string, number>): number {
  const used = headersOf(tab).map((header, index) => (header === '' ? 0 : index + 1));
  const place = Math.max(...used, ...columns.values(), 0) + 1;
  if (place > tab.columnCount()) tab.addColumns(place - tab.columnCount());
  tab.write(1, place, [[column.header]]);
  tab.tagColumn(place, column.key);
  dressColumn(tab, column, place);
  return place;
}

function dressColumn(tab: TabPort, column: TabColumn, place: number): void {
  const rows = tab.rowCount() - 1;
  const rule = ruleOf(column);
  tab.setColumnWidth(place, column.widthPx);
  tab.writeNotes(1, place, [[column.note]]);
  if (rows > 0 && column.numberFormat !== null) tab.setFormat(place, 2, rows, column.numberFormat);
  if (rows > 0 && rule !== null) tab.setRule(place, 2, rows, rule);
  if (column.hidden) tab.hideColumn(place);
}

function ruleOf(column: TabColumn): CellRule | null {
  if (column.type === 'checkbox') return { kind: 'tick' };
  return column.choices === null ? null : { kind: 'choice', ...column.choices };
}

/** A renamed header is the person's choice and stays; a deleted one is put back. */
function restoreEmptyHeaders(
  tab: TabPort,
  definition: TabDefinition,
  columns: ReadonlyMap<string, number>,
  repairs: string[],
): void {
  const headers = headersOf(tab);
  for (const column of definition.columns) {
    const place = columns.get(column.key) ?? 0;
    if (place === 0 || headers[place - 1]?.trim() !== '') continue;
    tab.write(1, place, [[column.header]]);
    repairs.push(`The header "${column.header}" was put back.`);
  }
}
