// Which cells are selected: one active cell, and a block that reaches from it to another.

import type { PageColumn } from '../page-api.ts';

export type Selection = {
  readonly row: () => number;
  readonly column: () => number;
  readonly block: () => { fromRow: number; toRow: number; columns: readonly number[] };
  readonly has: (row: number, column: number) => boolean;
  readonly hasRow: (row: number) => boolean;
  readonly hasColumn: (column: number) => boolean;
  readonly isActive: (row: number, column: number) => boolean;
  readonly select: (row: number, column: number, extend?: boolean) => void;
  /** By rows and visible columns; `extend` keeps the other end of the block. */
  readonly move: (rows: number, columns: number, extend?: boolean) => void;
};

type Bounds = { readonly lastRow: number; readonly columns: readonly PageColumn[] };

export function createSelection(bounds: () => Bounds, changed: () => void): Selection {
  const firstColumn = bounds().columns[0]?.column ?? 1;
  let active = { row: 2, column: firstColumn };
  let other = { row: 2, column: firstColumn };

  const span = () => ({
    fromRow: Math.min(active.row, other.row),
    toRow: Math.max(active.row, other.row),
    columns: bounds()
      .columns.map(({ column }) => column)
      .filter(
        (column) =>
          column >= Math.min(active.column, other.column) && column <= Math.max(active.column, other.column),
      ),
  });
  const select = (row: number, column: number, extend = false) => {
    const inside = Math.min(Math.max(2, row), Math.max(2, bounds().lastRow));
    other = { row: inside, column };
    if (!extend) active = other;
    changed();
  };
  return {
    row: () => active.row,
    column: () => active.column,
    block: span,
    has: (row, column) => {
      const { fromRow, toRow, columns } = span();
      const several = fromRow !== toRow || columns.length > 1;
      return several && row >= fromRow && row <= toRow && columns.includes(column);
    },
    hasRow: (row) => row >= span().fromRow && row <= span().toRow,
    hasColumn: (column) => span().columns.includes(column),
    isActive: (row, column) => row === active.row && column === active.column,
    select,
    move: (rows, columns, extend = false) => {
      const shown = bounds().columns.map(({ column }) => column);
      const from = extend ? other : active;
      const place = Math.max(0, shown.indexOf(from.column)) + columns;
      const column = shown[Math.min(Math.max(0, place), shown.length - 1)] ?? from.column;
      select(from.row + rows, column, extend);
    },
  };
}
