// The editor inside a cell of the grid: when it opens and is gone, and what was typed into which state of the workbook.

import type { EditorCtr } from '@revolist/revogrid';
import type { PageCell, PageColumn } from '../page-api.ts';
import type { Key } from './key-turns.ts';
import { choiceEditor, type EditorHandle, textEditor } from './revogrid-editors.ts';
import { contentAt, type Surface } from './revogrid-surface.ts';
import type { Began, Place, Step, ViewEvents } from './workbook-view.ts';

/** The grid opens and closes an editor within a frame or two; keys are not held back longer than this. */
const EDITOR_PATIENCE_MS = 1_000;

export type Editing = {
  readonly isEditing: () => boolean;
  readonly editorOf: (column: PageColumn) => EditorCtr;
  /** The pointer opens an editor. */
  readonly begin: (place: Place, index: number) => void;
  /** Opens an editor and is done when it takes keys. `text`: begin with it instead of the content. */
  readonly open: (place: Place, text: string | null) => Promise<void>;
  /** A key for the open editor. Answers where to go on when it leaves. */
  readonly type: (key: Key) => Step | null;
  /** What was typed is kept, as if the pointer had left the editor. */
  readonly keep: () => void;
  /** The grid hands over what was typed. */
  readonly done: (value: PageCell) => void;
  /** Until the open editor is gone; null when none is open. Ask before what makes the grid take it away. */
  readonly gone: () => Promise<void> | null;
  readonly reset: () => void;
};

export function createEditing(
  surface: Surface,
  events: Pick<ViewEvents, 'onType' | 'onDone' | 'onEditorTurns'>,
  onClosed: () => void,
): Editing {
  let began: (Began & { readonly place: Place }) | null = null;
  let editor: EditorHandle | null = null;
  let startText: string | null = null;
  let awaited = () => {};

  /** Until the editor is open, or gone. */
  const turns = (): Promise<void> =>
    new Promise((resolve) => {
      const patience = setTimeout(resolve, EDITOR_PATIENCE_MS);
      awaited = () => {
        clearTimeout(patience);
        resolve();
      };
    });
  const beganAt = (place: Place, index: number) => ({
    place,
    revision: surface.model?.revision() ?? 0,
    was: contentAt(surface, index, place.column),
  });
  const parts = {
    textOf: (index: number, { column }: { column: number }) => contentAt(surface, index, column),
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
      began = null;
      awaited();
      onClosed();
    },
    onDone: events.onDone,
  };
  return {
    isEditing: () => began !== null,
    editorOf: (column) =>
      column.rule?.kind === 'choice' ? choiceEditor(column, parts) : textEditor(column, parts),
    begin: (place, index) => {
      began = beganAt(place, index);
      events.onEditorTurns(turns());
    },
    open: async (place, text) => {
      const index = surface.model?.indexOf(place.row) ?? -1;
      if (surface.grid === null || index < 0) return;
      began = beganAt(place, index);
      // One that was left a moment ago is still being taken away: its end is not the beginning of this one.
      editor = null;
      startText = text;
      const opened = turns();
      void surface.grid.setCellEdit(index, `c${place.column}`);
      await opened;
      startText = null;
      if (editor === null) began = null;
    },
    type: ({ key, shiftKey, ctrlKey, metaKey, altKey }) => {
      if (editor === null) return null;
      editor.focus();
      if (key.length > 1 || ctrlKey || metaKey || altKey) return editor.leave({ key, shiftKey });
      editor.append(key);
      return null;
    },
    keep: () => void editor?.leave({ key: 'Enter', shiftKey: false }),
    done: (value) => {
      const finished = began;
      began = null;
      if (finished === null || surface.model === null) return;
      if (String(value) !== String(finished.was)) events.onType(finished.place, value, finished);
    },
    gone: () => (editor === null ? null : turns()),
    reset: () => {
      began = null;
      editor = null;
    },
  };
}
