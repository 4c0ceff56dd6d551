// What the parts of the grid share: the element that draws, the tab that it shows, and what stands where in it.

import type { PageCell, PageColumn } from '../page-api.ts';
import type { TabModel } from './tab-model.ts';
import type { Place } from './workbook-view.ts';

export type Surface = {
  readonly root: HTMLElement;
  /** Null until the first tab is opened. */
  grid: HTMLRevoGridElement | null;
  model: TabModel | null;
};

/** A cell as the grid counts: among the rows and columns that it draws, from 0. */
export type GridCell = { readonly x: number; readonly y: number };

export const ROW_PX = 27;

export const visibleColumns = ({ model }: Surface): readonly PageColumn[] =>
  (model?.tab().columns ?? []).filter(({ hidden }) => !hidden);

export const placeAt = (surface: Surface, { x, y }: GridCell): Place => ({
  row: surface.model?.rows()[y]?.n ?? 1,
  column: visibleColumns(surface)[x]?.column ?? 1,
});

export const gridCellOf = (surface: Surface, { row, column }: Place): GridCell => ({
  x: Math.max(
    0,
    visibleColumns(surface).findIndex((one) => one.column === column),
  ),
  y: Math.max(0, surface.model?.indexOf(row) ?? 0),
});

/** What an editor begins with: the formula where one stands. */
export function contentAt({ model }: Surface, index: number, column: number): PageCell {
  const row = model?.rows()[index];
  return row?.formulas[column]?.formula ?? row?.[`c${column}`] ?? '';
}

/** The cell that an element belongs to; null for whatever else the grid draws. */
export function placeOf(element: Element | null): Place | null {
  const cell = element?.closest('.rgCell[data-row]');
  const [row, column] = ['data-row', 'data-column'].map((name) => Number(cell?.getAttribute(name)));
  return row && column ? { row, column } : null;
}
