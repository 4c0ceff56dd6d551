// What an hour in which nothing happens costs at each shop: the clocks of one store with open orders, and with others that were sent
// just before, played.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { ChannelDefinition } from '../../server/channels/channel.ts';
import type { PublishedLimit } from '../../server/channels/manifest.ts';
import { channels } from '../../server/channels/registry.ts';
import type { ChannelHttp, ChannelRequest } from '../../server/net/channel-http.ts';
import { KEEP_WEBHOOKS_EVERY_MS, keepWebhooks } from '../../server/sync/keep-webhooks.ts';
import { HINTS_EVERY_MS, pullHints } from '../../server/sync/pull-hints.ts';
import { COMPLETE_EVERY_MS, pullListings } from '../../server/sync/pull-listings.ts';
import { pullOrders } from '../../server/sync/pull-orders.ts';
import { pushAvailable } from '../../server/sync/push-available.ts';
import { ordersEveryMs } from '../../server/sync/store-settings.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { stopShopsAfterEach } from './rehearsal.ts';
import { OWN_SHARE_MAX, SHARE_MAX, shareOf } from './share-of-limit.ts';
import { type StoredShop, storedShop } from './stored-shop.ts';

const HOUR_MS = 3_600_000;
const LISTINGS = 60;
const OPEN_ORDERS = 60;
/** The last that happens before it is quiet: every pull of the hour shows these once more. */
const SENT_ORDERS = 60;
/** Some shops list an order late. */
const LISTED_WITHIN_MS = 3 * 60_000;
/** Of a burst that one job may ask for at once, where it is earned slowly: whoever has news of an order does not wait behind it. */
const BURST_SHARE_MAX = 0.5;
const EARNED_WITHIN_S = 10;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql`delete from stores`.execute(database.db);
});
stopShopsAfterEach();

/** One job that the clock starts, and the calls of all its runs in so long a time. */
type Cost = {
  readonly job: string;
  readonly runs: readonly (readonly ChannelRequest[])[];
  readonly ms: number;
};

async function playHour(definition: ChannelDefinition): Promise<readonly Cost[]> {
  const calls: ChannelRequest[] = [];
  const watch = (http: ChannelHttp): ChannelHttp => ({
    ...http,
    send: (request, judge) => {
      calls.push(request);
      return http.send(request, judge);
    },
  });
  const world = await storedShop(database.db, definition, {
    skus: Array.from({ length: LISTINGS }, (_, number) => `${definition.manifest.id}-${number}`),
    quantity: 50,
    onDrift: 'hold',
    watch,
    publicUrl: 'https://127.0.0.1:9',
  });
  const { context, storeId, clock } = world;
  await settle(world);
  const takeCalls = async (run: Promise<void>): Promise<readonly ChannelRequest[]> => {
    calls.length = 0;
    await run;
    return [...calls];
  };
  const listed = async (job: string, ms: number): Promise<Cost> => ({
    job,
    runs: [await takeCalls(pullListings(context, storeId))],
    ms,
  });
  const result: Cost[] = [];
  for (const { job, everyMs, run } of await jobsOf(world)) {
    const from = clock.now().getTime();
    const runs: (readonly ChannelRequest[])[] = [];
    for (let at = 0; at < HOUR_MS; at += everyMs) {
      clock.advance(Math.max(0, from + at - clock.now().getTime()));
      runs.push(await takeCalls(run()));
    }
    result.push({ job, runs, ms: HOUR_MS });
  }
  await keepWebhooks(context, storeId);
  const kept = await takeCalls(keepWebhooks(context, storeId));
  result.push({ job: 'keep-webhooks', runs: [kept], ms: KEEP_WEBHOOKS_EVERY_MS });
  result.push(await listed('pull-listings', definition.manifest.rhythm.listingsEveryMs));
  await sql`update stores set listings_complete_at = null where id = ${storeId}`.execute(database.db);
  result.push(await listed('pull-listings, all', COMPLETE_EVERY_MS));
  return result;
}

async function settle({ context, storeId, shop, remoteIds, clock }: StoredShop): Promise<void> {
  await pullOrders(context, storeId);
  for (let order = 0; order < OPEN_ORDERS; order += 1) {
    clock.advance(20_000);
    shop.buy([{ remoteId: remoteIds[order % LISTINGS] ?? '', quantity: 1 }]);
  }
  for (let round = 0; round < 2; round += 1) {
    clock.advance(2 * HOUR_MS);
    await pullOrders(context, storeId);
    await pullListings(context, storeId);
    await pushAvailable(context, storeId);
  }
  // By now each open order is due to be read again.
  clock.advance(2 * HOUR_MS);
  for (let order = 0; order < SENT_ORDERS; order += 1) {
    clock.advance(10_000);
    shop.fulfil(shop.buy([{ remoteId: remoteIds[order % LISTINGS] ?? '', quantity: 1 }]).remoteId);
  }
  clock.advance(LISTED_WITHIN_MS);
  await pullOrders(context, storeId);
  await pushAvailable(context, storeId);
  const known = await sql<{ orders: number }>`
    select count(*)::int as orders from orders where store_id = ${storeId}`.execute(database.db);
  expect(known.rows[0]?.orders).toBe(OPEN_ORDERS + SENT_ORDERS);
}

async function jobsOf({ context, storeId }: StoredShop) {
  const store = await context.openStore(storeId);
  if (store === null) throw new Error('The store is gone.');
  const { settings, definition, channel } = store;
  const pulling = async (): Promise<void> => {
    await pullOrders(context, storeId);
    await pushAvailable(context, storeId);
  };
  const everyMs = ordersEveryMs(settings, definition, { forAllMs: null, sharing: 1 });
  const hints = { job: 'pull-hints', everyMs: HINTS_EVERY_MS, run: () => pullHints(context, storeId) };
  return [{ job: 'pull-orders', everyMs, run: pulling }, ...(channel.pullHints === undefined ? [] : [hints])];
}

const of = (operation: string | null, calls: readonly ChannelRequest[]): readonly ChannelRequest[] =>
  operation === null ? calls : calls.filter((call) => call.operation === operation);

function shareOfAll(limit: PublishedLimit, operation: string | null, costs: readonly Cost[]): number {
  return costs.reduce((sum, { runs, ms }) => sum + shareOf(limit, of(operation, runs.flat()), ms), 0);
}

const pointsOf = (calls: readonly ChannelRequest[]): number =>
  calls.reduce((sum, { cost = 1 }) => sum + cost, 0);

describe.each(channels.map((definition) => [definition.manifest.label, definition] as const))(
  '%s',
  (_label, definition) => {
    test('an hour in which nothing happens leaves the budgets of the shop to what happens', async () => {
      const costs = await playHour(definition);
      const { rate, operations = {} } = definition.manifest.limits;
      const limits = [[null, rate] as const, ...Object.entries(operations)];
      const tooMuch = limits.flatMap(([operation, limit]) => {
        const isEarned = operation !== null && limit.kind === 'cost';
        const share = shareOfAll(limit, operation, costs);
        const often = share > (isEarned ? OWN_SHARE_MAX : SHARE_MAX) ? [{ operation, share }] : [];
        if (limit.kind !== 'cost') return often;
        const atOnce = costs.map(({ job, runs }) => {
          const points = Math.max(...runs.map((calls) => pointsOf(of(operation, calls))));
          const seconds = points / limit.restorePointsPerSecond;
          return { operation, job, seconds, shareOfBurst: points / limit.bucketPoints };
        });
        const slow = atOnce.filter(({ seconds }) => seconds > EARNED_WITHIN_S);
        return [...often, ...slow.filter(({ shareOfBurst }) => shareOfBurst > BURST_SHARE_MAX)];
      });
      expect(tooMuch).toEqual([]);
    }, 120_000);
  },
);
