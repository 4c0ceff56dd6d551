// The part of SpreadsheetApp.Range that merges cells and takes them apart.

import type { MergeKind } from '../merges.ts';
import { overlaps } from '../sheet-shape.ts';
import type { Block } from './calls.ts';
import type { ServiceWorld } from './service-world.ts';

export function mergeMethods<Self, Range>(
  world: ServiceWorld,
  block: Block,
  { self, rangeOf }: { readonly self: () => Self; readonly rangeOf: (block: Block) => Range },
) {
  const merge = (kind: MergeKind) => (): Self => {
    world.call('merge', block, kind);
    return self();
  };
  /** Also those that reach over the edge of this range. */
  const merged = (): Block[] => {
    const area = {
      startRow: block.row - 1,
      endRow: block.row - 1 + block.rows,
      startColumn: block.column - 1,
      endColumn: block.column - 1 + block.columns,
    };
    return world
      .call('shape', block.tabId)
      .merges.filter((one) => overlaps(one, area))
      .map((one) => ({
        tabId: block.tabId,
        row: one.startRow + 1,
        column: one.startColumn + 1,
        rows: one.endRow - one.startRow,
        columns: one.endColumn - one.startColumn,
      }));
  };
  return {
    merge: merge('all'),
    mergeAcross: merge('across'),
    mergeVertically: merge('vertically'),
    breakApart: (): Self => {
      world.call('unmerge', block);
      return self();
    },
    getMergedRanges: (): Range[] => merged().map(rangeOf),
    isPartOfMerge: (): boolean => merged().length > 0,
  };
}
