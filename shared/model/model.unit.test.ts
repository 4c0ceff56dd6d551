// What people and stores may write as a SKU or a quantity: read exactly as written, or refused with a sentence.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { QUANTITY_MAX, readQuantity } from './quantity.ts';
import { readSku, readStoreSku, SKU_LENGTH_MAX } from './sku.ts';

const anything = fc.oneof(
  fc.anything(),
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.double(),
  fc.integer(),
);

describe('readSku', () => {
  test('never throws; what it accepts is the very text that was typed, and every refusal is a short sentence', () => {
    fc.assert(
      fc.property(anything, (input) => {
        const reading = readSku(input);
        if (reading.ok) expect(reading.sku).toBe(input);
        else expect(reading.problem).toMatch(/^.{10,240}\.$/su);
      }),
      { numRuns: 1_000 },
    );
  });

  test('ordinary SKUs are accepted, also those that look like formulas, numbers or names of JavaScript', () => {
    for (const sku of ['00123', '=1+1', '+A', '@x', '__proto__', 'constructor', 'ÄÖ-中-😀', 'a b', '-']) {
      expect(readSku(sku)).toEqual({ ok: true, sku });
    }
  });

  test('two accepted SKUs that differ as text also differ once the database has stored them', () => {
    const stored = (text: string): string => new TextDecoder().decode(new TextEncoder().encode(text));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        if (one === other || !readSku(one).ok || !readSku(other).ok) return;
        expect(stored(one)).not.toBe(stored(other));
      }),
    );
    expect(readSku('A\ud800')).toMatchObject({ ok: false });
  });

  test.each([
    'A\u0000',
    'A\u00ad',
    'A\u200bB',
    'A\u202eB',
    'A\u2060',
    'A\ufeffB',
    'A\nB',
    'A\u007f',
    'A\u2028B',
    'A\u061cB',
    'A\u2066B',
  ])('a character that cannot be seen is refused: %j', (sku) => {
    expect(readSku(sku)).toMatchObject({ ok: false });
  });

  test('the longest SKU is accepted, one more character is not', () => {
    expect(readSku('x'.repeat(SKU_LENGTH_MAX))).toMatchObject({ ok: true });
    expect(readSku('x'.repeat(SKU_LENGTH_MAX + 1))).toMatchObject({ ok: false });
  });
});

describe('readStoreSku', () => {
  test('it takes blanks away and says so; what it gives is a SKU a person could type', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('', ' ', '\t', '\n', '\u00a0'), (text, blank) => {
        const reading = readStoreSku(`${blank}${text}${blank}`);
        if (reading === null) return;
        expect(readSku(reading.sku)).toEqual({ ok: true, sku: reading.sku });
        expect(reading.sku).toBe(text.trim());
        expect(reading.note === null).toBe(`${blank}${text}${blank}` === text.trim());
      }),
    );
  });

  test.each([null, undefined, '', '   ', 'A\u0000B', 'x'.repeat(300)])('no usable SKU: %j', (input) => {
    expect(readStoreSku(input)).toBeNull();
  });
});

describe('readQuantity', () => {
  test('never throws; what it accepts is whole, bounded and never -0, and every refusal is a short sentence', () => {
    fc.assert(
      fc.property(anything, (input) => {
        const reading = readQuantity(input);
        if (!reading.ok) expect(reading.problem).toMatch(/^.{10,160}\.$/su);
        else {
          expect(Number.isSafeInteger(reading.quantity)).toBe(true);
          expect(Math.abs(reading.quantity)).toBeLessThanOrEqual(QUANTITY_MAX);
          expect(Object.is(reading.quantity, -0)).toBe(false);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('whole numbers are read the same as numbers and as text', () => {
    fc.assert(
      fc.property(fc.integer({ min: -QUANTITY_MAX, max: QUANTITY_MAX }), (quantity) => {
        expect(readQuantity(quantity)).toEqual({ ok: true, quantity });
        expect(readQuantity(` ${quantity} `)).toEqual({ ok: true, quantity });
      }),
    );
  });

  test.each(['2026-02-03', '2026-02-03 14:30'])('%s is told as the day that the cell shows', (text) => {
    expect(readQuantity(text)).toMatchObject({
      problem: expect.stringMatching(/^3 Feb 2026 is a date, not/),
    });
  });

  test.each([
    'abc',
    '1.5',
    '1,000',
    '1e3',
    '1e21',
    '0x10',
    '١٢',
    'Infinity',
    'NaN',
    '--1',
    '1 2',
    '½',
    '9'.repeat(16),
  ])('not a whole number: %s', (text) => {
    expect(readQuantity(text)).toMatchObject({ ok: false });
  });

  test.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e21, QUANTITY_MAX + 1, 0.1 + 0.2])(
    'not a quantity: %p',
    (number) => {
      expect(readQuantity(number)).toMatchObject({ ok: false });
    },
  );

  test.each([0, -0, '0', '-0', '+0', '000'])('zero: %p', (input) => {
    expect(readQuantity(input)).toEqual({ ok: true, quantity: 0 });
  });
});
