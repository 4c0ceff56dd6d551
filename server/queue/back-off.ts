// How long a failed job waits before it is tried again: doubling, capped, and spread so that failures do not
// march in step.

export const ATTEMPTS_MAX = 8;
const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
/** A shop may ask for hours; until then we look again now and then, which costs no request of its. */
const ASKED_LONGEST_MS = 15 * 60_000;

export function backOffMs(attemptsMade: number, random: () => number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attemptsMade - 1));
  return Math.round(longest * (0.5 + random() / 2));
}

/** What an error says about when to come back (a shop that limits us), or null when it says nothing. */
export function askedDelayMs(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('retryAfterMs' in error)) return null;
  const { retryAfterMs } = error;
  if (typeof retryAfterMs !== 'number' || !Number.isFinite(retryAfterMs)) return null;
  return Math.min(Math.max(0, Math.ceil(retryAfterMs)), ASKED_LONGEST_MS);
}
