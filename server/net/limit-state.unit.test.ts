// The arithmetic of limits under any sequence of calls, observations and clock jumps.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PublishedLimit } from '../channels/manifest.ts';
import {
  admit,
  EMPTY_LIMIT_STATE,
  HELD_MAX_MS,
  type LimitState,
  observe,
  release,
  renew,
  stop,
} from './limit-state.ts';

const steps = fc.array(
  fc.record({ passMs: fc.integer({ min: 0, max: 400 }), cost: fc.integer({ min: 1, max: 60 }) }),
  {
    maxLength: 120,
  },
);

function run(
  limit: PublishedLimit,
  calls: readonly { passMs: number; cost: number }[],
): { atMs: number; cost: number }[] {
  let state = EMPTY_LIMIT_STATE;
  let nowMs = 1_000_000;
  const started: { atMs: number; cost: number }[] = [];
  for (const [index, { passMs, cost }] of calls.entries()) {
    nowMs += passMs;
    const decision = admit(limit, state, { nowMs, cost, permit: String(index) });
    state = release(decision.state, String(index));
    if (decision.admission.kind === 'granted') started.push({ atMs: nowMs, cost });
    // A caller that waits as long as it is told is let in, when nobody came in between.
    else expect(retryAfter(limit, decision.state, nowMs + decision.admission.waitMs, cost)).toBe('granted');
  }
  return started;
}

const retryAfter = (limit: PublishedLimit, state: LimitState, nowMs: number, cost: number): string =>
  admit(limit, state, { nowMs, cost, permit: 'again' }).admission.kind;

test('in any window of time, calls stay within the published window', () => {
  const limit = { kind: 'window', requests: 5, perMs: 1_000 } as const;
  fc.assert(
    fc.property(steps, (calls) => {
      const started = run(limit, calls);
      for (const [index, { atMs }] of started.entries()) {
        const before = started[index - limit.requests];
        if (before !== undefined) expect(atMs - before.atMs).toBeGreaterThanOrEqual(limit.perMs);
      }
    }),
  );
});

test('in any span of time, points spent stay within bucket plus what was restored', () => {
  const limit = { kind: 'cost', bucketPoints: 100, restorePointsPerSecond: 50 } as const;
  fc.assert(
    fc.property(steps, (calls) => {
      const started = run(limit, calls);
      for (const [from, first] of started.entries()) {
        let spent = 0;
        for (const { atMs, cost } of started.slice(from)) {
          spent += cost;
          expect(spent).toBeLessThanOrEqual(100.001 + ((atMs - first.atMs) / 1_000) * 50);
        }
      }
    }),
  );
});

test.each<PublishedLimit>([
  { kind: 'window', requests: 1, perMs: 1_000 },
  { kind: 'cost', bucketPoints: 10, restorePointsPerSecond: 10 },
  { kind: 'concurrency', requestsAtOnce: 1 },
])('a clock set back an hour blocks a $kind limit for no longer than it would anyway', (limit) => {
  const nowMs = 10 * 3_600_000;
  const before = admit(limit, EMPTY_LIMIT_STATE, { nowMs, cost: 10, permit: 'a' }).state;
  const earlierMs = nowMs - 3_600_000;
  const decision = admit(limit, before, { nowMs: earlierMs, cost: 10, permit: 'b' });
  if (decision.admission.kind === 'granted') return;
  const { waitMs } = decision.admission;
  expect(waitMs).toBeLessThanOrEqual(1_000);
  expect(retryAfter(limit, decision.state, earlierMs + waitMs, 10)).toBe('granted');
});

test('an absurd stop, or a clock set back during one, lasts an hour at most', () => {
  const far = stop(EMPTY_LIMIT_STATE, 0, Number.MAX_SAFE_INTEGER);
  expect(far.stoppedUntilMs).toBe(3_600_000);
  const jumped = { ...EMPTY_LIMIT_STATE, stoppedUntilMs: 1e15 };
  const limit = { kind: 'concurrency', requestsAtOnce: 1 } as const;
  expect(admit(limit, jumped, { nowMs: 0, cost: 1, permit: 'a' }).admission).toMatchObject({
    waitMs: 3_600_000,
  });
  expect(stop(jumped, 0, 5).stoppedUntilMs).toBe(3_600_000);
});

test('points of calls still under way are kept back from the figure the shop reports', () => {
  const limit = { kind: 'cost', bucketPoints: 1_000, restorePointsPerSecond: 50 } as const;
  const { state } = admit(limit, EMPTY_LIMIT_STATE, { nowMs: 0, cost: 300, permit: 'a' });
  const figures = {
    kind: 'cost',
    availablePoints: 900,
    maximumPoints: 2_000,
    restorePointsPerSecond: 100,
  } as const;
  expect(observe(state, 0, figures).points).toMatchObject({
    available: 600,
    maximum: 2_000,
    restorePerSecond: 100,
  });
});

test('a nonsensical observation changes nothing', () => {
  const figures = { kind: 'cost', availablePoints: 5, maximumPoints: 0, restorePointsPerSecond: 0 } as const;
  expect(observe(EMPTY_LIMIT_STATE, 0, figures)).toEqual(EMPTY_LIMIT_STATE);
});

test('a call dearer than the whole bucket goes when the bucket is full, not never', () => {
  const limit = { kind: 'cost', bucketPoints: 100, restorePointsPerSecond: 50 } as const;
  expect(retryAfter(limit, EMPTY_LIMIT_STATE, 0, 5_000)).toBe('granted');
});

test('a window with a daily budget lets no more calls in within any 24 hours, in few numbers to keep', () => {
  const limit = { kind: 'window', requests: 5, perMs: 1_000, requestsPerDay: 40 } as const;
  const dayMs = 24 * 60 * 60_000;
  const passes = fc.array(fc.integer({ min: 1_000, max: 3 * 60 * 60_000 }), {
    minLength: 60,
    maxLength: 200,
  });
  fc.assert(
    fc.property(passes, (steps) => {
      let state = EMPTY_LIMIT_STATE;
      let nowMs = 1_000_000;
      const started: number[] = [];
      for (const [index, passMs] of steps.entries()) {
        nowMs += passMs;
        const decision = admit(limit, state, { nowMs, cost: 1, permit: String(index) });
        state = JSON.parse(JSON.stringify(decision.state));
        if (decision.admission.kind === 'granted') started.push(nowMs);
        else expect(retryAfter(limit, state, nowMs + decision.admission.waitMs, 1)).toBe('granted');
        const before = started[started.length - 1 - limit.requestsPerDay];
        if (before !== undefined) expect((started.at(-1) ?? 0) - before).toBeGreaterThanOrEqual(dayMs);
        expect(state.blocks?.length ?? 0).toBeLessThanOrEqual(50);
      }
    }),
  );
});

test('a place is held as long as its call renews it, and is free soon after its process was killed', () => {
  const limit = { kind: 'concurrency', requestsAtOnce: 1 } as const;
  let { state } = admit(limit, EMPTY_LIMIT_STATE, { nowMs: 0, cost: 1, permit: 'first' });
  const lastRenewalMs = HELD_MAX_MS * 3;
  for (let nowMs = 0; nowMs <= lastRenewalMs; nowMs += HELD_MAX_MS / 2) {
    state = renew(state, nowMs, 'first');
    expect(retryAfter(limit, state, nowMs, 1)).toBe('wait');
  }
  expect(retryAfter(limit, state, lastRenewalMs + HELD_MAX_MS - 1, 1)).toBe('wait');
  expect(retryAfter(limit, state, lastRenewalMs + HELD_MAX_MS, 1)).toBe('granted');
  // Too late: another may have taken the place.
  const late = renew(state, lastRenewalMs + HELD_MAX_MS, 'first');
  expect(retryAfter(limit, late, lastRenewalMs + HELD_MAX_MS, 1)).toBe('granted');
});

test('a shop that says it has a larger window is asked as often as that, until it has not said so for a while', () => {
  const limit = { kind: 'window', requests: 5, perMs: 1_000 } as const;
  const startedOf = (whole: { requests: number; perMs: number }, nowMs: number): number => {
    let state = observe(EMPTY_LIMIT_STATE, 0, { kind: 'window', requestsLeft: 1_000, resetMs: 1_000, whole });
    let count = 0;
    for (let call = 0; call < 1_000; call += 1) {
      const decision = admit(limit, state, { nowMs, cost: 1, permit: String(call) });
      state = decision.state;
      if (decision.admission.kind === 'granted') count += 1;
    }
    return count;
  };
  expect(startedOf({ requests: 15, perMs: 1_000 }, 100)).toBe(15);
  // Smaller than published: what is left tells that, and other apps share it.
  expect(startedOf({ requests: 2, perMs: 1_000 }, 100)).toBe(5);
  expect(startedOf({ requests: 1_000_000, perMs: 1_000 }, 100)).toBe(500);
  expect(startedOf({ requests: 15, perMs: 1_000 }, 11 * 60_000)).toBe(5);
});

test('a shop’s next window has what it says is left, also when it begins before the end that was worked out for the last one', () => {
  const first = observe(EMPTY_LIMIT_STATE, 3_000, { kind: 'window', requestsLeft: 105, resetMs: 30_000 });
  const next = observe(first, 30_300, { kind: 'window', requestsLeft: 149, resetMs: 30_000 });
  expect(next.told).toEqual({ left: 149, untilMs: 60_300 });
  // An answer of the same window that comes late says no more than is known.
  const late = observe(next, 32_000, { kind: 'window', requestsLeft: 150, resetMs: 30_000 });
  expect(late.told?.left).toBe(149);
});
