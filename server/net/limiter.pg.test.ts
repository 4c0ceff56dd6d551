// One battery for both limiters: whatever a bucket's callers do, in one process or several, the published limit holds.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import type { PublishedLimit } from '../channels/manifest.ts';
import { openDatabase } from '../database/database.ts';
import { createMemoryLimiters, type Limiters, type StoreLimiter } from './limiter.ts';
import { createDatabaseLimiters } from './limiter-in-database.ts';

let database: TestDatabase;
let closeOther: () => Promise<void>;
let processes: Record<string, readonly [Limiters, Limiters]>;
beforeAll(async () => {
  database = await createTestDatabase();
  const other = openDatabase(database.url);
  closeOther = () => other.destroy();
  const memory = createMemoryLimiters(() => new Date());
  processes = {
    'in memory': [memory, memory],
    'in the database': [createDatabaseLimiters(database.db), createDatabaseLimiters(other)],
  };
});
afterAll(async () => {
  await closeOther();
  await database.drop();
});

const MOST: PublishedLimit = { kind: 'window', requests: 1_000, perMs: 60_000 };

async function acquirePatiently(
  limiter: StoreLimiter,
  cost: number,
): Promise<{ permit: string; atMs: number }> {
  for (;;) {
    const admission = await limiter.acquire(cost);
    if (admission.kind === 'granted') return admission;
    await sleep(admission.waitMs);
  }
}

describe.each(['in memory', 'in the database'])('limits kept %s', (name) => {
  const openTwo = (bucket: string, limit: PublishedLimit): readonly [StoreLimiter, StoreLimiter] => {
    const [first, second] = processes[name] ?? [];
    if (first === undefined || second === undefined) throw new Error(name);
    return [first(bucket, limit), second(bucket, limit)];
  };

  test('a bucket the shop calls empty is empty for both, and fills at the rate it names', async () => {
    const limit = { kind: 'cost', bucketPoints: 5, restorePointsPerSecond: 5 } as const;
    const [one, other] = openTwo('emptied', limit);
    await one.release((await acquirePatiently(one, 1)).permit);
    await one.observe({ kind: 'rate', operation: 'search', restorePointsPerSecond: 0.01 });
    await one.empty();
    const admission = await other.acquire(1);
    expect(admission).toMatchObject({ kind: 'wait', why: 'paced' });
    if (admission.kind === 'wait') expect(admission.waitMs).toBeGreaterThan(90_000);
  });

  test('invariant 12: two processes on one window never start more calls in any window than published', async () => {
    const limit = { kind: 'window', requests: 6, perMs: 200 } as const;
    const limiters = openTwo('window', limit);
    const starts: number[] = [];
    const callers = Array.from({ length: 10 }, async (_, index) => {
      for (let call = 0; call < 3; call += 1) {
        starts.push((await acquirePatiently(index % 2 === 0 ? limiters[0] : limiters[1], 1)).atMs);
      }
    });
    await Promise.all(callers);
    starts.sort((a, b) => a - b);
    expect(starts).toHaveLength(30);
    for (let index = limit.requests; index < starts.length; index += 1) {
      expect((starts[index] ?? 0) - (starts[index - limit.requests] ?? 0)).toBeGreaterThanOrEqual(
        limit.perMs,
      );
    }
  });

  test('invariant 12: two processes on one bucket of points never spend more than it held and restored', async () => {
    const limit = { kind: 'cost', bucketPoints: 100, restorePointsPerSecond: 400 } as const;
    const limiters = openTwo('cost', limit);
    const spent: { atMs: number; cost: number }[] = [];
    const callers = Array.from({ length: 8 }, async (_, index) => {
      const limiter = index % 2 === 0 ? limiters[0] : limiters[1];
      for (const cost of [10, 35, 5]) {
        const { atMs, permit } = await acquirePatiently(limiter, cost);
        spent.push({ atMs, cost });
        await limiter.release(permit);
      }
    });
    await Promise.all(callers);
    spent.sort((a, b) => a.atMs - b.atMs);
    for (const [from, first] of spent.entries()) {
      let sum = 0;
      for (const { atMs, cost } of spent.slice(from)) {
        sum += cost;
        const possible = limit.bucketPoints + ((atMs - first.atMs) / 1_000) * limit.restorePointsPerSecond;
        expect(sum).toBeLessThanOrEqual(possible + 0.001);
      }
    }
  });

  test('two processes together never have more calls under way than allowed', async () => {
    const [one, other] = openTwo('concurrency', { kind: 'concurrency', requestsAtOnce: 3 });
    const admissions = await Promise.all(
      Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? one : other).acquire(1)),
    );
    const granted = admissions.filter((admission) => admission.kind === 'granted');
    expect(granted).toHaveLength(3);
    expect(await one.acquire(1)).toMatchObject({ kind: 'wait', why: 'paced' });
    await one.release(granted[0]?.permit ?? '');
    expect(await other.acquire(1)).toMatchObject({ kind: 'granted' });
    expect(await one.acquire(1)).toMatchObject({ kind: 'wait', why: 'paced' });
  });

  test('a stop told to one process silences the other', async () => {
    const [one, other] = openTwo('stop', MOST);
    await one.stop(60_000);
    expect(await other.acquire(1)).toMatchObject({ kind: 'wait', why: 'stopped' });
    await other.stop(10); // a shorter wish does not end a longer one
    const admission = await one.acquire(1);
    expect(admission.kind === 'wait' && admission.waitMs).toBeGreaterThan(30_000);
  });

  test("what the shop says about its bucket reaches the other process: another app's calls count too", async () => {
    const [one, other] = openTwo('observed', MOST);
    await one.observe({ kind: 'window', requestsLeft: 1, resetMs: 30_000 });
    expect(await other.acquire(1)).toMatchObject({ kind: 'granted' });
    expect(await one.acquire(1)).toMatchObject({ kind: 'wait', why: 'paced' });
  });

  test('buckets do not know each other: one store stopped, the next goes on', async () => {
    const [one] = openTwo('store a', MOST);
    const [other] = openTwo('store b', MOST);
    await one.stop(60_000);
    expect(await other.acquire(1)).toMatchObject({ kind: 'granted' });
  });
});
