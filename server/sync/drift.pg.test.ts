// What a store shows that was not expected: a sale that is not read yet, our own write, or drift. Only drift is called so, and a
// sale is taken off once.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { anOrder } from '../../test/support/orders.ts';
import {
  aListing,
  createScriptedWorld,
  type ScriptedStore,
  type ScriptedStoreOptions,
  type ScriptedWorld,
} from '../../test/support/scripted-store.ts';
import { skuOf, syncSteps } from '../../test/support/sync-steps.ts';
import { ChannelError } from '../net/channel-error.ts';
import { processInbox, storeHint } from './inbox.ts';
import { pullListings } from './pull-listings.ts';
import { pullOrders } from './pull-orders.ts';
import { pushAvailable } from './push-available.ts';
import { setSync } from './set-sync.ts';

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

type Shown = { readonly store: ScriptedStore; readonly sku: string; readonly remoteId: string };

/** A store whose only listing shows 10, as expected. */
async function showingTen(options: ScriptedStoreOptions = {}): Promise<Shown> {
  const sku = `D${tests}`;
  const store = await steps().settledStore(`store${tests}`, [sku], options);
  await steps().set(sku, 10);
  await pushAvailable(world.context, store.id);
  store.told.length = 0;
  store.calls.length = 0;
  return { store, sku, remoteId: `${store.id}-${sku}` };
}

const push = ({ store }: Shown) => pushAvailable(world.context, store.id);

const saidAbout = async (sku: string) =>
  database.db
    .selectFrom('activity')
    .select(['level', 'message'])
    .where('sku', '=', skuOf(sku))
    .orderBy('id')
    .execute();

/** What the shop shows, what we expect it to, what it was told, and whether anything is said about it. */
async function found({ store, sku, remoteId }: Shown) {
  const {
    expected,
    problem,
    desired_version: desired,
    acknowledged_version: acknowledged,
  } = await steps().listing(remoteId);
  const activity = await saidAbout(sku);
  return {
    shows: store.shelf.get(remoteId),
    expected,
    owed: desired > acknowledged,
    told: store.told.map((line) => line.split('=')[1]),
    problem,
    activity: activity.map(({ level }) => level),
  };
}
const QUIET = { owed: false, problem: null, activity: [] };
/** Told for the record only. */
const OURS = { ...QUIET, activity: ['info'] };

describe.each(['overwrite', 'hold'] as const)('a store set to "%s" on drift', (onDrift) => {
  test('the shop shows our new number because of a sale that is not read yet: the sale is taken off once', async () => {
    const shown = await showingTen({ onDrift });
    steps().sell(shown.store, shown.sku, 2);
    await steps().set(shown.sku, 8);
    await push(shown);
    expect(await found(shown)).toEqual({ ...QUIET, shows: 6, expected: 6, told: ['6'] });
    await pullOrders(world.context, shown.store.id);
    await push(shown);
    expect(await found(shown)).toEqual({ ...QUIET, shows: 6, expected: 6, told: ['6'] });
  });

  test('a person typed exactly our new number: it is said, and there is nothing to overwrite or to hold', async () => {
    const shown = await showingTen({ onDrift });
    shown.store.shelf.set(shown.remoteId, 8);
    await steps().set(shown.sku, 8);
    await push(shown);
    expect(await found(shown)).toEqual({ ...QUIET, shows: 8, expected: 8, told: [], activity: ['warning'] });
    const [{ message } = { message: '' }] = await saidAbout(shown.sku);
    expect(message).toContain('shows 8 where 10 was expected');
    expect(message).toContain('what it was to be told');
  });

  test('fault 6: our own write whose answer was lost, and whose number is still the right one', async () => {
    const shown = await showingTen({ onDrift });
    await steps().set(shown.sku, 8);
    shown.store.after = (call) => {
      if (call === 'setAvailable') throw new ChannelError('transient', 'The answer was lost.');
    };
    await expect(push(shown)).rejects.toThrow('The answer was lost.');
    shown.store.after = () => undefined;
    world.pass(60_000);
    await push(shown);
    expect(await found(shown)).toMatchObject({ ...QUIET, shows: 8, expected: 8 });
  });

  test.each([
    ['the same number', 8],
    ['another number', 7],
  ])(
    'fault 12: killed before the answer of the shop was written down; then %s is to be told',
    async (_which, then) => {
      const shown = await showingTen({ onDrift });
      await steps().set(shown.sku, 8);
      shown.store.after = (call) => {
        if (call === 'setAvailable') throw new Error('The process was killed.');
      };
      await expect(push(shown)).rejects.toThrow('The process was killed.');
      shown.store.after = () => undefined;
      expect(shown.store.shelf.get(shown.remoteId)).toBe(8);
      steps().sell(shown.store, shown.sku, 1);
      await steps().set(shown.sku, then);
      await push(shown);
      expect(await found(shown)).toMatchObject({ ...QUIET, shows: then - 1, expected: then - 1 });
      const { rows } = await sql`select 1 from push_attempts`.execute(database.db);
      expect(rows).toEqual([]);
    },
  );

  test('a sale that our write overtook, where a shop cannot compare and set: its number is put right, and nobody is blamed', async () => {
    const shown = await showingTen({ onDrift, compareAndSet: false });
    await steps().set(shown.sku, 9);
    shown.store.betweenComparingAndWriting = () => {
      shown.store.betweenComparingAndWriting = () => undefined;
      steps().sell(shown.store, shown.sku, 2);
    };
    await push(shown);
    expect(shown.store.shelf.get(shown.remoteId)).toBe(9);
    await pullOrders(world.context, shown.store.id);
    await push(shown);
    expect(await found(shown)).toEqual({ ...OURS, shows: 7, expected: 7, told: ['9', '7'] });
  });

  test('the same where nothing was compared, because nothing was known', async () => {
    const shown = await showingTen({ onDrift });
    await sql`update listings set expected = null, reassert = true where remote_id = ${shown.remoteId}`.execute(
      database.db,
    );
    steps().sell(shown.store, shown.sku, 2);
    await push(shown);
    await pullOrders(world.context, shown.store.id);
    await push(shown);
    expect(await found(shown)).toEqual({ ...OURS, shows: 8, expected: 8, told: ['10', '8'] });
  });
});

test.each(['overwrite', 'hold'] as const)(
  'case 18: an order from before sync was on, refunded with restock since, is not called drift (%s)',
  async (onDrift) => {
    const shown = await showingTen({ onDrift });
    const at = world.now();
    const line = {
      listingRemoteId: shown.remoteId,
      taken: 3,
      dated: [{ count: 'restocked', quantity: 1, at }],
    } as const;
    const order = anOrder({ placedAt: new Date('2026-01-01T10:00:00Z') }).line(
      shown.sku,
      { ordered: 4, fulfilled: 4, restocked: 1 },
      line,
    );
    const snapshot = { ...order.snapshot(1), updatedAt: at };
    shown.store.orders.set(snapshot.remoteId, snapshot);
    shown.store.shelf.set(shown.remoteId, 11);
    await pullOrders(world.context, shown.store.id);
    await push(shown);
    expect(await steps().stock(shown.sku)).toBe('11/0/11');
    expect(await found(shown)).toMatchObject({ ...QUIET, shows: 11, expected: 11 });
  },
);

test('R66: what a shop compares and sets in one step cannot be our overtaken write: its old number again is drift', async () => {
  const shown = await showingTen();
  steps().sell(shown.store, shown.sku, 2);
  await pullOrders(world.context, shown.store.id);
  shown.store.shelf.set(shown.remoteId, 10);
  await push(shown);
  expect(await found(shown)).toEqual({ ...QUIET, shows: 8, expected: 8, told: ['8'], activity: ['warning'] });
});

test('a sale between the reading of orders and the second look is not taken off twice', async () => {
  const shown = await showingTen();
  shown.store.shelf.set(shown.remoteId, 9);
  await steps().set(shown.sku, 7);
  let looks = 0;
  shown.store.before = (call) => {
    if (call !== 'setAvailable') return;
    looks += 1;
    if (looks === 2) steps().sell(shown.store, shown.sku, 1);
  };
  await push(shown);
  expect(await found(shown)).toMatchObject({ shows: 6, expected: 6, owed: false, activity: ['warning'] });
  await pullOrders(world.context, shown.store.id);
  await push(shown);
  expect(await found(shown)).toMatchObject({ shows: 6, expected: 6, told: ['6'], activity: ['warning'] });
});

test('an order that arrives by webhook while a difference is written down is not taken off twice', async () => {
  const shown = await showingTen();
  shown.store.shelf.set(shown.remoteId, 9);
  await steps().set(shown.sku, 7);
  let looks = 0;
  shown.store.after = async (call) => {
    if (call !== 'setAvailable') return;
    looks += 1;
    if (looks !== 2) return;
    const { remoteId } = steps().sell(shown.store, shown.sku, 1);
    await storeHint(database.db, shown.store.id, { kind: 'order', remoteId }, world.now());
    await processInbox(world.context, shown.store.id);
  };
  await push(shown);
  await pullOrders(world.context, shown.store.id);
  await push(shown);
  expect(await found(shown)).toMatchObject({ shows: 6, expected: 6, owed: false, activity: ['warning'] });
});

test('a sale during a push of which the shop does not name the listing leaves nothing expected, and is no drift', async () => {
  const sku = `D${tests}`;
  const store = await world.addStore(`twins${tests}`, { onDrift: 'hold' });
  const ids = [`${store.id}-one`, `${store.id}-other`];
  for (const id of ids) store.listings.set(id, aListing(id, sku));
  await pullListings(world.context, store.id);
  await steps().set(sku, 10);
  await pushAvailable(world.context, store.id);
  await steps().set(sku, 9);
  store.after = async (call) => {
    if (call !== 'setAvailable') return;
    store.after = () => undefined;
    const { remoteId } = steps().sell(store, sku, 2, ids[1]);
    const order = store.orders.get(remoteId);
    const lines = order?.lines.map((line) => ({ ...line, listingRemoteId: null })) ?? [];
    if (order !== undefined) store.orders.set(remoteId, { ...order, lines });
    await storeHint(database.db, store.id, { kind: 'order', remoteId }, world.now());
    await processInbox(world.context, store.id);
  };
  await pushAvailable(world.context, store.id);
  await pushAvailable(world.context, store.id);
  expect(ids.map((id) => store.shelf.get(id))).toEqual([7, 7]);
  expect(await saidAbout(sku)).toEqual([]);
});

test('a sale that arrives during a push of which nothing was expected is no drift either', async () => {
  const shown = await showingTen({ onDrift: 'hold' });
  await sql`update listings set expected = null, reassert = true where remote_id = ${shown.remoteId}`.execute(
    database.db,
  );
  shown.store.after = async (call) => {
    if (call !== 'setAvailable') return;
    shown.store.after = () => undefined;
    const { remoteId } = steps().sell(shown.store, shown.sku, 2);
    await storeHint(database.db, shown.store.id, { kind: 'order', remoteId }, world.now());
    await processInbox(world.context, shown.store.id);
  };
  await push(shown);
  await push(shown);
  expect(await found(shown)).toMatchObject({ ...QUIET, shows: 8, expected: 8 });
});

test('a sale that our write overtook, and whose order is then cancelled: nobody is blamed, and the number is put right', async () => {
  const shown = await showingTen({ compareAndSet: false });
  await steps().set(shown.sku, 9);
  let order = '';
  shown.store.betweenComparingAndWriting = () => {
    shown.store.betweenComparingAndWriting = () => undefined;
    order = steps().sell(shown.store, shown.sku, 2).remoteId;
  };
  await push(shown);
  await pullOrders(world.context, shown.store.id);
  // The shop gives back what our write has undone.
  steps().change(shown.store, order, {}, { state: 'cancelled', taken: 0 });
  expect(shown.store.shelf.get(shown.remoteId)).toBe(11);
  await pullOrders(world.context, shown.store.id);
  await push(shown);
  expect(await found(shown)).toEqual({ ...OURS, shows: 9, expected: 9, told: ['9', '9'] });
});

test.each(['catch-up', 'start-from-now'] as const)(
  'R66: a number typed during a pause is told as such after %s, also one between what was told and what its sales left',
  async (resume) => {
    const shown = await showingTen({ compareAndSet: false, onDrift: 'hold' });
    await setSync(world.context, shown.store.id, { on: false });
    world.pass(10 * 60_000);
    steps().sell(shown.store, shown.sku, 4);
    shown.store.shelf.set(shown.remoteId, 8);
    await setSync(world.context, shown.store.id, { on: true, resume });
    await pullOrders(world.context, shown.store.id);
    await push(shown);
    expect(await found(shown)).toMatchObject({
      shows: 8,
      problem: expect.stringContaining('shows 8 where 6 was expected'),
      activity: ['needs-person'],
    });
  },
);

test.each(['catch-up', 'start-from-now'] as const)(
  'a sale that our last number before a pause overtook, and that is read after %s, blames nobody',
  async (resume) => {
    const shown = await showingTen({ compareAndSet: false, onDrift: 'hold' });
    await steps().set(shown.sku, 9);
    shown.store.betweenComparingAndWriting = () => {
      shown.store.betweenComparingAndWriting = () => undefined;
      steps().sell(shown.store, shown.sku, 2);
    };
    await push(shown);
    expect(shown.store.shelf.get(shown.remoteId)).toBe(9);
    world.pass(60_000);
    await setSync(world.context, shown.store.id, { on: false });
    world.pass(24 * 3_600_000);
    await setSync(world.context, shown.store.id, { on: true, resume });
    await pullOrders(world.context, shown.store.id);
    await push(shown);
    expect(await found(shown)).toEqual({ ...OURS, shows: 7, expected: 7, told: ['9', '7'] });
  },
);
