// Reads and writes scattered rows of a tab in as few calls as possible: each call to Google costs time.

import type { Cell, TabPort } from '../ports.ts';

/** More calls than this for scattered rows would cost more time than writing what stands between them along. */
export const RUNS_MAX = 20;

/** Writes one column of the given rows, neighbours together; no other cell is touched. */
export function writeColumn(tab: TabPort, column: number, cells: ReadonlyMap<number, Cell>): void {
  for (const run of runsOf([...cells.keys()])) {
    tab.write(
      run[0] ?? 1,
      column,
      run.map((row) => [cells.get(row) ?? '']),
    );
  }
}

/** A column that only the system writes: what stands between scattered rows is written again as it is. */
export function writeOwnColumn(tab: TabPort, column: number, cells: ReadonlyMap<number, Cell>): void {
  const runs = runsOf([...cells.keys()]);
  if (runs.length <= RUNS_MAX) {
    writeColumn(tab, column, cells);
    return;
  }
  const { first, count } = spanOf(runs);
  const between = tab.read(first, column, count, 1);
  tab.write(
    first,
    column,
    between.map(([cell = ''], index) => [cells.get(first + index) ?? cell]),
  );
}

/** From the first row of runs to the last. */
export function spanOf(runs: readonly (readonly number[])[]): { first: number; count: number } {
  const first = runs[0]?.[0] ?? 1;
  const last = runs[runs.length - 1] ?? [];
  return { first, count: (last[last.length - 1] ?? first) - first + 1 };
}

/** Groups row numbers into unbroken runs, in ascending order. */
export function runsOf(rows: readonly number[]): number[][] {
  const runs: number[][] = [];
  for (const row of [...rows].sort((one, other) => one - other)) {
    const last = runs[runs.length - 1];
    if (last !== undefined && last[last.length - 1] === row - 1) last.push(row);
    else runs.push([row]);
  }
  return runs;
}
