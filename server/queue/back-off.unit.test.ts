// Back-off is capped and spread, and believes what a shop asks for within reason.

import { expect, test } from '@jest/globals';
import { askedDelayMs, backOffMs } from './back-off.ts';

test('back-off doubles from one second, is capped at a minute, and jitter only shortens it, by half at most', () => {
  const longest = [1, 2, 3, 6, 7, 8, 60].map((attempt) => backOffMs(attempt, () => 1));
  expect(longest).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000]);
  expect([1, 7].map((attempt) => backOffMs(attempt, () => 0))).toEqual([500, 30_000]);
});

test.each([
  [{ retryAfterMs: 1_200 }, 1_200],
  [{ retryAfterMs: 0 }, 0],
  [{ retryAfterMs: -5 }, 0],
  [{ retryAfterMs: 86_400_000 }, 900_000],
  [{ retryAfterMs: null }, null],
  [{ retryAfterMs: Number.NaN }, null],
  [new Error('no'), null],
  [null, null],
  ['text', null],
])('an error %j asks for %s ms', (error, expected) => {
  expect(askedDelayMs(error)).toBe(expected);
});
