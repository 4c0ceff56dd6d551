// What a listing pull promises: listings with a SKU are there, linked visibly, gone when they are gone, and nothing more.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { toWarehouseId } from '../../shared/model/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  aListing,
  createScriptedWorld,
  type ScriptedStore,
  type ScriptedWorld,
} from '../../test/support/scripted-store.ts';
import { skuOf, syncSteps } from '../../test/support/sync-steps.ts';
import { lockSkus, postMoves } from '../ledger/moves.ts';
import { applyListings } from '../listings/apply-listings.ts';
import { explainSku } from '../listings/explain.ts';
import { countOwed } from '../listings/owed.ts';
import { ChannelError } from '../net/channel-error.ts';
import { requestListingsRefresh } from './hard-refresh.ts';
import { pullListings } from './pull-listings.ts';
import { pullOrders } from './pull-orders.ts';
import { pushAvailable } from './push-available.ts';

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

const COMPLETE_MS = 13 * 60 * 60_000;

async function shown(store: ScriptedStore): Promise<readonly string[]> {
  const rows = await database.db
    .selectFrom('listings')
    .select('remote_id')
    .where('store_id', '=', store.id)
    .where('gone_at', 'is', null)
    .orderBy('remote_id')
    .execute();
  return rows.map((row) => row.remote_id);
}

const pull = (store: ScriptedStore) => pullListings(world.context, store.id);
/** Far enough in the future for everything to be read again. */
async function pullAll(store: ScriptedStore): Promise<void> {
  world.pass(COMPLETE_MS);
  await pull(store);
}

function list(store: ScriptedStore, remoteId: string, sku: string | null, more = {}): void {
  store.listings.set(remoteId, aListing(remoteId, sku, { updatedAt: world.now(), ...more }));
}

const changedRows = async (): Promise<string> => {
  const { rows } = await sql<{ newest: string }>`
    select max(changed_tx)::text as newest from (select changed_tx from listings union all select changed_tx from products)
      as changed`.execute(database.db);
  return rows[0]?.newest ?? '';
};

test('a shop that breaks off while numbers are read back: its listings are taken, and what waits for them is woken', async () => {
  const store = await steps().settledStore('breaks-off', ['BACK']);
  list(store, 'new', 'BACK-NEW');
  store.before = (call) => {
    if (call === 'readAvailable') throw new ChannelError('transient', 'The shop did not answer in time.');
  };
  world.pass(COMPLETE_MS);
  world.woken.length = 0;
  await expect(pull(store)).rejects.toThrow('The shop did not answer in time.');
  expect(await shown(store)).toContain('new');
  expect(world.woken).toContain(`push-available ${store.id}`);
});

test('R23: listings are read with sync off, R24, R26: those without a SKU are absent', async () => {
  const store = await world.addStore('r23', { syncOn: false });
  list(store, 'with', 'R23');
  list(store, 'without', null);
  list(store, 'blank', '   ');
  await pull(store);
  expect(await shown(store)).toEqual(['with']);
  expect(store.calls).toEqual(['listListings']);
});

test('R27–R29: drafts are left out by default, come with the setting, and go again without it', async () => {
  const store = await world.addStore('drafts');
  list(store, 'draft', 'R27', { state: 'draft' });
  await pull(store);
  expect(await shown(store)).toEqual([]);
  for (const drafts of [true, false]) {
    await sql`update stores set settings = jsonb_build_object('drafts', ${drafts}::boolean)`.execute(
      database.db,
    );
    await pullAll(store);
    expect(await shown(store)).toEqual(drafts ? ['draft'] : []);
  }
});

test('R30–R32: several listings of one SKU, in one store and across stores, are one product', async () => {
  const [first, second] = [await world.addStore('r30-a'), await world.addStore('r30-b')];
  list(first, 'm', 'JEANS-M', { title: 'Blue Jeans - Medium' });
  list(first, 's', 'JEANS-M', { title: 'Blue Jeans - Medium Special Edition' });
  list(second, 'o', 'JEANS-M');
  await pull(first);
  await pull(second);
  expect((await explainSku(database.db, skuOf('JEANS-M')))?.listings).toHaveLength(3);
  const products = await sql`select 1 from products where sku = 'JEANS-M'`.execute(database.db);
  expect(products.rows).toHaveLength(1);
});

test('failure 18: a SKU with blanks around it is linked without them, and the listing says so', async () => {
  const store = await world.addStore('blanks');
  list(store, 'b', ' 00123 ');
  list(store, 'e', '1E5');
  list(store, 'p', '__proto__');
  await pull(store);
  expect(await steps().listing('b')).toMatchObject({
    sku: '00123',
    sku_note: 'In the store this SKU has blanks around it; it is linked to "00123".',
  });
  expect((await steps().listing('e')).sku).toBe('1E5');
  expect((await steps().listing('p')).sku).toBe('__proto__');
});

test('a SKU changed in the store links the listing to the other product, whose number it is owed', async () => {
  const store = await steps().settledStore('moved', ['OLD', 'NEW']);
  await steps().set('NEW', 7);
  await pushAvailable(world.context, store.id);
  list(store, 'moved-OLD', 'NEW');
  await pull(store);
  await pushAvailable(world.context, store.id);
  expect(store.shelf.get('moved-OLD')).toBe(7);
});

test('a listing that is gone and comes back owes its number anew', async () => {
  const store = await steps().settledStore('back', ['BACK']);
  store.listings.clear();
  await pullAll(store);
  expect(await shown(store)).toEqual([]);
  await steps().set('BACK', 3);
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual([]);
  list(store, 'back-BACK', 'BACK');
  await pull(store);
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual(['back-BACK=3']);
});

test('a complete pull removes what it did not see; an incremental one removes nothing', async () => {
  const store = await steps().settledStore('partial', ['KEPT', 'LOST']);
  store.listings.delete('partial-LOST');
  await pull(store);
  expect(await shown(store)).toEqual(['partial-KEPT', 'partial-LOST']);
  await pullAll(store);
  expect(await shown(store)).toEqual(['partial-KEPT']);
});

async function tenListings(name: string): Promise<ScriptedStore> {
  const store = await world.addStore(name);
  for (let index = 0; index < 20; index += 1) list(store, `${name}-${index}`, `${name}-${index}`);
  await pull(store);
  store.listings.clear();
  return store;
}

test('a suddenly short reading removes nothing and asks; the hard refresh of the person who was told confirms', async () => {
  const store = await tenListings('short');
  await pullAll(store);
  expect(await shown(store)).toHaveLength(20);
  const [told] = await steps().activity();
  expect(told).toMatchObject({ level: 'needs-person', resolved: false });
  expect(told?.message).toContain('shows 20 of 20 listings less. Nothing was removed.');
  expect((await requestListingsRefresh(world.context, store.id)).accepted).toBe(true);
  await pull(store);
  expect(await shown(store)).toEqual([]);
  expect((await steps().activity())[0]?.resolved).toBe(true);
});

test('a hard refresh that is doubted can be confirmed by a second one at once', async () => {
  const store = await tenListings('twice');
  await requestListingsRefresh(world.context, store.id);
  await pull(store);
  expect(await shown(store)).toHaveLength(20);
  expect(await requestListingsRefresh(world.context, store.id)).toMatchObject({ accepted: true });
  await pull(store);
  expect(await shown(store)).toEqual([]);
  expect(await requestListingsRefresh(world.context, store.id)).toMatchObject({ accepted: false });
});

test('25,000 listings come in pages, and a repeated complete pull changes no row', async () => {
  const store = await world.addStore('many');
  store.pageSize = 250;
  for (let index = 0; index < 25_000; index += 1) {
    const remoteId = `many-${index}`;
    store.listings.set(remoteId, aListing(remoteId, `MANY-${index % 20_000}`));
  }
  await pull(store);
  expect(store.calls).toHaveLength(100);
  expect(await shown(store)).toHaveLength(25_000);
  const before = await changedRows();
  await pullAll(store);
  expect(await changedRows()).toBe(before);
}, 60_000);

test('R48: a title changed in the store changes the listing and its product, and is not pushed', async () => {
  const store = await steps().settledStore('title', ['TITLE']);
  list(store, 'title-TITLE', 'TITLE', { title: 'A better name' });
  await pull(store);
  expect((await steps().listing('title-TITLE')).title).toBe('A better name');
  expect((await explainSku(database.db, skuOf('TITLE')))?.title).toBe('A better name');
  expect(await countOwed(database.db, store.id)).toBe(0);
});

test('a listing whose stock the shop did not count owes its number once it does', async () => {
  const store = await world.addStore('track');
  list(store, 't', 'TRACK', { tracked: false });
  await pull(store);
  await steps().set('TRACK', 8);
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual([]);
  expect((await steps().listing('t')).problem).toContain('Turn on stock tracking in the shop.');
  list(store, 't', 'TRACK', { tracked: true });
  await pull(store);
  await pushAvailable(world.context, store.id);
  expect(store.told).toEqual(['t=8']);
  expect((await steps().listing('t')).problem).toBeNull();
});

test('case 15: order lines that waited for their SKU count once, the moment a listing brings it', async () => {
  const store = await world.addStore('waiting');
  steps().sell(store, 'LATE', 4);
  await pullOrders(world.context, store.id);
  list(store, 'waiting-LATE', 'LATE');
  for (let round = 0; round < 2; round += 1) await pullAll(store);
  await steps().set('LATE', 50);
  expect(await steps().stock('LATE')).toBe('50/4/46');
});

test('pages that shift: a listing that stands twice on one page does not fail the pull', async () => {
  const store = await world.addStore('shift');
  const options = {
    drafts: false,
    stamp: { actor: 'test', at: world.now() },
    onNewProducts: async () => undefined,
  };
  const twice = [aListing('x', 'SHIFT', { title: 'Old' }), aListing('x', 'SHIFT', { title: 'New' })];
  await applyListings(database.db, store.id, twice, options);
  expect((await steps().listing('x')).title).toBe('New');
});

test('text that a database cannot hold does not fail the page it stands on', async () => {
  const store = await world.addStore('nul');
  list(store, 'bad', 'NUL', { title: `A\u0000B ${'x'.repeat(10_000_000)}` });
  list(store, 'good', 'FINE');
  await pull(store);
  expect(await shown(store)).toEqual(['bad', 'good']);
  expect((await steps().listing('bad')).title).toHaveLength(500);
});

test('invariant 10: a number set while another store brings a listing of its SKU is owed to that listing', async () => {
  const first = await world.addStore('race-a');
  list(first, 'race-a', 'RACE');
  await pull(first);
  const second = await world.addStore('race-b');
  const person = await database.db.startTransaction().execute();
  const pulled = applyListings(database.db, second.id, [aListing('race-b', 'RACE')], {
    drafts: false,
    stamp: { actor: 'test', at: world.now() },
    // In the middle of it the person's transaction sets the number and marks the listings it sees, and does not end yet.
    onNewProducts: async () => {
      const locked = await lockSkus(person, [skuOf('RACE')]);
      const move = {
        sku: skuOf('RACE'),
        warehouseId: toWarehouseId('main'),
        inStockChange: 5,
        bookedChange: 0,
      };
      const set = { ...move, sets: true, cause: 'adjustment', reference: 'race' } as const;
      await postMoves(person, locked, [set], { actor: 'test', at: world.now() });
    },
  });
  await untilBlockedOrStored('race-b');
  await person.commit().execute();
  await pulled;
  await pushAvailable(world.context, second.id);
  expect(second.told).toEqual(['race-b=5']);
});

/** The pull waits for the product's lock, or (which would be the fault) has stored the listing without it. */
async function untilBlockedOrStored(remoteId: string): Promise<void> {
  for (;;) {
    const { rows } = await sql`
      select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()
      union all select 1 from listings where remote_id = ${remoteId}`.execute(database.db);
    if (rows.length > 0) return;
  }
}
