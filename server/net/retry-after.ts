// How long to wait before the next attempt: what the shop asks for, or our own jittered back-off.

/** Longer wishes are cut to this: an absurd header must not silence a store for a year. */
export const RETRY_AFTER_MAX_MS = 60 * 60_000;
const BACKOFF_BASE_MS = 500;
const BACKOFF_MAX_MS = 4_000;

/** Reads Retry-After (seconds or an HTTP date). Null when it says nothing usable, or a time already past. */
export function readRetryAfterMs(header: string | undefined, now: Date): number | null {
  const text = header?.trim() ?? '';
  const waitMs = /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : dateOf(text) - now.getTime();
  return waitMs > 0 ? Math.min(Math.ceil(waitMs), RETRY_AFTER_MAX_MS) : null;
}

// Date.parse also takes "1" or "soon 5" for dates; an HTTP date begins with the name of a day.
const dateOf = (text: string): number =>
  /^(mon|tue|wed|thu|fri|sat|sun)/i.test(text) ? Date.parse(text) : Number.NaN;

/** Full jitter: anything between nothing and the doubling cap, so that callers spread out. `attempt` counts from 1. */
export function backoffMs(attempt: number, random: () => number): number {
  return Math.ceil(random() * Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** (attempt - 1)));
}
