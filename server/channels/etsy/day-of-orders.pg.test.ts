// What reading the orders of a busy shop takes of Etsy's day: it must fit into what nothing else may use.

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import { storedShop } from '../../../test/contract/stored-shop.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import type { ChannelRequest } from '../../net/channel-http.ts';
import { pullOrders } from '../../sync/pull-orders.ts';
import { AGAIN_PER_DAY } from './again-budget.ts';
import { etsy } from './index.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
stopShopsAfterEach();

const DAY_MS = 24 * 3_600_000;
const { ordersFastestMs } = etsy.manifest.rhythm;
/** Two at each pull, so that no two of different pulls are due together. */
const OPEN_ORDERS = 400;
const PULLS_OF_DAY_BEFORE = OPEN_ORDERS / 2;

it('open orders that came in over a day are all read again in the next one, with a few of the calls kept for orders', async () => {
  const calls: ChannelRequest[] = [];
  const { context, storeId, shop, remoteIds, clock } = await storedShop(database.db, etsy, {
    skus: ['A'],
    quantity: 999,
    onDrift: 'hold',
    watch: (http) => ({
      ...http,
      send: (request, judge) => {
        calls.push(request);
        return http.send(request, judge);
      },
    }),
  });
  const playDay = async (pulls: number, buy: () => void): Promise<void> => {
    for (let pull = 0; pull < pulls; pull += 1) {
      clock.advance(DAY_MS / pulls);
      buy();
      await pullOrders(context, storeId);
    }
  };
  const readSince = async (at: Date): Promise<number> => {
    const rows = await database.db.selectFrom('orders').select('read_at').execute();
    return rows.filter(({ read_at: readAt }) => readAt >= at).length;
  };
  await playDay(PULLS_OF_DAY_BEFORE, () => {
    for (let order = 0; order < 2; order += 1) shop.buy([{ remoteId: remoteIds[0] ?? '', quantity: 1 }]);
  });
  const dayBegan = clock.now();
  calls.length = 0;
  const pulls = DAY_MS / ordersFastestMs;
  await playDay(pulls, () => undefined);
  expect(await readSince(dayBegan)).toBe(OPEN_ORDERS);
  const ofReceipts = calls.filter(({ url }) => url.includes('/receipts')).length;
  expect(ofReceipts).toBeLessThanOrEqual(2 * pulls + AGAIN_PER_DAY);
  // The list once, and what came in during its last hour a little before the next time.
  expect(ofReceipts - 2 * pulls).toBeLessThanOrEqual(2 * Math.ceil(OPEN_ORDERS / 99));
}, 240_000);
