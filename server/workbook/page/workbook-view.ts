// What the page asks of whatever draws the grid. Today that is RevoGrid; nothing else of the page knows its name.

import type { PageCell } from '../page-api.ts';
import type { Action, Key } from './key-turns.ts';
import type { TabModel } from './tab-model.ts';

/** A block of the open tab by what is on screen: `rows` are the numbers of its rows, top to bottom. */
export type SelectedBlock = {
  readonly rows: readonly number[];
  readonly fromColumn: number;
  readonly toColumn: number;
};

export type Place = { readonly row: number; readonly column: number };

export type Step = { readonly down: number; readonly right: number };

export type Began = { readonly revision: number; readonly was: PageCell };

export type ViewEvents = {
  readonly onSelect: (place: Place) => void;
  /** A cell was typed into. `began`: the state when the editor was opened, and what the cell held then. */
  readonly onType: (place: Place, value: PageCell, began: Began) => void;
  /** The fill handle was drawn over more cells. */
  readonly onFill: (
    rows: readonly number[],
    fromColumn: number,
    values: readonly (readonly PageCell[])[],
  ) => void;
  /** An editor was left by a key; the view is to go on by so many cells. */
  readonly onDone: (step: Step) => void;
  /** The pointer opens or leaves an editor; until `done`, keys would land in the wrong place. */
  readonly onEditorTurns: (done: Promise<void>) => void;
  /** The pointer chose something. True: keys are still being worked off, and it is done in its turn. */
  readonly mustWait: (choice: Action) => boolean;
  readonly onRefused: (place: Place) => void;
  readonly onMenu: (place: Place, at: { readonly x: number; readonly y: number }) => void;
};

export type WorkbookView = {
  /** Shows a tab from its top. */
  readonly open: (model: TabModel) => void;
  /** Draws again what is in sight. `isReshaped`: rows, columns or rules changed as well. */
  readonly redraw: (isReshaped: boolean) => void;
  readonly place: () => Place;
  /** Goes on by so many cells, once an editor that was left is gone. */
  readonly step: (step: Step) => Promise<void>;
  readonly block: () => Promise<SelectedBlock>;
  readonly select: (place: Place, to?: Place) => Promise<void>;
  /** Opens the editor of the current cell and is done when it takes keys. `text`: begin with it instead of the content. */
  readonly edit: (text: string | null) => Promise<void>;
  /** A key that waited until the editor was open. */
  readonly typeInEditor: (key: Key) => Promise<void>;
  readonly isEditing: () => boolean;
  readonly focus: () => void;
  /** How many rows fit on screen. */
  readonly pageRows: () => number;
};
