// The queue is only a wake-up: after every wake-up is lost, the sweep alone finds all that is to be done.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { pino } from 'pino';
import { toStoreId } from '../../shared/model/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { aListing, createScriptedWorld, type ScriptedWorld } from '../../test/support/scripted-store.ts';
import { syncSteps } from '../../test/support/sync-steps.ts';
import type { SyncContext, WakeUpName } from './context.ts';
import { createHandlers } from './handlers.ts';
import { requestInventoryRefresh, requestListingsRefresh } from './hard-refresh.ts';
import { storeHint } from './inbox.ts';
import { pullOrders } from './pull-orders.ts';
import { setSync } from './set-sync.ts';
import { sweep } from './sweep.ts';

let database: TestDatabase;
let world: ScriptedWorld;
const steps = () => syncSteps(database.db, () => world);
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql`delete from stores`.execute(database.db);
  world = createScriptedWorld(database.db, new Date('2026-03-01T10:00:00Z'));
});

/** One sweep, and every job that it and its followers wake. Nothing that was woken before is known. */
async function sweepAlone(): Promise<readonly string[]> {
  const jobs: { name: WakeUpName; storeId: string | null }[] = [];
  const done: string[] = [];
  const context: SyncContext = {
    ...world.context,
    log: pino({ level: 'silent' }),
    wake: async (name, storeId) => void jobs.push({ name, storeId: storeId ?? null }),
  };
  const handlers = createHandlers(context, async () => undefined);
  await sweep(context);
  for (let job = jobs.shift(); job !== undefined && done.length < 100; job = jobs.shift()) {
    const key = `${job.name} ${job.storeId ?? ''}`.trim();
    if (job.name === 'flush-sheet') continue;
    done.push(key);
    await handlers[job.name](job);
  }
  return done;
}

test('R6: an adjustment whose push was never woken is pushed', async () => {
  const store = await steps().settledStore('owed', ['OWED']);
  await steps().set('OWED', 12);
  await sweepAlone();
  expect(store.told).toEqual(['owed-OWED=12']);
});

test('a delivery whose processing was never woken is followed', async () => {
  const store = await steps().settledStore('inbox', ['INBOX']);
  const { remoteId } = steps().sell(store, 'INBOX', 4);
  await storeHint(database.db, store.id, { kind: 'order', remoteId }, world.now());
  await sweepAlone();
  expect(await steps().stock('INBOX')).toBe('50/4/46');
});

test('both hard refreshes that were asked for and never started are done', async () => {
  const first = await steps().settledStore('refresh-a', ['RA']);
  const second = await steps().settledStore('refresh-b', ['RB']);
  second.listings.set('new', aListing('new', 'RNEW'));
  await requestInventoryRefresh(world.context, first.id);
  await requestListingsRefresh(world.context, second.id);
  await sweepAlone();
  expect(first.told).toEqual(['refresh-a-RA=50']);
  expect((await steps().listing('new')).sku).toBe('RNEW');
  for (const store of [first, second]) expect((await steps().storeRow(store)).progress).toBeNull();
});

test('a store that was connected and turned on, every wake-up lost: listings, opening and push all come', async () => {
  const store = await world.addStore('begin', { syncOn: false });
  store.listings.set('b', aListing('b', 'BEGIN'));
  store.shelf.set('b', 10);
  await setSync(world.context, store.id, { on: true, opening: 'copy' });
  await sweepAlone();
  expect(await steps().stock('BEGIN')).toBe('10/0/10');
  expect((await steps().listing('b')).acknowledged_quantity).toBe(10);
});

test('a store that was turned on again, its wake-up lost, catches up', async () => {
  const store = await steps().settledStore('again', ['AGAIN']);
  await setSync(world.context, store.id, { on: false });
  steps().sell(store, 'AGAIN', 4);
  await setSync(world.context, store.id, { on: true });
  await sweepAlone();
  expect(await steps().stock('AGAIN')).toBe('50/4/46');
});

test('case 15: order lines that were waiting when their SKU became known and were missed are counted, once', async () => {
  const store = await steps().settledStore('lines', []);
  steps().sell(store, 'FORGOTTEN', 4);
  await pullOrders(world.context, store.id);
  await sql`insert into products (sku) values ('FORGOTTEN')`.execute(database.db);
  await sweepAlone();
  await sweepAlone();
  expect(await steps().stock('FORGOTTEN')).toBe('unset, 4 booked');
});

test('a sweep of a settled world wakes nothing', async () => {
  const store = await steps().settledStore('quiet', ['QUIET']);
  await pullOrders(world.context, store.id);
  await sweepAlone();
  expect(await sweepAlone()).toEqual([]);
});

test('a pull and a push that change nothing but their times leave the sheet to the next sweep', async () => {
  const store = await steps().settledStore('still', ['STILL']);
  const handlers = createHandlers(world.context, async () => undefined);
  const flushesOf = async (name: 'pull-orders' | 'push-available'): Promise<number> => {
    world.woken.length = 0;
    await handlers[name]({ storeId: store.id });
    return world.woken.filter((woken) => woken.startsWith('flush-sheet')).length;
  };
  await pullOrders(world.context, store.id);
  expect([await flushesOf('pull-orders'), await flushesOf('push-available')]).toEqual([0, 0]);
  steps().sell(store, 'STILL', 4);
  expect([await flushesOf('pull-orders'), await flushesOf('push-available')]).toEqual([1, 1]);
});

test('a store that is gone when its job runs is no failure', async () => {
  const handlers = createHandlers(world.context, async () => undefined);
  for (const name of [
    'pull-orders',
    'pull-listings',
    'push-available',
    'hard-refresh-inventory',
    'process-inbox',
  ] as const)
    await handlers[name]({ storeId: toStoreId('gone') });
  expect(await setSync(world.context, toStoreId('gone'), { on: true })).toEqual({
    accepted: false,
    message: 'This store is gone already.',
  });
});
