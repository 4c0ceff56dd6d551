// The grid on RevoGrid: a virtual grid with range selection, editing and a fill handle. It only draws and reports; what a
// change means is decided elsewhere.

import type { ChangedRange } from '@revolist/revogrid';
import { defineCustomElements } from '@revolist/revogrid/loader';
import type { PageCell } from '../page-api.ts';
import type { Key } from './key-turns.ts';
import { toGridColumns } from './revogrid-columns.ts';
import { choiceEditor, type EditorHandle, textEditor } from './revogrid-editors.ts';
import { isOpen, type TabModel } from './tab-model.ts';
import type { Place, SelectedBlock, Step, ViewEvents, WorkbookView } from './workbook-view.ts';

const ROW_PX = 27;
/** The grid opens and closes an editor within a frame or two; keys are not held back longer than this. */
const EDITOR_PATIENCE_MS = 1_000;

type Range = { x: number; y: number; x1: number; y1: number };
type Cell = { readonly x: number; readonly y: number };

export function createRevoGridView(root: HTMLElement, events: ViewEvents): WorkbookView {
  void defineCustomElements();
  let grid: HTMLRevoGridElement | null = null;
  let model: TabModel | null = null;
  let current: Place = { row: 2, column: 1 };
  let editing: { readonly place: Place; readonly revision: number; readonly was: PageCell } | null = null;
  let editor: EditorHandle | null = null;
  let startText: string | null = null;
  let awaited = () => {};
  /** The grid tells late what it focused: that counts only while the last choice was a pointer's, not ours. */
  let isPointed = false;
  let layout = '';
  let waiting: { readonly isReshaped: boolean } | null = null;

  const open = (opened: TabModel): void => {
    model = opened;
    layout = '';
    waiting = null;
    editing = null;
    editor = null;
    grid = document.createElement('revo-grid');
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
    grid.setAttribute('aria-label', opened.tab().name);
    current = { row: opened.rows()[0]?.n ?? 2, column: visible()[0]?.column ?? 1 };
    listen(grid);
    redraw(true);
    root.replaceChildren(grid);
    void select(current);
  };

  const visible = () => (model?.tab().columns ?? []).filter(({ hidden }) => !hidden);
  const placeAt = ({ x, y }: Cell): Place => ({
    row: model?.rows()[y]?.n ?? 1,
    column: visible()[x]?.column ?? 1,
  });

  function redraw(isReshaped: boolean): void {
    if (grid === null || model === null) return;
    if (editing !== null) {
      // Drawing would take the editor away under the person's hands.
      waiting = { isReshaped: isReshaped || waiting?.isReshaped === true };
      return;
    }
    const tab = model.tab();
    const drawn = JSON.stringify([tab.columns, tab.formats, tab.conditional]);
    if (drawn !== layout) {
      layout = drawn;
      const parts = {
        textOf: (index: number, column: { column: number }) => beginWith(index, column.column),
        startText: () => startText,
        onOpen: (opened: EditorHandle) => {
          editor = opened;
          startText = null;
          awaited();
        },
        onClose: (closed: EditorHandle) => {
          // The grid takes an editor away late: a newer one may be open by then.
          if (editor !== closed) return;
          editor = null;
          editing = null;
          awaited();
          const due = waiting;
          waiting = null;
          if (due !== null) redraw(due.isReshaped);
        },
        onDone: events.onDone,
      };
      grid.columns = toGridColumns({
        model,
        editorOf: (column) =>
          column.rule?.kind === 'choice' ? choiceEditor(column, parts) : textEditor(column, parts),
        onTick: tick,
      });
      grid.rowHeaders = { size: 48, cellTemplate: rowNumber } as never;
    }
    if (isReshaped || grid.source.length !== model.rows().length) {
      grid.source = model.rows() as never;
    }
    grid.pinnedTopSource = [model.header()] as never;
    if (!isReshaped) void grid.refresh('all');
  }

  const rowNumber = (
    h: (tag: string, data: object, text: string) => unknown,
    props: { rowIndex: number; type: string },
  ) => {
    const n = props.type === 'rowPinStart' ? 1 : (model?.rows()[props.rowIndex]?.n ?? '');
    return h('span', { class: 'number', 'data-number': n }, String(n));
  };

  function beginWith(index: number, column: number): PageCell {
    const row = model?.rows()[index];
    return row?.formulas[column]?.formula ?? row?.[`c${column}`] ?? '';
  }

  /** Until the editor is open, or gone. */
  function editorTurns(): Promise<void> {
    return new Promise((resolve) => {
      const patience = setTimeout(resolve, EDITOR_PATIENCE_MS);
      awaited = () => {
        clearTimeout(patience);
        resolve();
      };
    });
  }

  async function edit(text: string | null): Promise<void> {
    const index = model?.indexOf(current.row) ?? -1;
    if (grid === null || model === null || index < 0) return;
    editing = { place: current, revision: model.revision(), was: beginWith(index, current.column) };
    // One that was left a moment ago is still being taken away: its end is not the beginning of this one.
    editor = null;
    startText = text;
    const opened = editorTurns();
    void grid.setCellEdit(index, `c${current.column}`);
    await opened;
    startText = null;
    if (editor === null) editing = null;
  }

  async function typeInEditor({ key, shiftKey, ctrlKey, metaKey, altKey }: Key): Promise<void> {
    if (editor === null) return;
    editor.focus();
    if (key.length === 1 && !ctrlKey && !metaKey && !altKey) editor.append(key);
    else {
      const left = editor.leave({ key, shiftKey });
      if (left !== null) await step(left);
    }
  }

  async function step({ down, right }: Step): Promise<void> {
    const columns = visible();
    const x = columns.findIndex(({ column }) => column === current.column) + right;
    const y = (model?.indexOf(current.row) ?? 0) + down;
    const last = (model?.rows().length ?? 1) - 1;
    const cell = { x: Math.min(Math.max(0, x), columns.length - 1), y: Math.min(Math.max(0, y), last) };
    // Going on is what makes the grid take the editor away.
    const gone = editor === null ? null : editorTurns();
    await select(placeAt(cell));
    await gone;
  }

  function tick(row: number, column: number): void {
    if (model === null) return;
    void select({ row, column });
    if (!isOpen(model.tab(), row, column)) events.onRefused({ row, column });
    else {
      const was = model.cell(row, column);
      events.onType({ row, column }, was !== true, { revision: model.revision(), was });
    }
  }

  function listen(made: HTMLRevoGridElement): void {
    made.addEventListener('beforeeditstart', (event) => {
      const { rowIndex, column, type } = (event as CustomEvent).detail;
      const place = {
        row: type === 'rowPinStart' ? 1 : (model?.rows()[rowIndex]?.n ?? 1),
        column: column.column,
      };
      const tab = model?.tab();
      if (tab === undefined || !isOpen(tab, place.row, place.column)) {
        event.preventDefault();
        events.onRefused(place);
      } else if (tab.columns[place.column - 1]?.rule?.kind === 'tick') {
        event.preventDefault();
      } else {
        const was = beginWith(rowIndex, place.column);
        editing = { place, revision: model?.revision() ?? 0, was };
        events.onEditorTurns(editorTurns());
      }
    });
    // Which cell is the current one is known before the grid has drawn it.
    made.addEventListener(
      'mousedown',
      (event) => {
        const isExtended = (event as unknown as MouseEvent).shiftKey;
        const cell = isExtended ? null : (event.target as Element).closest('.rgCell[data-row]');
        const [row, column] = ['data-row', 'data-column'].map((name) => Number(cell?.getAttribute(name)));
        if (row && column) {
          // The editor that is left stays a moment longer.
          if (editor !== null) events.onEditorTurns(editorTurns());
          current = { row, column };
          // The grid takes the focus a moment later: until then keys would go to the field that somebody came from.
          const field = document.activeElement;
          if (field !== document.body && !root.contains(field)) root.focus({ preventScroll: true });
        }
        isPointed = true;
      },
      true,
    );
    made.addEventListener('beforeedit', (event) => {
      event.preventDefault();
      const { val } = (event as CustomEvent).detail;
      const began = editing;
      editing = null;
      if (began === null || model === null) return;
      if (String(val) !== String(began.was)) events.onType(began.place, val, began);
    });
    // Pasting and clearing go their own way; what RevoGrid would write by itself is stopped.
    made.addEventListener('beforerangeedit', (event) => event.preventDefault());
    made.addEventListener('beforeautofill', (event) => {
      event.preventDefault();
      fill((event as CustomEvent<ChangedRange>).detail);
    });
    made.addEventListener('afterfocus', () => void readFocus());
    made.addEventListener('headerclick', (event) => {
      const { column } = (event as CustomEvent).detail;
      const rows = model?.rows() ?? [];
      const [first, last] = [rows[0]?.n, rows.at(-1)?.n];
      if (first !== undefined && last !== undefined)
        void select({ row: first, column }, { row: last, column });
    });
    made.addEventListener('click', (event) => {
      const number = (event.target as Element).closest('revogr-row-headers')
        ? ((event.target as Element).querySelector('[data-number]') ??
          (event.target as Element).closest('[data-number]'))
        : null;
      if (number !== null) selectRow(Number(number.getAttribute('data-number')));
    });
    made.addEventListener('contextmenu', (event) => {
      event.preventDefault();
      const { clientX, clientY } = event as unknown as MouseEvent;
      const at = { x: clientX, y: clientY };
      const cell = (event.target as Element).closest('[data-row]');
      const [row, column] = ['data-row', 'data-column'].map((name) => Number(cell?.getAttribute(name)));
      const place = cell === null || !row || !column ? current : { row, column };
      void block().then(({ rows, fromColumn, toColumn }) => {
        const inside = rows.includes(place.row) && place.column >= fromColumn && place.column <= toColumn;
        if (!inside && place.row > 1) void select(place);
        events.onMenu(place, at);
      });
    });
  }

  function selectRow(row: number): void {
    const columns = visible();
    const [first, last] = [columns[0]?.column, columns.at(-1)?.column];
    if (row > 1 && first !== undefined && last !== undefined)
      void select({ row, column: first }, { row, column: last });
  }

  function fill({ newRange, mapping }: ChangedRange): void {
    const columns = visible();
    const values: PageCell[][] = [];
    const rows: number[] = [];
    for (let y = newRange.y; y <= newRange.y1; y += 1) {
      const line: PageCell[] = [];
      for (let x = newRange.x; x <= newRange.x1; x += 1) {
        const to = columns[x];
        const from = to === undefined ? undefined : mapping[y]?.[`c${to.column}`];
        const source = from === undefined ? { x, y } : { x: from.colIndex, y: from.rowIndex };
        const place = placeAt(source);
        line.push(beginWith(model?.indexOf(place.row) ?? 0, place.column));
      }
      values.push(line);
      rows.push(placeAt({ x: 0, y }).row);
    }
    const first = columns[newRange.x];
    if (first !== undefined) events.onFill(rows, first.column, values);
  }

  async function readFocus(): Promise<void> {
    const focused = await grid?.getFocused();
    if (focused?.cell === undefined || !isPointed) return;
    const place = placeAt(focused.cell);
    current = focused.rowType === 'rowPinStart' ? { row: 1, column: place.column } : place;
    events.onSelect(current);
  }

  async function block(): Promise<SelectedBlock> {
    const here = current;
    const range = (await grid?.getSelectedRange()) as (Range & { rowType?: string }) | null | undefined;
    const only = { rows: [here.row], fromColumn: here.column, toColumn: here.column };
    if (!range || range.rowType === 'rowPinStart') return only;
    const rows = (model?.rows() ?? []).slice(range.y, range.y1 + 1).map(({ n }) => n);
    const fromColumn = placeAt({ x: range.x, y: range.y }).column;
    const toColumn = placeAt({ x: range.x1, y: range.y1 }).column;
    // A range without the current cell is the grid's of a moment ago.
    const isOurs = rows.includes(here.row) && here.column >= fromColumn && here.column <= toColumn;
    return isOurs ? { rows, fromColumn, toColumn } : only;
  }

  async function select(place: Place, to: Place = place): Promise<void> {
    if (grid === null || model === null) return;
    const cellOf = ({ row, column }: Place): Cell => ({
      x: Math.max(
        0,
        visible().findIndex((one) => one.column === column),
      ),
      y: Math.max(0, model?.indexOf(row) ?? 0),
    });
    const [from, end] = [cellOf(place), cellOf(to)];
    current = place;
    isPointed = false;
    events.onSelect(place);
    await grid.componentOnReady?.();
    if (from.y === end.y) await grid.scrollToCoordinate(from);
    await grid.setCellsFocus(from, end);
  }

  return {
    open,
    redraw,
    place: () => current,
    step,
    block,
    select,
    edit,
    typeInEditor,
    isEditing: () => editing !== null,
    focus: () => {
      root.focus({ preventScroll: true });
      void select(current);
    },
    pageRows: () => Math.max(1, Math.floor(root.clientHeight / ROW_PX) - 3),
  };
}
