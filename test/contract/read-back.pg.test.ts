// A number that somebody changed in a shop, of a listing to which nothing is owed, for every channel of the registry and without a
// webhook: it is found by reading back, and every listing gets its turn.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { channelById, channels } from '../../server/channels/registry.ts';
import { pullListings } from '../../server/sync/pull-listings.ts';
import { pullOrders } from '../../server/sync/pull-orders.ts';
import { pushAvailable } from '../../server/sync/push-available.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { onShelf, stopShopsAfterEach } from './rehearsal.ts';
import { type StoredShop, storedShop } from './stored-shop.ts';

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

async function settle({ context, storeId, clock }: StoredShop): Promise<void> {
  const store = await context.openStore(storeId);
  for (let round = 1; round <= 3; round += 1) {
    clock.advance(11 * 60_000);
    await pullOrders(context, storeId);
    await pushAvailable(context, storeId);
    // Where a shop's searches are few, a push that has to ask again is woken for it.
    clock.advance(store?.definition.manifest.rhythm.ordersAgainAfterMs ?? 0);
    await pushAvailable(context, storeId);
  }
}

const warnings = async (): Promise<readonly string[]> => {
  const rows = await database.db.selectFrom('activity').select(['level', 'message']).execute();
  return rows.filter(({ level }) => level !== 'info').map(({ message }) => message);
};

describe.each(channels.map((definition) => [definition.manifest.label, definition] as const))(
  '%s',
  (_label, definition) => {
    test.each(['overwrite', 'hold'] as const)(
      'an edit that no webhook told of is found when listings are read, and treated as set: %s',
      async (onDrift) => {
        const skus = ['A', 'B'].map((letter) => `${definition.manifest.id}-${onDrift}-${letter}`);
        const world = await storedShop(database.db, definition, { skus, quantity: 5, onDrift });
        const { context, storeId, shop, remoteIds } = world;
        const shown = () => remoteIds.map((remoteId) => onShelf(shop, remoteId));
        await settle(world);
        const writes = shop.writes().length;
        await pullListings(context, storeId);
        await settle(world);
        expect([shop.writes().length, await warnings()]).toEqual([writes, []]);
        shop.editQuantity(remoteIds[1] ?? '', 9);
        await settle(world);
        expect(shown()).toEqual([5, 9]);
        await pullListings(context, storeId);
        await settle(world);
        expect(shown()).toEqual([5, onDrift === 'overwrite' ? 5 : 9]);
        expect(await warnings()).toEqual([expect.stringMatching(/shows 9 where 5 was expected/)]);
      },
      60_000,
    );
  },
);

test('listings that webhooks have read again and again are read back only now and then', async () => {
  const definition = channelById('shopify');
  if (definition === undefined) throw new Error('There is no such channel.');
  const world = await storedShop(database.db, definition, {
    skus: ['often'],
    quantity: 5,
    onDrift: 'overwrite',
  });
  const { context, storeId, shop, clock, remoteIds } = world;
  await settle(world);
  const found = async () => {
    await pullListings(context, storeId);
    const { reassert } = await database.db
      .selectFrom('listings')
      .select('reassert')
      .executeTakeFirstOrThrow();
    return reassert;
  };
  expect(await found()).toBe(false);
  shop.editQuantity(remoteIds[0] ?? '', 9);
  clock.advance(60_000);
  expect(await found()).toBe(false);
  clock.advance(19 * 60_000);
  expect(await found()).toBe(true);
}, 60_000);

test('a catalogue that is too large to be read at once is read back in turn', async () => {
  const definition = channelById('woocommerce');
  if (definition === undefined) throw new Error('There is no such channel.');
  const most = definition.manifest.rhythm.readBackMax ?? Number.NaN;
  const skus = Array.from({ length: 2 * most + 1 }, (_, number) => `turn-${number}`);
  const world = await storedShop(database.db, definition, { skus, quantity: 5, onDrift: 'overwrite' });
  const { context, storeId, shop, remoteIds } = world;
  await settle(world);
  // Pages are written side by side, so they may have come in any order.
  const stored = await database.db.selectFrom('listings').select('remote_id').orderBy('id').execute();
  const inTurn = stored.map((listing) => listing.remote_id);
  for (const round of [1, 2]) {
    for (const remoteId of [inTurn[0], inTurn[most], inTurn.at(-1)]) shop.editQuantity(remoteId ?? '', 9);
    const wrong: number[] = [];
    for (let pull = 1; pull <= 3; pull += 1) {
      await pullListings(context, storeId);
      await settle(world);
      wrong.push(remoteIds.filter((remoteId) => onShelf(shop, remoteId) !== 5).length);
    }
    expect([round, wrong]).toEqual([round, [2, 1, 0]]);
  }
}, 60_000);
