// The two hard refreshes: the four hours, the progress, and times that move only when the work is finished.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  aListing,
  createScriptedWorld,
  type ScriptedStore,
  type ScriptedWorld,
} from '../../test/support/scripted-store.ts';
import { syncSteps } from '../../test/support/sync-steps.ts';
import { ChannelError } from '../net/channel-error.ts';
import { hardRefreshInventory, requestInventoryRefresh, requestListingsRefresh } from './hard-refresh.ts';
import { pullListings } from './pull-listings.ts';
import { pushAvailable } from './push-available.ts';
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

const MINUTE_MS = 60_000;
const askListings = (store: ScriptedStore) => requestListingsRefresh(world.context, store.id);
const askInventory = (store: ScriptedStore) => requestInventoryRefresh(world.context, store.id);
const refreshInventory = (store: ScriptedStore) => hardRefreshInventory(world.context, store.id);
const down = (): never => {
  throw new ChannelError('transient', 'The shop is down.');
};

test('R36, R38, R39: listings are refreshed at once; 3:59 later it is refused with the time left, at 4:00 it runs', async () => {
  const store = await steps().settledStore('four', ['FOUR']);
  store.listings.set('new', aListing('new', 'BRAND-NEW', { updatedAt: new Date('2020-01-01') }));
  expect((await askListings(store)).accepted).toBe(true);
  await pullListings(world.context, store.id);
  expect((await steps().listing('new')).sku).toBe('BRAND-NEW');
  const refreshedAt = (await steps().storeRow(store)).listings_refreshed_at?.getTime() ?? 0;
  const passUntil = (time: number) => world.pass(time - world.now().getTime() - 1);
  passUntil(refreshedAt + 239 * MINUTE_MS);
  expect(await askListings(store)).toEqual({
    accepted: false,
    message: 'Listings can be refreshed once every 4 hours. Try again in 1 min.',
  });
  passUntil(refreshedAt + 240 * MINUTE_MS);
  expect((await askListings(store)).accepted).toBe(true);
});

test('R39: the time left is told in hours and minutes; R40: another store, and its inventory, may be refreshed', async () => {
  const store = await steps().settledStore('left', ['LEFT']);
  const other = await steps().settledStore('right', ['LEFT']);
  await askListings(store);
  await pullListings(world.context, store.id);
  world.pass(90 * MINUTE_MS);
  expect((await askListings(store)).message).toContain('Try again in 2 h 30 min.');
  expect((await askListings(other)).accepted).toBe(true);
  expect((await askInventory(store)).accepted).toBe(true);
});

test('a refresh that fails does not move the time, goes on after the trouble, and does not start the four hours', async () => {
  const store = await steps().settledStore('fails', ['FAILS']);
  const { listings_synced_at: syncedAt } = await steps().storeRow(store);
  await askListings(store);
  store.before = down;
  await expect(pullListings(world.context, store.id)).rejects.toThrow('is down');
  expect(await steps().storeRow(store)).toMatchObject({
    listings_refreshed_at: null,
    listings_synced_at: syncedAt,
    progress: { task: 'hard refresh listings' },
  });
  expect((await askListings(store)).message).toContain('busy with another task (hard refresh listings)');
  store.before = () => undefined;
  world.woken.length = 0;
  await sweep(world.context);
  expect(world.woken).toContain('pull-listings fails');
  await pullListings(world.context, store.id);
  expect((await steps().storeRow(store)).listings_refreshed_at).not.toBeNull();
});

test('R68: a hard refresh of inventory pushes every number again, also the unchanged ones', async () => {
  const store = await steps().settledStore('all', ['ALL1', 'ALL2', 'ALL3']);
  await askInventory(store);
  await refreshInventory(store);
  expect([...store.told].sort()).toEqual(['all-ALL1=50', 'all-ALL2=50', 'all-ALL3=50']);
});

test('R66, R69: a number that was edited in the shop is overwritten', async () => {
  const store = await steps().settledStore('edited', ['EDITED']);
  store.shelf.set('edited-EDITED', 9);
  await askInventory(store);
  await refreshInventory(store);
  expect(store.shelf.get('edited-EDITED')).toBe(50);
});

test('R1: refused while sync is off, and nothing is written', async () => {
  const store = await steps().settledStore('silent', ['SILENT']);
  await setSync(world.context, store.id, { on: false });
  expect(await askInventory(store)).toEqual({
    accepted: false,
    message: 'Turn sync on first: while it is off nothing is pushed.',
  });
  await refreshInventory(store);
  expect(store.calls).toEqual([]);
});

test('R71, R72: the progress is visible while it runs; the time of the last inventory sync moves when it is finished', async () => {
  const skus = ['PA', 'PB', 'PC', 'PD'];
  const store = await steps().settledStore('progress', skus, { pushBatchMax: 2 });
  const { inventory_synced_at: before } = await steps().storeRow(store);
  world.pass(MINUTE_MS);
  await askInventory(store);
  const seen: unknown[] = [];
  store.before = async (call) => {
    if (call !== 'setAvailable') return;
    const row = await steps().storeRow(store);
    seen.push([
      row.progress?.done,
      row.progress?.total,
      row.inventory_synced_at?.getTime() === before?.getTime(),
    ]);
  };
  await refreshInventory(store);
  expect(seen).toEqual([
    [0, 4, true],
    [2, 4, true],
  ]);
  const after = await steps().storeRow(store);
  expect(after.progress).toBeNull();
  expect(after.inventory_synced_at?.getTime()).toBeGreaterThan(before?.getTime() ?? 0);
  expect(after.inventory_refreshed_at).not.toBeNull();
});

test('R73: on failure the time does not move; it does when the rest has gone through', async () => {
  const store = await steps().settledStore('failure', ['FAILURE']);
  const { inventory_synced_at: before } = await steps().storeRow(store);
  await askInventory(store);
  store.before = down;
  await refreshInventory(store).catch(() => undefined);
  expect(await steps().storeRow(store)).toMatchObject({
    inventory_synced_at: before,
    inventory_refreshed_at: null,
  });
  store.before = () => undefined;
  world.pass(11 * MINUTE_MS);
  await sweep(world.context);
  expect(world.woken.filter((name) => name.endsWith('failure') && name !== 'failure')).not.toEqual([]);
  await refreshInventory(store);
  expect(store.told).toEqual(['failure-FAILURE=50']);
  expect((await steps().storeRow(store)).inventory_synced_at?.getTime()).toBeGreaterThan(
    before?.getTime() ?? 0,
  );
});

test('R73: before the orders of a store were read nothing is pushed, and no time pretends that it was', async () => {
  const store = await world.addStore('pretend', { syncOn: false });
  await setSync(world.context, store.id, { on: true, opening: 'keep' });
  await pushAvailable(world.context, store.id);
  expect((await steps().storeRow(store)).inventory_synced_at).toBeNull();
});

test('a hard refresh that was interrupted is found by the sweep and finished', async () => {
  const store = await steps().settledStore('stopped', ['S1', 'S2'], { pushBatchMax: 1 });
  await askInventory(store);
  let calls = 0;
  store.before = () => {
    calls += 1;
    if (calls === 2) throw new Error('The process was killed.');
  };
  await expect(refreshInventory(store)).rejects.toThrow('killed');
  store.before = () => undefined;
  world.woken.length = 0;
  await sweep(world.context);
  expect(world.woken).toContain('hard-refresh-inventory stopped');
  await refreshInventory(store);
  expect(store.told).toEqual(['stopped-S1=50', 'stopped-S2=50']);
  expect((await steps().storeRow(store)).progress).toBeNull();
});

test('a hard refresh ends the trouble of a listing that now goes through', async () => {
  const store = await steps().settledStore('mended', ['MENDED']);
  store.answer = () => ({ kind: 'rejected', message: 'This item is locked.' });
  await steps().set('MENDED', 4);
  await pushAvailable(world.context, store.id);
  store.answer = () => null;
  await askInventory(store);
  await refreshInventory(store);
  const told = (await steps().activity()).filter((entry) => entry.message.includes('locked'));
  expect(told).toMatchObject([{ resolved: true }]);
});

/** Its shop counts it elsewhere by now, and refuses the number until the listing is read again. */
async function movedStore(name: string, sku: string): Promise<ScriptedStore> {
  const store = await steps().settledStore(name, [sku]);
  store.answer = ({ handle }) =>
    handle === 'elsewhere' ? null : { kind: 'rejected', message: 'It was moved. Refresh the listings.' };
  await steps().set(sku, 2);
  await pushAvailable(world.context, store.id);
  expect((await steps().listing(`${name}-${sku}`)).problem).toContain('Refresh the listings');
  return store;
}

const moveListing = (store: ScriptedStore, sku: string, handle: string): void => {
  const remoteId = `${store.id}-${sku}`;
  store.listings.set(remoteId, aListing(remoteId, sku, { handle, updatedAt: world.now() }));
};

test('what was refused because it had moved is told as soon as its listing is read again', async () => {
  const store = await movedStore('moved', 'MOVED');
  world.pass(MINUTE_MS);
  moveListing(store, 'MOVED', 'elsewhere');
  await pullListings(world.context, store.id);
  await pushAvailable(world.context, store.id);
  expect(store.shelf.get('moved-MOVED')).toBe(2);
  expect((await steps().listing('moved-MOVED')).problem).toBeNull();
});

test('a hard refresh of listings has everything that was refused told once more', async () => {
  const store = await movedStore('again', 'AGAIN');
  await pullListings(world.context, store.id);
  await pushAvailable(world.context, store.id);
  expect(store.shelf.get('again-AGAIN')).toBe(50);
  store.answer = () => null;
  world.pass(5 * 60 * MINUTE_MS);
  await askListings(store);
  await pullListings(world.context, store.id);
  await pushAvailable(world.context, store.id);
  expect(store.shelf.get('again-AGAIN')).toBe(2);
});
