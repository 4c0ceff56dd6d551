// Lengths of time in words: a wait to its end, and the size of a time.

import { expect, test } from '@jest/globals';
import { sizeInWords, waitInWords } from './duration.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

test.each([
  [-5, '0 s'],
  [1, '1 s'],
  [44_001, '45 s'],
  [59_001, '1 min'],
  [200 * SECOND_MS, '3 min 20 s'],
  [5 * MINUTE_MS - 1, '5 min'],
  [5 * MINUTE_MS + 1, '6 min'],
  [HOUR_MS - 1, '1 h'],
  [4 * HOUR_MS, '4 h'],
  [4 * HOUR_MS - SECOND_MS, '4 h'],
  [4 * HOUR_MS - MINUTE_MS, '3 h 59 min'],
  [3 * HOUR_MS + 5 * MINUTE_MS, '3 h 5 min'],
  [2 * DAY_MS - HOUR_MS, '47 h'],
  [2 * DAY_MS + 1, '3 days'],
])('a wait of %d ms is "%s"', (ms, words) => {
  expect(waitInWords(ms)).toBe(words);
});

test.each([
  [0, '0 s'],
  [119_400, '119 s'],
  [2 * MINUTE_MS, '2 min'],
  [64 * MINUTE_MS, '64 min'],
  [2 * HOUR_MS, '2 h'],
  [47 * HOUR_MS, '47 h'],
  [2 * DAY_MS, '2 days'],
  [10.4 * DAY_MS, '10 days'],
])('%d ms are about "%s"', (ms, words) => {
  expect(sizeInWords(ms)).toBe(words);
});
