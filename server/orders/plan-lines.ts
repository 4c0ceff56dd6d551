// From a snapshot and what is stored of its order: the lines as they shall be stored, before anything is posted. Pure.

import { NO_COUNTS, type OrderLine, type OrderSnapshot } from '../../shared/model/order.ts';
import { effectBefore, openUnits } from './line-effect.ts';
import type { StoreContext } from './store-context.ts';
import { NOTHING_POSTED, type StoredLine } from './stored-line.ts';

export type PlannedLine = {
  /** With the new counts, and still the old postings. */
  readonly next: StoredLine;
  readonly before: StoredLine | null;
  /** How many units more the shop has taken off its own number since the last reading. */
  readonly takenChange: number;
};

export function planLines(
  store: StoreContext,
  order: OrderSnapshot,
  stored: readonly StoredLine[],
): readonly PlannedLine[] {
  const known = new Map(stored.map((line) => [line.line.lineId, line]));
  const present = order.lines.map((line, index) =>
    plan(store, order, line, index, known.get(line.lineId) ?? null),
  );
  const lineIds = new Set(order.lines.map((line) => line.lineId));
  const removed = stored
    .filter((line) => !lineIds.has(line.line.lineId))
    .map((line) => plan(store, order, removedLine(line), line.position, line));
  return [...present, ...removed];
}

// A line that an edit took away gives back what it had not sent.
function removedLine({ line }: StoredLine): OrderLine {
  const { counts } = line;
  const released = Math.max(counts.released, counts.ordered - counts.fulfilled - counts.writtenOff);
  return { ...line, counts: { ...counts, released }, dated: [], taken: null };
}

function plan(
  store: StoreContext,
  order: OrderSnapshot,
  line: OrderLine,
  position: number,
  before: StoredLine | null,
): PlannedLine {
  const { dated, taken: reported, ...kept } = line;
  const taken = reported ?? assumedTaken(order, line);
  // A sale from before sync was turned on was in the shop's number before we ever looked at it.
  const takenBefore = before?.taken ?? (order.placedAt < store.syncOnAt ? taken : 0);
  const sameT0 = before?.baselineAt?.getTime() === store.syncOnAt.getTime();
  const baseline =
    before !== null && sameT0
      ? before.baseline
      : effectBefore(line.counts, dated, order.placedAt, store.syncOnAt) - (before?.posted.inStock ?? 0);
  const next: StoredLine = {
    storeId: store.id,
    orderId: order.remoteId,
    position,
    line: { ...kept, ignoredBecause: order.test ? 'test order' : line.ignoredBecause },
    taken,
    baseline,
    baselineAt: store.syncOnAt,
    posted: before?.posted ?? NOTHING_POSTED,
  };
  return { next, before, takenChange: taken - takenBefore };
}

// What a shop that does not say it will have taken off its number: all that is neither given back nor came back.
function assumedTaken(order: OrderSnapshot, { counts }: OrderLine): number {
  const restocked = Math.min(counts.restocked, counts.fulfilled);
  return openUnits(counts, order.state) + counts.fulfilled + counts.writtenOff - restocked;
}

export const countsBefore = (planned: PlannedLine): OrderLine['counts'] =>
  planned.before?.line.counts ?? NO_COUNTS;
