// How much of a published limit is left, read from what the limiter remembers. Asks nobody and changes nothing.

import type { PublishedLimit } from '../channels/manifest.ts';
import { type LimitState, spentToday } from './limit-state.ts';

export type BudgetLeft = {
  readonly left: number;
  readonly of: number;
  readonly per: 'day' | 'window' | 'bucket';
  /** When more is left than now at the latest; null: it refills all the time. */
  readonly resetsAtMs: number | null;
  /** How long the window is, or how many points come back in a second. */
  readonly pace: number;
};

/** Null where nothing is published that could be used up. */
export function budgetLeft(limit: PublishedLimit, state: LimitState, nowMs: number): BudgetLeft | null {
  switch (limit.kind) {
    case 'concurrency':
      return null;
    case 'cost': {
      const points = state.points;
      const maximum = points?.maximum ?? limit.bucketPoints;
      const pace = points?.restorePerSecond ?? limit.restorePointsPerSecond;
      const restored = points === null ? 0 : (Math.max(0, nowMs - points.atMs) / 1_000) * pace;
      const left = points === null ? maximum : Math.min(maximum, points.available + restored);
      return { left: Math.max(0, Math.floor(left)), of: maximum, per: 'bucket', resetsAtMs: null, pace };
    }
    case 'window': {
      if (limit.requestsPerDay !== undefined) {
        const { calls, freeAtMs } = spentToday(state, nowMs);
        const left = Math.max(0, limit.requestsPerDay - calls);
        return { left, of: limit.requestsPerDay, per: 'day', resetsAtMs: freeAtMs, pace: DAY_MS };
      }
      const calls = state.calls.filter((at) => at > nowMs - limit.perMs).length;
      const own = limit.requests - calls;
      const told = state.told !== null && state.told.untilMs > nowMs ? state.told : null;
      const left = Math.max(0, Math.min(own, told?.left ?? own));
      const resetsAtMs = told?.untilMs ?? (calls === 0 ? null : (state.calls[0] ?? nowMs) + limit.perMs);
      return { left, of: limit.requests, per: 'window', resetsAtMs, pace: limit.perMs };
    }
  }
}

const DAY_MS = 24 * 3_600_000;
