// Writes what became of each row next to it: the state, a sentence, and a note on the cell that must be mended.

import type { Cell } from '../ports.ts';
import { RUNS_MAX, runsOf, spanOf, writeOwnColumn } from './cells.ts';
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
  writeOwnColumn(
    found.tab,
    found.column('status'),
    cellsOf(({ state }) => ROW_STATES[state]),
  );
  writeOwnColumn(
    found.tab,
    found.column('message'),
    cellsOf(({ message }) => message),
  );
  // What can still go through stays ticked, so that mending it and submitting again is enough.
  const settled = placed.filter(({ outcome }) => outcome.state !== 'error' && outcome.state !== 'waiting');
  found.tab.untick(found.column('submit'), runsOf(settled.map(({ row }) => row)));
  writeNotes(found, placed);
}

function writeNotes(found: FoundTab, placed: readonly Placed[]): void {
  const byRow = new Map(placed.map(({ row, outcome }) => [row, outcome]));
  const width = found.lastColumn - found.firstColumn + 1;
  const runs = runsOf([...byRow.keys()]);
  // Each look at notes makes Google finish what was written before: scattered rows are looked at as one block.
  const blocks =
    runs.length <= RUNS_MAX ? runs.map((run) => ({ first: run[0] ?? 2, count: run.length })) : [spanOf(runs)];
  for (const { first, count } of blocks) {
    const before = found.tab.readNotes(first, found.firstColumn, count, width);
    const after = before.map((line, index) =>
      byRow.has(first + index) ? notesOf(found, line, byRow.get(first + index)) : line,
    );
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
