// The grid: only the rows in sight are in the page, so that a tab of any length stays quick.

import type { PageCell, PageColumn, PageEdit } from '../page-api.ts';
import { fillCell } from './cells.ts';
import { columnLetters, element } from './dom.ts';
import { openEditor } from './editor.ts';
import type { Rows } from './rows.ts';
import { createSelection, type Selection } from './selection.ts';

const ROW_PX = 27;
const HEAD_PX = 22 + ROW_PX;
const NUMBER_PX = 46;
const SPARE_ROWS = 12;

export type Grid = {
  readonly selection: Selection;
  readonly columns: () => readonly PageColumn[];
  readonly draw: () => void;
  readonly edit: (typed: string | null, unfold?: boolean) => void;
  readonly close: () => void;
};

export type GridOptions = {
  readonly root: HTMLElement;
  readonly rows: Rows;
  readonly change: (edit: PageEdit) => void;
  readonly onSelect: (selection: Selection) => void;
  readonly refuse: (message: string) => void;
};

export function createGrid(options: GridOptions): Grid {
  const { root, rows } = options;
  const sheet = element('div', { class: 'sheet' });
  const head = element('div', { class: 'head', role: 'rowgroup' });
  const body = element('div', { class: 'body', role: 'rowgroup' });
  sheet.append(head, body);
  root.replaceChildren(sheet);
  root.scrollTo(0, 0);
  root.setAttribute('role', 'grid');
  root.tabIndex = 0;
  root.setAttribute('aria-label', rows.tab().name);
  const columns = () => rows.tab().columns.filter((column) => !column.hidden);
  const lines = new Map<number, HTMLElement>();
  const pictures = new WeakMap<HTMLElement, string>();
  let drawnColumns = '';
  const selection = createSelection(() => ({ lastRow: rows.tab().rows, columns: columns() }), selected);

  function selected(): void {
    bringIntoSight();
    draw();
    options.onSelect(selection);
  }

  function draw(): void {
    const shown = columns();
    const width = shown.reduce((sum, column) => sum + column.widthPx, NUMBER_PX);
    sheet.style.setProperty(
      '--columns',
      [NUMBER_PX, ...shown.map((column) => column.widthPx)].map((size) => `${size}px`).join(' '),
    );
    sheet.style.width = `${width}px`;
    sheet.style.height = `${HEAD_PX + (rows.tab().rows - 1) * ROW_PX}px`;
    root.setAttribute('aria-rowcount', String(rows.tab().rows));
    root.setAttribute('aria-colcount', String(shown.length));
    const layout = shown.map(({ column }) => column).join();
    if (layout !== drawnColumns) {
      lines.clear();
      body.replaceChildren();
    }
    drawnColumns = layout;
    drawHead(shown);
    drawBody(shown);
  }

  function drawHead(shown: readonly PageColumn[]): void {
    const letters = shown.map((column) =>
      element('div', { class: selection.hasColumn(column.column) ? 'letter on' : 'letter' }, [
        columnLetters(column.column),
      ]),
    );
    const titles = shown.map((column) => {
      const title = String(rows.cell(1, column.column));
      return element('div', { class: 'cell', role: 'columnheader', title: rows.note(1, column.column) }, [
        title,
      ]);
    });
    const number = (text: string) => element('div', { class: 'number', 'aria-hidden': 'true' }, [text]);
    head.replaceChildren(
      element('div', { class: 'line letters', 'aria-hidden': 'true' }, [number(''), ...letters]),
      element('div', { class: 'line', role: 'row', 'aria-rowindex': 1 }, [number('1'), ...titles]),
    );
  }

  function drawBody(shown: readonly PageColumn[]): void {
    const from = Math.max(2, Math.floor(root.scrollTop / ROW_PX) + 2 - SPARE_ROWS);
    const inSight = Math.ceil(root.clientHeight / ROW_PX) + 2 * SPARE_ROWS;
    const to = Math.min(rows.tab().rows, from + inSight);
    rows.want(from, to);
    for (const [row, line] of lines) {
      if (row >= from && row <= to) continue;
      line.remove();
      lines.delete(row);
    }
    for (let row = from; row <= to; row += 1) drawLine(row, shown);
    root.setAttribute('aria-activedescendant', cellId(selection.row(), selection.column()));
  }

  /** Elements stay as long as their row is in sight: a click must find the same element that was pressed. */
  function drawLine(row: number, shown: readonly PageColumn[]): void {
    const line = lines.get(row) ?? newLine(row, shown);
    line.firstElementChild?.classList.toggle('on', selection.hasRow(row));
    shown.forEach((column, index) => {
      const box = line.children[index + 1];
      if (box instanceof HTMLElement) drawCell(box, row, column);
    });
  }

  function drawCell(box: HTMLElement, row: number, column: PageColumn): void {
    const [value, note] = [rows.cell(row, column.column), rows.note(row, column.column)];
    const label = `${rows.cell(1, column.column)}, row ${row}`;
    const picture = JSON.stringify([value, note, label, column.editable, column.rule?.kind, column.key]);
    if (pictures.get(box) !== picture) {
      fillCell(box, column, value, note, label);
      pictures.set(box, picture);
    }
    box.classList.toggle('picked', selection.has(row, column.column));
    box.classList.toggle('active', selection.isActive(row, column.column));
    box.setAttribute('aria-selected', String(selection.has(row, column.column)));
  }

  function newLine(row: number, shown: readonly PageColumn[]): HTMLElement {
    const cells = shown.map((column, index) => {
      const box = element('div', {
        role: 'gridcell',
        id: cellId(row, column.column),
        'aria-colindex': index + 1,
      });
      box.dataset['row'] = String(row);
      box.dataset['column'] = String(column.column);
      return box;
    });
    const number = element('div', { class: 'number', role: 'rowheader' }, [String(row)]);
    const line = element('div', { class: 'line', role: 'row', 'aria-rowindex': row }, [number, ...cells]);
    line.style.top = `${HEAD_PX + (row - 2) * ROW_PX}px`;
    lines.set(row, line);
    body.append(line);
    return line;
  }

  function bringIntoSight(): void {
    const top = HEAD_PX + (selection.row() - 2) * ROW_PX;
    if (top - HEAD_PX < root.scrollTop) root.scrollTop = top - HEAD_PX;
    else if (top + ROW_PX > root.scrollTop + root.clientHeight) {
      root.scrollTop = top + ROW_PX - root.clientHeight;
    }
    const { left, width } = placeOf(selection.column());
    if (left - NUMBER_PX < root.scrollLeft) root.scrollLeft = left - NUMBER_PX;
    else if (left + width > root.scrollLeft + root.clientWidth) {
      root.scrollLeft = left + width - root.clientWidth;
    }
  }

  function placeOf(wanted: number): { left: number; width: number } {
    let left = NUMBER_PX;
    for (const column of columns()) {
      if (column.column === wanted) return { left, width: column.widthPx };
      left += column.widthPx;
    }
    return { left: NUMBER_PX, width: 100 };
  }

  function edit(typed: string | null, unfold = false): void {
    const column = columns().find((one) => one.column === selection.column());
    if (column === undefined) return;
    const [row, value] = [selection.row(), rows.cell(selection.row(), column.column)];
    if (!column.editable) {
      options.refuse(protectedMessage(rows.tab().editable));
      return;
    }
    if (column.rule?.kind === 'tick') {
      save(row, column.column, value !== true);
      return;
    }
    const place = {
      parent: sheet,
      top: HEAD_PX + (row - 2) * ROW_PX,
      height: ROW_PX,
      ...placeOf(column.column),
    };
    openEditor(place, {
      column,
      value,
      typed,
      unfold,
      label: `${rows.cell(1, column.column)}, row ${row}`,
      save: (text, { move }) => {
        if (text !== String(value)) save(row, column.column, text);
        if (move === 'down' || move === 'up') selection.move(move === 'down' ? 1 : -1, 0);
        if (move === 'right' || move === 'left') selection.move(0, move === 'right' ? 1 : -1);
        root.focus({ preventScroll: true });
      },
      cancel: () => root.focus({ preventScroll: true }),
    });
  }

  function save(row: number, column: number, value: PageCell): void {
    const was = rows.cell(row, column);
    rows.put(row, column, value);
    draw();
    options.change({ kind: 'cells', row, column, was, values: [[value]] });
  }

  const onScroll = () => drawBody(columns());
  root.addEventListener('scroll', onScroll, { passive: true });
  const watcher = new ResizeObserver(onScroll);
  watcher.observe(root);
  const close = () => {
    root.removeEventListener('scroll', onScroll);
    watcher.disconnect();
  };
  return { selection, columns, draw, edit, close };
}

const cellId = (row: number, column: number): string => `cell-${row}-${column}`;

export const protectedMessage = (tabIsEditable: boolean): string =>
  tabIsEditable
    ? 'Stocksheet fills in this column. Type in the white columns instead.'
    : 'Stocksheet fills in this tab, so it cannot be typed into. To change stock, add a row to Adjustments.';
