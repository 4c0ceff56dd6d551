// How long stock lasts at the pace of past sales, and how much to order. Pure.

export type LowStock = {
  readonly available: number;
  /** On its way: ordered already. */
  readonly incoming: number;
  readonly alertAt: number;
  readonly leadDays: number;
  readonly coverDays: number;
  /** Units sold in the last days that a person chose to look at. */
  readonly sold: number;
  /**
   * The days of those on which it could be sold, at least 1: a product that is known for three days, or was sold out for a week,
   * did not sell slowly on the others.
   */
  readonly sellingDays: number;
};

const soldADay = ({ sold, sellingDays }: LowStock): number => Math.max(0, sold) / sellingDays;

/** Whole days until nothing is left, at the pace of the last sales; null when nothing was sold. */
export function daysOfCover(low: LowStock): number | null {
  const pace = soldADay(low);
  return pace === 0 ? null : Math.max(0, Math.floor(low.available / pace));
}

/**
 * Enough to last from ordering to the end of the cover, less what is there and on its way; at least so much that it is above
 * the alert level. 0: enough is on its way.
 */
export function suggestedOrder(low: LowStock): number {
  const there = low.available + low.incoming;
  const needed = Math.ceil((Math.max(0, low.sold) * (low.leadDays + low.coverDays)) / low.sellingDays);
  return Math.max(0, needed - there, low.alertAt + 1 - there);
}
