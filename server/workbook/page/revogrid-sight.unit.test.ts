// How far the grid scrolls for a cell: not at all while it is in sight.

import { expect, test } from '@jest/globals';
import { scrollFor } from './revogrid-sight.ts';

test.each([
  ['in sight: it stays', 100, 50, 80, 300, 80],
  ['beyond the end: until its end is in sight', 400, 50, 80, 300, 150],
  ['before the beginning: to its beginning', 20, 50, 80, 300, 20],
  ['larger than the window: to its beginning', 400, 500, 80, 300, 400],
])('%s', (_what, begin, size, now, room, wanted) => {
  expect(scrollFor(begin, size, now, room)).toBe(wanted);
});
