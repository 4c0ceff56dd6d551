// Outbound calls to one store: its limit, its breaker, and the one layer of retries.

import { BrokenCircuitError, ConsecutiveBreaker, circuitBreaker, handleWhenResult } from 'cockatiel';
import { type Attempt, attempt, createAgent } from './attempt.ts';
import { noteChange, requireChangeAllowed } from './change-permission.ts';
import { ChannelError } from './channel-error.ts';
import type { ChannelHttp, ChannelRequest, ChannelResponse, Verdict } from './channel-http.ts';
import type { EgressPolicy } from './egress.ts';
import { pause } from './in-turns.ts';
import { HELD_MAX_MS } from './limit-state.ts';
import type { StoreLimiter } from './limiter.ts';
import { backoffMs, RETRY_AFTER_MAX_MS, readRetryAfterMs } from './retry-after.ts';

const ATTEMPTS_MAX = 4;
/** A longer wish of the shop is not waited for here: the caller gives its worker back and returns later. */
const WAITED_FOR_MAX_MS = 5_000;
/** Our own pacing may take longer, or long lists could never be read to their end. */
const PACED_MAX_MS = 60_000;
const THROTTLED_WAIT_MIN_MS = 250;
/** Retries are at most a tenth of the calls, after the first ten. */
const RETRY_BUDGET_MAX = 10;
const RETRIES_EARNED_PER_CALL = 0.1;
const FAILURES_TO_OPEN = 5;
const HALF_OPEN_AFTER_MS = 15_000;
const RENEWALS_PER_PERMIT = 3;
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

export type ChannelHttpOptions = {
  readonly limiter: StoreLimiter;
  /** The limit of one operation, obeyed besides the store's; null when it has none of its own. */
  readonly operationLimiter?: (operation: string) => StoreLimiter | null;
  readonly egress: EgressPolicy;
  readonly timeoutMs: number;
  readonly now: () => Date;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly random?: () => number;
  /** Counts retries, for metrics and logs. */
  readonly onRetry?: (retry: {
    readonly attempt: number;
    readonly waitMs: number;
    readonly reason: string;
  }) => void;
  readonly breakerHalfOpenAfterMs?: number;
};

type Outcome =
  | { readonly kind: 'fine'; readonly response: ChannelResponse }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number | null }
  | {
      readonly kind: 'transient';
      readonly message: string;
      readonly mayRetry: boolean;
      readonly cause?: unknown;
    };

/** One per store and process: the breaker and the retry budget are remembered here. */
export function createChannelHttp(options: ChannelHttpOptions): ChannelHttp {
  const { limiter, egress, now } = options;
  const sleep = options.sleep ?? pause;
  const random = options.random ?? Math.random;
  const halfOpenAfterMs = options.breakerHalfOpenAfterMs ?? HALF_OPEN_AFTER_MS;
  const agent = createAgent(egress);
  const breaker = circuitBreaker(handleWhenResult(isTrouble), {
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    halfOpenAfter: halfOpenAfterMs,
  });
  let retriesLeft = RETRY_BUDGET_MAX;
  let observed: Promise<void> = Promise.resolve();

  const ownLimiter = ({ operation }: ChannelRequest): StoreLimiter | null =>
    operation === undefined ? null : (options.operationLimiter?.(operation) ?? null);

  async function waitForTurn(limiter: StoreLimiter, cost: number): Promise<string> {
    await observed;
    const giveUpAtMs = now().getTime() + PACED_MAX_MS;
    for (;;) {
      const admission = await limiter.acquire(cost);
      if (admission.kind === 'granted') return admission.permit;
      const { why, waitMs } = admission;
      const isTooLong =
        why === 'stopped' ? waitMs > WAITED_FOR_MAX_MS : now().getTime() + waitMs > giveUpAtMs;
      if (isTooLong) throw slowDown(waitMs);
      await sleep(waitMs);
    }
  }

  async function attemptInTurn(request: ChannelRequest): Promise<Attempt> {
    const own = ownLimiter(request);
    const ownPermit = own === null ? null : await waitForTurn(own, 1);
    const permit = await waitForTurn(limiter, request.cost ?? 1);
    const timeoutMs = request.timeoutMs ?? options.timeoutMs;
    const renewal = setInterval(() => {
      // The next one tries again; a permit that runs out lets one call too many start, no more.
      limiter.renew(permit).catch(() => undefined);
    }, HELD_MAX_MS / RENEWALS_PER_PERMIT);
    try {
      await requireChangeAllowed(request);
      return await breaker.execute(() => attempt(agent, egress, request, timeoutMs));
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      const message = 'The store failed several times in a row and is left alone for a moment.';
      throw new ChannelError('transient', message, { retryAfterMs: halfOpenAfterMs });
    } finally {
      clearInterval(renewal);
      // An answer is not lost over this: a permit that is not given back runs out by itself.
      await limiter.release(permit).catch(() => undefined);
      if (own !== null && ownPermit !== null) await own.release(ownPermit).catch(() => undefined);
    }
  }

  async function prepareRetry(count: number, request: ChannelRequest, outcome: Failed): Promise<void> {
    const mayRetry = count < ATTEMPTS_MAX && retriesLeft >= 1;
    if (outcome.kind === 'throttled') {
      const jittered = THROTTLED_WAIT_MIN_MS + backoffMs(count, random);
      const waitMs = Math.min(outcome.retryAfterMs ?? jittered, RETRY_AFTER_MAX_MS);
      // The next turn comes after it, for every process; an operation with a limit of its own stops alone.
      const own = ownLimiter(request);
      await (own ?? limiter).stop(waitMs);
      await own?.empty();
      if (!mayRetry || waitMs > WAITED_FOR_MAX_MS) throw slowDown(waitMs);
      options.onRetry?.({ attempt: count, waitMs, reason: 'throttled' });
    } else {
      const isRepeatable = request.repeatable || request.method === 'GET';
      if (!mayRetry || !outcome.mayRetry || !isRepeatable) {
        throw new ChannelError('transient', outcome.message, { cause: outcome.cause });
      }
      const waitMs = backoffMs(count, random);
      options.onRetry?.({ attempt: count, waitMs, reason: outcome.message });
      await sleep(waitMs);
    }
    retriesLeft -= 1;
  }

  return {
    send: async (request, judge) => {
      retriesLeft = Math.min(RETRY_BUDGET_MAX, retriesLeft + RETRIES_EARNED_PER_CALL);
      for (let count = 1; ; count += 1) {
        const outcome = weigh(await attemptInTurn(request), judge, now());
        if (!isRefusal(outcome)) noteChange(request);
        if (outcome.kind === 'fine') return outcome.response;
        await prepareRetry(count, request, outcome);
      }
    },
    observe: (state) => {
      // A lost observation only makes the next answer the better informed one.
      const target = state.kind === 'rate' ? (options.operationLimiter?.(state.operation) ?? null) : limiter;
      observed = observed.then(() => target?.observe(state)).catch(() => undefined);
    },
  };
}

/** Nothing of it was done. */
const isRefusal = (outcome: Outcome): boolean =>
  outcome.kind === 'throttled' || (outcome.kind === 'fine' && outcome.response.status >= 400);

type Failed = Exclude<Outcome, { kind: 'fine' }>;

function weigh(
  result: Attempt,
  judge: ((response: ChannelResponse) => Verdict) | undefined,
  now: Date,
): Outcome {
  if (result.kind === 'refused') throw new ChannelError('rejected', result.message);
  if (result.kind === 'lost') {
    return { kind: 'transient', message: result.message, mayRetry: true, cause: result.cause };
  }
  const { response } = result;
  if (response.status === 429) {
    const asked = readRetryAfterMs(response.headers['retry-after'], now);
    return { kind: 'throttled', retryAfterMs: asked ?? ownWayOfAsking(judge?.(response)) };
  }
  if (response.status >= 500) {
    const message = `The store answered with an error of its own (${response.status}).`;
    return { kind: 'transient', message, mayRetry: RETRYABLE_STATUSES.has(response.status) };
  }
  const verdict = judge?.(response) ?? { kind: 'fine' };
  if (verdict.kind === 'fine') return { kind: 'fine', response };
  if (verdict.kind === 'transient') return { ...verdict, mayRetry: true };
  return { kind: 'throttled', retryAfterMs: verdict.retryAfterMs > 0 ? verdict.retryAfterMs : null };
}

/** Some shops say in headers of their own how long to wait. */
const ownWayOfAsking = (verdict: Verdict | undefined): number | null =>
  verdict?.kind === 'throttled' && verdict.retryAfterMs > 0 ? verdict.retryAfterMs : null;

/** What speaks against the store itself. Refused credentials and limits do not: they are answers. */
const isTrouble = (result: unknown): boolean => {
  const made = result as Attempt;
  return made.kind === 'lost' || (made.kind === 'answer' && made.response.status >= 500);
};

const slowDown = (waitMs: number): ChannelError =>
  new ChannelError('throttled', 'The store asks us to slow down; the rest follows by itself.', {
    retryAfterMs: Math.ceil(waitMs),
  });
