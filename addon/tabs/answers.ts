// Writes what became of each row next to it: the state, a sentence, and a note on the cell that must be mended.

import type { Cell } from '../ports.ts';
import { runsOf, writeColumn } from './cells.ts';
import type { FoundTab } from './find-columns.ts';
import { ROW_STATES } from './row-states.ts';

export type RowOutcome = {
  readonly state: Exclude<keyof typeof ROW_STATES, 'submitting'>;
  readonly message: string;
  /** The key of the column to mend. */
  readonly field: string | null;
  /** What the row said when it was sent. */
  readonly fingerprint: string;
};

export type Placed = { readonly row: number; readonly outcome: RowOutcome };

const NOTE_MARK = 'Stocksheet: ';

export function writeOutcomes(found: FoundTab, placed: readonly Placed[]): void {
  const cellsOf = (cell: (outcome: RowOutcome) => Cell) =>
    new Map<number, Cell>(placed.map(({ row, outcome }) => [row, cell(outcome)]));
  writeColumn(
    found.tab,
    found.column('status'),
    cellsOf(({ state }) => ROW_STATES[state]),
  );
  writeColumn(
    found.tab,
    found.column('message'),
    cellsOf(({ message }) => message),
  );
  // What can still go through stays ticked, so that mending it and submitting again is enough.
  const settled = placed.filter(({ outcome }) => outcome.state !== 'error' && outcome.state !== 'waiting');
  writeColumn(found.tab, found.column('submit'), new Map(settled.map(({ row }) => [row, false])));
  writeNotes(found, placed);
}

function writeNotes(found: FoundTab, placed: readonly Placed[]): void {
  const byRow = new Map(placed.map(({ row, outcome }) => [row, outcome]));
  const width = found.lastColumn - found.firstColumn + 1;
  for (const run of runsOf([...byRow.keys()])) {
    const first = run[0] ?? 2;
    const before = found.tab.readNotes(first, found.firstColumn, run.length, width);
    const after = before.map((line, index) => notesOf(found, line, byRow.get(first + index)));
    if (JSON.stringify(after) !== JSON.stringify(before)) {
      found.tab.writeNotes(first, found.firstColumn, after);
    }
  }
}

/** Notes that people wrote themselves stay. */
function notesOf(found: FoundTab, notes: readonly string[], outcome: RowOutcome | undefined): string[] {
  const field = outcome?.field ?? null;
  const wrong = field === null ? -1 : found.columnOrNull(field);
  return notes.map((note, index) => {
    const isOurs = note.startsWith(NOTE_MARK);
    if (outcome !== undefined && found.firstColumn + index === wrong && (note === '' || isOurs)) {
      return NOTE_MARK + outcome.message;
    }
    return isOurs ? '' : note;
  });
}
