// Brings a cell into sight, by its place among the rows and columns that are drawn. The grid's own way lags behind fast keys, and
// creeps by a pixel with each of them.

import { type GridCell, ROW_PX, type Surface, visibleColumns } from './revogrid-surface.ts';

export function bringIntoSight(surface: Surface, { x, y }: GridCell): void {
  const across = surface.grid?.querySelector('revogr-viewport-scroll.rgCol');
  const down = across?.querySelector('.vertical-inner');
  if (!(across instanceof HTMLElement) || !(down instanceof HTMLElement)) return;
  const widths = visibleColumns(surface).map(({ widthPx }) => widthPx);
  const left = widths.slice(0, x).reduce((sum, width) => sum + width, 0);
  across.scrollLeft = scrollFor(left, widths[x] ?? 0, across.scrollLeft, across.clientWidth);
  down.scrollTop = scrollFor(y * ROW_PX, ROW_PX, down.scrollTop, down.clientHeight);
}

/** As little as is needed for all of it to be in sight, or its beginning where it is larger than the window on it. */
export function scrollFor(begin: number, size: number, now: number, room: number): number {
  if (begin < now || size > room) return begin;
  return Math.max(now, begin + size - room);
}
