// The keyboard of the grid beyond what the grid itself does, and the clipboard.

import type { Edits } from './edits.ts';
import { type Action, createKeyTurns, type Key, type KeyTurns } from './key-turns.ts';
import type { OpenTab } from './open-tab.ts';
import { isOpen } from './tab-model.ts';
import type { Place, Step, WorkbookView } from './workbook-view.ts';

export type KeyParts = {
  readonly root: HTMLElement;
  readonly view: WorkbookView;
  readonly tab: () => OpenTab | null;
  readonly edits: Edits;
  readonly find: () => void;
  readonly fail: (error: unknown) => void;
};

const MODIFIERS = ['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead'];

export function listenToKeys(parts: KeyParts): KeyTurns {
  const { view, root } = parts;
  const turns = createKeyTurns(
    (key) => (view.isEditing() ? () => view.typeInEditor(key) : actionOf(parts, key)),
    parts.fail,
  );
  // Before the grid hears it: what is done here is not done twice.
  window.addEventListener(
    'keydown',
    (event) => {
      const inGrid = event.target === document.body || root.contains(event.target as Node | null);
      if (turns.isBusy() && inGrid && !event.isComposing && !MODIFIERS.includes(event.key)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return turns.wait(event);
      }
      // The grid gives the focus to its cell, now and then only after the editor has taken it.
      const isStray = inGrid && view.isEditing() && !isEditor(event.target);
      if (isStray && !event.isComposing && !MODIFIERS.includes(event.key)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return void turns.run(() => view.typeInEditor(event));
      }
      const onButton = event.target instanceof Element && event.target.matches('button:not(dialog *)');
      const isCommand = event.ctrlKey || event.metaKey;
      if (!isOurs(parts, event.target) && !(onButton && isCommand)) return;
      const act = actionOf(parts, event);
      if (act === null) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      void turns.run(act);
    },
    true,
  );
  const clipboard = (
    name: 'copy' | 'cut' | 'paste',
    act: (tab: OpenTab, event: ClipboardEvent) => Promise<void>,
  ) =>
    document.addEventListener(name, (event) => {
      const tab = parts.tab();
      if (tab === null || !isOurs(parts, event.target)) return;
      event.preventDefault();
      void act(tab, event).catch(parts.fail);
    });
  const copy = async (tab: OpenTab) => navigator.clipboard.writeText(await tab.copy());
  clipboard('copy', copy);
  clipboard('cut', async (tab) => {
    await copy(tab);
    await tab.clear();
  });
  clipboard('paste', (tab, event) => tab.paste(event.clipboardData?.getData('text/plain') ?? ''));
  return turns;
}

const isEditor = (target: EventTarget | null): boolean =>
  target instanceof Element && target.matches('.cell-editor');

/** The grid listens while nothing else has the focus: no editor, field, button or dialog. */
function isOurs({ root, view }: KeyParts, target: EventTarget | null): boolean {
  if (view.isEditing() || document.querySelector('dialog[open]') !== null) return false;
  const element = target instanceof Element ? target : document.body;
  if (root.contains(element)) return !element.matches('input[type=text], select, textarea');
  return element === document.body;
}

const ARROWS: Readonly<Record<string, Step>> = {
  ArrowUp: { down: -1, right: 0 },
  ArrowDown: { down: 1, right: 0 },
  ArrowLeft: { down: 0, right: -1 },
  ArrowRight: { down: 0, right: 1 },
};

function actionOf({ view, tab, edits, find, fail }: KeyParts, event: Key): Action | null {
  const open = tab();
  // The next key need not wait until the server has answered.
  const sent = (act: Action) => async () => void act().catch(fail);
  if (open === null) return null;
  const command = event.ctrlKey || event.metaKey;
  const { key } = event;
  if (command && key.toLowerCase() === 'z') return sent(event.shiftKey ? edits.redo : edits.undo);
  if (command && key.toLowerCase() === 'y') return sent(edits.redo);
  if (command && key.toLowerCase() === 'f') return async () => find();
  if (command && key === 'Home') return () => view.select(edge(open, 'first'));
  if (command && key === 'End') return () => view.select(edge(open, 'last'));
  if (command && key.toLowerCase() === 'a') return () => view.select(edge(open, 'first'), edge(open, 'last'));
  if (command || event.altKey) return null;
  if (key === 'Tab') return () => view.step({ down: 0, right: event.shiftKey ? -1 : 1 });
  const arrow = event.shiftKey ? undefined : ARROWS[key];
  if (arrow !== undefined) return () => view.step(arrow);
  if (key === 'F2' || key === 'Enter') return () => edit(open, view, null);
  if (key === 'Home') return () => view.select({ row: view.place().row, column: edge(open, 'first').column });
  if (key === 'End') return () => view.select({ row: view.place().row, column: edge(open, 'last').column });
  if (key === 'PageDown') return () => view.select(moved(open, view.place(), view.pageRows()));
  if (key === 'PageUp') return () => view.select(moved(open, view.place(), -view.pageRows()));
  if (key === 'Delete' || key === 'Backspace') return sent(open.clear);
  if (key === ' ' && isTick(open, view.place())) return sent(open.toggle);
  return key.length === 1 ? () => edit(open, view, key) : null;
}

const isTick = (open: OpenTab, { column }: Place): boolean =>
  open.model.tab().columns[column - 1]?.rule?.kind === 'tick';

async function edit(open: OpenTab, view: WorkbookView, text: string | null): Promise<void> {
  const place = view.place();
  if (!isOpen(open.model.tab(), place.row, place.column)) open.refused(place);
  else if (!isTick(open, place)) await view.edit(text);
}

function edge(open: OpenTab, end: 'first' | 'last'): Place {
  const columns = open.model.tab().columns.filter(({ hidden }) => !hidden);
  const rows = open.model.rows();
  const column = end === 'first' ? columns[0] : columns.at(-1);
  const row = end === 'first' ? rows[0] : rows.at(-1);
  return { row: row?.n ?? 2, column: column?.column ?? 1 };
}

function moved(open: OpenTab, { row, column }: Place, by: number): Place {
  const rows = open.model.rows();
  const index = Math.min(rows.length - 1, Math.max(0, open.model.indexOf(row) + by));
  return { row: rows[index]?.n ?? 2, column };
}
