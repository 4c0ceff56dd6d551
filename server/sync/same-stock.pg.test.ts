// Two listings that show one number of their shop: what is told to one, sold of it or seen at it holds for the other.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  aListing,
  createScriptedWorld,
  type ScriptedStore,
  type ScriptedStoreOptions,
  type ScriptedWorld,
} from '../../test/support/scripted-store.ts';
import { syncSteps } from '../../test/support/sync-steps.ts';
import { ChannelError } from '../net/channel-error.ts';
import { pullListings } from './pull-listings.ts';
import { pullOrders } from './pull-orders.ts';
import { pushAvailable } from './push-available.ts';
import { verifyListings } from './verify-listings.ts';

let database: TestDatabase;
let world: ScriptedWorld;
let tests = 0;
const steps = () => syncSteps(database.db, () => world);
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  tests += 1;
  await sql`delete from stores`.execute(database.db);
  await sql`delete from activity`.execute(database.db);
  world = createScriptedWorld(database.db, new Date('2026-03-01T10:00:00Z'));
});

type Twins = {
  readonly store: ScriptedStore;
  readonly sku: string;
  readonly one: string;
  readonly other: string;
};

/** Both show 10. A batch takes one of them at a time, so that they are never told together. */
async function twins(options: ScriptedStoreOptions = {}): Promise<Twins> {
  const sku = `T${tests}`;
  const store = await world.addStore(`store${tests}`, { pushBatchMax: 1, ...options });
  const [one, other] = [`${store.id}-one`, `${store.id}-other`];
  store.shares.set(other, one);
  for (const id of [one, other]) store.listings.set(id, aListing(id, sku, { stockId: 'item' }));
  await pullListings(world.context, store.id);
  await steps().set(sku, 10);
  await push(store);
  store.told.length = 0;
  return { store, sku, one, other };
}

const push = (store: ScriptedStore) => pushAvailable(world.context, store.id);
const pull = (store: ScriptedStore) => pullOrders(world.context, store.id);

/** What the shop shows, what is expected of both, and what people were told about them. */
async function found({ store, sku, one, other }: Twins) {
  const [first, second] = [await steps().listing(one), await steps().listing(other)];
  return {
    shows: store.shelf.get(one),
    expected: [first.expected, second.expected],
    held: [first.problem_kind, second.problem_kind],
    said: (await database.db.selectFrom('activity').select('message').where('sku', '=', sku).execute()).map(
      ({ message }) => message,
    ),
  };
}
const QUIET = { held: [null, null], said: [] };

describe.each(['overwrite', 'hold'] as const)('a store set to "%s" on drift', (onDrift) => {
  test('a sale of one is not drift of the other', async () => {
    const both = await twins({ onDrift });
    // The order names the second one; the number that fell is that of both.
    const order = steps().sell(both.store, both.sku, 3, both.one);
    const lines = order.lines.map((line) => ({ ...line, listingRemoteId: both.other }));
    both.store.orders.set(order.remoteId, { ...order, lines });
    await pull(both.store);
    expect((await found(both)).expected).toEqual([7, 7]);
    await push(both.store);
    expect(await found(both)).toEqual({ ...QUIET, shows: 7, expected: [7, 7] });
  });

  test.each([
    ['lower', 6],
    ['higher', 14],
  ])('a %s number told to one is not drift of the other', async (_which, quantity) => {
    const both = await twins({ onDrift });
    await steps().set(both.sku, quantity);
    await pull(both.store);
    await push(both.store);
    await push(both.store);
    expect(await found(both)).toEqual({ ...QUIET, shows: quantity, expected: [quantity, quantity] });
  });

  test('a sale that is not read yet, and of which only the SKU is known, is taken off once', async () => {
    const both = await twins({ onDrift });
    const order = steps().sell(both.store, both.sku, 2, both.one);
    const lines = order.lines.map((line) => ({ ...line, listingRemoteId: null }));
    both.store.orders.set(order.remoteId, { ...order, lines });
    await steps().set(both.sku, 9);
    await push(both.store);
    expect(await found(both)).toEqual({ ...QUIET, shows: 7, expected: [7, 7] });
  });

  test('fault 6: an answer that was lost for one is not drift of the other', async () => {
    const both = await twins({ onDrift });
    await steps().set(both.sku, 6);
    both.store.after = (call) => {
      both.store.after = () => undefined;
      if (call === 'setAvailable') throw new ChannelError('transient', 'The answer was lost.');
    };
    await expect(push(both.store)).rejects.toThrow('The answer was lost.');
    world.pass(60_000);
    await push(both.store);
    expect(await found(both)).toMatchObject({ ...QUIET, shows: 6, expected: [6, 6] });
  });
});

test('somebody’s edit is told once, and both go on', async () => {
  const both = await twins({ pushBatchMax: 250 });
  both.store.shelf.set(both.one, 3);
  await sql`update listings set reassert = true where store_id = ${both.store.id}`.execute(database.db);
  await push(both.store);
  expect(await found(both)).toEqual({
    held: [null, null],
    shows: 10,
    expected: [10, 10],
    said: [expect.stringContaining('shows 3 where 10 was expected')],
  });
});

test('a listing that joins a number which others show is compared from the beginning', async () => {
  const both = await twins();
  const third = `${both.store.id}-third`;
  both.store.shares.set(third, both.one);
  both.store.listings.set(third, aListing(third, both.sku, { stockId: 'item', updatedAt: world.now() }));
  await pullListings(world.context, both.store.id);
  expect((await steps().listing(third)).expected).toBe(10);
  steps().sell(both.store, both.sku, 2, both.one);
  await push(both.store);
  expect(await found(both)).toEqual({ ...QUIET, shows: 8, expected: [8, 8] });
});

test('a listing that shows another number now is told anew, and nothing is expected of it', async () => {
  const both = await twins();
  both.store.shares.delete(both.other);
  both.store.shelf.set(both.other, 4);
  const changed = aListing(both.other, both.sku, { stockId: 'its own', updatedAt: world.now() });
  both.store.listings.set(both.other, changed);
  await pullListings(world.context, both.store.id);
  await push(both.store);
  expect(both.store.shelf.get(both.other)).toBe(10);
  expect(await found(both)).toEqual({ ...QUIET, shows: 10, expected: [10, 10] });
});

test('reading back looks at both and finds nothing after a sale of one', async () => {
  const both = await twins();
  steps().sell(both.store, both.sku, 2, both.one);
  await pull(both.store);
  await push(both.store);
  const store = await world.context.openStore(both.store.id);
  if (store === null) throw new Error('The store is gone.');
  await verifyListings(world.context, store, [both.one, both.other]);
  expect(await found(both)).toEqual({ ...QUIET, shows: 8, expected: [8, 8] });
});
