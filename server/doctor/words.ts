// Lengths of time in the words of the doctor's sentences.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Such as "4 minutes": the largest unit of which there are at least two. */
export function lengthInWords(ms: number): string {
  const count = (unit: number) => Math.round(ms / unit);
  if (ms < 2 * MINUTE_MS) return `${count(1_000)} seconds`;
  if (ms < 2 * HOUR_MS) return `${count(MINUTE_MS)} minutes`;
  return ms < 48 * HOUR_MS ? `${count(HOUR_MS)} hours` : `${count(24 * HOUR_MS)} days`;
}
