// From a snapshot and what is stored of its order: the lines as they shall be stored, before anything is posted. Pure.

import { NO_COUNTS, type OrderLine, type OrderSnapshot } from '../../shared/model/order.ts';
import { cameBack, effectBefore, openUnits } from './line-effect.ts';
import type { StoreContext } from './store-context.ts';
import { NOTHING_POSTED, type StoredLine } from './stored-line.ts';

export type PlannedLine = {
  /** With the new counts, and still the old postings. */
  readonly next: StoredLine;
  readonly before: StoredLine | null;
  /** How many units more the shop has taken off its own number since the last reading. */
  readonly takenChange: number;
  /** Units that it has taken off and given back before we first saw the line. */
  readonly givenBackUnseen: number;
};

/** `answered`: by line, returned units of which a person has said what became of them. */
export function planLines(
  store: StoreContext,
  order: OrderSnapshot,
  stored: readonly StoredLine[],
  answered: ReadonlyMap<string, number> = new Map(),
): readonly PlannedLine[] {
  const known = new Map(stored.map((line) => [line.line.lineId, line]));
  const present = order.lines.map((line, index) =>
    plan(store, order, withoutAnswered(order, line, answered), index, known.get(line.lineId) ?? null),
  );
  const lineIds = new Set(order.lines.map((line) => line.lineId));
  const removed = stored
    .filter((line) => !lineIds.has(line.line.lineId))
    .map((line) => plan(store, order, absentLine(order, line), line.position, line));
  return [...present, ...removed];
}

// What the shop has done to its own number stays as it says, whoever counts the units in here.
function withoutAnswered(
  order: OrderSnapshot,
  line: OrderLine,
  answered: ReadonlyMap<string, number>,
): OrderLine {
  const units = answered.get(line.lineId) ?? 0;
  if (units === 0) return line;
  const counts = { ...line.counts, restocked: Math.max(0, line.counts.restocked - units) };
  return { ...line, counts, taken: line.taken ?? assumedTaken(order, line) };
}

// A line that is not on the order has no effect, so that it does not matter which earlier readings were seen: it was
// taken off by an edit. A deletion told without any lines says nothing about them: what left stays gone.
function absentLine(order: OrderSnapshot, { line, taken }: StoredLine): OrderLine {
  if (order.state === 'deleted' && order.lines.length === 0) return { ...line, dated: [], taken };
  const counts = { ...NO_COUNTS, ordered: line.counts.ordered, released: line.counts.ordered };
  return { ...line, counts, dated: [], taken: null };
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
  // A sale from before sync was first turned on was in the shop's number before we ever looked at it.
  const takenBefore =
    before?.taken ??
    (order.placedAt < store.takenSince ? taken + givenBackSince(store.takenSince, line, taken) : 0);
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
  const isUnseen = before === null && order.placedAt >= store.takenSince;
  return {
    next,
    before,
    takenChange: taken - takenBefore,
    givenBackUnseen: isUnseen ? givenBack(order, line, taken) : 0,
  };
}

function givenBack(order: OrderSnapshot, { counts, ignoredBecause }: OrderLine, taken: number): number {
  if (order.test || ignoredBecause !== null) return 0;
  const back = order.state === 'open' ? counts.released + counts.restocked : counts.ordered;
  return Math.max(0, Math.min(back, counts.ordered - taken));
}

// An order from before may have come back since: the shop has put these units into its number again.
function givenBackSince(since: Date, { counts, dated }: OrderLine, taken: number): number {
  const back = dated
    .filter(({ count, at }) => (count === 'released' || count === 'restocked') && at >= since)
    .reduce((sum, { quantity }) => sum + quantity, 0);
  return Math.max(0, Math.min(back, counts.ordered - taken));
}

// What a shop that does not say it will have taken off its number: all that is neither given back nor came back.
function assumedTaken(order: OrderSnapshot, { counts }: OrderLine): number {
  return openUnits(counts, order.state) + counts.fulfilled + counts.writtenOff - cameBack(counts);
}

/** The counts that the postings of a line stand for. A line that waited or was ignored had posted nothing. */
export function countsBefore({ before }: PlannedLine): OrderLine['counts'] {
  const counted = before !== null && before.posted.sku !== null && before.line.ignoredBecause === null;
  return counted ? before.line.counts : NO_COUNTS;
}
