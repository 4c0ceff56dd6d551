// Numbers by the formats that the tabs use.

import { expect, test } from '@jest/globals';
import { formatNumber } from './number-format.ts';

test.each([
  [12, '0', '12'],
  [1_204, '#,##0', '1,204'],
  [-3, '0', '-3'],
  [2, '+0;-0;""', '+2'],
  [-1, '+0;-0;""', '-1'],
  [0, '+0;-0;""', ''],
  [0, '0;-0;0', '0'],
  [0.5, '0%', '50%'],
])('%d as %s is "%s"', (value, pattern, text) => {
  expect(formatNumber(value, pattern)).toBe(text);
});
