// Days as spreadsheets keep them: numbers, of which a cell's format makes days.

const DAY_MS = 86_400_000;
/** Day 0 of spreadsheets. */
const EPOCH_MS = Date.UTC(1899, 11, 30);

/** Numbers that are days of this century. */
const CENTURY = { first: 36_526, last: 73_050 };

export const isDayFormat = (pattern: string | null): boolean =>
  pattern !== null && !/^general$/i.test(pattern) && /[ymdhs]/i.test(pattern) && !/[0#]/.test(pattern);

export const mayBeDay = (number: number): boolean => number >= CENTURY.first && number < CENTURY.last + 1;

/** As a time of UTC. */
export const timeOfDayNumber = (number: number): number => EPOCH_MS + number * DAY_MS;

/** Such as 2026-02-03, or 2026-02-03 14:30 within the day. */
export const dayInText = (number: number): string =>
  new Date(Math.round(timeOfDayNumber(number) / 1_000) * 1_000)
    .toISOString()
    .slice(0, 16)
    .replace('T', ' ')
    .replace(/ 00:00$/, '');
