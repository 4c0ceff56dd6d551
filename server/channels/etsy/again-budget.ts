// Open receipts are read again in a rota, out of the calls that are kept for orders: so many a day, so that the rota never takes
// what the regular pulls need.

import type { ChannelSession } from '../channel.ts';

/** Of each shop. More than four thousand open receipts fit, a hundred to a call; those that the list leaves out take one each. */
export const AGAIN_PER_DAY = 48;

/** Counts one call more, unless the day's are used up. */
export type AgainBudget = () => Promise<boolean>;

export const createAgainBudget =
  ({ dayCounts, now }: Pick<ChannelSession, 'dayCounts' | 'now'>): AgainBudget =>
  async () => {
    const wants = [{ name: 'receipts read again', most: AGAIN_PER_DAY }];
    const [taken] = await dayCounts.take(now().toISOString().slice(0, 10), wants);
    return taken === true;
  };
