// Open orders that a shop suddenly no longer knows: a few are deletions, very many are doubted until a person says so.

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
import { answerQuestion } from './answer-question.ts';
import { pullListings } from './pull-listings.ts';
import { pullOrders } from './pull-orders.ts';

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

async function storeWithOrders(sku: string, count: number): Promise<ScriptedStore> {
  const store = await steps().settledStore(sku.toLowerCase(), [sku]);
  await steps().set(sku, 100);
  for (let sale = 0; sale < count; sale += 1) steps().sell(store, sku, 1);
  await pullOrders(world.context, store.id);
  return store;
}

// Old enough to be looked up again by id.
async function lookUp(store: ScriptedStore): Promise<void> {
  world.pass(2 * 60 * 60_000);
  await pullOrders(world.context, store.id);
}

test('case 13: an order that was deleted without a word is released', async () => {
  const store = await storeWithOrders('DELETED', 3);
  store.orders.delete([...store.orders.keys()][0] ?? '');
  await lookUp(store);
  expect(await steps().stock('DELETED')).toBe('100/2/98');
});

test('a shop that suddenly knows none of its open orders is doubted: what they booked stays, and a person is asked', async () => {
  const store = await storeWithOrders('SHORT', 12);
  store.orders.clear();
  await lookUp(store);
  expect(await steps().stock('SHORT')).toBe('100/12/88');
  const [asked] = (await steps().activity()).filter(({ level }) => level === 'needs-person');
  expect(asked?.message).toContain(
    'short no longer knows 12 of 12 open orders. What they booked stays booked.',
  );
});

test('once a person says that they were deleted, they are released, and who said it is kept', async () => {
  const store = await storeWithOrders('SAID', 12);
  store.orders.clear();
  await lookUp(store);
  const open = await world.context.openStore(store.id);
  if (open === null) throw new Error('The store is there.');
  const answer = await answerQuestion(world.context, open, { question: 'orders-were-deleted', actor: 'Mia' });
  expect(answer.accepted).toBe(true);
  await lookUp(store);
  expect(await steps().stock('SAID')).toBe('100/0/100');
  expect((await steps().activity()).some(({ message }) => message.endsWith('(said Mia)'))).toBe(true);
});

test('a shop that finds its orders again ends the question', async () => {
  const store = await storeWithOrders('BACK', 12);
  const known = new Map(store.orders);
  store.orders.clear();
  await lookUp(store);
  for (const [id, order] of known) store.orders.set(id, order);
  await lookUp(store);
  const open = (await steps().activity()).filter(
    ({ level, resolved }) => level === 'needs-person' && !resolved,
  );
  expect(open).toEqual([]);
  expect(await steps().stock('BACK')).toBe('100/12/88');
});

test('failure 8: an order that was cancelled without a word is found although many others are doubted', async () => {
  const store = await storeWithOrders('MANY', 60);
  const doubted = [...store.orders.keys()];
  steps().sell(store, 'LEFT', 4, 'many-LEFT');
  store.listings.set('many-LEFT', aListing('many-LEFT', 'LEFT'));
  await pullListings(world.context, store.id);
  await steps().set('LEFT', 50);
  await pullOrders(world.context, store.id);
  for (const id of doubted) store.orders.delete(id);
  for (const [id, order] of store.orders) store.orders.set(id, { ...order, state: 'cancelled' });
  // Later orders have moved the cursor on.
  world.pass(60 * 60_000);
  steps().sell(store, 'MANY', 1);
  for (let hour = 0; hour < 12; hour += 1) await lookUp(store);
  expect(await steps().stock('LEFT')).toBe('50/0/50');
  expect(await steps().stock('MANY')).toBe('100/61/39');
});
