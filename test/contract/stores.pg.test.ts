// What only shows with a database, for every channel of the registry: two processes on one limit, and a shop that suddenly
// answers with next to nothing.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { ChannelDefinition } from '../../server/channels/channel.ts';
import { channels } from '../../server/channels/registry.ts';
import type { SimulatedFault } from '../../server/channels/simulator.ts';
import { createChannelHttp } from '../../server/net/create-channel-http.ts';
import { createDatabaseLimiters } from '../../server/net/limiter-in-database.ts';
import { connectStore } from '../../server/sync/connect-store.ts';
import { pullListings } from '../../server/sync/pull-listings.ts';
import { pullOrders } from '../../server/sync/pull-orders.ts';
import { pushAvailable } from '../../server/sync/push-available.ts';
import type { StoreId } from '../../shared/model/ids.ts';
import { createSyncWorld } from '../bench/sync-world.ts';
import { submitAdjustments } from '../support/adjustments.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { allListings, rehearse, stopShopsAfterEach } from './rehearsal.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql`delete from stores`.execute(database.db);
  await sql`delete from activity`.execute(database.db);
});
stopShopsAfterEach();

const every = channels.map((definition) => [definition.manifest.label, definition] as const);

describe.each(every)('two processes on one limit: %s', (_label, definition) => {
  /** More than fits into a second, a burst or the requests at once of any shop. */
  const CALLS = 16;

  test('read as fast as they can, and the shop never has to refuse one', async () => {
    const rehearsal = await rehearse(definition, { limits: true, now: () => new Date() });
    rehearsal.shop.addProduct({ sku: 'A', title: 'A', quantity: 5 });
    let refused = 0;
    /** Nothing is shared but the database. */
    const asProcess = () => {
      const { rate, operations } = definition.manifest.limits;
      const limiters = createDatabaseLimiters(database.db);
      const http = createChannelHttp({
        limiter: limiters(definition.manifest.id, rate),
        operationLimiter: (name) => {
          const limit = operations?.[name];
          return limit === undefined ? null : limiters(`${definition.manifest.id} ${name}`, limit);
        },
        egress: { allowLoopback: true, hosts: [] },
        timeoutMs: 10_000,
        now: () => new Date(),
        onRetry: () => {
          refused += 1;
        },
      });
      return definition.open({ ...rehearsal.session(), now: () => new Date(), http });
    };
    const processes = [asProcess(), asProcess()];
    const listed = await Promise.all(processes.map((channel) => allListings(channel)));
    await Promise.all(
      Array.from({ length: CALLS }, (_, call) => processes[call % 2]?.readAvailable(listed[call % 2] ?? [])),
    );
    expect(refused).toBe(0);
  }, 60_000);
});

describe.each(every)('a shop that suddenly shows little: %s', (_label, definition) => {
  const LISTINGS = 30;
  const UNITS = 7;

  async function settled() {
    const { shop } = await rehearse(definition, { now: () => new Date() });
    const ids = Array.from({ length: LISTINGS }, (_, number) =>
      shop.addProduct({
        sku: `${definition.manifest.id}-${number}`,
        title: `Product ${number}`,
        quantity: UNITS,
      }),
    );
    const { context, connecting } = createSyncWorld(database.db);
    const { id: channel } = definition.manifest;
    const outcome = await connectStore(context, connecting, {
      channel,
      name: 'Shop',
      credentials: shop.credentials,
    });
    if (outcome.kind === 'refused') throw new Error(outcome.findings.map(({ message }) => message).join(' '));
    const { storeId } = outcome;
    await pullListings(context, storeId);
    await count(definition);
    await sql`update stores set sync_on = true, sync_on_at = now(), opening_choice = 'keep', opening_imported_at = now(),
      orders_fresh_at = now() + interval '1 day'`.execute(database.db);
    await pushAvailable(context, storeId);
    return { shop, ids, context, storeId };
  }

  async function count({ manifest }: ChannelDefinition): Promise<void> {
    const rows = Array.from({ length: LISTINGS }, (_, number) => ({
      rowId: `${manifest.id}-${number}-${Math.random()}`,
      sku: `${manifest.id}-${number}`,
      warehouse: null,
      action: 'set',
      quantity: UNITS,
      seen: null,
      reason: 'stock take',
      note: '',
    }));
    await submitAdjustments(database.db, rows, { actor: 'test', at: new Date() });
  }

  const known = async (storeId: StoreId) => {
    const { rows } = await sql<{ listed: number; units: number }>`
      select (select count(*) from listings where store_id = ${storeId} and gone_at is null)::int as listed,
        (select sum(in_stock) from balances where sku like ${`${definition.manifest.id}-%`})::int as units`.execute(
      database.db,
    );
    return rows[0];
  };
  const NOTHING_LOST = { listed: LISTINGS, units: LISTINGS * UNITS };
  /** Time for a complete reading, without waiting half a day for it. */
  const readAll = async (context: Parameters<typeof pullListings>[0], storeId: StoreId) => {
    await sql`update stores set listings_complete_at = null`.execute(database.db);
    return pullListings(context, storeId);
  };

  test('empty all at once: nothing is deleted, nothing is set to 0, and a person is asked', async () => {
    const { shop, ids, context, storeId } = await settled();
    const writes = shop.writes().length;
    for (const id of ids.slice(2)) shop.removeProduct(id);
    await readAll(context, storeId);
    await pullOrders(context, storeId);
    expect(await known(storeId)).toEqual(NOTHING_LOST);
    expect(
      shop
        .writes()
        .slice(writes)
        .filter(({ quantity }) => quantity === 0),
    ).toEqual([]);
    const told = await database.db.selectFrom('activity').select(['level', 'message']).execute();
    expect(told).toContainEqual({
      level: 'needs-person',
      message: expect.stringMatching(/28 of 30 listings less.*Nothing was removed/),
    });
  });

  test.each<SimulatedFault>(['serverError', 'html', 'timeoutBefore'])(
    'a reading that breaks off with "%s" removes nothing',
    async (fault) => {
      const { shop, context, storeId } = await settled();
      shop.setFault(fault);
      await readAll(context, storeId).catch(() => undefined);
      expect(await known(storeId)).toEqual(NOTHING_LOST);
    },
  );
});
