// What stores are told under rules and of bundles: driven through the real push to scripted shops.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Cell, RowAnswer } from '../../shared/api/rows.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  createScriptedWorld,
  type ScriptedStore,
  type ScriptedWorld,
} from '../../test/support/scripted-store.ts';
import { type SyncSteps, syncSteps } from '../../test/support/sync-steps.ts';
import { documentOf } from '../documents/submit-rows.ts';
import { pullOrders } from './pull-orders.ts';
import { pushAvailable } from './push-available.ts';

let database: TestDatabase;
let world: ScriptedWorld;
let steps: SyncSteps;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql`delete from stores`.execute(database.db);
  await sql`delete from bundle_components`.execute(database.db);
  world = createScriptedWorld(database.db, new Date('2026-03-01T10:00:00Z'));
  steps = syncSteps(database.db, () => world);
});

let rows = 0;
async function submit(tab: string, cells: Readonly<Record<string, Cell>>): Promise<RowAnswer> {
  rows += 1;
  const stamp = { actor: 'Mia', at: world.now() };
  const outcome = await documentOf(tab)?.(database.db, [{ rowId: `told ${rows}`, cells }], stamp);
  const [answer] = outcome?.answers ?? [];
  if (answer === undefined) throw new Error('There was no answer.');
  return answer;
}

const nameOf = async (store: ScriptedStore): Promise<string> => (await steps.storeRow(store)).name;

async function rule(store: ScriptedStore, cells: Readonly<Record<string, Cell>>): Promise<RowAnswer> {
  return submit('rules', { store: await nameOf(store), ...cells });
}

/** What the shops show after every job that is owed has run. */
async function settle(...stores: readonly ScriptedStore[]): Promise<void> {
  for (const store of stores) await pullOrders(world.context, store.id);
  for (const store of stores) await pushAvailable(world.context, store.id);
}

describe('rules', () => {
  test('a buffer, a share, a maximum and "do not sell" change what that store shows, and no other store', async () => {
    const east = await steps.settledStore('east', ['ONE']);
    const west = await steps.settledStore('west', ['ONE']);
    const shows = () => [east.shelf.get('east-ONE'), west.shelf.get('west-ONE')];
    for (const [cells, told] of [
      [{ sku: 'ONE', keepBack: 5 }, 45],
      [{ sku: 'ONE', keepBack: 5, sharePercent: 50 }, 22],
      [{ sku: 'ONE', keepBack: 5, sharePercent: 50, showAtMost: 10 }, 10],
      [{ sku: 'ONE', doNotSell: true }, 0],
      [{ sku: 'ONE', action: 'remove' }, 50],
    ] as const) {
      expect(await rule(east, cells)).toMatchObject({ status: 'applied' });
      await settle(east, west);
      expect(shows()).toEqual([told, 50]);
    }
  });

  test('a rule owes exactly the listings it speaks of; the same rule again owes nothing', async () => {
    const east = await steps.settledStore('east', ['ONE', 'TWO', 'THREE']);
    await steps.settledStore('west', ['ONE', 'TWO']);
    const owed = async (): Promise<readonly string[]> => {
      const found = await database.db
        .selectFrom('listings')
        .select('remote_id')
        .where(sql<boolean>`desired_version > acknowledged_version or reassert`)
        .orderBy('remote_id')
        .execute();
      return found.map((row) => row.remote_id);
    };
    await settle(east);
    await sql`update listings set acknowledged_version = desired_version, reassert = false`.execute(
      database.db,
    );
    await rule(east, { sku: 'ONE', keepBack: 3 });
    expect(await owed()).toEqual(['east-ONE']);
    await settle(east);
    await rule(east, { sku: 'ONE', keepBack: 3 });
    expect(await owed()).toEqual([]);
    // The rule of the whole store does not count for ONE, which has its own.
    await rule(east, { sku: '', showAtMost: 7 });
    expect(await owed()).toEqual(['east-THREE', 'east-TWO']);
    await settle(east);
    expect(['east-ONE', 'east-TWO', 'east-THREE'].map((id) => east.shelf.get(id))).toEqual([47, 7, 7]);
    // Without its own rule the one of the store counts.
    await rule(east, { sku: 'ONE', action: 'remove' });
    expect(await owed()).toEqual(['east-ONE']);
    await settle(east);
    expect(east.shelf.get('east-ONE')).toBe(7);
  });

  test('a sale under a rule: the store goes back to what the rule says, and drift is not suspected', async () => {
    const east = await steps.settledStore('east', ['ONE']);
    await rule(east, { sku: 'ONE', showAtMost: 10 });
    await settle(east);
    steps.sell(east, 'ONE', 4);
    world.pass(60_000);
    await settle(east);
    expect(east.shelf.get('east-ONE')).toBe(10);
    expect(await steps.stock('ONE')).toBe('50/4/46');
    expect((await steps.activity()).filter(({ level }) => level !== 'info')).toEqual([]);
  });

  test('a rule that comes while a push is under way is told by the next push', async () => {
    const east = await steps.settledStore('east', ['RUSH']);
    await steps.set('RUSH', 40);
    const before = await steps.listing('east-RUSH');
    await rule(east, { sku: 'RUSH', keepBack: 5 });
    // What the push under way then records is the version it was sent with.
    await sql`update listings set acknowledged_version = ${before.desired_version}, acknowledged_quantity = 40,
      expected = 40 where remote_id = 'east-RUSH'`.execute(database.db);
    east.shelf.set('east-RUSH', 40);
    await settle(east);
    expect(east.shelf.get('east-RUSH')).toBe(35);
  });

  test.each<[string, Record<string, Cell>, string]>([
    ['a store that there is not', { store: 'nowhere', keepBack: 1 }, 'store'],
    ['no store', { store: '', keepBack: 1 }, 'store'],
    ['a SKU that the store does not list', { sku: 'NOBODY', keepBack: 1 }, 'sku'],
    ['a negative buffer', { sku: 'ONE', keepBack: -1 }, 'keepBack'],
    ['more than all of it', { sku: 'ONE', sharePercent: 101 }, 'sharePercent'],
    ['a maximum that is no number', { sku: 'ONE', showAtMost: 'many' }, 'showAtMost'],
    ['a rule for all SKUs that changes nothing', { sku: '' }, 'keepBack'],
    ['a tick that is none', { sku: 'ONE', doNotSell: 'perhaps' }, 'doNotSell'],
  ])('%s is refused with the cell named', async (_name, cells, field) => {
    const east = await steps.settledStore('east', ['ONE']);
    const answer = await rule(east, cells);
    expect(answer).toMatchObject({ status: 'error', field });
    expect(answer.message).not.toBe('');
  });
});

describe('bundles in shops', () => {
  test('an order of the bundle in one shop lowers its components in all of them at the next push', async () => {
    const east = await steps.settledStore('east', ['KIT', 'A', 'B']);
    const west = await steps.settledStore('west', ['KIT', 'A']);
    await steps.set('KIT', 0);
    await submit('bundles', { bundle: 'KIT', component: 'A', units: 2 });
    await submit('bundles', { bundle: 'KIT', component: 'B', units: 1 });
    await settle(east, west);
    expect([east.shelf.get('east-KIT'), west.shelf.get('west-KIT')]).toEqual([25, 25]);
    steps.sell(east, 'KIT', 3);
    world.pass(60_000);
    await settle(east, west);
    expect(await steps.stock('A')).toBe('50/6/44');
    expect(['east-KIT', 'east-A', 'east-B'].map((id) => east.shelf.get(id))).toEqual([22, 44, 47]);
    expect(['west-KIT', 'west-A'].map((id) => west.shelf.get(id))).toEqual([22, 44]);
    expect((await steps.activity()).filter(({ level }) => level !== 'info')).toEqual([]);
  });

  test('a rule for a bundle counts bundles', async () => {
    const east = await steps.settledStore('east', ['SET', 'PART']);
    await steps.set('SET', 0);
    await submit('bundles', { bundle: 'SET', component: 'PART', units: 2 });
    await rule(east, { sku: 'SET', keepBack: 5 });
    await settle(east);
    expect(east.shelf.get('east-SET')).toBe(20);
  });
});
