// The opening import: in stock = what the store shows + what its open orders hold, once, right to the unit.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  aListing,
  createScriptedWorld,
  type ScriptedCall,
  type ScriptedStore,
  type ScriptedWorld,
} from '../../test/support/scripted-store.ts';
import { syncSteps } from '../../test/support/sync-steps.ts';
import { hardRefreshInventory, requestInventoryRefresh } from './hard-refresh.ts';
import { processInbox, storeHint } from './inbox.ts';
import { pullListings } from './pull-listings.ts';
import { pullOrders } from './pull-orders.ts';
import { pushAvailable } from './push-available.ts';
import { setSync } from './set-sync.ts';

let database: TestDatabase;
let world: ScriptedWorld;
const steps = () => syncSteps(database.db, () => world);
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
let shops = 0;
beforeEach(async () => {
  shops += 1;
  await sql`delete from stores`.execute(database.db);
  await sql`delete from activity`.execute(database.db);
  world = createScriptedWorld(database.db, new Date('2026-03-01T10:00:00Z'));
});

const UNSET = 'unset, 0 booked';

/** A store that was just connected and shows these numbers. SKUs are new in every test. */
async function connected(numbers: Readonly<Record<string, number>>, prefix = ''): Promise<ScriptedStore> {
  const store = await world.addStore(`shop${prefix}${shops}`, { syncOn: false });
  for (const [name, shown] of Object.entries(numbers)) {
    store.listings.set(`${store.id}-${sku(name)}`, aListing(`${store.id}-${sku(name)}`, sku(name)));
    store.shelf.set(`${store.id}-${sku(name)}`, shown);
  }
  await pullListings(world.context, store.id);
  return store;
}
const sku = (name: string): string => `${name}${shops}`;
const turnOn = (store: ScriptedStore, opening: 'copy' | 'keep' = 'copy') =>
  setSync(world.context, store.id, { on: true, opening });
const pull = (store: ScriptedStore) => pullOrders(world.context, store.id);

test('the store shows 7 and has an open order of 3 that it took: 10 in stock, 3 booked, 7 available', async () => {
  const store = await connected({ A: 10 });
  steps().sell(store, sku('A'), 3);
  await turnOn(store);
  await pull(store);
  expect(await steps().stock(sku('A'))).toBe('10/3/7');
  await pull(store);
  expect(await steps().stock(sku('A'))).toBe('10/3/7');
});

test('an open order that the store has not taken off its number adds nothing to what it shows', async () => {
  const store = await connected({ A: 10 });
  const order = steps().sell(store, sku('A'), 3);
  steps().change(store, order.remoteId, {}, { taken: 0 });
  await turnOn(store);
  await pull(store);
  expect(await steps().stock(sku('A'))).toBe('10/3/7');
});

test('R46, F16: a second store with the same SKUs adds nothing', async () => {
  const first = await connected({ A: 10 });
  const second = await connected({ A: 25 }, 'second');
  for (const store of [first, second]) {
    await turnOn(store);
    await pull(store);
  }
  expect(await steps().stock(sku('A'))).toBe('10/0/10');
  await pushAvailable(world.context, second.id);
  expect(second.told).toEqual([`${second.id}-${sku('A')}=10`]);
});

test('F14: what is not tracked, gone or never read stays unset, and is not 0', async () => {
  const store = await connected({ T: 0, G: 5 });
  store.untracked.add(`${store.id}-${sku('T')}`);
  store.shelf.delete(`${store.id}-${sku('G')}`);
  await turnOn(store);
  await pull(store);
  await pushAvailable(world.context, store.id);
  expect([await steps().stock(sku('T')), await steps().stock(sku('G'))]).toEqual([UNSET, UNSET]);
  expect(store.told).toEqual([]);
});

test('listings of one SKU that show different numbers are left to a person', async () => {
  const store = await connected({ A: 4 });
  store.listings.set('twin', aListing('twin', sku('A'), { updatedAt: world.now() }));
  store.shelf.set('twin', 9);
  await pullListings(world.context, store.id);
  await turnOn(store);
  await pull(store);
  expect(await steps().stock(sku('A'))).toBe(UNSET);
  const told = (await steps().activity()).find((entry) => entry.level === 'needs-person');
  expect(told?.message).toContain(`shows different numbers for listings of ${sku('A')}. Set its count`);
});

test('keep: the counts of the sheet stand, open orders are booked, the rest stays unset', async () => {
  const store = await connected({ A: 10, B: 6 });
  await steps().set(sku('A'), 40);
  steps().sell(store, sku('A'), 3);
  await turnOn(store, 'keep');
  await pull(store);
  expect([await steps().stock(sku('A')), await steps().stock(sku('B'))]).toEqual(['40/3/37', UNSET]);
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual([`${store.id}-${sku('A')}=37`]);
});

test('a SKU that a person has set before keeps its number when the store is copied', async () => {
  const store = await connected({ A: 10 });
  await steps().set(sku('A'), 40);
  await turnOn(store);
  await pull(store);
  expect(await steps().stock(sku('A'))).toBe('40/0/40');
});

test('R46: nothing is pushed before the import is done', async () => {
  const store = await connected({ A: 10, B: 3 });
  await steps().set(sku('B'), 1);
  await turnOn(store);
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual([]);
  await pull(store);
  await pushAvailable(world.context, store.id);
  expect(store.told).toContain(`${store.id}-${sku('B')}=1`);
});

test('R43: a SKU added to a listing after sync was turned on is not copied', async () => {
  const store = await connected({ A: 10 });
  await turnOn(store);
  await pull(store);
  store.listings.set('new', aListing('new', sku('NEW'), { updatedAt: world.now() }));
  store.shelf.set('new', 12);
  await pullListings(world.context, store.id);
  await pull(store);
  expect(await steps().stock(sku('NEW'))).toBe(UNSET);
});

test('R44: the count of such a SKU is set by hand; only then is the shop told, and it is what was set', async () => {
  const store = await connected({ A: 10 });
  await turnOn(store);
  await pull(store);
  store.listings.set('new', aListing('new', sku('NEW'), { updatedAt: world.now() }));
  store.shelf.set('new', 12);
  await pullListings(world.context, store.id);
  await pull(store);
  await pushAvailable(world.context, store.id);
  expect([store.shelf.get('new'), store.told.filter((told) => told.startsWith('new'))]).toEqual([12, []]);
  await steps().set(sku('NEW'), 30);
  await pull(store);
  await pushAvailable(world.context, store.id);
  expect(store.shelf.get('new')).toBe(30);
});

test('R47: after the import no number of the shop is ever read into stock, whatever is typed there', async () => {
  const store = await connected({ A: 10 });
  await turnOn(store);
  await pull(store);
  await pushAvailable(world.context, store.id);
  const remoteId = `${store.id}-${sku('A')}`;
  for (const typed of [99, 0, 3]) {
    store.shelf.set(remoteId, typed);
    store.listings.set(remoteId, aListing(remoteId, sku('A'), { updatedAt: world.now() }));
    await pullListings(world.context, store.id);
    await pull(store);
    await requestInventoryRefresh(world.context, store.id);
    await hardRefreshInventory(world.context, store.id);
    expect([await steps().stock(sku('A')), store.shelf.get(remoteId)]).toEqual(['10/0/10', 10]);
  }
  await setSync(world.context, store.id, { on: false });
  store.shelf.set(remoteId, 77);
  await setSync(world.context, store.id, { on: true, resume: 'catch-up' });
  await pull(store);
  expect(await steps().stock(sku('A'))).toBe('10/0/10');
});

test('F16: opening stock is what the shop shows plus its open orders, and a second shop of the same SKUs only shows its differences', async () => {
  const first = await connected({ A: 10, B: 5 });
  const second = await connected({ A: 25, B: 5 }, 'second');
  steps().sell(first, sku('A'), 4);
  steps().sell(second, sku('B'), 2);
  for (const store of [first, second]) {
    await turnOn(store);
    await pull(store);
  }
  // A: 6 shown + 4 in open orders. B: 5 by the first shop; the second one's order of 2 is booked on it.
  expect([await steps().stock(sku('A')), await steps().stock(sku('B'))]).toEqual(['10/4/6', '5/2/3']);
  for (const store of [first, second]) {
    await pull(store);
    await pushAvailable(world.context, store.id);
  }
  for (const store of [first, second]) {
    expect([store.shelf.get(`${store.id}-${sku('A')}`), store.shelf.get(`${store.id}-${sku('B')}`)]).toEqual([
      6, 3,
    ]);
  }
});

test('F4: two shops at 100, sales of 30 and 10 in the same second: both end at 60', async () => {
  const first = await connected({ A: 100 });
  const second = await connected({ A: 100 }, 'second');
  for (const store of [first, second]) {
    await turnOn(store);
    await pull(store);
    await pushAvailable(world.context, store.id);
  }
  steps().sell(first, sku('A'), 30);
  steps().sell(second, sku('A'), 10);
  await Promise.all([first, second].map((store) => pushAvailable(world.context, store.id)));
  for (const store of [first, second]) await pull(store);
  for (const store of [first, second]) await pushAvailable(world.context, store.id);
  expect(await steps().stock(sku('A'))).toBe('100/40/60');
  for (const store of [first, second]) expect(store.shelf.get(`${store.id}-${sku('A')}`)).toBe(60);
});

test('R45: sync turned on while the first listings are still being read: the import waits for all of them', async () => {
  const store = await world.addStore(`early${shops}`, { syncOn: false });
  const remoteId = `${store.id}-${sku('A')}`;
  store.listings.set(remoteId, aListing(remoteId, sku('A')));
  store.shelf.set(remoteId, 10);
  await turnOn(store);
  await pull(store);
  expect((await steps().storeRow(store)).opening_imported_at).toBeNull();
  await pullListings(world.context, store.id);
  expect(world.woken).toContain(`pull-orders ${store.id}`);
  await pull(store);
  expect(await steps().stock(sku('A'))).toBe('10/0/10');
});

describe('a sale of 3 of 10 that lands at any moment of the import: 10 in stock, 3 booked, 7 available', () => {
  const MOMENTS = ['before', 'after'] as const;
  const CALLS = ['listOrders', 'readAvailable'] as const;
  const HOWS = ['poll only', 'applied at once by webhook'] as const;
  const cases = CALLS.flatMap((call) =>
    MOMENTS.flatMap((moment) =>
      [1, 2, 3, 4].flatMap((nth) => HOWS.map((how) => ({ call, moment, nth, how }))),
    ),
  );

  test.each(cases)('$moment call $nth of $call, $how', async ({ call, moment, nth, how }) => {
    const store = await connected({ A: 10 });
    await turnOn(store);
    let count = 0;
    store[moment] = async (name: ScriptedCall) => {
      if (name !== call) return;
      count += 1;
      if (count !== nth) return;
      const order = steps().sell(store, sku('A'), 3);
      if (how === 'poll only') return;
      await storeHint(database.db, store.id, { kind: 'order', remoteId: order.remoteId }, world.now());
      await processInbox(world.context, store.id);
    };
    await pull(store);
    store[moment] = () => undefined;
    if (count < nth) steps().sell(store, sku('A'), 3);
    await pull(store);
    expect(await steps().stock(sku('A'))).toBe('10/3/7');
  });
});

test('a sale that is sent at once, between the orders and the numbers, is not counted back in', async () => {
  const store = await connected({ A: 10 });
  await turnOn(store);
  store.after = (call) => {
    if (call !== 'listOrders' || store.orders.size > 0) return;
    const order = steps().sell(store, sku('A'), 3);
    steps().change(store, order.remoteId, { fulfilled: 3 });
  };
  await pull(store);
  await pull(store);
  expect(await steps().stock(sku('A'))).toBe('7/0/7');
});

test('a SKU that sells faster than it can be read stays unset, and a person is told', async () => {
  const store = await connected({ A: 100, B: 5 });
  await turnOn(store);
  store.after = (call) => void (call === 'readAvailable' && steps().sell(store, sku('A'), 1));
  await pull(store);
  expect(await steps().stock(sku('B'))).toBe('5/0/5');
  expect(await steps().stock(sku('A'))).toMatch(/^unset/);
  const told = (await steps().activity()).find((entry) => entry.level === 'needs-person');
  expect(told?.message).toContain(sku('A'));
});

test('sync turned off in the middle: the import is not called done, and is right when it is on again', async () => {
  const store = await connected({ A: 10 });
  await turnOn(store);
  store.after = async (call) => {
    if (call !== 'readAvailable') return;
    store.after = () => undefined;
    await setSync(world.context, store.id, { on: false });
    steps().sell(store, sku('A'), 3);
  };
  await pull(store);
  expect((await steps().storeRow(store)).opening_imported_at).toBeNull();
  await setSync(world.context, store.id, { on: true });
  await pull(store);
  expect(await steps().stock(sku('A'))).toBe('10/3/7');
});

test.each([1, 2, 3])('a crash at read number %i repeats without doubling', async (nth) => {
  const store = await connected({ A: 10, B: 4 });
  steps().sell(store, sku('A'), 3);
  await turnOn(store);
  let count = 0;
  store.before = () => {
    count += 1;
    if (count === nth) throw new Error('The process was killed.');
  };
  await expect(pull(store)).rejects.toThrow('killed');
  await pull(store);
  await pull(store);
  expect([await steps().stock(sku('A')), await steps().stock(sku('B'))]).toEqual(['10/3/7', '4/0/4']);
});

test('a crash after the numbers are posted and before the import is called done repeats without doubling', async () => {
  const store = await connected({ A: 10 });
  await turnOn(store);
  await pull(store);
  await sql`update stores set opening_imported_at = null`.execute(database.db);
  steps().sell(store, sku('A'), 3);
  await pull(store);
  expect(await steps().stock(sku('A'))).toBe('10/3/7');
});
