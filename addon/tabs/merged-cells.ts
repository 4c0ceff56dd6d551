// Merged cells: only the first one says something, and an answer written behind it is never seen. Where rows are submitted and
// answered they are taken apart, which takes nothing away.

import type { MergedBlock, TabPort } from '../ports.ts';
import type { RowOutcome } from './answers.ts';
import type { FoundTab } from './find-columns.ts';

/** All merges among the rows below the header that reach into our columns. */
export function mergesOfRows(
  { tab, firstColumn, lastColumn }: FoundTab,
  lastRow = tab.lastRow(),
): readonly MergedBlock[] {
  if (lastRow < 2) return [];
  return tab.merges(2, firstColumn, lastRow - 1, lastColumn - firstColumn + 1);
}

/** Takes apart those that hold one of these rows. Answers every row that was in one of them. */
export function unmergeRows(
  tab: TabPort,
  merges: readonly MergedBlock[],
  rows: ReadonlySet<number>,
): ReadonlySet<number> {
  const touched = new Set<number>();
  for (const merge of merges) {
    const held = rowsOf(merge);
    if (!held.some((row) => rows.has(row))) continue;
    tab.unmerge(merge);
    for (const row of held) touched.add(row);
  }
  return touched;
}

/** A tick box that is merged over several rows stands for all of them: each of these rows, with the row of the box. */
export function rowsOfMergedTicks(
  merges: readonly MergedBlock[],
  column: number,
): ReadonlyMap<number, number> {
  const boxes = merges.filter((merge) => merge.column <= column && column < merge.column + merge.columns);
  return new Map(boxes.flatMap((merge) => rowsOf(merge).map((row): [number, number] => [row, merge.row])));
}

const rowsOf = ({ row, rows }: MergedBlock): number[] =>
  Array.from({ length: rows }, (_, index) => row + index);

export const WAS_MERGED: RowOutcome = {
  state: 'error',
  message:
    'Cells of this row were merged, so that nobody can tell what belongs to which row. They are unmerged now and nothing was done: check what the row says, then submit it again.',
  field: null,
  fingerprint: '',
};
