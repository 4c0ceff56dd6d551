// eBay takes 250 revisions of a listing in a calendar day, all its variations together, and then none until the next day.
// Counted for all processes, so that the last of them are kept for lowering: a number that is too high sells what is not there.

import type { DayCounts } from '../../net/day-counts.ts';
import type { Postponed } from './outcome.ts';

const REVISIONS_MAX = 250;
/** Raising stops here. */
const RAISES_MAX = 200;
const HOUR_MS = 3_600_000;

export type Revising = { readonly itemId: string; readonly shown: number; readonly quantity: number };

export type RevisionBudget = {
  /** Null: it may be made, and is counted. Else what becomes of it. One answer for each, in their order. */
  readonly take: (revisings: readonly Revising[]) => Promise<readonly (Postponed | null)[]>;
  /** eBay has refused one although we had counted fewer: others changed the listing too. */
  readonly refusedByEbay: () => Postponed;
};

/** The code of eBay's refusal is not published: it is known by its words. */
export const speaksOfRevisions = (text: string): boolean =>
  /\brevis(ed|ions?)\b/i.test(text) && /\b250\b|limit|maximum|threshold/i.test(text);

const FOLLOWS = 'follows after midnight in California, when eBay begins to count anew.';
const LIMIT = 'eBay allows a listing 250 changes a day, all its variations together.';
const KEPT = `${LIMIT} 200 were made, and the last 50 are kept for lowering: this higher number ${FOLLOWS}`;
const SPENT =
  `${LIMIT} All were made, so this lower number ${FOLLOWS} ` +
  'If more could be sold until then than there is, end the listing on eBay.';
const REFUSED = `${LIMIT} It says they are used up; other programs change this listing too. It is tried again each hour.`;

export function createRevisionBudget({
  dayCounts,
  now,
}: {
  readonly dayCounts: DayCounts;
  readonly now: () => Date;
}): RevisionBudget {
  const isRaise = ({ shown, quantity }: Revising): boolean => quantity > shown;
  return {
    take: async (revisings) => {
      // What sells out first goes first, should there not be enough for all.
      const inOrder = [...revisings].sort(
        (a, b) => Number(isRaise(a)) - Number(isRaise(b)) || a.quantity - b.quantity,
      );
      const wants = inOrder.map((revising) => ({
        name: `revisions of ${revising.itemId}`,
        most: isRaise(revising) ? RAISES_MAX : REVISIONS_MAX,
      }));
      const taken = await dayCounts.take(dayOf(now()), wants);
      const granted = new Set(inOrder.filter((_one, index) => taken[index] === true));
      return revisings.map((revising) =>
        granted.has(revising)
          ? null
          : {
              kind: 'postponed',
              message: isRaise(revising) ? KEPT : SPENT,
              until: nextDay(now()),
            },
      );
    },
    refusedByEbay: () => ({
      kind: 'postponed',
      message: REFUSED,
      until: new Date(now().getTime() + HOUR_MS),
    }),
  };
}

// Its limits of calls are counted from midnight in California; the day of revisions is taken to be the same.
const DAY = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/Los_Angeles',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});
const dayOf = (time: Date): string => DAY.format(time);

/** A day there begins with an hour of ours. */
function nextDay(time: Date): Date {
  let hourMs = Math.floor(time.getTime() / HOUR_MS) * HOUR_MS;
  while (dayOf(new Date(hourMs)) === dayOf(time)) hourMs += HOUR_MS;
  return new Date(hourMs);
}
