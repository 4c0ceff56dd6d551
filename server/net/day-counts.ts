// How often things were done on one day, where a shop allows each of them only so often. The interface, and the variant for one
// process; day-counts-in-database.ts is the variant that all processes share and that outlives them.

/** One more of `name` is wanted, as long as it was done less often than `most` on that day. */
export type DayWant = { readonly name: string; readonly most: number };

export type DayCounts = {
  /**
   * Looks at what is wanted in the order given, and counts what may be done. `day` is the shop's own, as YYYY-MM-DD. One answer
   * for each.
   */
  readonly take: (day: string, wants: readonly DayWant[]) => Promise<readonly boolean[]>;
};

/** The arithmetic: which of them may be done, when so much was done before; `counts` is brought up to date. */
export function takeFrom(counts: Map<string, number>, wants: readonly DayWant[]): readonly boolean[] {
  return wants.map(({ name, most }) => {
    const count = counts.get(name) ?? 0;
    if (count >= most) return false;
    counts.set(name, count + 1);
    return true;
  });
}

/** Known to this process only. */
export function createMemoryDayCounts(): DayCounts {
  let today = '';
  let counts = new Map<string, number>();
  return {
    take: async (day, wants) => {
      if (day > today) {
        today = day;
        counts = new Map();
      }
      return takeFrom(counts, wants);
    },
  };
}
