// What the parts of a session share: the structure in memory, and who is changing it.

import type { Tx } from '../database/database.ts';
import type { SheetShape } from './sheet-shape.ts';

/** Who writes. Protection looks at the address; only a person is held to strict dropdowns, as in a real sheet. */
export type Editor = { readonly kind: 'service' | 'person'; readonly email: string };

export type WorkbookSheet = {
  readonly sheetId: number;
  readonly position: number;
  readonly shape: SheetShape;
};

export type SessionState = {
  readonly tx: Tx;
  readonly workbookId: string;
  readonly editor: Editor | null;
  readonly revision: number;
  readonly sheets: Map<number, WorkbookSheet>;
  readonly deleted: Set<number>;
  /** Sheets whose structure differs from what is stored. */
  readonly reshaped: Set<number>;
  readonly nextId: () => number;
  readonly find: (sheetId: number) => WorkbookSheet;
};

/** Google tells no two tabs apart by case alone. */
export const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
