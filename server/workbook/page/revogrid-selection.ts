// Which cell of the grid is the current one, and which block is selected around it.

import type { Editing } from './revogrid-editing.ts';
import { bringIntoSight } from './revogrid-sight.ts';
import { type GridCell, gridCellOf, placeAt, type Surface, visibleColumns } from './revogrid-surface.ts';
import type { Place, SelectedBlock, Step, ViewEvents } from './workbook-view.ts';

export type Selection = {
  readonly place: () => Place;
  /** The pointer is on a cell, before the grid has drawn so; null: on something else of the grid. */
  readonly point: (place: Place | null) => void;
  readonly select: (place: Place, to?: Place) => Promise<void>;
  readonly selectRow: (row: number) => Promise<void>;
  readonly selectColumn: (column: number) => Promise<void>;
  /** Goes on by so many cells, once an editor that was left is gone. */
  readonly step: (step: Step) => Promise<void>;
  readonly block: () => Promise<SelectedBlock>;
  /** The pointer goes elsewhere, which makes the grid forget its block: it still counts for buttons and menus. */
  readonly remember: () => void;
  /** The grid tells what it has focused. */
  readonly readFocus: () => Promise<void>;
};

type Range = { x: number; y: number; x1: number; y1: number };

export const isInBlock = ({ rows, fromColumn, toColumn }: SelectedBlock, { row, column }: Place): boolean =>
  rows.includes(row) && column >= fromColumn && column <= toColumn;

export function createSelection(
  surface: Surface,
  events: Pick<ViewEvents, 'onSelect'>,
  editing: Pick<Editing, 'gone'>,
): Selection {
  let current: Place = { row: 2, column: 1 };
  /** The grid tells late what it focused: that counts only while the last choice was a pointer's, not ours. */
  let isPointed = false;
  let remembered: Promise<SelectedBlock> | null = null;

  const readBlock = async (): Promise<SelectedBlock | null> => {
    const here = current;
    const range = (await surface.grid?.getSelectedRange()) as
      | (Range & { rowType?: string })
      | null
      | undefined;
    if (!range || range.rowType === 'rowPinStart') return null;
    const rows = (surface.model?.rows() ?? []).slice(range.y, range.y1 + 1).map(({ n }) => n);
    const fromColumn = placeAt(surface, { x: range.x, y: range.y }).column;
    const toColumn = placeAt(surface, { x: range.x1, y: range.y1 }).column;
    // A range without the current cell is the grid's of a moment ago.
    return isInBlock({ rows, fromColumn, toColumn }, here) ? { rows, fromColumn, toColumn } : null;
  };
  const block = async (): Promise<SelectedBlock> => {
    const here = current;
    const before = await remembered;
    const shown = await readBlock();
    if (shown !== null) return shown;
    if (before !== null && isInBlock(before, here)) return before;
    return { rows: [here.row], fromColumn: here.column, toColumn: here.column };
  };
  const select = async (place: Place, to: Place = place): Promise<void> => {
    const { grid, model } = surface;
    if (grid === null || model === null) return;
    const [from, end] = [gridCellOf(surface, place), gridCellOf(surface, to)];
    current = place;
    isPointed = false;
    remembered = null;
    events.onSelect(place);
    await grid.componentOnReady?.();
    if (from.y === end.y) bringIntoSight(surface, from);
    await grid.setCellsFocus(from, end);
  };
  return {
    place: () => current,
    point: (place) => {
      if (place !== null) current = place;
      isPointed = true;
      remembered = null;
    },
    select,
    selectRow: async (row) => {
      const columns = visibleColumns(surface);
      const [first, last] = [columns[0]?.column, columns.at(-1)?.column];
      if (row > 1 && first !== undefined && last !== undefined)
        await select({ row, column: first }, { row, column: last });
    },
    selectColumn: async (column) => {
      const rows = surface.model?.rows() ?? [];
      const [first, last] = [rows[0]?.n, rows.at(-1)?.n];
      if (first !== undefined && last !== undefined)
        await select({ row: first, column }, { row: last, column });
    },
    step: async ({ down, right }) => {
      const columns = visibleColumns(surface);
      const x = columns.findIndex(({ column }) => column === current.column) + right;
      const y = (surface.model?.indexOf(current.row) ?? 0) + down;
      const last = (surface.model?.rows().length ?? 1) - 1;
      const cell: GridCell = {
        x: Math.min(Math.max(0, x), columns.length - 1),
        y: Math.min(Math.max(0, y), last),
      };
      // Going on is what makes the grid take the editor away.
      const gone = editing.gone();
      await select(placeAt(surface, cell));
      await gone;
    },
    block,
    remember: () => {
      remembered = block();
    },
    readFocus: async () => {
      const focused = await surface.grid?.getFocused();
      if (focused?.cell === undefined || !isPointed) return;
      const place = placeAt(surface, focused.cell);
      current = focused.rowType === 'rowPinStart' ? { row: 1, column: place.column } : place;
      if (focused.rowType !== 'rowPinStart') bringIntoSight(surface, focused.cell);
      events.onSelect(current);
    },
  };
}
