// Fills the hidden "seen" cell of rows that set a number: what stood in Inventory when the row was submitted.

import type { Cell, SheetPort } from '../ports.ts';
import { writeOwnColumn } from './cells.ts';
import type { FoundTab } from './find-columns.ts';
import type { TabLine } from './rows.ts';
import { readSeenNumbers, type SeenNumbers } from './seen-numbers.ts';

export const SEEN_KEY = 'seen';

/** `news`: rows that say something new; an unchanged row keeps what it noted. Answers what was written, by row. */
export function writeSeenCells(
  sheet: SheetPort,
  found: FoundTab,
  news: readonly TabLine[],
): ReadonlyMap<number, Cell> {
  const column = found.columnOrNull(SEEN_KEY);
  if (column === null) return new Map();
  const isSet = ({ cells }: TabLine) => String(cells['action']).trim().toLowerCase() === 'set';
  const seenOf: SeenNumbers = news.some(isSet) ? readSeenNumbers(sheet) : () => null;
  const written = news.flatMap((line): [number, Cell][] => {
    const { sku, warehouse } = line.cells;
    const number = isSet(line) ? seenOf(String(sku), String(warehouse)) : null;
    return number !== null || line.cells[SEEN_KEY] !== '' ? [[line.row, number ?? '']] : [];
  });
  const seen = new Map(written);
  writeOwnColumn(found.tab, column, seen);
  return seen;
}
