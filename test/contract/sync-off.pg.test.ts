// Invariant 9 on the wire, for every channel of the registry: once sync is off, no request leaves that changes the shop, also
// from within a call that had begun before.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { channels } from '../../server/channels/registry.ts';
import { pullOrders } from '../../server/sync/pull-orders.ts';
import { pushAvailable } from '../../server/sync/push-available.ts';
import { setSync } from '../../server/sync/set-sync.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { onShelf, stopShopsAfterEach } from './rehearsal.ts';
import { storedShop } from './stored-shop.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => sql`delete from stores`.execute(database.db));
stopShopsAfterEach();

/** Hears of every request at the moment it is sent. */
function watchRequests(hear: (method: string) => void): () => void {
  const begin = (message: unknown): void => hear((message as { request: { method: string } }).request.method);
  subscribe('undici:request:create', begin);
  return () => unsubscribe('undici:request:create', begin);
}

const SKUS = Array.from({ length: 12 }, (_, number) => `OFF-${number}`);

test.each(channels.map((definition) => [definition.manifest.label, definition] as const))(
  'R15: %s hears nothing more from the moment its sync is off, and everything when it is on again',
  async (_label, definition) => {
    const options = { skus: SKUS, quantity: 5, onDrift: 'overwrite' } as const;
    const { context, shop, clock, storeId, remoteIds, adjust } = await storedShop(
      database.db,
      definition,
      options,
    );
    const settle = async (): Promise<void> => {
      for (let round = 1; round <= 3; round += 1) {
        clock.advance(11 * 60_000);
        await pullOrders(context, storeId);
        await pushAvailable(context, storeId);
      }
    };
    await settle();
    for (const sku of SKUS) await adjust(sku, 'set', 4);
    await pullOrders(context, storeId);
    let isOff = false;
    let turningOff: Promise<void> | null = null;
    const late: string[] = [];
    const stop = watchRequests((method) => {
      if (method === 'GET') return;
      if (isOff) late.push(method);
      turningOff ??= setSync(context, storeId, { on: false }).then(() => {
        isOff = true;
      });
    });
    await pushAvailable(context, storeId);
    await turningOff;
    stop();
    expect(isOff).toBe(true);
    expect(late).toEqual([]);
    const { health } = await database.db.selectFrom('stores').select('health').executeTakeFirstOrThrow();
    expect(health).not.toBe('trouble');
    await setSync(context, storeId, { on: true });
    await settle();
    expect(remoteIds.map((remoteId) => onShelf(shop, remoteId))).toEqual(SKUS.map(() => 4));
  },
  60_000,
);
