// Fills the hidden "seen" cell of rows that set a number: what stood in Inventory when the row was submitted.

import type { Cell, SheetPort } from '../ports.ts';
import { writeOwnColumn } from './cells.ts';
import type { FoundTab } from './find-columns.ts';
import type { TabLine } from './rows.ts';
import { readSeenNumbers, type SeenNumbers } from './seen-numbers.ts';

/** `news`: rows that say something new; an unchanged row keeps what it noted. */
export function writeSeenCells(sheet: SheetPort, found: FoundTab, news: readonly TabLine[]): void {
  const column = found.columnOrNull('seen');
  if (column === null) return;
  const isSet = ({ cells }: TabLine) => String(cells['action']).trim().toLowerCase() === 'set';
  const seenOf: SeenNumbers = news.some(isSet) ? readSeenNumbers(sheet) : () => null;
  const seen = news.flatMap((line): [number, Cell][] => {
    const { sku, warehouse } = line.cells;
    const number = isSet(line) ? seenOf(String(sku), String(warehouse)) : null;
    return number !== null || line.cells['seen'] !== '' ? [[line.row, number ?? '']] : [];
  });
  writeOwnColumn(found.tab, column, new Map(seen));
}
