// The push's promises: newest number at the moment of sending, lower at once, raise only on fresh orders, no sale erased.

import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Sku } from '../../shared/model/ids.ts';
import { submitAdjustments } from '../../test/support/adjustments.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { anOrder } from '../../test/support/orders.ts';
import {
  aListing,
  createScriptedWorld,
  type ScriptedStore,
  type ScriptedWorld,
} from '../../test/support/scripted-store.ts';
import { countOwed } from '../listings/owed.ts';
import { ChannelError } from '../net/channel-error.ts';
import { pullListings } from './pull-listings.ts';
import { pullOrders } from './pull-orders.ts';
import { pushAvailable } from './push-available.ts';

let database: TestDatabase;
let world: ScriptedWorld;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql`delete from stores`.execute(database.db);
  world = createScriptedWorld(database.db, new Date('2026-03-01T10:00:00Z'));
});

let rows = 0;
async function set(sku: string, quantity: number): Promise<void> {
  rows += 1;
  const row = {
    rowId: `row-${rows}`,
    sku,
    warehouse: null,
    action: 'set',
    quantity,
    seen: null,
    reason: '',
    note: '',
  };
  const { answers } = await submitAdjustments(database.db, [row], { actor: 'test', at: world.now() });
  expect(answers[0]?.status).toBe('applied');
}

/** A store that lists SKUs at 50, everything told and acknowledged. */
async function settledStore(name: string, skus: readonly string[], options = {}): Promise<ScriptedStore> {
  const store = await world.addStore(name, options);
  for (const sku of skus) store.listings.set(`${name}-${sku}`, aListing(`${name}-${sku}`, sku));
  await pullListings(world.context, store.id);
  for (const sku of skus) await set(sku, 50);
  await pushAvailable(world.context, store.id);
  expect(await countOwed(database.db, store.id)).toBe(0);
  store.told.length = 0;
  store.calls.length = 0;
  return store;
}

function sell(store: ScriptedStore, sku: string, units: number): void {
  const remoteId = `${store.id}-${sku}`;
  store.shelf.set(remoteId, (store.shelf.get(remoteId) ?? 0) - units);
  const at = world.now();
  const order = anOrder({ placedAt: at }).line(
    sku,
    { ordered: units },
    { listingRemoteId: remoteId, taken: units },
  );
  const snapshot = { ...order.snapshot(1), updatedAt: at };
  store.orders.set(snapshot.remoteId, snapshot);
}

const pushesOf = async (sku: string) =>
  database.db
    .selectFrom('pushes')
    .select(['quantity', 'outcome'])
    .where('sku', '=', sku as Sku)
    .orderBy('id')
    .execute();

test('R57: BLUEJEANSM at 21 shows 21 on all three of its listings, in two stores', async () => {
  const first = await world.addStore('r57-first');
  const second = await world.addStore('r57-second');
  first.listings.set('a', aListing('a', 'BLUEJEANSM'));
  first.listings.set('b', aListing('b', 'BLUEJEANSM', { title: 'Special edition' }));
  second.listings.set('c', aListing('c', 'BLUEJEANSM'));
  for (const store of [first, second]) await pullListings(world.context, store.id);
  await set('BLUEJEANSM', 21);
  for (const store of [first, second]) await pushAvailable(world.context, store.id);
  expect([first.shelf.get('a'), first.shelf.get('b'), second.shelf.get('c')]).toEqual([21, 21, 21]);
});

test('R53: an adjustment from 10 to 15 reaches every store', async () => {
  const stores = [
    await world.addStore('r53-1'),
    await world.addStore('r53-2'),
    await world.addStore('r53-3'),
  ];
  for (const store of stores) {
    store.listings.set('x', aListing('x', 'R53'));
    await pullListings(world.context, store.id);
  }
  for (const quantity of [10, 15]) {
    await set('R53', quantity);
    for (const store of stores) await pushAvailable(world.context, store.id);
  }
  expect(stores.map((store) => store.told)).toEqual([
    ['x=10', 'x=15'],
    ['x=10', 'x=15'],
    ['x=10', 'x=15'],
  ]);
});

test('a decrease goes at once, without reading orders; an increase only after they were read', async () => {
  const store = await settledStore('lower', ['UP', 'DOWN']);
  await set('DOWN', 40);
  await pushAvailable(world.context, store.id);
  expect(store.calls).toEqual(['setAvailable']);
  await set('UP', 60);
  await pushAvailable(world.context, store.id);
  expect(store.calls).toEqual(['setAvailable', 'listOrders', 'setAvailable']);
  expect(store.told).toEqual(['lower-DOWN=40', 'lower-UP=60']);
});

test('a decrease is told while the orders are read that an increase waits for', async () => {
  const store = await settledStore('beside', ['UP', 'DOWN']);
  await set('UP', 60);
  await set('DOWN', 40);
  const arrived = { listOrders: Promise.withResolvers<void>(), setAvailable: Promise.withResolvers<void>() };
  store.before = async (call) => {
    if (call !== 'listOrders' && call !== 'setAvailable') return;
    arrived[call].resolve();
    await Promise.all([arrived.listOrders.promise, arrived.setAvailable.promise]);
  };
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual(['beside-DOWN=40', 'beside-UP=60']);
});

test('a push that breaks off while orders are read: what these have moved is told to the other stores at once', async () => {
  const store = await settledStore('breaks', ['UP', 'DOWN']);
  const other = await settledStore('breaks-other', ['UP', 'DOWN']);
  await set('UP', 60);
  await set('DOWN', 40);
  sell(store, 'DOWN', 1);
  store.before = (call) => {
    if (call === 'setAvailable') throw new ChannelError('auth', 'The shop said no.');
  };
  world.woken.length = 0;
  await expect(pushAvailable(world.context, store.id)).rejects.toThrow('The shop said no.');
  expect(world.woken).toContain(`push-available ${other.id}`);
});

test('failure 5: the last unit sold just before a raise is not put up again', async () => {
  const store = await settledStore('last', ['LAST']);
  await set('LAST', 1);
  await pushAvailable(world.context, store.id);
  sell(store, 'LAST', 1);
  await set('LAST', 2);
  await pushAvailable(world.context, store.id);
  expect(store.shelf.get('last-LAST')).toBe(1);
});

test('failure 6: the sheet says 10, a sale of 1 lands between reading and writing: 9 is shown, never 10', async () => {
  const store = await settledStore('cas', ['CAS']);
  let sold = false;
  store.before = (call) => {
    if (call !== 'setAvailable' || sold) return;
    sold = true;
    sell(store, 'CAS', 1);
  };
  await set('CAS', 10);
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual(['cas-CAS=9']);
  expect(store.shelf.get('cas-CAS')).toBe(9);
});

test('failure 1: 5, 4, 5, 4 in one minute: each of them lands', async () => {
  const store = await settledStore('flip', ['FLIP']);
  for (const quantity of [5, 4, 5, 4]) {
    await set('FLIP', quantity);
    await pushAvailable(world.context, store.id);
  }
  expect(store.told).toEqual(['flip-FLIP=5', 'flip-FLIP=4', 'flip-FLIP=5', 'flip-FLIP=4']);
});

test('a number that changes while a push is under way is pushed again, and the newest one stays', async () => {
  const store = await settledStore('newer', ['NEWER']);
  await set('NEWER', 30);
  let changed = false;
  store.before = async (call) => {
    if (call !== 'setAvailable' || changed) return;
    changed = true;
    await set('NEWER', 20);
  };
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual(['newer-NEWER=30', 'newer-NEWER=20']);
  expect(await countOwed(database.db, store.id)).toBe(0);
});

test("a store's own sale during the push stays expected afterwards", async () => {
  const store = await settledStore('during', ['DURING']);
  await set('DURING', 30);
  store.before = () => undefined;
  await pushAvailable(world.context, store.id);
  sell(store, 'DURING', 4);
  await pullOrders(world.context, store.id);
  await pushAvailable(world.context, store.id);
  expect(store.shelf.get('during-DURING')).toBe(26);
  expect((await pushesOf('DURING')).map((push) => push.outcome)).not.toContain('stale');
});

test('R66: a number edited in the shop is recorded and overwritten', async () => {
  const store = await settledStore('drift', ['DRIFT']);
  store.shelf.set('drift-DRIFT', 7);
  await set('DRIFT', 49);
  await pushAvailable(world.context, store.id);
  expect(store.shelf.get('drift-DRIFT')).toBe(49);
  const told = await database.db
    .selectFrom('activity')
    .select('message')
    .where('sku', '=', 'DRIFT' as Sku)
    .execute();
  expect(told.map(({ message }) => message).join()).toContain('shows 7 where 50 was expected');
});

test('a store set to hold on drift is not overwritten until a person decides', async () => {
  const store = await settledStore('hold', ['HOLD'], { onDrift: 'hold' });
  store.shelf.set('hold-HOLD', 7);
  await set('HOLD', 49);
  await pushAvailable(world.context, store.id);
  await pushAvailable(world.context, store.id);
  expect(store.shelf.get('hold-HOLD')).toBe(7);
  const listing = await database.db
    .selectFrom('listings')
    .select('problem')
    .where('sku', '=', 'HOLD' as Sku)
    .executeTakeFirst();
  expect(listing?.problem).toContain('The shop shows 7');
});

test('failure 12: one poisoned listing of 250 is shown, the other 249 go through', async () => {
  const skus = Array.from({ length: 250 }, (_, index) => `P${index}`);
  const store = await settledStore('poison', skus);
  store.before = () => undefined;
  const seen: number[] = [];
  const channel = (await world.context.openStore(store.id))?.channel;
  expect(channel).toBeDefined();
  for (const sku of skus) await set(sku, 51);
  // The shop refuses the whole call as long as the poisoned item is in it.
  store.answer = (target) => {
    seen.push(target.quantity);
    if (target.remoteId === 'poison-P77') throw new ChannelError('rejected', 'This item is a bundle.');
    return null;
  };
  await pushAvailable(world.context, store.id);
  const bad = await database.db
    .selectFrom('listings')
    .select(['remote_id', 'problem'])
    .where('store_id', '=', store.id)
    .where('problem', 'is not', null)
    .execute();
  expect(bad).toEqual([{ remote_id: 'poison-P77', problem: 'This item is a bundle.' }]);
  expect([...store.shelf].filter(([, quantity]) => quantity === 51)).toHaveLength(249);
  expect(await countOwed(database.db, store.id)).toBe(0);
});

test('an answer that was lost is tried again later, not at once and not for ever in one run', async () => {
  const store = await settledStore('lost', ['LOST']);
  store.answer = () => ({ kind: 'unknown', message: 'The shop did not answer in time.' });
  await set('LOST', 30);
  await pushAvailable(world.context, store.id);
  expect(store.calls.filter((call) => call === 'setAvailable')).toHaveLength(1);
  store.answer = () => null;
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual([]);
  world.pass(60_000);
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual(['lost-LOST=30']);
});

test('each listing is told its newest number, also one that changes while the batch before its own is under way', async () => {
  const skus = ['AHEAD1', 'AHEAD2', 'AHEAD3'];
  const store = await settledStore('ahead', skus, { pushBatchMax: 1 });
  for (const sku of skus) await set(sku, 40);
  let calls = 0;
  store.before = async (call) => {
    if (call !== 'setAvailable') return;
    calls += 1;
    // The second one is read by now: its batch is the next.
    if (calls === 1) await set('AHEAD2', 7);
  };
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual(['ahead-AHEAD1=40', 'ahead-AHEAD2=7', 'ahead-AHEAD3=40']);
});

test('R1, R15: sync turned off in the middle of a run: nothing more is pushed', async () => {
  const store = await settledStore('off', ['OFF1', 'OFF2', 'OFF3'], { pushBatchMax: 1 });
  for (const sku of ['OFF1', 'OFF2', 'OFF3']) await set(sku, 10);
  store.before = async (call) => {
    if (call !== 'setAvailable' || store.told.length > 0) return;
    await database.db.updateTable('stores').set({ sync_on: false }).where('id', '=', store.id).execute();
  };
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual(['off-OFF1=10']);
});

test('R42: a SKU that was never set is never pushed', async () => {
  const store = await world.addStore('unset');
  store.listings.set('u', aListing('u', 'UNSET'));
  store.shelf.set('u', 9);
  await pullListings(world.context, store.id);
  await pushAvailable(world.context, store.id);
  expect(store.calls).not.toContain('setAvailable');
  expect(await countOwed(database.db, store.id)).toBe(0);
});

test('oversold inside, a store is told 0 and never less', async () => {
  const store = await settledStore('zero', ['ZERO']);
  const other = await settledStore('zero-other', ['ZERO']);
  sell(store, 'ZERO', 60);
  await pullOrders(world.context, store.id);
  await pushAvailable(world.context, other.id);
  expect(other.told).toEqual(['zero-other-ZERO=0']);
});

test('two runs at once: one pushes, the other leaves it to that one and asks to look again', async () => {
  const store = await settledStore('twice', ['TWICE']);
  await set('TWICE', 12);
  let inside = false;
  store.before = async (call) => {
    if (call !== 'setAvailable' || inside) return;
    inside = true;
    world.woken.length = 0;
    await pushAvailable(world.context, store.id);
  };
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual(['twice-TWICE=12']);
  expect(world.woken).toContain(`push-available ${store.id}`);
});

test('fault 6: our own write whose answer was lost is no drift: nothing is held, and nobody is blamed', async () => {
  const store = await settledStore('acted', ['ACTED'], { onDrift: 'hold' });
  await set('ACTED', 45);
  store.after = (call) => {
    if (call === 'setAvailable') throw new ChannelError('transient', 'The answer was lost.');
  };
  await expect(pushAvailable(world.context, store.id)).rejects.toThrow('The answer was lost.');
  store.after = () => undefined;
  expect(store.shelf.get('acted-ACTED')).toBe(45);
  sell(store, 'ACTED', 2);
  await set('ACTED', 30);
  await pushAvailable(world.context, store.id);
  expect(store.shelf.get('acted-ACTED')).toBe(28);
  const told = await sql`select message from activity where sku = 'ACTED'`.execute(database.db);
  expect(told.rows).toEqual([]);
});

test('fault 6: a lost answer may have been a write, so the old number is told again and not taken for shown', async () => {
  const store = await settledStore('back', ['BACK']);
  await set('BACK', 29);
  store.after = (call) => {
    if (call === 'setAvailable') throw new ChannelError('transient', 'The answer was lost.');
  };
  await expect(pushAvailable(world.context, store.id)).rejects.toThrow('The answer was lost.');
  store.after = () => undefined;
  expect(store.shelf.get('back-BACK')).toBe(29);
  // Back to what the store had acknowledged last.
  await set('BACK', 50);
  await pushAvailable(world.context, store.id);
  expect(store.shelf.get('back-BACK')).toBe(50);
});

test("a call that fails as a whole shows in the store's health, and each listing is told later", async () => {
  const store = await settledStore('down', ['DOWN1', 'DOWN2']);
  for (const sku of ['DOWN1', 'DOWN2']) await set(sku, 30);
  store.before = (call) => {
    if (call === 'setAvailable') throw new ChannelError('transient', 'The shop does not answer.');
  };
  await expect(pushAvailable(world.context, store.id)).rejects.toThrow('The shop does not answer.');
  const shown = await database.db
    .selectFrom('stores')
    .select('health')
    .where('id', '=', store.id)
    .executeTakeFirst();
  expect(shown?.health).toBe('trouble');
  store.before = () => undefined;
  world.pass(60_000);
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual(['down-DOWN1=30', 'down-DOWN2=30']);
});

test('invariant 7: a process that was frozen in a call and lost its lease tells nothing more, and its last word is no drift', async () => {
  const store = await settledStore('frozen', ['FROZEN1', 'FROZEN2'], { pushBatchMax: 1, onDrift: 'hold' });
  for (const sku of ['FROZEN1', 'FROZEN2']) await set(sku, 30);
  const lease = `push:${store.id}`;
  store.after = async (call) => {
    if (call !== 'setAvailable') return;
    store.after = () => undefined;
    // It sleeps for longer than its lease lasts, and another process has taken over meanwhile.
    const awake = performance.now() + 60_000;
    jest.spyOn(performance, 'now').mockImplementation(() => awake);
    await sql`update leases set token = token + 1, holder = 'another' where name = ${lease}`.execute(
      database.db,
    );
  };
  await expect(pushAvailable(world.context, store.id)).rejects.toThrow(/another process|taken over/i);
  jest.restoreAllMocks();
  expect(store.told).toEqual(['frozen-FROZEN1=30']);
  await sql`update leases set holder = null where name = ${lease}`.execute(database.db);
  sell(store, 'FROZEN1', 1);
  await set('FROZEN1', 20);
  await pushAvailable(world.context, store.id);
  expect(store.told.slice(1).sort()).toEqual(['frozen-FROZEN1=19', 'frozen-FROZEN2=30']);
  const { rows: said } = await sql`select message from activity where sku like 'FROZEN%'`.execute(
    database.db,
  );
  expect(said).toEqual([]);
});

test.each([
  ['a passing trouble', {}, 3],
  ['a shop that takes its time', { takesTime: true }, 8],
] as const)('%s is tried quietly at first, and told when it goes on', async (name, more, quiet) => {
  const sku = `SLOW-${quiet}`;
  const store = await settledStore(name, [sku]);
  store.answer = () => ({ kind: 'unknown', message: 'Not shown yet.', ...more });
  await set(sku, 30);
  const said = async () => {
    const { rows } =
      await sql`select message from activity where sku = ${sku} and resolved_at is null`.execute(database.db);
    return rows.length;
  };
  for (let attempt = 1; attempt <= quiet + 1; attempt += 1) {
    expect(await said()).toBe(0);
    await pushAvailable(world.context, store.id);
    world.pass(11 * 60_000);
  }
  expect(await said()).toBe(1);
  store.answer = () => null;
  await pushAvailable(world.context, store.id);
  expect(await said()).toBe(0);
});
