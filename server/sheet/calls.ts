// How requests to the Sheets API are spaced and repeated. The client itself repeats only reads.

const WRITE_EVERY_MS = 1_000;
const ATTEMPTS_MAX = 6;
const PAUSE_FIRST_MS = 1_000;
const PAUSE_MAX_MS = 64_000;
const RETRYABLE = new Set([429, 500, 502, 503, 504]);

export type Clock = {
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** From 0 up to 1. */
  readonly random: () => number;
};

/** Waits so that writes start at least a second apart. One caller at a time: the flush holds a lease. */
export function createSpacing(clock: Clock): () => Promise<void> {
  let nextMs = 0;
  return async () => {
    const waitMs = nextMs - clock.nowMs();
    if (waitMs > 0) await clock.sleep(waitMs);
    nextMs = clock.nowMs() + WRITE_EVERY_MS;
  };
}

/** The HTTP status of a refusal; null when there was no answer. */
export function statusOf(error: unknown): number | null {
  const { status, code } = error as { status?: unknown; code?: unknown };
  const number = Number(status ?? code);
  return Number.isInteger(number) && number >= 100 ? number : null;
}

/**
 * Repeats what may work later: too many requests, a server in trouble, no answer at all. Everything that is sent here may be
 * sent twice without harm.
 */
export async function withRetry<Result>(clock: Clock, send: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      const status = statusOf(error);
      if (attempt >= ATTEMPTS_MAX || (status !== null && !RETRYABLE.has(status))) throw error;
      const longest = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** (attempt - 1));
      const ownMs = longest / 2 + (longest / 2) * clock.random();
      await clock.sleep(Math.max(ownMs, Math.min(PAUSE_MAX_MS, retryAfterMs(error, clock.nowMs()))));
    }
  }
}

/** What the answer itself asks for, in seconds or as a time; 0 when it asks for nothing. */
function retryAfterMs(error: unknown, nowMs: number): number {
  const { response } = error as { response?: { headers?: { get?: (name: string) => string | null } } };
  const text = response?.headers?.get?.('retry-after') ?? null;
  if (text === null) return 0;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
