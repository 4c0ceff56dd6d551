// Writes into rows what the server filled in or cleared, and keeps their fingerprints true.

import type { RowWrites } from '../../shared/api/rows.ts';
import type { TabDefinition } from '../../shared/tabs/tab.ts';
import type { Cell } from '../ports.ts';
import { writeColumn, writeOwnColumn } from './cells.ts';
import type { FoundTab } from './find-columns.ts';
import { writeMark } from './row-identity.ts';
import { fingerprintOf, saidColumns, type TabLine } from './rows.ts';

export type RowToFill = {
  readonly line: TabLine;
  readonly writes: RowWrites;
  /** The row still says what was sent; if not, only what people do not write is filled in. */
  readonly unchanged: boolean;
};

export function writeFilledIn(
  found: FoundTab,
  definition: TabDefinition,
  rows: readonly RowToFill[],
  digest: (text: string) => string,
): void {
  const said = saidColumns(definition).map(({ key }) => key);
  const marks = new Map<number, Cell>();
  const byColumn = new Map<string, Map<number, Cell>>();
  for (const { line, writes, unchanged } of rows) {
    const allowed = Object.entries(writes).filter(([key]) => unchanged || !said.includes(key));
    for (const [key, cell] of allowed) {
      if (found.columnOrNull(key) === null || line.cells[key] === cell) continue;
      const column = byColumn.get(key) ?? new Map<number, Cell>();
      byColumn.set(key, column.set(line.row, cell));
    }
    // What the server changed is what the row says from now on: it must not look like a person's edit.
    if (line.mark === null || !allowed.some(([key]) => said.includes(key))) continue;
    const fingerprint = fingerprintOf({ ...line.cells, ...Object.fromEntries(allowed) }, said, digest);
    marks.set(line.row, writeMark({ ...line.mark, fingerprint, sentBy: null }));
  }
  const own = ownKeys(definition);
  for (const [key, cells] of byColumn) {
    const write = own.includes(key) ? writeOwnColumn : writeColumn;
    write(found.tab, found.column(key), cells);
  }
  writeOwnColumn(found.tab, found.column('rowId'), marks);
}

/** A row that begins anew under an id of its own must not carry what the server once wrote for another row. */
export function clearFilledIn(found: FoundTab, definition: TabDefinition, lines: readonly TabLine[]): void {
  for (const key of ownKeys(definition).filter((own) => own !== 'rowId')) {
    const there = ({ status, message, cells }: TabLine) => ({ ...cells, status, message })[key] ?? '';
    const filled = lines.filter((line) => there(line) !== '');
    writeOwnColumn(found.tab, found.column(key), new Map(filled.map(({ row }) => [row, ''])));
  }
}

/** What such a row says afterwards. */
export const withoutFilledIn = (definition: TabDefinition, cells: TabLine['cells']): TabLine['cells'] => {
  const own = ownKeys(definition);
  return Object.fromEntries(Object.entries(cells).map(([key, cell]) => [key, own.includes(key) ? '' : cell]));
};

/** Of the columns that only the system writes. */
const ownKeys = ({ columns }: TabDefinition): readonly string[] =>
  columns.filter(({ locked }) => locked).map(({ key }) => key);
