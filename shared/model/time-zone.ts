// Moments as people write them: by the clock of their sheet, such as 2026-11-23 21:05:09 in Europe/Berlin.

export const UTC = 'Etc/UTC';

export function isTimeZone(name: string): boolean {
  try {
    clockOf(name);
    return true;
  } catch {
    return false;
  }
}

/** Such as 2026-11-23 21:05:09: it sorts as text. */
export const toLocalTime = (at: Date, timeZone: string): string => clockOf(timeZone).format(at);

/** To the millisecond and with the distance from UTC, so that it means one moment only: 2026-11-23 21:05:09.120 +01:00. */
export function toLocalMoment(at: Date, timeZone: string): string {
  const ahead = Math.round(aheadMs(at, timeZone) / MINUTE_MS);
  const distance = [Math.floor(Math.abs(ahead) / 60), Math.abs(ahead) % 60].map(twoDigits).join(':');
  const ms = String(at.getUTCMilliseconds()).padStart(3, '0');
  return `${toLocalTime(at, timeZone)}.${ms} ${ahead < 0 ? '-' : '+'}${distance}`;
}

/** Such as 2026-11-23. */
export const toLocalDay = (at: Date, timeZone: string): string => toLocalTime(at, timeZone).slice(0, 10);

/**
 * The moment at which the clock shows this minute, written 2026-11-23 14:30; null when there is no such minute in any calendar.
 * Of a minute that comes twice when the clocks go back, the first; one that is skipped is taken on with the clock as it was before.
 */
export function fromLocalTime(minute: string, timeZone: string): Date | null {
  const asUtc = new Date(`${minute.replace(' ', 'T')}:00Z`);
  if (Number.isNaN(asUtc.getTime()) || toLocalTime(asUtc, UTC).slice(0, 16) !== minute) return null;
  // What the clock is ahead of UTC half a day before and after: between the two lies every change of the clocks.
  const candidates = [-HALF_DAY_MS, HALF_DAY_MS].map(
    (by) => new Date(asUtc.getTime() - aheadMs(new Date(asUtc.getTime() + by), timeZone)),
  );
  const [before = asUtc] = candidates;
  const shown = candidates
    .filter((at) => toLocalTime(at, timeZone).slice(0, 16) === minute)
    .sort((one, other) => one.getTime() - other.getTime());
  return shown[0] ?? before;
}

/** The last moment of a day, written 2026-11-23. */
export const endOfLocalDay = (day: string, timeZone: string): Date | null => {
  const lastMinute = fromLocalTime(`${day} 23:59`, timeZone);
  return lastMinute === null ? null : new Date(lastMinute.getTime() + MINUTE_MS - 1);
};

const MINUTE_MS = 60_000;
const HALF_DAY_MS = 12 * 3_600_000;

const aheadMs = (at: Date, timeZone: string): number =>
  Date.parse(`${toLocalTime(at, timeZone).replace(' ', 'T')}Z`) - Math.floor(at.getTime() / 1_000) * 1_000;

const twoDigits = (number: number): string => String(number).padStart(2, '0');

// Making one takes a thousand times as long as using it.
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  // Swedes write times as this sheet does.
  const made = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  clocks.set(timeZone, made);
  return made;
}
