// Keys, mouse and clipboard of the grid.

import type { PageCell, PageEdit } from '../page-api.ts';
import { fromClipboardText, toClipboardText } from './clipboard.ts';
import type { Grid } from './grid.ts';
import type { Rows } from './rows.ts';

type Controls = {
  readonly root: HTMLElement;
  readonly grid: () => Grid;
  readonly rows: () => Rows;
  readonly change: (edit: PageEdit) => void;
};

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageDown: [20, 0],
  PageUp: [-20, 0],
};

export function listenToGrid(controls: Controls): void {
  const { root } = controls;
  root.addEventListener('keydown', (event) => onKey(controls, event));
  root.addEventListener('mousedown', (event) => {
    const place = placeOf(event.target);
    if (place === null) return;
    controls.grid().selection.select(place.row, place.column, event.shiftKey);
    if (event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    root.focus({ preventScroll: true });
  });
  root.addEventListener('click', (event) => {
    if (isOnArrow(event)) {
      controls.grid().edit(null, true);
      return;
    }
    const isTick = event.target instanceof HTMLInputElement && event.target.type === 'checkbox';
    if (!isTick) return;
    event.preventDefault();
    controls.grid().edit(null);
    root.focus({ preventScroll: true });
  });
  root.addEventListener('dblclick', (event) => {
    if (placeOf(event.target) !== null && !(event.target instanceof HTMLInputElement))
      controls.grid().edit(null);
  });
  root.addEventListener('copy', (event) => onCopy(controls, event));
  root.addEventListener('paste', (event) => onPaste(controls, event));
}

function placeOf(target: EventTarget | null): { row: number; column: number } | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[role="gridcell"]') : null;
  return cell === null ? null : { row: Number(cell.dataset['row']), column: Number(cell.dataset['column']) };
}

/** The little arrow at the right end of a cell with a list. */
function isOnArrow(event: MouseEvent): boolean {
  const cell = event.target instanceof HTMLElement && event.target.classList.contains('choice');
  return cell && event.offsetX > (event.target as HTMLElement).clientWidth - 24;
}

function onKey(controls: Controls, event: KeyboardEvent): void {
  if (event.target !== controls.root) return;
  const grid = controls.grid();
  const { selection } = grid;
  const step = STEPS[event.key];
  if (step !== undefined) selection.move(step[0], step[1], event.shiftKey);
  else if (event.key === 'Tab') selection.move(0, event.shiftKey ? -1 : 1);
  else if (event.key === 'Enter' || event.key === 'F2') grid.edit(null);
  else if (event.key === 'Home') goTo(controls, event.ctrlKey ? 2 : selection.row(), 'first');
  else if (event.key === 'End') goTo(controls, event.ctrlKey ? lastRow(controls) : selection.row(), 'last');
  else if (event.key === 'Delete' || event.key === 'Backspace') clear(controls);
  else if (event.key === ' ' && isTick(controls)) grid.edit(null);
  else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) grid.edit(event.key);
  else return;
  event.preventDefault();
}

function isTick({ grid }: Controls): boolean {
  const { selection, columns } = grid();
  return columns().find(({ column }) => column === selection.column())?.rule?.kind === 'tick';
}

const lastRow = ({ rows }: Controls): number => rows().tab().rows;

function goTo({ grid }: Controls, row: number, end: 'first' | 'last'): void {
  const columns = grid().columns();
  const column = (end === 'first' ? columns[0] : columns.at(-1))?.column;
  if (column !== undefined) grid().selection.select(row, column);
}

function blockOf({ grid, rows }: Controls): PageCell[][] {
  const { fromRow, toRow, columns } = grid().selection.block();
  const lines: PageCell[][] = [];
  for (let row = fromRow; row <= toRow; row += 1) {
    lines.push(columns.map((column) => rows().cell(row, column)));
  }
  return lines;
}

function clear(controls: Controls): void {
  const { fromRow, columns } = controls.grid().selection.block();
  const values = blockOf(controls).map((line) => line.map(() => ''));
  controls.change({ kind: 'cells', row: fromRow, column: columns[0] ?? 1, values });
}

function onCopy(controls: Controls, event: ClipboardEvent): void {
  if (event.target !== controls.root) return;
  event.clipboardData?.setData('text/plain', toClipboardText(blockOf(controls)));
  event.preventDefault();
}

function onPaste(controls: Controls, event: ClipboardEvent): void {
  if (event.target !== controls.root) return;
  event.preventDefault();
  const values = fromClipboardText(event.clipboardData?.getData('text/plain') ?? '');
  if (values.length === 0) return;
  const { fromRow, columns } = controls.grid().selection.block();
  controls.change({ kind: 'cells', row: fromRow, column: columns[0] ?? 1, values });
}
