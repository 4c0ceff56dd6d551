// A line whose units are sent from several locations becomes one line for each of them: each books, and leaves, where it is.
// Pure. What the parts say adds up to what the whole line says, to the unit.

import type { DatedCount, LineCounts, OrderLine } from '../../../shared/model/order.ts';
import type { Assignment } from './assignments.ts';

export type SentFrom = { readonly locationId: string; readonly quantity: number; readonly at: Date };

/**
 * `line` counts the units of all locations. The first location, in the order they were put in charge, keeps the line's own id
 * and everything that belongs to no other: units given back, written off, or returned nobody says where to.
 * `back`: where returned units were put on a shelf, be it a location that never sent any.
 */
export function splitLine(
  line: OrderLine,
  assignments: readonly Assignment[],
  sent: readonly SentFrom[],
  back: readonly SentFrom[] = [],
): readonly OrderLine[] {
  const busy = new Set([
    ...assignments.filter(({ remaining }) => remaining > 0).map(({ locationId }) => locationId),
    ...sent.filter(({ quantity }) => quantity > 0).map(({ locationId }) => locationId),
  ]);
  const locations = [...new Set([...assignments.map(({ locationId }) => locationId), ...busy])];
  const [first, ...others] = locations.filter((locationId) => busy.has(locationId));
  // Nothing to send and nothing sent: the location that was in charge last.
  if (first === undefined) return [{ ...line, locationId: locations.at(-1) ?? null }];
  const sentOf = (locationId: string): number => unitsAt(sent, locationId);
  const returned = shareReturned(line.counts.restocked, { senders: [first, ...others], sentOf, back });
  const onlyBack = [...returned.keys()].filter((locationId) => !busy.has(locationId));
  const parts = [...others, ...onlyBack].map((locationId) =>
    partAt(line, locationId, {
      assignments,
      sent,
      back,
      fulfilled: sentOf(locationId),
      restocked: returned.get(locationId) ?? 0,
    }),
  );
  const given = (of: (part: OrderLine) => number): number => sum(parts.map(of));
  const counts = withReturned(
    {
      ...line.counts,
      ordered: Math.max(0, line.counts.ordered - given((part) => part.counts.ordered)),
      fulfilled: Math.max(0, line.counts.fulfilled - given((part) => part.counts.fulfilled)),
    },
    line.counts.restocked - given((part) => part.counts.restocked),
  );
  const own: OrderLine = {
    ...line,
    locationId: first,
    counts,
    dated: parts.length === 0 ? line.dated : datesAt(line, first, { sent, back }),
    taken:
      line.taken === null
        ? null
        : Math.max(-(counts.sentElsewhere ?? 0), line.taken - given((part) => part.taken ?? 0)),
  };
  return [own, ...parts];
}

/** What came back beyond what was sent from here was sent from elsewhere. */
function withReturned(counts: LineCounts, restocked: number): LineCounts {
  const sentElsewhere = Math.max(0, restocked - counts.fulfilled);
  return { ...counts, restocked, ...(sentElsewhere === 0 ? {} : { sentElsewhere }) };
}

/** First where the units were put; of the others nobody says where to: wherever units were sent from, the first location first. */
function shareReturned(
  total: number,
  {
    senders,
    sentOf,
    back,
  }: {
    readonly senders: readonly string[];
    readonly sentOf: (locationId: string) => number;
    readonly back: readonly SentFrom[];
  },
): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  let left = total;
  const give = (locationId: string, wanted: number): void => {
    const units = Math.max(0, Math.min(left, wanted));
    if (units === 0) return;
    shares.set(locationId, (shares.get(locationId) ?? 0) + units);
    left -= units;
  };
  for (const locationId of new Set([...senders, ...back.map((one) => one.locationId)]))
    give(locationId, unitsAt(back, locationId));
  for (const locationId of senders) give(locationId, sentOf(locationId) - (shares.get(locationId) ?? 0));
  return shares;
}

type Events = { readonly sent: readonly SentFrom[]; readonly back: readonly SentFrom[] };

type Part = Events & {
  readonly assignments: readonly Assignment[];
  readonly fulfilled: number;
  readonly restocked: number;
};

function partAt(
  line: OrderLine,
  locationId: string,
  { assignments, sent, back, fulfilled, restocked }: Part,
): OrderLine {
  const waiting = assignments
    .filter((one) => one.locationId === locationId)
    .map(({ remaining }) => remaining);
  const ordered = fulfilled + sum(waiting);
  return {
    ...line,
    lineId: `${line.lineId}@${locationId}`,
    locationId,
    counts: withReturned({ ordered, fulfilled, released: 0, writtenOff: 0, restocked }, restocked),
    dated: datesAt(line, locationId, { sent, back }),
    // An order that was never confirmed has taken nothing anywhere.
    taken: line.taken === null ? null : Math.min(ordered, line.taken + line.counts.restocked) - restocked,
  };
}

// Of what comes from other counts, or says no place, the dates of the whole line are the best there is.
const datesAt = (line: OrderLine, locationId: string, { sent, back }: Events): readonly DatedCount[] => {
  const hasPlaces = { fulfilled: true, restocked: back.length > 0, released: false, writtenOff: false };
  const here = (count: DatedCount['count'], events: readonly SentFrom[]): readonly DatedCount[] =>
    events
      .filter((one) => one.locationId === locationId && one.quantity > 0)
      .map(({ quantity, at }) => ({ count, quantity, at }));
  return [
    ...line.dated.filter(({ count }) => !hasPlaces[count]),
    ...here('fulfilled', sent),
    ...here('restocked', back),
  ];
};

const unitsAt = (events: readonly SentFrom[], locationId: string): number =>
  sum(events.filter((one) => one.locationId === locationId).map(({ quantity }) => quantity));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
