// A line whose units are sent from several locations becomes one line for each of them: each books, and leaves, where it is.
// Pure. What the parts say adds up to what the whole line says, to the unit.

import type { DatedCount, OrderLine } from '../../../shared/model/order.ts';
import type { Assignment } from './assignments.ts';

export type SentFrom = { readonly locationId: string; readonly quantity: number; readonly at: Date };

/**
 * `line` counts the units of all locations. The first location, in the order they were put in charge, keeps the line's own id
 * and everything that belongs to no other: units given back, written off or returned beyond what another one sent.
 * `back`: where returned units were put on a shelf. A location counts in no more than it sent.
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
  const of = (events: readonly SentFrom[], locationId: string): number =>
    sum(events.filter((one) => one.locationId === locationId).map(({ quantity }) => quantity));
  const sentOf = (locationId: string): number => of(sent, locationId);
  const returned = shareReturned(line.counts.restocked, [first, ...others], sentOf, (locationId) =>
    of(back, locationId),
  );
  const parts = others.map((locationId) => {
    const fulfilled = sentOf(locationId);
    return partAt(line, locationId, {
      assignments,
      sent,
      fulfilled,
      restocked: returned.get(locationId) ?? 0,
    });
  });
  const given = (of: (part: OrderLine) => number): number => sum(parts.map(of));
  const own: OrderLine = {
    ...line,
    locationId: first,
    counts: {
      ...line.counts,
      ordered: Math.max(0, line.counts.ordered - given((part) => part.counts.ordered)),
      fulfilled: Math.max(0, line.counts.fulfilled - given((part) => part.counts.fulfilled)),
      restocked: line.counts.restocked - given((part) => part.counts.restocked),
    },
    dated: parts.length === 0 ? line.dated : datesAt(line, first, sent),
    taken: line.taken === null ? null : Math.max(0, line.taken - given((part) => part.taken ?? 0)),
  };
  return [own, ...parts];
}

/** First where the units were put, then wherever units were sent from; the first location takes what is left. */
function shareReturned(
  total: number,
  locations: readonly string[],
  sentOf: (locationId: string) => number,
  backAt: (locationId: string) => number,
): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  let left = total;
  const give = (locationId: string, wanted: number): void => {
    const share = shares.get(locationId) ?? 0;
    const units = Math.max(0, Math.min(left, wanted, sentOf(locationId) - share));
    shares.set(locationId, share + units);
    left -= units;
  };
  for (const locationId of locations) give(locationId, backAt(locationId));
  for (const locationId of locations) give(locationId, left);
  return shares;
}

type Part = {
  readonly assignments: readonly Assignment[];
  readonly sent: readonly SentFrom[];
  readonly fulfilled: number;
  readonly restocked: number;
};

function partAt(
  line: OrderLine,
  locationId: string,
  { assignments, sent, fulfilled, restocked }: Part,
): OrderLine {
  const waiting = assignments
    .filter((one) => one.locationId === locationId)
    .map(({ remaining }) => remaining);
  const ordered = fulfilled + sum(waiting);
  return {
    ...line,
    lineId: `${line.lineId}@${locationId}`,
    locationId,
    counts: { ordered, fulfilled, released: 0, writtenOff: 0, restocked },
    dated: datesAt(line, locationId, sent),
    taken: line.taken === null ? null : Math.min(ordered - restocked, line.taken),
  };
}

const datesAt = (line: OrderLine, locationId: string, sent: readonly SentFrom[]): readonly DatedCount[] => [
  ...line.dated.filter(({ count }) => count !== 'fulfilled'),
  ...sent
    .filter((one) => one.locationId === locationId && one.quantity > 0)
    .map(({ quantity, at }) => ({ count: 'fulfilled' as const, quantity, at })),
];

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
