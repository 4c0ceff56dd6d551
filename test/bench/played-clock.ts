// A clock that runs as fast as the work does. Its time is the real time that our own code, the database and the loopback take,
// plus every wait that was skipped: when nothing is under way any more but waits, it jumps to the end of the shortest one.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import pg from 'pg';

export type PlayedClock = {
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  /** A wait in the middle of a call that somebody else is waiting for: a shop that takes its time to answer. */
  readonly sleepInCall: (ms: number) => Promise<void>;
  /** Work that nobody can hear beginning and ending, such as timers of a simulated shop, is under way until it ends. */
  readonly holding: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** Milliseconds of waiting that nobody had to sit through. */
  readonly skippedMs: () => number;
  readonly stop: () => void;
};

type Sleeper = { readonly dueMs: number; readonly wake: () => void };

/** Work that goes from one turn of the event loop to the next is still under way. */
const QUIET_TURNS = 3;

export function playClock(): PlayedClock {
  const startMs = Date.now() - performance.now();
  let skippedMs = 0;
  let sleepers: Sleeper[] = [];
  let underWay = 0;
  let isLooking = false;
  const nowMs = (): number => startMs + performance.now() + skippedMs;

  function wakeDue(): void {
    const at = nowMs();
    const due = sleepers.filter(({ dueMs }) => dueMs <= at);
    if (due.length === 0) return;
    sleepers = sleepers.filter(({ dueMs }) => dueMs > at);
    for (const { wake } of due.sort((a, b) => a.dueMs - b.dueMs)) wake();
  }

  async function look(): Promise<void> {
    let quiet = 0;
    while (sleepers.length > 0) {
      // While a call is under way nothing can be skipped: looking all the time would take its processor away.
      await new Promise((resolve) => (underWay > 0 ? setTimeout(resolve, 1) : setImmediate(resolve)));
      wakeDue();
      quiet = underWay === 0 ? quiet + 1 : 0;
      if (quiet < QUIET_TURNS || sleepers.length === 0) continue;
      quiet = 0;
      const earliestMs = sleepers.reduce(
        (least, { dueMs }) => Math.min(least, dueMs),
        Number.POSITIVE_INFINITY,
      );
      skippedMs += Math.max(0, earliestMs - nowMs());
      wakeDue();
    }
    isLooking = false;
  }

  const sleep = (ms: number): Promise<void> =>
    new Promise((wake) => {
      sleepers.push({ dueMs: nowMs() + ms, wake });
      if (isLooking) return;
      isLooking = true;
      void look();
    });
  const stop = watchCalls((change) => {
    underWay += change;
  });
  return {
    now: () => new Date(nowMs()),
    sleep,
    sleepInCall: async (ms) => {
      underWay -= 1;
      await sleep(ms);
      underWay += 1;
    },
    holding: async (work) => {
      underWay += 1;
      try {
        return await work();
      } finally {
        underWay -= 1;
      }
    },
    skippedMs: () => skippedMs,
    stop,
  };
}

/** Hears when a call to a shop or to the database begins and ends. */
function watchCalls(count: (change: 1 | -1) => void): () => void {
  const requests = new Set<unknown>();
  const begin = (message: unknown): void => {
    requests.add((message as { request: unknown }).request);
    count(1);
  };
  const end = (message: unknown): void => {
    if (requests.delete((message as { request: unknown }).request)) count(-1);
  };
  subscribe('undici:request:create', begin);
  subscribe('undici:request:trailers', end);
  subscribe('undici:request:error', end);
  const counted = <Result>(result: Result): Result => {
    if (!(result instanceof Promise)) return result;
    count(1);
    const done = (): void => count(-1);
    result.then(done, done);
    return result;
  };
  const { query } = pg.Client.prototype;
  const { connect } = pg.Pool.prototype;
  Object.assign(pg.Client.prototype, {
    query(this: pg.Client, ...given: Parameters<typeof query>) {
      return counted(query.apply(this, given));
    },
  });
  Object.assign(pg.Pool.prototype, {
    connect(this: pg.Pool, ...given: Parameters<typeof connect>) {
      return counted(connect.apply(this, given));
    },
  });
  return () => {
    unsubscribe('undici:request:create', begin);
    unsubscribe('undici:request:trailers', end);
    unsubscribe('undici:request:error', end);
    Object.assign(pg.Client.prototype, { query });
    Object.assign(pg.Pool.prototype, { connect });
  };
}
