// The parts of a line that several locations send add up to the whole, to the unit, and what came back is where it was put.

import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LineCounts, OrderLine } from '../../../shared/model/order.ts';
import { type SentFrom, splitLine } from './split-line.ts';

const AT = new Date('2026-11-23T10:00:00Z');
const PLACES = ['north', 'south', 'shop'] as const;
const counted = fc.record({
  locationId: fc.constantFrom(...PLACES),
  quantity: fc.integer({ min: 1, max: 3 }),
});
const events = fc.array(counted, { maxLength: 3 });

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const units = (some: readonly { readonly quantity: number }[]): number =>
  sum(some.map(({ quantity }) => quantity));
const dated = (some: readonly Omit<SentFrom, 'at'>[]): readonly SentFrom[] =>
  some.map((one) => ({ ...one, at: AT }));

it('whatever is sent from, and comes back to, wherever', () => {
  fc.assert(
    fc.property(events, events, events, fc.nat(3), (waiting, sent, back, unplaced) => {
      const fulfilled = units(sent);
      const restocked = Math.min(fulfilled, units(back) + unplaced);
      const counts: LineCounts = {
        ordered: fulfilled + units(waiting),
        fulfilled,
        released: 0,
        writtenOff: 0,
        restocked,
      };
      const whole: OrderLine = {
        lineId: 'L',
        sku: 'A',
        title: 'A',
        counts,
        dated: [],
        listingRemoteId: 'V',
        taken: counts.ordered - restocked,
        locationId: null,
        ignoredBecause: null,
      };
      const assignments = PLACES.map((locationId) => ({
        locationId,
        remaining: units(waiting.filter((one) => one.locationId === locationId)),
      }));
      const parts = splitLine(whole, assignments, dated(sent), dated(back));
      const total = (of: (part: OrderLine) => number): number => sum(parts.map(of));
      expect({
        ordered: total((part) => part.counts.ordered),
        fulfilled: total((part) => part.counts.fulfilled),
        restocked: total((part) => part.counts.restocked),
        taken: total((part) => part.taken ?? 0),
      }).toEqual({ ordered: counts.ordered, fulfilled, restocked, taken: whole.taken });
      for (const { counts: its, taken, locationId } of parts) {
        expect(its.restocked).toBeLessThanOrEqual(its.fulfilled + (its.sentElsewhere ?? 0));
        expect(taken).toBe(its.ordered - its.restocked);
        // Where all of it fits into what was sent, each unit is where it was put.
        const here = units(back.filter((one) => one.locationId === locationId));
        if (units(back) <= fulfilled) expect(its.restocked).toBeGreaterThanOrEqual(here);
      }
    }),
  );
});
