// What one window asks of a whole tab: a filter view, the values to filter by, and finding text.

import { requireNoVerticalMerge } from './merges.ts';
import type { PageCell, PageFilter, PageMatch, PageView } from './page-api.ts';
import { type CellContent, shownValue } from './row-store.ts';
import type { WorkbookView } from './session.ts';
import { WHOLE_SHEET } from './sheet-shape.ts';
import { compareCells } from './sort-rows.ts';

const VALUES_MAX = 500;
const MATCHES_MAX = 1_000;

/** The rows, from 1, that a filter view shows, the header left out. */
export async function viewRows(view: WorkbookView, wanted: PageView): Promise<readonly number[]> {
  const { shape } = view.sheet(wanted.tabId);
  const grid = await view.readCells(wanted.tabId, WHOLE_SHEET);
  if (wanted.filters.length > 0)
    requireNoVerticalMerge(shape, 'create a filter over', Math.max(1, shape.frozenRows), grid.length);
  if (wanted.sort !== null) requireNoVerticalMerge(shape, 'sort', Math.max(1, shape.frozenRows), grid.length);
  const cell = (place: number, column: number): PageCell => shownValue(grid[place]?.[column - 1] ?? '');
  const places: number[] = [];
  for (let place = Math.max(1, shape.frozenRows); place < grid.length; place += 1) {
    const isEmpty = grid[place]?.every((content) => content === '') ?? true;
    if (!isEmpty && wanted.filters.every((filter) => lets(filter, cell(place, filter.column))))
      places.push(place);
  }
  const { sort } = wanted;
  if (sort !== null) {
    places.sort((a, b) => compareCells(cell(a, sort.column), cell(b, sort.column), sort.descending) || a - b);
  }
  return places.map((place) => place + 1);
}

function lets(filter: PageFilter, cell: PageCell): boolean {
  if (filter.kind === 'values') return filter.values.includes(String(cell));
  return String(cell).toLowerCase().includes(filter.text.toLowerCase());
}

/** What a column holds, sorted; the first of them when there are very many. */
export async function distinctValues(view: WorkbookView, tabId: number, column: number): Promise<PageCell[]> {
  const { frozenRows } = view.sheet(tabId).shape;
  const grid = await view.readCells(tabId, {
    startRow: Math.max(1, frozenRows),
    endRow: null,
    startColumn: column - 1,
    endColumn: column,
  });
  const values = new Set(grid.map((line: readonly CellContent[]) => shownValue(line[0] ?? '')));
  return [...values].sort((a, b) => compareCells(a, b, false)).slice(0, VALUES_MAX);
}

export async function findText(view: WorkbookView, tabId: number, text: string): Promise<PageMatch[]> {
  const wanted = text.toLowerCase();
  if (wanted === '') return [];
  const { columns } = view.sheet(tabId).shape;
  const grid = await view.readCells(tabId, WHOLE_SHEET);
  const matches: PageMatch[] = [];
  for (const [place, line] of grid.entries()) {
    for (const [index, content] of line.entries()) {
      if (columns[index]?.hidden === true || content === '') continue;
      if (!String(shownValue(content)).toLowerCase().includes(wanted)) continue;
      matches.push({ row: place + 1, column: index + 1 });
      if (matches.length >= MATCHES_MAX) return matches;
    }
  }
  return matches;
}
