// A shop that breaks off in the middle of a push: what it has done by then is ours, and what it has refused was not done.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  createScriptedWorld,
  type ScriptedStore,
  type ScriptedWorld,
} from '../../test/support/scripted-store.ts';
import { syncSteps } from '../../test/support/sync-steps.ts';
import { ChannelError } from '../net/channel-error.ts';
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

const SKUS = ['A', 'B', 'C', 'D'];
const setAll = async (quantity: number): Promise<void> => {
  for (const sku of SKUS) await steps().set(sku, quantity);
};
const push = (store: ScriptedStore): Promise<unknown> =>
  pushAvailable(world.context, store.id).catch((problem: unknown) => {
    if (!(problem instanceof ChannelError)) throw problem;
    return problem.kind;
  });
const slowDown = (): never => {
  throw new ChannelError('throttled', 'Too many calls.', { retryAfterMs: 60_000 });
};

describe.each(['overwrite', 'hold'] as const)('set to %s on drift', (onDrift) => {
  let store: ScriptedStore;
  beforeEach(async () => {
    store = await steps().settledStore(onDrift, SKUS, { onDrift, compareAndSet: false });
    await setAll(40);
  });

  async function expectOurOwnNumbers(): Promise<void> {
    [store.before, store.after] = [() => undefined, () => undefined];
    await setAll(30);
    world.pass(60_000);
    expect(await push(store)).not.toBe('throttled');
    expect([...store.shelf.values()]).toEqual([30, 30, 30, 30]);
    const said = (await steps().activity()).filter(({ message }) => message.includes('The shop shows'));
    expect(said).toEqual([]);
  }

  test('half of a refused batch was told, for the other half it throttles', async () => {
    let calls = 0;
    store.before = (call) => {
      if (call !== 'setAvailable') return;
      calls += 1;
      if (calls === 1) throw new ChannelError('rejected', 'One of them is bad.');
      if (calls === 3) slowDown();
    };
    expect(await push(store)).toBe('throttled');
    expect([...store.shelf.values()]).toEqual([40, 40, 50, 50]);
    expect((await steps().listing(`${onDrift}-A`)).expected).toBe(40);
    await expectOurOwnNumbers();
  });

  test('it has changed its numbers, and throttles what would tell', async () => {
    store.after = (call) => {
      if (call === 'setAvailable') slowDown();
    };
    expect(await push(store)).toBe('throttled');
    expect([...store.shelf.values()]).toEqual([40, 40, 40, 40]);
    await expectOurOwnNumbers();
  });
});

test('what it refuses before anything was done is told again as if nothing had been', async () => {
  const store = await steps().settledStore('busy', SKUS);
  await setAll(40);
  store.before = (call) => {
    if (call === 'setAvailable') slowDown();
  };
  expect(await push(store)).toBe('throttled');
  expect(await steps().listing('busy-A')).toMatchObject({ problem: null, expected: 50 });
  const { rows } = await sql`select 1 from pushes where store_id = 'busy' and quantity = 40`.execute(
    database.db,
  );
  expect(rows).toEqual([]);
  store.before = () => undefined;
  await push(store);
  expect([...store.shelf.values()]).toEqual([40, 40, 40, 40]);
});
