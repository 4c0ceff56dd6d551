// Merged cells: which may be merged, what hides behind the first one, and how they follow rows that move.

import {
  type Area,
  type Bounds,
  contains,
  covers,
  isOneCell,
  overlaps,
  type SheetShape,
} from './sheet-shape.ts';
import { WorkbookError } from './workbook-error.ts';

/** As the menu of a sheet offers them: one block, a block for each row, a block for each column. */
export const MERGE_KINDS = ['all', 'across', 'vertically'] as const;
export type MergeKind = (typeof MERGE_KINDS)[number];

const CUT_MESSAGE = 'You must select all cells in a merged range to merge or unmerge them.';

export const mergeAt = (shape: Pick<SheetShape, 'merges'>, row: number, column: number): Bounds | null =>
  shape.merges.find((merge) => contains(merge, row, column)) ?? null;

/** Part of a merge, and not its first cell: what is written there is never seen. */
const isBehind = (merge: Bounds | null, row: number, column: number): boolean =>
  merge !== null && (merge.startRow !== row || merge.startColumn !== column);

export const isHidden = (shape: Pick<SheetShape, 'merges'>, row: number, column: number): boolean =>
  isBehind(mergeAt(shape, row, column), row, column);

/** The same for many cells of an area. */
export function hiddenIn(shape: SheetShape, area: Area): (row: number, column: number) => boolean {
  const byRow = new Map<number, Bounds[]>();
  for (const merge of mergesIn(shape, area)) {
    for (let row = merge.startRow; row < merge.endRow; row += 1)
      byRow.set(row, [...(byRow.get(row) ?? []), merge]);
  }
  if (byRow.size === 0) return () => false;
  return (row, column) =>
    isBehind(byRow.get(row)?.find((merge) => contains(merge, row, column)) ?? null, row, column);
}

/** The blocks that come of merging an area; single cells are none. */
export function blocksOf(area: Bounds, kind: MergeKind): readonly Bounds[] {
  const { startRow, endRow, startColumn, endColumn } = area;
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_line, index) => from + index);
  const blocks =
    kind === 'across'
      ? lines(startRow, endRow).map((row) => ({ ...area, startRow: row, endRow: row + 1 }))
      : kind === 'vertically'
        ? lines(startColumn, endColumn).map((column) => ({
            ...area,
            startColumn: column,
            endColumn: column + 1,
          }))
        : [area];
  return blocks.filter((block) => !isOneCell(block));
}

/** What is merged inside of the block already becomes part of it. */
export const withMerge = (shape: SheetShape, block: Bounds): SheetShape => {
  const others = withoutMerges(shape, block);
  return { ...others, merges: [...others.merges, block] };
};

export function withoutMerges(shape: SheetShape, area: Bounds): SheetShape {
  const touched = mergesIn(shape, area);
  if (touched.some((merge) => !covers(area, merge))) throw new WorkbookError(CUT_MESSAGE);
  return { ...shape, merges: shape.merges.filter((merge) => !touched.includes(merge)) };
}

export function requireWholeMerges({ merges, frozenRows, frozenColumns }: SheetShape): void {
  for (const [axis, isCut] of [
    ['rows', (one: Bounds) => one.startRow < frozenRows && one.endRow > frozenRows],
    ['columns', (one: Bounds) => one.startColumn < frozenColumns && one.endColumn > frozenColumns],
  ] as const) {
    if (merges.some(isCut)) throw new WorkbookError(`You can't merge frozen and non-frozen ${axis}.`);
  }
}

export const mergesIn = ({ merges }: Pick<SheetShape, 'merges'>, area: Area): readonly Bounds[] =>
  merges.filter((merge) => overlaps(merge, area));

/** Rows that one merge holds together have no order of their own. */
export function requireNoVerticalMerge(
  { merges }: SheetShape,
  doing: string,
  from: number,
  to: number,
): void {
  const isInTheWay = ({ startRow, endRow }: Bounds) =>
    endRow - startRow > 1 && startRow < to && endRow > from;
  if (merges.some(isInTheWay)) {
    throw new WorkbookError(
      `You can't ${doing} a range containing vertical merges. Please remove the vertical merges and try again.`,
    );
  }
}

/** Merges within one row go where the row goes: `order[i]` is the row that stands at place i afterwards. */
export function reorderedMerges({ merges }: SheetShape, at: number, order: readonly number[]): Bounds[] {
  const placeOf = new Map(order.map((old, place) => [at + old, at + place]));
  return merges.map((merge) => {
    const startRow = placeOf.get(merge.startRow) ?? merge.startRow;
    return { ...merge, startRow, endRow: startRow + merge.endRow - merge.startRow };
  });
}

export function requireUnmergedColumns({ merges }: SheetShape, from: number, to: number): void {
  if (merges.some(({ startColumn, endColumn }) => startColumn < to && endColumn > from))
    throw new WorkbookError(CUT_MESSAGE);
}
