// What a store's shop allows: what is left is shown, what a full push takes is told before, and when a day's calls are few the
// listings nearest to being oversold go first.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { aListing, createScriptedWorld, type ScriptedWorld } from '../../test/support/scripted-store.ts';
import { syncSteps } from '../../test/support/sync-steps.ts';
import type { ChannelManifest, PublishedLimit } from '../channels/manifest.ts';
import { createDatabaseLimiters } from '../net/limiter-in-database.ts';
import { fullPush, rememberBudget } from './budgets.ts';
import { limitBucket } from './open-store.ts';
import { pullListings } from './pull-listings.ts';
import { pushAvailable } from './push-available.ts';
import { readStoreViews } from './store-views.ts';

let database: TestDatabase;
let world: ScriptedWorld;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql`delete from stores`.execute(database.db);
  await sql`delete from limits`.execute(database.db);
  world = createScriptedWorld(database.db, new Date());
});
const steps = () => syncSteps(database.db, () => world);

const DAILY: PublishedLimit = { kind: 'window', requests: 10, perMs: 1_000, requestsPerDay: 10_000 };

async function spend(bucket: string, limit: PublishedLimit, calls: number, cost = 1): Promise<void> {
  const limiter = createDatabaseLimiters(database.db)(bucket, {
    ...limit,
    requests: 1_000_000,
  } as PublishedLimit);
  for (let call = 0; call < calls; call += 1) await limiter.acquire(cost);
}

/** What the store's view says after `spent` calls of its limit. */
async function shown(limits: Partial<ChannelManifest['limits']>, bucket = '', calls = 0, cost = 1) {
  const { id } = await world.addStore('shop', { limits });
  const store = await world.context.openStore(id);
  if (store === null) throw new Error('The store is gone.');
  const limit = limits.operations?.[bucket.trim()] ?? limits.rate;
  if (limit !== undefined) await spend(`${id}${bucket}`, limit, calls, cost);
  await rememberBudget(world.context, store);
  const [view] = await readStoreViews(database.db, () => store.definition);
  return view?.budget ?? null;
}

describe('what is left', () => {
  test('of a day: in the store’s view, in words', async () => {
    expect(await shown({ rate: DAILY }, '', 88)).toMatchObject({
      left: 9_912,
      of: 10_000,
      per: 'day',
      resetsAt: expect.stringMatching(/^20/),
      words: '9,912 of 10,000 calls left today',
    });
  });
  test('of an operation that is scarcer than the rest', async () => {
    const operations = { trading: { ...DAILY, requestsPerDay: 50 } };
    expect(await shown({ rate: DAILY, operations }, ' trading', 20)).toMatchObject({
      left: 30,
      words: '30 of 50 calls left today (trading)',
    });
  });
  test('of a bucket of points', async () => {
    const rate = { kind: 'cost', bucketPoints: 2_000, restorePointsPerSecond: 0.001 } as const;
    expect(await shown({ rate }, '', 3, 100)).toMatchObject({
      left: 1_700,
      of: 2_000,
      per: 'bucket',
      words: '1,700 of 2,000 points left, 0.001 more each second',
    });
  });
  test('of half a minute', async () => {
    const rate = { kind: 'window', requests: 150, perMs: 30_000 } as const;
    expect(await shown({ rate }, '', 5)).toMatchObject({
      left: 145,
      per: 'window',
      words: '145 of 150 calls left in 30 s',
    });
  });
  test('where nothing is published, nothing is said', async () => {
    expect(await shown({ rate: { kind: 'concurrency', requestsAtOnce: 4 } })).toBeNull();
  });
});

describe('limits that are counted for an app', () => {
  const manifest = async (countedFor?: readonly string[]): Promise<ChannelManifest> => {
    const { id } = await world.addStore('any', countedFor === undefined ? {} : { limits: { countedFor } });
    const store = await world.context.openStore(id);
    if (store === null) throw new Error('The store is gone.');
    return store.definition.manifest;
  };
  test('two stores of one app share a bucket, whose name tells nothing; another app has its own', async () => {
    const shared = await manifest(['app']);
    const [one, two, other] = ['a', 'a', 'b'].map((app, index) =>
      limitBucket(shared, { app, token: `${index}` }, `store-${index}`),
    );
    expect(one).toBe(two);
    expect(one).not.toBe(other);
    expect(one).toMatch(/^scripted [\w-]{16}$/);
  });
  test('other limits are counted for each store', async () => {
    expect(limitBucket(await manifest(), { app: 'a' }, 'store-1')).toBe('store-1');
  });
});

describe('what a full push takes', () => {
  const limits = (more: Partial<ChannelManifest['limits']>) =>
    ({ limits: { rate: DAILY, pushBatchMax: 20, requestTimeoutMs: 1, ...more } }) as ChannelManifest;
  const costs = [
    { calls: 1, listings: 1, operation: 'push' },
    { calls: 1, listings: 20, operation: 'push' },
  ];
  const operations = { push: { ...DAILY, requestsPerDay: 8_500 } };

  test('by the second while the day suffices', () => {
    expect(fullPush(limits({ fullPush: costs, operations }), 4_000, null)).toMatchObject({
      calls: 4_200,
      words: '4,200 calls, about 7 min',
    });
  });
  test('by the day when it does not', () => {
    expect(fullPush(limits({ fullPush: costs, operations }), 20_000, null)?.words).toMatch(
      /^21,000 calls, about \d\d h, because the shop allows only so many calls a day$/,
    );
  });
  test('what was used up of the day counts', () => {
    const budget = { left: 100, of: 10_000, per: 'day', resetsAt: null, words: '' } as const;
    expect(fullPush(limits({ fullPush: costs, operations }), 4_000, budget)?.words).toMatch(/about \d+ h$/);
  });
  test('unknown costs are not guessed', () => {
    expect(fullPush(limits({}), 4_000, null)).toBeNull();
  });
});

describe('when a day’s calls are few', () => {
  const listed = async (requestsPerDay: number) => {
    const rate = { ...DAILY, requestsPerDay } as PublishedLimit;
    const store = await world.addStore('scarce', { limits: { rate, pushBatchMax: 2 } });
    const units = { A: 9, B: 1, C: 5, D: 0, E: 7 };
    for (const [name, quantity] of Object.entries(units)) {
      const sku = `${name}-${requestsPerDay}`;
      store.listings.set(sku, aListing(sku, sku));
      await pullListings(world.context, store.id);
      await steps().set(sku, quantity);
    }
    await sql`update stores set orders_fresh_at = now() + interval '1 day'`.execute(database.db);
    await pushAvailable(world.context, store.id);
    return store.told.map((told) => told.split('-')[0]);
  };
  test('the listings with the fewest units are told first', async () => {
    // Five listings in batches of two, and the rest of the day has room for three: 0 and 1, then 5 and 7, then 9.
    expect(await listed(3)).toEqual(['B', 'D', 'C', 'E', 'A']);
  });
  test('with enough of them the order does not matter, and all are told', async () => {
    expect((await listed(10_000)).sort()).toEqual(['A', 'B', 'C', 'D', 'E']);
  });
});
