// A channel session for tests: real HTTP to loopback addresses only, limits in memory, and short waits.

import type { ChannelSession, StoreSettings } from '../../server/channels/channel.ts';
import type { Credentials, PublishedLimit } from '../../server/channels/manifest.ts';
import { createChannelHttp } from '../../server/net/create-channel-http.ts';
import { createMemoryDayCounts, type DayCounts } from '../../server/net/day-counts.ts';
import { pause } from '../../server/net/in-turns.ts';
import { createMemoryLimiters } from '../../server/net/limiter.ts';

const SLEEP_MAX_MS = 10;
const UNHURRIED: PublishedLimit = { kind: 'concurrency', requestsAtOnce: 50 };

export type TestSession = ChannelSession & { readonly savedCredentials: () => Credentials };

/**
 * `rate`: obeyed in real time, so keep its windows short. Back-off is cut to a few milliseconds, and a broken circuit
 * closes at once.
 */
export function createTestSession(options: {
  readonly credentials: Credentials;
  readonly settings?: Partial<StoreSettings>;
  readonly rate?: PublishedLimit;
  readonly timeoutMs?: number;
  readonly now?: () => Date;
  /** The clock of the limiter passes over every wait, for shops that do not count in real time. */
  readonly passOverWaits?: boolean;
  /** Absent: known to this session only. */
  readonly dayCounts?: DayCounts;
}): TestSession {
  let credentials = options.credentials;
  let queue: Promise<unknown> = Promise.resolve();
  let passedOverMs = 0;
  const limiterNow = (): Date => new Date(Date.now() + passedOverMs);
  return {
    get credentials() {
      return credentials;
    },
    settings: { drafts: false, locationIds: [], options: {}, ...options.settings },
    http: createChannelHttp({
      limiter: createMemoryLimiters(limiterNow)('test', options.rate ?? UNHURRIED),
      egress: { allowLoopback: true, hosts: [] },
      timeoutMs: options.timeoutMs ?? 5_000,
      now: limiterNow,
      sleep: async (ms) => {
        await pause(Math.min(ms, SLEEP_MAX_MS));
        if (options.passOverWaits === true) passedOverMs += Math.max(0, ms - SLEEP_MAX_MS);
      },
      breakerHalfOpenAfterMs: 1,
    }),
    saveCredentials: async (changed) => {
      credentials = changed;
    },
    savedCredentials: () => credentials,
    alone: (work) => {
      const turn = queue.then(() => work(credentials));
      queue = turn.catch(() => undefined);
      return turn;
    },
    dayCounts: options.dayCounts ?? createMemoryDayCounts(),
    now: options.now ?? (() => new Date()),
  };
}
