// Times by the clock of a sheet, also where the clocks change.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  endOfLocalDay,
  fromLocalTime,
  isTimeZone,
  toLocalDay,
  toLocalMoment,
  toLocalTime,
  UTC,
} from './time-zone.ts';

test('a moment is written by the clock of the sheet', () => {
  const at = new Date('2026-11-23T23:30:09.900Z');
  expect(toLocalTime(at, UTC)).toBe('2026-11-23 23:30:09');
  expect(toLocalTime(at, 'Europe/Berlin')).toBe('2026-11-24 00:30:09');
  expect(toLocalTime(at, 'America/New_York')).toBe('2026-11-23 18:30:09');
  expect(toLocalDay(at, 'Asia/Kolkata')).toBe('2026-11-24');
});

test('written with its distance from UTC a time means one moment only, also in the hour that comes twice', () => {
  const summer = new Date('2026-10-25T00:30:09.120Z');
  expect(toLocalMoment(summer, 'Europe/Berlin')).toBe('2026-10-25 02:30:09.120 +02:00');
  const winter = new Date('2026-10-25T01:30:09.120Z');
  expect(toLocalMoment(winter, 'Europe/Berlin')).toBe('2026-10-25 02:30:09.120 +01:00');
  expect(toLocalMoment(winter, 'America/St_Johns')).toBe('2026-10-24 23:00:09.120 -02:30');
  expect(toLocalMoment(winter, UTC)).toBe('2026-10-25 01:30:09.120 +00:00');
});

test('what a person wrote is the moment at which the clock of the sheet shows it', () => {
  expect(fromLocalTime('2026-11-23 14:30', 'America/New_York')).toEqual(new Date('2026-11-23T19:30:00Z'));
  expect(fromLocalTime('2026-07-01 14:30', 'Europe/Berlin')).toEqual(new Date('2026-07-01T12:30:00Z'));
});

test('a day ends when the clock of the sheet says so', () => {
  expect(endOfLocalDay('2026-11-23', 'America/New_York')).toEqual(new Date('2026-11-24T04:59:59.999Z'));
  expect(endOfLocalDay('2026-02-30', 'America/New_York')).toBeNull();
});

test('a minute that comes twice is the first one; a minute that is skipped is not lost', () => {
  expect(fromLocalTime('2026-10-25 02:30', 'Europe/Berlin')).toEqual(new Date('2026-10-25T00:30:00Z'));
  expect(fromLocalTime('2026-03-29 02:30', 'Europe/Berlin')).toEqual(new Date('2026-03-29T01:30:00Z'));
});

test('a minute that no calendar has is none', () => {
  for (const text of ['2026-02-30 10:00', '2026-13-01 10:00', '2026-01-01 25:00', 'yesterday'])
    expect(fromLocalTime(text, 'Europe/Berlin')).toBeNull();
});

test('every moment comes back, save the hour that the clocks show twice', () => {
  const zones = fc.constantFrom(
    UTC,
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Pacific/Kiritimati',
  );
  const minutes = fc.integer({ min: 20_000_000, max: 40_000_000 });
  fc.assert(
    fc.property(zones, minutes, (zone, minute) => {
      const at = new Date(minute * 60_000);
      const back = fromLocalTime(toLocalTime(at, zone).slice(0, 16), zone);
      const earlierMs = at.getTime() - (back?.getTime() ?? 0);
      expect([0, 3_600_000]).toContain(earlierMs);
    }),
  );
});

test('a name that no clock goes by is refused', () => {
  expect([isTimeZone('Europe/Berlin'), isTimeZone('Middle/Earth'), isTimeZone('')]).toEqual([
    true,
    false,
    false,
  ]);
});
