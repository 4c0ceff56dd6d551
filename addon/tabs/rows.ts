// Reads a tab that people write in: every row with something in it, its identity and what it says.

import type { TabColumn, TabDefinition } from '../../shared/tabs/tab.ts';
import type { Cell } from '../ports.ts';
import type { FoundTab } from './find-columns.ts';
import { type RowMark, readMark } from './row-identity.ts';
import { isWaiting } from './row-states.ts';

const OWN_KEYS: readonly string[] = ['submit', 'status', 'message', 'rowId'];
export const STEP_KEY = 'step';

export type TabLine = {
  readonly row: number;
  readonly ticked: boolean;
  readonly mark: RowMark | null;
  readonly status: Cell;
  readonly message: Cell;
  /** Every column that is sent, by its key. */
  readonly cells: Readonly<Record<string, Cell>>;
  readonly fingerprint: string;
  /** How far the row is, in a tab whose rows live through several steps. */
  readonly step: number;
};

/** What is sent: the server reads each cell exactly as it is in the sheet. */
export const sentColumns = (definition: TabDefinition): readonly TabColumn[] =>
  definition.columns.filter(({ key }) => !OWN_KEYS.includes(key));

/** What a row says is what people write in it. What the server fills in makes no other row of it. */
export const saidColumns = (definition: TabDefinition): readonly TabColumn[] =>
  sentColumns(definition).filter(({ locked, hidden }) => !locked && !hidden);

/** `onlyWaiting`: a tick counts only where an earlier submission got no answer. */
export type ReadOptions = {
  readonly digest: (text: string) => string;
  readonly onlyWaiting: boolean;
  /** Rows whose tick box is that of another row: the cells are merged. */
  readonly tickOf?: ReadonlyMap<number, number>;
};

export function readLines(found: FoundTab, definition: TabDefinition, options: ReadOptions): TabLine[] {
  const { tab, firstColumn, lastColumn } = found;
  const rows = tab.lastRow() - 1;
  if (rows < 1) return [];
  const sent = sentColumns(definition).map(({ key }) => key);
  const said = saidColumns(definition).map(({ key }) => key);
  const lines = tab.read(2, firstColumn, rows, lastColumn - firstColumn + 1);
  return lines.flatMap((line, index) => {
    const cell = (key: string, from = line): Cell => from[found.column(key) - firstColumn] ?? '';
    const cells = Object.fromEntries(sent.map((key) => [key, cell(key)]));
    const box = options.tickOf?.get(index + 2);
    const isAsked = isTicked(cell('submit', box === undefined ? line : lines[box - 2]));
    const ticked = isAsked && (!options.onlyWaiting || isWaiting(cell('status')));
    const mark = readMark(String(cell('rowId')));
    // Digests cost time: a row that nobody ticks and nobody knows needs none. An empty tick box of a new row says false.
    if (mark === null && (!ticked || said.every((key) => isBlank(cells[key])))) return [];
    const fingerprint = fingerprintOf(cells, said, options.digest);
    const [status, message] = [cell('status'), cell('message')];
    const step = Number(cells[STEP_KEY]) || 0;
    return [{ row: index + 2, ticked, mark, status, message, cells, fingerprint, step }];
  });
}

const isBlank = (cell: Cell | undefined): boolean => cell === '' || cell === undefined || cell === false;

/** A paste can leave the word where the tick box was. */
const isTicked = (cell: Cell): boolean => cell === true || String(cell).toLowerCase() === 'true';

export function fingerprintOf(
  cells: Readonly<Record<string, Cell>>,
  said: readonly string[],
  digest: (text: string) => string,
): string {
  return digest(JSON.stringify(said.map((key) => cells[key] ?? ''))).slice(0, 16);
}
