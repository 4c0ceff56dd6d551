// The simulated store's quota: so many requests in a window that begins with its first one, told with every answer.

import type { SimulationAnswer } from '../simulation-server.ts';
import { manifest } from './manifest.ts';
import { answer } from './simulator-answers.ts';

export type Quota = {
  /** Counts one request; the answer of one too many, or null. */
  readonly take: () => SimulationAnswer | null;
  readonly withHeaders: (result: SimulationAnswer) => SimulationAnswer;
};

const { rate } = manifest.limits;
const PUBLISHED = rate.kind === 'window' ? rate : { requests: 150, perMs: 30_000 };

/** `requests`: of this store's plan. */
export function createQuota(obeyed: boolean, clock: () => Date, requests = PUBLISHED.requests): Quota {
  let windowEndsAtMs = 0;
  let used = 0;
  const enter = (): number => {
    const nowMs = clock().getTime();
    if (nowMs >= windowEndsAtMs) {
      windowEndsAtMs = nowMs + PUBLISHED.perMs;
      used = 0;
    }
    return nowMs;
  };
  const headers = (): Readonly<Record<string, string>> => ({
    'x-rate-limit-time-window-ms': String(PUBLISHED.perMs),
    'x-rate-limit-time-reset-ms': String(Math.max(0, windowEndsAtMs - enter())),
    'x-rate-limit-requests-quota': String(requests),
    'x-rate-limit-requests-left': String(Math.max(0, requests - used)),
  });
  return {
    take: () => {
      enter();
      if (!obeyed) return null;
      used += 1;
      if (used <= requests) return null;
      return { ...answer(429, TOO_MANY), headers: { 'content-type': 'application/json', ...headers() } };
    },
    withHeaders: (result) => ({ ...result, headers: { ...result.headers, ...headers() } }),
  };
}

const TOO_MANY = {
  status: 429,
  title: 'Too many requests',
  type: '/api-docs/getting-started/api-status-codes',
};

/** Every way to say it: soon, at once, nonsense, absurdly late, and without headers, which means the platform's load. */
const RESETS = ['200', '0', 'soon', '31536000000', null];

export function throttled(turn: number): SimulationAnswer {
  const reset = RESETS[turn % RESETS.length];
  const quota =
    reset == null
      ? {}
      : {
          'x-rate-limit-time-reset-ms': reset,
          'x-rate-limit-requests-left': '0',
          'x-rate-limit-time-window-ms': '30000',
        };
  return { ...answer(429, TOO_MANY), headers: { 'content-type': 'application/json', ...quota } };
}
