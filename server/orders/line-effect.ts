// The rules by which one order line moves stock: counts in, targets out. Pure; every number of order-effects lives here.

import type { DatedCount, LineCounts, OrderState } from '../../shared/model/order.ts';

/** What a line shall have posted in all, from its counts. Posting the difference makes any repetition harmless. */
export type LineTarget = {
  readonly booked: number;
  /** Signed effect on in stock. */
  readonly inStock: number;
};

/** Units still to be sent. */
export function openUnits(counts: LineCounts, state: OrderState): number {
  if (state !== 'open') return 0;
  return Math.max(0, counts.ordered - counts.fulfilled - counts.released - counts.writtenOff);
}

/** What the line did to in stock over its whole life: units that came back less units that left. */
export function inStockEffect(counts: LineCounts): number {
  return cameBack(counts) - counts.fulfilled - counts.writtenOff;
}

/** No more than was sent, from here or from another location. */
export const cameBack = ({ restocked, fulfilled, sentElsewhere = 0 }: LineCounts): number =>
  Math.min(restocked, fulfilled + sentElsewhere);

/** `baseline` is the part of the effect that the opening stock already reflects. */
export function lineTarget(counts: LineCounts, state: OrderState, baseline: number): LineTarget {
  return { booked: openUnits(counts, state), inStock: inStockEffect(counts) - baseline };
}

/**
 * The effect on in stock that was already there at `since`. Parts the channel does not date happened, as far as anyone can
 * tell, before it when the order was placed before it, and after it otherwise.
 */
export function effectBefore(
  counts: LineCounts,
  dated: readonly DatedCount[],
  placedAt: Date,
  since: Date,
): number {
  const undatedCounts = placedAt < since;
  const before = (count: DatedCount['count']): number => {
    const all = dated.filter((part) => part.count === count);
    const datedUnits = sum(all.map((part) => part.quantity));
    const datedBefore = sum(all.filter((part) => part.at < since).map((part) => part.quantity));
    const undated = Math.max(0, counts[count] - datedUnits);
    return Math.min(counts[count], datedBefore + (undatedCounts ? undated : 0));
  };
  return inStockEffect({
    ordered: counts.ordered,
    fulfilled: before('fulfilled'),
    released: before('released'),
    writtenOff: before('writtenOff'),
    restocked: before('restocked'),
    sentElsewhere: counts.sentElsewhere ?? 0,
  });
}

/** Contradictions that shops do send, in a sentence for the order's row; null when the counts agree. */
export function contradiction(counts: LineCounts): string | null {
  const gone = counts.fulfilled + counts.released + counts.writtenOff;
  if (gone > counts.ordered) {
    return `The shop reports ${gone} units sent or given up of ${counts.ordered} ordered. Check this order in the shop.`;
  }
  const counted = cameBack(counts);
  if (counts.restocked > counted) {
    return `The shop reports ${counts.restocked} units returned of ${counted} sent; only ${counted} were counted.`;
  }
  return null;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
