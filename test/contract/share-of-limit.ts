// How much of what a shop publishes a number of calls uses up, and how much of it work that recurs by the clock may take.

import type { PublishedLimit } from '../../server/channels/manifest.ts';
import type { ChannelRequest } from '../../server/net/channel-http.ts';

const DAY_MS = 24 * 3_600_000;
/** Of the calls of a day, and of what a shop allows for all kinds of calls together. */
export const SHARE_MAX = 0.2;
/** Of an operation that nothing else needs for long: what is over serves pushes that have to read orders, and full pages. */
export const OWN_SHARE_MAX = 0.8;

/** The share of a limit that so many calls in so long use up. */
export function shareOf(limit: PublishedLimit, calls: readonly ChannelRequest[], ms: number): number {
  switch (limit.kind) {
    case 'window': {
      const inWindow = calls.length / (limit.requests * (ms / limit.perMs));
      const ofDay =
        limit.requestsPerDay === undefined ? 0 : calls.length / limit.requestsPerDay / (ms / DAY_MS);
      return Math.max(inWindow, ofDay);
    }
    case 'cost': {
      const cost = calls.reduce((sum, call) => sum + (call.cost ?? 1), 0);
      return cost / (limit.restorePointsPerSecond * (ms / 1_000));
    }
    case 'concurrency':
      return 0;
  }
}
