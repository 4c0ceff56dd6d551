// Keeps all calls to one store inside the limit its shop publishes. This file: the interface, and the variant for one
// process; limiter-in-database.ts is the variant that all processes share.

import { randomUUID } from 'node:crypto';
import type { PublishedLimit } from '../channels/manifest.ts';
import type { LimitObservation } from './channel-http.ts';
import * as limitState from './limit-state.ts';

export type StoreLimiter = {
  /** Asks for one call. Never waits itself: the caller sleeps and asks again. */
  readonly acquire: (cost: number) => Promise<limitState.Admission>;
  /** Called every so often while the call is under way (HELD_MAX_MS): a permit that nobody renews runs out. */
  readonly renew: (permit: string) => Promise<void>;
  /** Every granted call is given back once its answer is in. */
  readonly release: (permit: string) => Promise<void>;
  /** The shop said "too many": no call of any process starts for this long. */
  readonly stop: (forMs: number) => Promise<void>;
  readonly observe: (observation: LimitObservation) => Promise<void>;
  /** The shop refused a call: its bucket holds nothing, whatever we had counted. */
  readonly empty: () => Promise<void>;
};

/** Opens limiters by bucket; the same bucket name is the same limit. */
export type Limiters = (bucket: string, limit: PublishedLimit) => StoreLimiter;

/** Limits known to this process only. */
export function createMemoryLimiters(now: () => Date): Limiters {
  const states = new Map<string, limitState.LimitState>();
  return (bucket, limit) => {
    const read = (): limitState.LimitState => states.get(bucket) ?? limitState.EMPTY_LIMIT_STATE;
    const nowMs = (): number => now().getTime();
    return {
      acquire: async (cost) => {
        const call = { nowMs: nowMs(), cost, permit: randomUUID() };
        const { state, admission } = limitState.admit(limit, read(), call);
        states.set(bucket, state);
        return admission;
      },
      renew: async (permit) => void states.set(bucket, limitState.renew(read(), nowMs(), permit)),
      release: async (permit) => void states.set(bucket, limitState.release(read(), permit)),
      stop: async (forMs) => void states.set(bucket, limitState.stop(read(), nowMs(), forMs)),
      observe: async (seen) => void states.set(bucket, limitState.observe(read(), nowMs(), seen)),
      empty: async () => void states.set(bucket, limitState.empty(read(), nowMs())),
    };
  };
}
