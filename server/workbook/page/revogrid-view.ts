// The grid on RevoGrid: a virtual grid with range selection, editing and a fill handle. It only draws and reports; what a
// change means is decided elsewhere.

import type { ChangedRange } from '@revolist/revogrid';
import { defineCustomElements } from '@revolist/revogrid/loader';
import type { PageCell } from '../page-api.ts';
import { createDrawing } from './revogrid-drawing.ts';
import { createEditing, type Editing } from './revogrid-editing.ts';
import { listenToPointer } from './revogrid-pointer.ts';
import { createSelection, type Selection } from './revogrid-selection.ts';
import { contentAt, placeAt, ROW_PX, type Surface, visibleColumns } from './revogrid-surface.ts';
import { isOpen, type TabModel } from './tab-model.ts';
import type { ViewEvents, WorkbookView } from './workbook-view.ts';

type Parts = {
  readonly surface: Surface;
  readonly events: ViewEvents;
  readonly editing: Editing;
  readonly selection: Selection;
};

export function createRevoGridView(root: HTMLElement, events: ViewEvents): WorkbookView {
  void defineCustomElements();
  const surface: Surface = { root, grid: null, model: null };
  const editing = createEditing(surface, events, () => drawing.catchUp());
  const selection = createSelection(surface, events, editing);
  const parts: Parts = { surface, events, editing, selection };
  const tick = (row: number, column: number): void => tickCell(parts, row, column);
  const drawing = createDrawing(surface, editing, tick);
  const listenOutside = (event: MouseEvent): void => {
    if (!root.contains(event.target as Node)) selection.remember();
  };
  window.addEventListener('mousedown', listenOutside, true);

  const open = (model: TabModel): void => {
    surface.model = model;
    drawing.reset();
    editing.reset();
    const grid = makeGrid(model.tab().name);
    surface.grid = grid;
    selection.point({ row: model.rows()[0]?.n ?? 2, column: visibleColumns(surface)[0]?.column ?? 1 });
    listenToGrid(grid, parts);
    listenToPointer(grid, { ...parts, tick });
    drawing.redraw(true);
    root.replaceChildren(grid);
    void selection.select(selection.place());
  };
  return {
    open,
    redraw: drawing.redraw,
    place: selection.place,
    step: selection.step,
    block: selection.block,
    select: selection.select,
    edit: (text) => editing.open(selection.place(), text),
    typeInEditor: async (key) => {
      const step = editing.type(key);
      if (step !== null) await selection.step(step);
    },
    isEditing: editing.isEditing,
    focus: () => {
      root.focus({ preventScroll: true });
      void selection.select(selection.place());
    },
    pageRows: () => Math.max(1, Math.floor(root.clientHeight / ROW_PX) - 3),
  };
}

function makeGrid(name: string): HTMLRevoGridElement {
  const grid = document.createElement('revo-grid');
  Object.assign(grid, {
    theme: 'default',
    rowSize: ROW_PX,
    range: true,
    resize: false,
    filter: false,
    useClipboard: false,
    canDrag: false,
    frameSize: 4,
    applyOnClose: true,
  });
  grid.setAttribute('aria-label', name);
  return grid;
}

function tickCell({ surface: { model }, events, selection }: Parts, row: number, column: number): void {
  if (model === null) return;
  void selection.select({ row, column });
  if (!isOpen(model.tab(), row, column)) events.onRefused({ row, column });
  else {
    const was = model.cell(row, column);
    events.onType({ row, column }, was !== true, { revision: model.revision(), was });
  }
}

/** What the grid itself tells. */
function listenToGrid(grid: HTMLRevoGridElement, parts: Parts): void {
  const { editing, selection } = parts;
  grid.addEventListener('beforeeditstart', (event) => beginEdit(parts, event as CustomEvent));
  grid.addEventListener('beforeedit', (event) => {
    event.preventDefault();
    editing.done((event as CustomEvent).detail.val);
  });
  // Pasting and clearing go their own way; what RevoGrid would write by itself is stopped.
  grid.addEventListener('beforerangeedit', (event) => event.preventDefault());
  grid.addEventListener('beforeautofill', (event) => {
    event.preventDefault();
    fill(parts, (event as CustomEvent<ChangedRange>).detail);
  });
  // It hears every key of the page: those of a field or a button are none of its business.
  grid.addEventListener('beforekeydown', (event) => {
    const { target } = (event as CustomEvent<{ original: KeyboardEvent }>).detail.original;
    const isElsewhere = target !== document.body && !parts.surface.root.contains(target as Node);
    if (isElsewhere) event.preventDefault();
  });
  grid.addEventListener('afterfocus', () => void selection.readFocus());
  // What is chosen is brought into sight by us.
  grid.addEventListener('beforescrollintoview', (event) => event.preventDefault());
}

function beginEdit({ surface: { model }, events, editing }: Parts, event: CustomEvent): void {
  const { rowIndex, column, type } = event.detail;
  const row = type === 'rowPinStart' ? 1 : (model?.rows()[rowIndex]?.n ?? 1);
  const place = { row, column: column.column as number };
  const tab = model?.tab();
  if (tab === undefined || !isOpen(tab, place.row, place.column)) {
    event.preventDefault();
    events.onRefused(place);
  } else if (tab.columns[place.column - 1]?.rule?.kind === 'tick') {
    event.preventDefault();
  } else {
    editing.begin(place, rowIndex);
  }
}

function fill({ surface, events }: Parts, { newRange, mapping }: ChangedRange): void {
  const columns = visibleColumns(surface);
  const values: PageCell[][] = [];
  const rows: number[] = [];
  for (let y = newRange.y; y <= newRange.y1; y += 1) {
    const line: PageCell[] = [];
    for (let x = newRange.x; x <= newRange.x1; x += 1) {
      const to = columns[x];
      const from = to === undefined ? undefined : mapping[y]?.[`c${to.column}`];
      const source = from === undefined ? { x, y } : { x: from.colIndex, y: from.rowIndex };
      const place = placeAt(surface, source);
      line.push(contentAt(surface, surface.model?.indexOf(place.row) ?? 0, place.column));
    }
    values.push(line);
    rows.push(placeAt(surface, { x: 0, y }).row);
  }
  const first = columns[newRange.x];
  if (first !== undefined) events.onFill(rows, first.column, values);
}
