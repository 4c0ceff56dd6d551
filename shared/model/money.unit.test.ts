// Money: exact from the cell to the shares, whatever is typed.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { coinOf, decimalsOf, landedCosts, parseMoney, readMoney, shareByWeight, showMoney } from './money.ts';

const CENT = coinOf('EUR');

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
  const reading = readMoney(typed);
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
      const shares = shareByWeight(cents * 100n, all, CENT);
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
    landedCosts(lines, 100_000n, by, CENT).map(({ total }) => showMoney(total));
  expect(totals('value')).toEqual(['6.34', '6.33', '6.33']);
  expect(totals('quantity')).toEqual(['8.00', '4.67', '6.33']);
  expect(
    landedCosts(lines, 100_000n, 'quantity', CENT).map(({ perUnit }) => showMoney(perUnit ?? 0n)),
  ).toEqual(['2.6667', '4.67', '3.165']);
});

test.each([
  ['EUR', 2, '12.50'],
  ['JPY', 0, '12.5'],
  ['KRW', 0, '12.5'],
  ['KWD', 3, '12.500'],
  ['', 2, '12.50'],
])('%s has %i decimals: 12.5 is shown as %s', (currency, decimals, shown) => {
  expect(decimalsOf(currency)).toBe(decimals);
  expect(showMoney(125_000n, decimalsOf(currency))).toBe(shown);
});

test('a whole amount of a currency without decimals has no point', () => {
  expect(showMoney(12_000_000n, 0)).toBe('1200');
  expect(parseMoney('1200')).toBe(12_000_000n);
});

test.each([
  // 1,000 over 3 lines of one value: nobody pays a third of a yen.
  ['JPY', '1000', ['334', '333', '333']],
  ['KRW', '1000', ['334', '333', '333']],
  ['KWD', '1.000', ['0.334', '0.333', '0.333']],
  ['EUR', '10.00', ['3.34', '3.33', '3.33']],
])('freight in %s is shared to its smallest coin, and the parts add up', (currency, freight, wanted) => {
  const shares = shareByWeight(parseMoney(freight), [5n, 5n, 5n], coinOf(currency));
  expect(shares.map((share) => showMoney(share, decimalsOf(currency)))).toEqual(wanted);
  expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(parseMoney(freight));
});

test('in any currency the shares add up to any amount, also to one that is no whole number of coins', () => {
  const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 6n }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(
      fc.constantFrom('JPY', 'EUR', 'KWD', 'CLF'),
      fc.bigInt({ min: 0n, max: 10n ** 12n }),
      weights,
      (currency, amount, all) => {
        const shares = shareByWeight(amount, all, coinOf(currency));
        expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(amount);
        if (amount % coinOf(currency) === 0n) {
          for (const share of shares) expect(share % coinOf(currency)).toBe(0n);
        }
      },
    ),
  );
});
