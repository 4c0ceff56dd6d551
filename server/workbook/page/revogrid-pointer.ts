// What the pointer does in the grid. While keys are still being worked off, its choices wait for their turn as keys do: a cell that
// is clicked now must not take what was typed before.

import type { Action } from './key-turns.ts';
import type { Editing } from './revogrid-editing.ts';
import { isInBlock, type Selection } from './revogrid-selection.ts';
import { placeOf, type Surface } from './revogrid-surface.ts';
import { isOpen } from './tab-model.ts';
import type { Place, ViewEvents } from './workbook-view.ts';

export type PointerParts = {
  readonly surface: Surface;
  readonly selection: Selection;
  readonly editing: Editing;
  readonly events: Pick<ViewEvents, 'onMenu' | 'onRefused' | 'onEditorTurns' | 'mustWait'>;
  readonly tick: (row: number, column: number) => void;
};

export function listenToPointer(grid: HTMLRevoGridElement, parts: PointerParts): void {
  const on = (name: 'mousedown' | 'click' | 'dblclick' | 'contextmenu', act: (event: MouseEvent) => void) =>
    grid.addEventListener(name, act as unknown as EventListener, true);
  const inTurn = (event: MouseEvent, choice: Action | null): boolean => {
    if (choice === null || !parts.events.mustWait(choice)) return false;
    event.preventDefault();
    event.stopImmediatePropagation();
    return true;
  };
  on('mousedown', (event) => {
    if (!inTurn(event, pressed(parts, event))) point(parts, event);
  });
  on('click', (event) => {
    if (inTurn(event, clicked(parts, event))) return;
    const row = rowNumberOf(event.target as Element);
    if (row !== null) void parts.selection.selectRow(row);
  });
  on('dblclick', (event) => void inTurn(event, doubleClicked(parts, event)));
  on('contextmenu', (event) => {
    event.preventDefault();
    const at = { x: event.clientX, y: event.clientY };
    const place = placeOf(event.target as Element);
    const show = () => showMenu(parts, place ?? parts.selection.place(), at);
    if (!inTurn(event, show)) void show();
  });
  grid.addEventListener('headerclick', (event) => {
    void parts.selection.selectColumn((event as CustomEvent).detail.column);
  });
}

/** Which cell is the current one is known before the grid has drawn it. */
function point({ surface: { root }, selection, editing, events }: PointerParts, event: MouseEvent): void {
  const place = event.shiftKey ? null : placeOf(event.target as Element);
  if (place !== null) {
    // The editor that is left stays a moment longer.
    const gone = editing.gone();
    if (gone !== null) events.onEditorTurns(gone);
    // The grid takes the focus a moment later: until then keys would go to the field that somebody came from.
    const field = document.activeElement;
    if (field !== document.body && !root.contains(field)) root.focus({ preventScroll: true });
  }
  selection.point(place);
}

function pressed(parts: PointerParts, event: MouseEvent): Action | null {
  const place = placeOf(event.target as Element);
  if (place === null) return null;
  // The menu chooses by itself.
  if (event.button !== 0) return async () => undefined;
  return () => (event.shiftKey ? choose(parts, parts.selection.place(), place) : choose(parts, place));
}

function clicked({ selection, tick }: PointerParts, event: MouseEvent): Action | null {
  const target = event.target as Element;
  const row = rowNumberOf(target);
  if (row !== null) return () => selection.selectRow(row);
  const place = placeOf(target);
  if (place === null || !target.matches('input[type=checkbox]')) return null;
  return async () => tick(place.row, place.column);
}

function doubleClicked(parts: PointerParts, event: MouseEvent): Action | null {
  const place = placeOf(event.target as Element);
  return place === null ? null : () => openEditor(parts, place);
}

async function openEditor(
  { surface: { model }, editing, events }: PointerParts,
  place: Place,
): Promise<void> {
  if (model === null || editing.isEditing()) return;
  const tab = model.tab();
  if (!isOpen(tab, place.row, place.column)) events.onRefused(place);
  else if (tab.columns[place.column - 1]?.rule?.kind !== 'tick') await editing.open(place, null);
}

/** What was typed into an open editor is kept. */
async function choose({ selection, editing }: PointerParts, place: Place, to: Place = place): Promise<void> {
  editing.keep();
  const gone = editing.gone();
  await selection.select(place, to);
  await gone;
}

async function showMenu(
  { selection, events }: PointerParts,
  place: Place,
  at: { readonly x: number; readonly y: number },
): Promise<void> {
  const isInside = isInBlock(await selection.block(), place);
  if (!isInside && place.row > 1) void selection.select(place);
  events.onMenu(place, at);
}

function rowNumberOf(target: Element): number | null {
  if (target.closest('revogr-row-headers') === null) return null;
  const number = target.querySelector('[data-number]') ?? target.closest('[data-number]');
  return number === null ? null : Number(number.getAttribute('data-number'));
}
