// SpreadsheetApp.RangeList: what is done to it is done to all of its ranges in one call.

import type { Block } from './calls.ts';
import { rangeObject, type SheetOfRange, toScriptCell } from './range.ts';
import type { ServiceWorld } from './service-world.ts';

export function rangeListObject(world: ServiceWorld, blocks: readonly Block[], sheet: () => SheetOfRange) {
  const self = {
    getRanges: () => blocks.map((block) => rangeObject(world, block, sheet)),
    setValue: (value: unknown) => {
      world.call('writeSame', blocks, toScriptCell(world, value));
      return self;
    },
  };
  return self;
}
