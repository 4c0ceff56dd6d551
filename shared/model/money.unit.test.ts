// Money: exact from the cell to the shares, whatever is typed.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { landedCosts, parseMoney, readMoney, shareByWeight, showMoney } from './money.ts';

test.each<[unknown, string | null]>([
  ['12.5', '12.50'],
  [12.5, '12.50'],
  ['0.0125', '0.0125'],
  ['007', '7.00'],
  ['1.2000', '1.20'],
  [' 3 ', '3.00'],
  ['1,5', null],
  ['1e3', null],
  [0.1 + 0.2, null],
  ['-1', null],
  ['', null],
  ['=1', null],
  [null, null],
])('%j is read as %j', (typed, shown) => {
  const reading = readMoney(typed, 4);
  expect(reading.ok ? showMoney(reading.money) : null).toBe(shown);
});

test('what is shown is read again as the same amount', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), (money) => {
      expect(parseMoney(showMoney(money))).toBe(money);
    }),
  );
});

test('shares add up to the cent, and nobody is more than a cent from their exact share', () => {
  const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 9n }), weights, (cents, all) => {
      const shares = shareByWeight(cents * 100n, all);
      expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(cents * 100n);
      const total = all.reduce((sum, weight) => sum + weight, 0n);
      if (total === 0n) return;
      for (const [index, share] of shares.entries()) {
        const off = (share * total) / 100n - cents * (all[index] ?? 0n);
        expect((off < 0n ? -off : off) < total).toBe(true);
      }
    }),
  );
});

test('freight of 10.00 over 3 × 1.00, 1 × 3.00 and 2 × 1.50 by value; over the same by quantity', () => {
  const lines = [
    { unitCost: 10_000n, units: 3 },
    { unitCost: 30_000n, units: 1 },
    { unitCost: 15_000n, units: 2 },
  ];
  const totals = (by: 'value' | 'quantity') =>
    landedCosts(lines, 100_000n, by).map(({ total }) => showMoney(total));
  expect(totals('value')).toEqual(['6.34', '6.33', '6.33']);
  expect(totals('quantity')).toEqual(['8.00', '4.67', '6.33']);
  expect(landedCosts(lines, 100_000n, 'quantity').map(({ perUnit }) => showMoney(perUnit ?? 0n))).toEqual([
    '2.6667',
    '4.67',
    '3.165',
  ]);
});
