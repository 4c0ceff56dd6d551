// Reads and writes scattered rows of a tab in as few calls as possible: each call to Google costs time.

import type { Cell, TabPort } from '../ports.ts';

/** Writes one column of the given rows, neighbours together. */
export function writeColumn(tab: TabPort, column: number, cells: ReadonlyMap<number, Cell>): void {
  for (const run of runsOf([...cells.keys()])) {
    tab.write(
      run[0] ?? 1,
      column,
      run.map((row) => [cells.get(row) ?? '']),
    );
  }
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
