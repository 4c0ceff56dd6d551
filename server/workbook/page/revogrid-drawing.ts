// Makes the grid show what its tab holds, and waits with it while an editor is open.

import { toGridColumns } from './revogrid-columns.ts';
import type { Editing } from './revogrid-editing.ts';
import type { Surface } from './revogrid-surface.ts';

export type Drawing = {
  /** Draws again what is in sight. `isReshaped`: rows, columns or rules changed as well. */
  readonly redraw: (isReshaped: boolean) => void;
  /** The editor is gone: what waited for that is drawn. */
  readonly catchUp: () => void;
  /** Another tab is to be drawn. */
  readonly reset: () => void;
};

export function createDrawing(
  surface: Surface,
  editing: Pick<Editing, 'isEditing' | 'editorOf'>,
  onTick: (row: number, column: number) => void,
): Drawing {
  let layout = '';
  let waiting: { readonly isReshaped: boolean } | null = null;

  const redraw = (isReshaped: boolean): void => {
    const { grid, model } = surface;
    if (grid === null || model === null) return;
    if (editing.isEditing()) {
      // Drawing would take the editor away under the person's hands.
      waiting = { isReshaped: isReshaped || waiting?.isReshaped === true };
      return;
    }
    const tab = model.tab();
    const drawn = JSON.stringify([tab.columns, tab.formats, tab.conditional]);
    if (drawn !== layout) {
      layout = drawn;
      grid.columns = toGridColumns({ model, editorOf: editing.editorOf, onTick });
      grid.rowHeaders = { size: 48, cellTemplate: rowNumber } as never;
    }
    if (isReshaped || grid.source.length !== model.rows().length) grid.source = model.rows() as never;
    grid.pinnedTopSource = [model.header()] as never;
    if (!isReshaped) void grid.refresh('all');
  };
  const rowNumber = (
    h: (tag: string, data: object, text: string) => unknown,
    { rowIndex, type }: { rowIndex: number; type: string },
  ) => {
    const n = type === 'rowPinStart' ? 1 : (surface.model?.rows()[rowIndex]?.n ?? '');
    return h('span', { class: 'number', 'data-number': n }, String(n));
  };
  return {
    redraw,
    catchUp: () => {
      const due = waiting;
      waiting = null;
      if (due !== null) redraw(due.isReshaped);
    },
    reset: () => {
      layout = '';
      waiting = null;
    },
  };
}
