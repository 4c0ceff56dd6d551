// Merging cells in the grid, and what takes it back: the merges that were there, and what stood behind them.

import { mergesIn } from './merges.ts';
import type { PageEdit } from './page-api.ts';
import type { Done } from './page-cells.ts';
import type { CellContent } from './row-store.ts';
import type { WorkbookEdit } from './session.ts';
import type { Bounds } from './sheet-shape.ts';
import { WorkbookError } from './workbook-error.ts';

type MergeEdit = Extract<PageEdit, { kind: 'merge' }>;

export type MergeMemory = {
  readonly kind: 'merge';
  readonly sheetId: number;
  readonly revision: number;
  readonly area: Bounds;
  readonly merges: readonly Bounds[];
  readonly cells: readonly (readonly CellContent[])[];
};

export async function mergeCells(
  session: WorkbookEdit,
  tabId: number,
  revision: number,
  edit: MergeEdit,
  remember: (memory: MergeMemory) => string,
): Promise<Done> {
  const area = await areaOf(session, tabId, revision, edit);
  const merges = mergesIn(session.sheet(tabId).shape, area);
  const cells = await session.readCells(tabId, area);
  if (edit.how === null) session.unmerge(tabId, area);
  else await session.merge(tabId, area, edit.how);
  const id = remember({ kind: 'merge', sheetId: tabId, revision: session.revision, area, merges, cells });
  return { undo: { kind: 'unmerge', id }, remark: '' };
}

/** Cells that were typed into since stay as they are. */
export async function unmergeCells(
  session: WorkbookEdit,
  tabId: number,
  { area, merges, cells, revision }: MergeMemory,
): Promise<Done> {
  const { startRow, endRow, startColumn } = area;
  const [first, last] = await session.follow(tabId, revision, [startRow, endRow - 1]);
  if (first !== startRow || last !== endRow - 1)
    throw new WorkbookError('Rows were added, removed or sorted since, so this cannot be taken back.');
  session.unmerge(tabId, area);
  const now = await session.readCells(tabId, area);
  for (const [down, line] of cells.entries()) {
    for (const [right, content] of line.entries()) {
      const isFree = (now[down]?.[right] ?? '') === '';
      if (isFree && content !== '') session.putContent(tabId, startRow + down, startColumn + right, content);
    }
  }
  for (const merge of merges) await session.merge(tabId, merge, 'all');
  return { undo: null, remark: '' };
}

async function areaOf(
  session: WorkbookEdit,
  tabId: number,
  revision: number,
  { rows, column, columns }: MergeEdit,
): Promise<Bounds> {
  const wanted = rows.map((row) => row - 1);
  const places = await session.follow(tabId, revision, wanted);
  const [startRow] = places;
  const isOneBlock = places.every((place, index) => place !== null && place === (startRow ?? 0) + index);
  if (startRow === null || startRow === undefined || !isOneBlock)
    throw new WorkbookError('These rows do not stand together. Show all rows first, then choose this again.');
  return {
    startRow,
    endRow: startRow + places.length,
    startColumn: column - 1,
    endColumn: column - 1 + columns,
  };
}
