// eBay takes 250 revisions of a listing in a calendar day, all its variations together, and then none until the next day.
// Counted here, so that the last of them are kept for lowering: a number that is too high sells what is not there.

const REVISIONS_MAX = 250;
/** Raising stops here. */
const RAISES_MAX = 200;

export type RevisionBudget = {
  /** Counts one revision when it may be made. */
  readonly take: (itemId: string, raises: boolean) => boolean;
};

export const BUDGET_SPENT =
  'eBay allows a listing 250 changes a day, all its variations together. The rest of this listing follows tomorrow.';

/** Known to this process only: eBay itself counts for all, and refuses what is over. */
export function createRevisionBudget(now: () => Date): RevisionBudget {
  let day = '';
  let spent = new Map<string, number>();
  return {
    take: (itemId, raises) => {
      const today = DAY.format(now());
      if (today !== day) {
        day = today;
        spent = new Map();
      }
      const count = spent.get(itemId) ?? 0;
      if (count >= (raises ? RAISES_MAX : REVISIONS_MAX)) return false;
      spent.set(itemId, count + 1);
      return true;
    },
  };
}

// eBay's day is that of its headquarters.
const DAY = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Los_Angeles', dateStyle: 'short' });
