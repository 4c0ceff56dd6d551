// Rules per store and SKU: in which order they count, and what can never come out of them.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { describeRule, NO_RULE, type Rule, toldQuantity } from './rule.ts';

const CHANNEL_MAX = 999;
const told = (available: number, rule: Partial<Rule>): number =>
  toldQuantity(available, { ...NO_RULE, ...rule }, CHANNEL_MAX);

describe('rules per store and SKU', () => {
  test.each<[string, number, Partial<Rule>, number]>([
    ['no rule: the store is told what is available', 21, {}, 21],
    ['a buffer of 5 of 21', 21, { keepBack: 5 }, 16],
    ['a buffer that is more than there is', 3, { keepBack: 5 }, 0],
    ['half of 21, rounded down', 21, { sharePercent: 50 }, 10],
    ['0 % of 21', 21, { sharePercent: 0 }, 0],
    ['at most 10 of 21', 21, { showAtMost: 10 }, 10],
    ['at most 10 of 4', 4, { showAtMost: 10 }, 4],
    ['at most 0', 4, { showAtMost: 0 }, 0],
    [
      'the buffer first, then the share, then the maximum',
      25,
      { keepBack: 5, sharePercent: 50, showAtMost: 8 },
      8,
    ],
    ['the share is of what is left above the buffer', 25, { keepBack: 5, sharePercent: 50 }, 10],
    ['do not sell here beats everything', 25, { keepBack: 5, showAtMost: 8, doNotSell: true }, 0],
    ['what the shop can take beats a higher maximum', 5_000, { showAtMost: 2_000 }, 999],
    ['R19: an oversold SKU is told 0, not less', -10, { sharePercent: 50 }, 0],
    ['29 % of 100 is 29', 100, { sharePercent: 29 }, 29],
  ])('%s', (_name, available, rule, expected) => {
    expect(told(available, rule)).toBe(expected);
  });

  test('whatever the rule, a store is never told less than 0, nor more than is available or the shop takes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000, max: 1_000_000_000 }),
        fc.record({
          keepBack: fc.nat(2_000),
          sharePercent: fc.integer({ min: 0, max: 100 }),
          showAtMost: fc.option(fc.nat(2_000)),
          doNotSell: fc.boolean(),
        }),
        (available, rule) => {
          const quantity = told(available, rule);
          expect(Number.isInteger(quantity)).toBe(true);
          expect(quantity).toBeGreaterThanOrEqual(0);
          expect(quantity).toBeLessThanOrEqual(Math.min(CHANNEL_MAX, Math.max(0, available)));
          // One unit more never shows less.
          expect(told(available + 1, rule)).toBeGreaterThanOrEqual(quantity);
        },
      ),
    );
  });

  test('a rule says what it does', () => {
    expect(describeRule(NO_RULE)).toBe('');
    expect(describeRule({ ...NO_RULE, keepBack: 5, sharePercent: 50, showAtMost: 8 })).toBe(
      'keeps 5 back, offers 50 % of the rest, rounded down, shows at most 8',
    );
    expect(describeRule({ ...NO_RULE, doNotSell: true, keepBack: 5 })).toBe('is not to sell it');
    expect(describeRule({ ...NO_RULE, sharePercent: 0 })).toBe('shows 0, whatever there is');
    expect(describeRule({ ...NO_RULE, keepBack: 5, showAtMost: 0 })).toBe('shows 0, whatever there is');
  });
});
