// Which cells a person may type into.

import type { Editor } from './session-state.ts';
import { type Area, covers, mayEdit, overlaps, type SheetShape } from './sheet-shape.ts';

/** A column below its header. */
export const cellsOfColumn = (index: number): Area => ({
  startRow: 1,
  endRow: null,
  startColumn: index,
  endColumn: index + 1,
});

/** What only warns in a real sheet is closed here: those cells are the add-on's, and typing into them loses the answer. */
export function isOpenToTyping(shape: SheetShape, editor: Editor, area: Area): boolean {
  return !shape.protections.some(
    (protection) =>
      !(mayEdit(protection, editor.email) && !protection.warningOnly) &&
      overlaps(protection.area, area) &&
      !protection.unprotected.some((open) => covers(open, area)),
  );
}
