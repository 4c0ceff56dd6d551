// Turning sync on, off and on again: what happened meanwhile is counted once or left out, and off is silent at once.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { anOrder } from '../../test/support/orders.ts';
import {
  aListing,
  createScriptedWorld,
  type ScriptedStore,
  type ScriptedWorld,
} from '../../test/support/scripted-store.ts';
import { syncSteps } from '../../test/support/sync-steps.ts';
import { countOwed } from '../listings/owed.ts';
import { ChannelError } from '../net/channel-error.ts';
import { applySnapshot } from '../orders/apply-snapshot.ts';
import { requestInventoryRefresh, requestListingsRefresh } from './hard-refresh.ts';
import { processInbox, storeHint } from './inbox.ts';
import { mapPlaces } from './map-places.ts';
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
beforeEach(async () => {
  await sql`delete from stores`.execute(database.db);
  await sql`delete from activity`.execute(database.db);
  world = createScriptedWorld(database.db, new Date('2026-03-01T10:00:00Z'));
});

/** What was said about a SKU that asks for somebody's attention. */
const drifts = async (sku: string) =>
  (
    await database.db
      .selectFrom('activity')
      .select(['level', 'message'])
      .where('sku', '=', sku)
      .where('level', '<>', 'info')
      .execute()
  ).map(({ level, message }) => `${level}: ${message}`);

const pull = (store: ScriptedStore) => pullOrders(world.context, store.id);
const turn = (store: ScriptedStore, request: Parameters<typeof setSync>[2]) =>
  setSync(world.context, store.id, request);

test('R1: a store starts with sync off; the first time on wakes its order pull and says what happens', async () => {
  const store = await world.addStore('first', { syncOn: false });
  const answer = await turn(store, { on: true, opening: 'copy' });
  expect(answer).toEqual({
    accepted: true,
    message:
      'first: sync is on. Its numbers are copied for every SKU that has no count yet; then the sheet is in charge.',
  });
  expect(world.woken).toContain('pull-orders first');
  expect(await steps().storeRow(store)).toMatchObject({ sync_on: true, opening_choice: 'copy' });
});

test('turning on what is on changes nothing, not even T0', async () => {
  const store = await steps().settledStore('double', ['DOUBLE']);
  const { sync_on_at: t0 } = await steps().storeRow(store);
  const again = await turn(store, { on: true, resume: 'start-from-now' });
  expect(again).toEqual({ accepted: true, message: 'Sync of double is on already.' });
  expect((await steps().storeRow(store)).sync_on_at).toEqual(t0);
});

test('R11: one store off and another on hold at once', async () => {
  const off = await steps().settledStore('off', ['R11']);
  const on = await steps().settledStore('on', ['R11']);
  await turn(off, { on: false });
  await steps().set('R11', 12);
  for (const store of [off, on]) {
    await pull(store);
    await pushAvailable(world.context, store.id);
  }
  expect([off.told, on.told]).toEqual([[], ['on-R11=12']]);
});

test.each([
  ['catch-up', '46/0/46'],
  ['start-from-now', '50/0/50'],
] as const)(
  'R12, case 21: off, an order of 4 placed and fulfilled, on with %s: %s',
  async (resume, expected) => {
    const sku = `CASE21-${resume}`;
    const store = await steps().settledStore(resume, [sku]);
    await turn(store, { on: false });
    world.pass(600_000);
    const order = steps().sell(store, sku, 4);
    steps().change(store, order.remoteId, { fulfilled: 4 });
    world.pass(600_000);
    await turn(store, { on: true, resume });
    for (let round = 0; round < 2; round += 1) await pull(store);
    expect(await steps().stock(sku)).toBe(expected);
  },
);

test.each([
  ['catch-up', 46, false],
  ['start-from-now', 50, false],
  ['catch-up', 46, true],
  ['start-from-now', 50, true],
] as const)(
  'invariant 9: on with %s, the shop is told %i once, edited by hand meanwhile: %s',
  async (resume, right, edited) => {
    const sku = `ON-${resume}-${edited}`;
    const store = await steps().settledStore(`${resume}-${edited}`, [sku]);
    await turn(store, { on: false });
    const order = steps().sell(store, sku, 4);
    steps().change(store, order.remoteId, { fulfilled: 4 });
    if (edited) store.shelf.set(`${store.id}-${sku}`, 7);
    await turn(store, { on: true, resume });
    await pull(store);
    await pushAvailable(world.context, store.id);
    const listing = await steps().listing(`${store.id}-${sku}`);
    expect([store.shelf.get(`${store.id}-${sku}`), listing.expected]).toEqual([right, right]);
    expect(await countOwed(database.db, store.id)).toBe(0);
    const { rows: said } = await sql`select message from activity where sku = ${sku}`.execute(database.db);
    // A pause is no reason for another number: what its orders do not explain was typed by somebody.
    expect(said).toHaveLength(edited ? 1 : 0);
    store.told.length = 0;
    await pushAvailable(world.context, store.id);
    expect(store.told).toEqual([]);
  },
);

test.each(['catch-up', 'start-from-now'] as const)(
  'R66: a number edited in the shop during a pause, with no order beside it, is put right after %s',
  async (resume) => {
    const store = await steps().settledStore(`paused-${resume}`, [`PAUSED-${resume}`]);
    await turn(store, { on: false });
    store.shelf.set(`${store.id}-PAUSED-${resume}`, 7);
    await turn(store, { on: true, resume });
    await pull(store);
    await pushAvailable(world.context, store.id);
    expect(store.shelf.get(`${store.id}-PAUSED-${resume}`)).toBe(50);
    expect(await drifts(`PAUSED-${resume}`)).toEqual([
      expect.stringMatching(/^warning: .*shows 7 where 50 was expected.*It was set to 50 again\.$/),
    ]);
  },
);

test.each(['catch-up', 'start-from-now'] as const)(
  'R66: the same is held and asked about after %s where the store is set to hold',
  async (resume) => {
    const sku = `HELD-${resume}`;
    const store = await steps().settledStore(`held-${resume}`, [sku], { onDrift: 'hold' });
    await turn(store, { on: false });
    steps().sell(store, sku, 2);
    store.shelf.set(`${store.id}-${sku}`, 7);
    await turn(store, { on: true, resume });
    await pull(store);
    await pushAvailable(world.context, store.id);
    expect(store.shelf.get(`${store.id}-${sku}`)).toBe(7);
    expect(await drifts(sku)).toEqual([
      expect.stringMatching(/^needs-person: .*shows 7 where 48 was expected.*Held/),
    ]);
  },
);

test('start from now, twice: what each pause did to the shop’s own number is followed', async () => {
  const store = await steps().settledStore('twice', ['TWICE'], { onDrift: 'hold' });
  for (const units of [3, 5]) {
    await turn(store, { on: false });
    const order = steps().sell(store, 'TWICE', units);
    steps().change(store, order.remoteId, { fulfilled: units });
    await turn(store, { on: true, resume: 'start-from-now' });
    await pull(store);
    await pushAvailable(world.context, store.id);
    expect(store.shelf.get('twice-TWICE')).toBe(50);
  }
  expect(await drifts('TWICE')).toEqual([]);
});

test('start from now: an order from before the store was ever turned on, changed in the pause, is not drift', async () => {
  const store = await steps().settledStore('ancient', ['ANCIENT'], { onDrift: 'hold' });
  await turn(store, { on: false });
  const line = { listingRemoteId: 'ancient-ANCIENT', taken: 2 };
  const old = anOrder({ placedAt: new Date('2026-01-01T10:00:00Z') }).line('ANCIENT', { ordered: 2 }, line);
  store.orders.set('old', { ...old.snapshot(1), remoteId: 'old', updatedAt: world.now() });
  await turn(store, { on: true, resume: 'start-from-now' });
  await pull(store);
  await pushAvailable(world.context, store.id);
  expect(await steps().stock('ANCIENT')).toBe('50/2/48');
  expect(store.shelf.get('ancient-ANCIENT')).toBe(48);
  expect(await drifts('ANCIENT')).toEqual([]);
});

test.each([
  ['catch-up', '46/2/44'],
  ['start-from-now', '50/2/48'],
] as const)(
  'fault 21: an order told by webhook before, during and after the first reading counts once after %s',
  async (resume, right) => {
    const sku = `HOOK-${resume}`;
    const store = await steps().settledStore(`hook-${resume}`, [sku]);
    await turn(store, { on: false });
    const sent = steps().sell(store, sku, 4);
    steps().change(store, sent.remoteId, { fulfilled: 4 });
    const waiting = steps().sell(store, sku, 2);
    const hook = async (): Promise<void> => {
      for (const { remoteId } of [sent, waiting])
        await storeHint(database.db, store.id, { kind: 'order', remoteId }, world.now());
      await processInbox(world.context, store.id);
    };
    await hook();
    expect(await steps().stock(sku)).toBe('50/0/50');
    await turn(store, { on: true, resume });
    await hook();
    store.before = async (call) => {
      if (call !== 'listOrders') return;
      store.before = () => undefined;
      await hook();
    };
    await pull(store);
    await hook();
    await pushAvailable(world.context, store.id);
    expect(await steps().stock(sku)).toBe(right);
    const available = Number(right.split('/')[2]);
    expect(store.shelf.get(`${store.id}-${sku}`)).toBe(available);
    expect((await steps().listing(`${store.id}-${sku}`)).expected).toBe(available);
    const { rows: said } =
      await sql`select message from activity where sku = ${sku} and level <> 'info'`.execute(database.db);
    expect(said).toEqual([]);
  },
);

test('start from now: what was open and is open still stays booked, also with an order placed while off', async () => {
  const store = await steps().settledStore('open', ['OPEN']);
  steps().sell(store, 'OPEN', 2);
  await pull(store);
  await turn(store, { on: false });
  steps().sell(store, 'OPEN', 3);
  await turn(store, { on: true, resume: 'start-from-now' });
  await pull(store);
  expect(await steps().stock('OPEN')).toBe('50/5/45');
});

test('start from now: an order sent before, whose SKU becomes known only later, counts nothing', async () => {
  const store = await steps().settledStore('later', []);
  const order = steps().sell(store, 'LATER', 4);
  steps().change(store, order.remoteId, { fulfilled: 4 });
  await pull(store);
  await turn(store, { on: false });
  world.pass(600_000);
  await turn(store, { on: true, resume: 'start-from-now' });
  await pull(store);
  store.listings.set('l', aListing('l', 'LATER', { updatedAt: world.now() }));
  await pullListings(world.context, store.id);
  await steps().set('LATER', 50, 'add');
  expect(await steps().stock('LATER')).toBe('50/0/50');
});

test('invariant 9: after a pause nothing is pushed before the orders were read', async () => {
  const store = await steps().settledStore('pause', ['PAUSE']);
  await turn(store, { on: false });
  await steps().set('PAUSE', 40);
  await turn(store, { on: true });
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual([]);
  await pull(store);
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual(['pause-PAUSE=40']);
});

test('invariant 9: off waits for an order that is being applied, and no order is applied after it', async () => {
  const store = await steps().settledStore('race', ['RACE']);
  const orders = Array.from({ length: 20 }, () => steps().sell(store, 'RACE', 1));
  const applying = orders.map((snapshot) =>
    applySnapshot(database.db, store.id, { snapshot, readAt: world.now() }, world.now()),
  );
  await turn(store, { on: false });
  const atOnce = await steps().stock('RACE');
  const outcomes = await Promise.all(applying);
  expect(await steps().stock('RACE')).toBe(atOnce);
  const applied = outcomes.filter((outcome) => outcome.kind === 'applied').length;
  expect(atOnce).toBe(`50/${applied}/${50 - applied}`);
});

test('off and on again in the middle of a pull: the pull that missed something does not count as fresh', async () => {
  const store = await steps().settledStore('flicker', ['FLICKER']);
  store.pageSize = 1;
  steps().sell(store, 'FLICKER', 1);
  steps().sell(store, 'FLICKER', 1);
  let pages = 0;
  store.after = async () => {
    pages += 1;
    if (pages === 2) await turn(store, { on: false });
  };
  await pull(store);
  store.after = () => undefined;
  await turn(store, { on: true, resume: 'catch-up' });
  expect((await steps().storeRow(store)).orders_fresh_at).toBeNull();
  await pull(store);
  expect(await steps().stock('FLICKER')).toBe('50/2/48');
});

test('turned off during a hard refresh of inventory: the refresh ends, and the store is not busy for ever', async () => {
  const store = await steps().settledStore('busy', ['BUSY']);
  await requestInventoryRefresh(world.context, store.id);
  await turn(store, { on: false });
  expect((await steps().storeRow(store)).progress).toBeNull();
  expect(await requestListingsRefresh(world.context, store.id)).toMatchObject({ accepted: true });
});

test('a store with locations cannot be turned on before they are known; one alone then maps itself', async () => {
  const store = await world.addStore('unread', { syncOn: false, locations: [{ id: 'n', name: 'North' }] });
  expect(await turn(store, { on: true })).toEqual({
    accepted: false,
    message:
      'The locations of unread are not known yet. Wait until its listings have been read, or refresh them, and turn sync on then.',
  });
  expect(await steps().storeRow(store)).toMatchObject({ sync_on: false, sync_on_at: null });
  await pullListings(world.context, store.id);
  expect(await turn(store, { on: true })).toMatchObject({ accepted: true });
});

test('a store with several locations cannot be turned on while none is mapped, read or not', async () => {
  const locations = [
    { id: 'n', name: 'North' },
    { id: 's', name: 'South' },
  ];
  const store = await world.addStore('several', { syncOn: false, locations });
  for (const sentence of ['are not known yet', 'has several locations']) {
    const answer = await turn(store, { on: true });
    expect(answer).toMatchObject({ accepted: false, message: expect.stringContaining(sentence) });
    await pullListings(world.context, store.id);
  }
});

test('off is silent at once: a push prepared before it waits for the switch, and does not leave', async () => {
  const store = await steps().settledStore('window', ['WINDOW']);
  await steps().set('WINDOW', 12);
  let push: Promise<unknown> | undefined;
  await database.db.transaction().execute(async (tx) => {
    await sql`update stores set sync_on = false where id = ${store.id}`.execute(tx);
    push = pushAvailable(world.context, store.id);
    await expectWaiting(store);
  });
  await push;
  expect(store.told).toEqual([]);
});

test('case 21: start from now leaves out what was sent in the pause, also when the places are mapped anew before the first pull', async () => {
  const store = await steps().settledStore('places', ['PLACES']);
  const { remoteId } = steps().sell(store, 'PLACES', 4);
  await pullOrders(world.context, store.id);
  await turn(store, { on: false });
  world.pass(60_000);
  steps().change(store, remoteId, { fulfilled: 4 });
  world.pass(3_600_000);
  await turn(store, { on: true, resume: 'start-from-now' });
  const places = await database.db
    .selectFrom('store_warehouses')
    .select('warehouse_id')
    .where('store_id', '=', store.id)
    .execute();
  await mapPlaces(world.context, store.id, { warehouseIds: places.map((row) => row.warehouse_id) }, 'test');
  await pullOrders(world.context, store.id);
  expect(await steps().stock('PLACES')).toBe('50/0/50');
});

test('case 21: start from now leaves out what was sent in the pause, also of a SKU that is listed before the first pull', async () => {
  const store = await steps().settledStore('listed', ['LISTED']);
  const { remoteId } = steps().sell(store, 'UNLISTED', 4, 'listed-UNLISTED');
  await pullOrders(world.context, store.id);
  await turn(store, { on: false });
  world.pass(60_000);
  steps().change(store, remoteId, { fulfilled: 4 });
  world.pass(3_600_000);
  await turn(store, { on: true, resume: 'start-from-now' });
  store.listings.set('listed-UNLISTED', aListing('listed-UNLISTED', 'UNLISTED'));
  await pullListings(world.context, store.id);
  await steps().set('UNLISTED', 50);
  await pullOrders(world.context, store.id);
  expect(await steps().stock('UNLISTED')).toBe('50/0/50');
});

test('off is silent at once: the halves of a refused batch do not leave after it', async () => {
  const store = await steps().settledStore('halves', ['HALF-1', 'HALF-2']);
  for (const sku of ['HALF-1', 'HALF-2']) await steps().set(sku, 12);
  store.calls.length = 0;
  store.before = async (call) => {
    if (call !== 'setAvailable') return;
    await turn(store, { on: false });
    throw new ChannelError('rejected', 'One of them is not right.');
  };
  await pushAvailable(world.context, store.id);
  expect(store.calls).toEqual(['setAvailable']);
});

// Until the push stands at the store's lock, or has been told already.
async function expectWaiting(store: ScriptedStore): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ waiting: boolean }>`
      select exists (select 1 from pg_locks where not granted) as waiting`.execute(database.db);
    if (rows[0]?.waiting === true || store.told.length > 0) return;
  }
}
