// Turning a store on begins with a plan: what each listing shows, what it would be told and why, with nothing written.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
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
import { pullListings } from './pull-listings.ts';
import { pushAvailable } from './push-available.ts';
import { sweep } from './sweep.ts';
import { askTurnOnPlan, planProblem } from './turn-on.ts';
import { readTurnOnPlan } from './turn-on-plan.ts';

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

type Shelf = Readonly<Record<string, number | null>>;

// A store that is connected and listed, with its sync never on. `null`: the shop does not count the listing.
async function listedStore(name: string, shelf: Shelf): Promise<ScriptedStore> {
  const store = await world.addStore(name, { syncOn: false });
  for (const [sku, quantity] of Object.entries(shelf)) addListing(store, `${name}-${sku}`, sku, quantity);
  await pullListings(world.context, store.id);
  return store;
}

function addListing(
  store: ScriptedStore,
  remoteId: string,
  sku: string | null,
  quantity: number | null,
): void {
  store.listings.set(remoteId, aListing(remoteId, sku, { tracked: quantity !== null }));
  if (quantity !== null) store.shelf.set(remoteId, quantity);
}

const ask = (store: ScriptedStore, again = false) => askTurnOnPlan(world.context, store.id, { again });
async function plan(store: ScriptedStore) {
  await ask(store, true);
  await readTurnOnPlan(world.context, store.id);
  return ask(store);
}

const linesOf = async (store: ScriptedStore) =>
  Object.fromEntries((await plan(store)).lines.map((line) => [line.sku, line]));

describe('the plan', () => {
  test('R1: it reads the shop and writes nothing to it, nor to the ledger', async () => {
    const store = await listedStore('quiet', { QUIET: 7 });
    const answer = await plan(store);
    expect(answer).toMatchObject({ state: 'ready', neverSet: 1, same: 0, differ: 0 });
    await pushAvailable(world.context, store.id);
    expect(store.told).toEqual([]);
    expect(await steps().stock('QUIET')).toBe('unset, 0 booked');
  });

  test('says for each listing what the shop shows, what it would be told, and why', async () => {
    const store = await listedStore('why', { SAME: 5, LESS: 52, MORE: 0, NEVER: 9, UNTRACKED: null });
    for (const [sku, count] of [
      ['SAME', 5],
      ['LESS', 46],
      ['MORE', 12],
    ] as const)
      await steps().set(sku, count);
    const lines = await linesOf(store);
    expect(lines['SAME']).toMatchObject({ kind: 'same', shows: 5, wouldPush: 5 });
    expect(lines['LESS']).toMatchObject({ kind: 'differs', shows: 52, wouldPush: 46, why: '46 available.' });
    expect(lines['MORE']).toMatchObject({ kind: 'differs', shows: 0, wouldPush: 12 });
    expect(lines['NEVER']).toMatchObject({ kind: 'never set', shows: 9, wouldPush: null });
    expect(lines['NEVER']?.why).toBe(
      'Nobody has counted it: it is told nothing, or copied as 9 = 9 in stock.',
    );
    expect(await plan(store)).toMatchObject({ same: 1, differ: 2, neverSet: 1, untracked: 1 });
  });

  test('F14: untracked and unknown are not 0', async () => {
    const store = await listedStore('not-zero', { 'NZ-UNTRACKED': null, 'NZ-UNKNOWN': 3 });
    await steps().set('NZ-UNKNOWN', 3);
    store.shelf.delete('not-zero-NZ-UNKNOWN');
    const lines = await linesOf(store);
    expect(lines['NZ-UNTRACKED']).toMatchObject({ kind: 'untracked', shows: null, wouldPush: null });
    expect(lines['NZ-UNKNOWN']).toMatchObject({ kind: 'unknown', shows: null, wouldPush: 3 });
  });

  test('its open orders are counted as they will be booked', async () => {
    const store = await listedStore('orders', { HELD: 6, FRESH: 8 });
    await steps().set('HELD', 10);
    steps().sell(store, 'HELD', 4, 'orders-HELD');
    steps().sell(store, 'FRESH', 2, 'orders-FRESH');
    const answer = await plan(store);
    const lines = Object.fromEntries(answer.lines.map((line) => [line.sku, line]));
    expect(answer.openOrders).toBe(2);
    expect(lines['HELD']).toMatchObject({ shows: 2, wouldPush: 6 });
    expect(lines['HELD']?.why).toBe("10 available − 4 in this shop's open orders = 6.");
    expect(lines['FRESH']?.why).toContain('copied as 6 + 2 in open orders = 8 in stock');
  });

  test('F13: a bundle is told what its components leave after the open orders', async () => {
    const store = await listedStore('kit', { KIT: 0, PART: 9 });
    await steps().set('PART', 9);
    await sql`insert into bundle_components (bundle_sku, component_sku, units) values ('KIT', 'PART', 2)`.execute(
      database.db,
    );
    steps().sell(store, 'PART', 1, 'kit-PART');
    expect(await linesOf(store)).toMatchObject({ KIT: { wouldPush: 4 }, PART: { wouldPush: 8 } });
  });

  test('R30: listings of one uncounted SKU that disagree are named, and a second store shows its differences', async () => {
    const store = await listedStore('twins', {});
    addListing(store, 'twin-1', 'TWIN', 3);
    addListing(store, 'twin-2', 'TWIN', 5);
    addListing(store, 'twin-3', null, 5);
    await sql`update stores set listings_complete_at = null where id = ${store.id}`.execute(database.db);
    await pullListings(world.context, store.id);
    const answer = await plan(store);
    expect(answer).toMatchObject({ disagree: 2, neverSet: 0, withoutSku: 1 });
    await steps().set('TWIN', 5);
    const after = await plan(store);
    expect(after).toMatchObject({ same: 1, differ: 1, disagree: 0 });
  });
});

describe('how it is read', () => {
  test('waits for the first reading of the listings and goes on when that is through', async () => {
    const store = await world.addStore('early', { syncOn: false });
    addListing(store, 'early-1', 'EARLY', 4);
    expect(await ask(store)).toMatchObject({ state: 'reading', total: null });
    await readTurnOnPlan(world.context, store.id);
    expect(await ask(store)).toMatchObject({ state: 'reading' });
    await pullListings(world.context, store.id);
    expect(world.woken).toContain('read-turn-on-plan early');
    await readTurnOnPlan(world.context, store.id);
    expect(await ask(store)).toMatchObject({ state: 'ready', neverSet: 1 });
  });

  test('a plan that was broken off is found by the sweep and read anew', async () => {
    const store = await listedStore('broken', { BROKEN: 1 });
    await ask(store);
    store.before = (call) => {
      if (call === 'readAvailable') throw new ChannelError('transient', 'The shop did not answer.');
    };
    await expect(readTurnOnPlan(world.context, store.id)).rejects.toThrow('did not answer');
    store.before = () => undefined;
    world.woken.length = 0;
    await sweep(world.context);
    expect(world.woken).toContain('read-turn-on-plan broken');
    await readTurnOnPlan(world.context, store.id);
    expect(await ask(store)).toMatchObject({ state: 'ready' });
  });

  test('what only a person can mend is said, and the next asking tries again', async () => {
    const store = await listedStore('locked', { LOCKED: 1 });
    await ask(store);
    store.before = () => {
      throw new ChannelError('auth', 'The shop refuses the key. Connect it again.');
    };
    await readTurnOnPlan(world.context, store.id);
    const failed = await database.db
      .selectFrom('turn_on_plans')
      .select(['state', 'message'])
      .where('store_id', '=', store.id)
      .executeTakeFirst();
    expect(failed).toEqual({ state: 'failed', message: 'The shop refuses the key. Connect it again.' });
    store.before = () => undefined;
    expect(await ask(store)).toMatchObject({ state: 'reading' });
  });

  test('asking twice reads the shop once, until somebody wants it read again', async () => {
    const store = await listedStore('once', { ONCE: 1 });
    const first = await plan(store);
    world.woken.length = 0;
    expect((await ask(store)).planId).toBe(first.planId);
    expect(world.woken).toEqual([]);
    expect(await ask(store, true)).toMatchObject({ state: 'reading' });
  });
});

describe('turning on', () => {
  const refusal = 'Look at what would change first: nothing is written before you have seen it.';
  const problem = (store: ScriptedStore, planId?: string) => planProblem(world.context, store.id, planId);

  test('the first time needs the plan that was looked at, and not an old one', async () => {
    const store = await listedStore('first', { FIRST: 1 });
    expect(await problem(store)).toBe(refusal);
    const old = await plan(store);
    const { planId } = await plan(store);
    expect(await problem(store, old.planId)).toBe(refusal);
    expect(await problem(store, planId)).toBeNull();
    world.pass(61 * 60_000);
    expect(await problem(store, planId)).toContain('more than an hour old');
  });

  test('R12: off and on again needs none', async () => {
    const store = await steps().settledStore('again', ['AGAIN']);
    expect(await problem(store)).toBeNull();
  });
});
