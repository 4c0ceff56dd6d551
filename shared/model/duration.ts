// Lengths of time in words, in one way wherever people read them: "45 s", "12 min", "3 h 59 min", "5 days".

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** So short a wait is watched: its seconds count. */
const WATCHED_MS = 5 * MINUTE_MS;
const IN_DAYS_FROM_MS = 2 * DAY_MS;

/** A wait to its end. Rounded up, so that nobody comes back too early: a second short of 4 hours it is still "4 h". */
export function waitInWords(ms: number): string {
  const seconds = Math.ceil(Math.max(0, ms) / SECOND_MS);
  if (seconds * SECOND_MS < MINUTE_MS) return `${seconds} s`;
  if (seconds * SECOND_MS < WATCHED_MS) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.ceil(ms / MINUTE_MS);
  if (minutes < 60) return `${minutes} min`;
  if (minutes * MINUTE_MS < IN_DAYS_FROM_MS) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  return `${Math.ceil(ms / DAY_MS)} days`;
}

const two = (many: number, unit: string, few: number, smaller: string): string =>
  few === 0 ? `${many} ${unit}` : `${many} ${unit} ${few} ${smaller}`;

/** Where only its size matters, such as how long ago or how long about: in the largest unit of which there are at least two. */
export function sizeInWords(ms: number): string {
  const count = (unit: number) => Math.round(Math.max(0, ms) / unit);
  if (count(SECOND_MS) < 120) return `${count(SECOND_MS)} s`;
  if (count(MINUTE_MS) < 120) return `${count(MINUTE_MS)} min`;
  return count(HOUR_MS) < 48 ? `${count(HOUR_MS)} h` : `${count(DAY_MS)} days`;
}
