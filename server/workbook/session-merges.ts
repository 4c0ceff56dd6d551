// Merging cells and taking them apart again.

import { blocksOf, type MergeKind, withMerge, withoutMerges } from './merges.ts';
import type { EditCells, ReadCells } from './session-cells.ts';
import type { SessionState } from './session-state.ts';
import type { EditStructure } from './session-structure.ts';
import type { Bounds } from './sheet-shape.ts';

export type EditMerges = {
  /** What the first cell says stays; the others are emptied. */
  readonly merge: (sheetId: number, area: Bounds, kind: MergeKind) => Promise<void>;
  readonly unmerge: (sheetId: number, area: Bounds) => void;
};

export function createMerges(
  state: SessionState,
  cells: ReadCells & EditCells,
  { reshape }: Pick<EditStructure, 'reshape'>,
): EditMerges {
  return {
    merge: async (sheetId, area, kind) => {
      cells.requireEditable(sheetId, area);
      cells.requireInside(sheetId, area);
      for (const block of blocksOf(area, kind)) {
        await emptyBehindFirst(cells, sheetId, block);
        reshape(sheetId, (shape) => withMerge(shape, block));
      }
    },
    unmerge: (sheetId, area) => {
      cells.requireEditable(sheetId, area);
      if (state.find(sheetId).shape.merges.length > 0)
        reshape(sheetId, (shape) => withoutMerges(shape, area));
    },
  };
}

async function emptyBehindFirst(cells: ReadCells & EditCells, sheetId: number, block: Bounds): Promise<void> {
  const [content, notes] = [await cells.readCells(sheetId, block), await cells.readNotes(sheetId, block)];
  const { startRow, startColumn } = block;
  for (let down = 0; down < Math.max(content.length, notes.length); down += 1) {
    for (let right = 0; right < block.endColumn - startColumn; right += 1) {
      if (down === 0 && right === 0) continue;
      if ((content[down]?.[right] ?? '') !== '')
        cells.putContent(sheetId, startRow + down, startColumn + right, '');
      if (notes[down]?.[right]) cells.writeNotes(sheetId, startRow + down, startColumn + right, [['']]);
    }
  }
}
