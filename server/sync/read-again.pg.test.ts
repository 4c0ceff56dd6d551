// The stretch of time that every pull reads again: what looks as it did is not applied once more, anything else is.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createScriptedWorld, type ScriptedWorld } from '../../test/support/scripted-store.ts';
import { syncSteps } from '../../test/support/sync-steps.ts';
import { applyReadings, pullChangedOrders } from './changed-orders.ts';

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

test('what looks as it did is left alone; a change that moves no time, and a deletion that was none, are applied', async () => {
  const store = await steps().settledStore('again', ['AGAIN']);
  const { remoteId } = steps().sell(store, 'AGAIN', 4);
  const opened = await world.context.openStore(store.id);
  if (opened === null) throw new Error('The store is gone.');
  const pull = async () => {
    world.pass(10_000);
    await pullChangedOrders(world.context, opened);
    const { rows } = await sql<{
      at: Date;
    }>`select read_at as at from orders where remote_id = ${remoteId}`.execute(database.db);
    return { stock: await steps().stock('AGAIN'), readAt: rows[0]?.at };
  };
  await pull();
  const first = await pull();
  expect(first.stock).toBe('50/4/46');
  expect(await pull()).toEqual(first);
  const order = store.orders.get(remoteId);
  if (order === undefined) throw new Error('The order is gone.');
  const lines = order.lines.map((line) => ({ ...line, counts: { ...line.counts, fulfilled: 4 } }));
  store.orders.set(remoteId, { ...order, lines });
  expect((await pull()).stock).toBe('46/0/46');
  store.orders.set(remoteId, order);
  expect((await pull()).stock).toBe('50/4/46');
  await applyReadings(world.context, store.id, [{ kind: 'gone', remoteId }], world.now());
  expect(await steps().stock('AGAIN')).toBe('50/0/50');
  expect((await pull()).stock).toBe('50/4/46');
});

test('an order that was read by its id while the list was on its way: what the list knew better is applied by the next pull', async () => {
  const store = await steps().settledStore('crossed', ['CROSSED']);
  const { remoteId } = steps().sell(store, 'CROSSED', 4);
  const opened = await world.context.openStore(store.id);
  if (opened === null) throw new Error('The store is gone.');
  const asSold = store.orders.get(remoteId);
  if (asSold === undefined) throw new Error('The order is gone.');
  // Sent in the same second, by a shop whose clock knows no parts of one; asked later than the list, and answered sooner.
  const lines = asSold.lines.map((line) => ({ ...line, counts: { ...line.counts, fulfilled: 4 } }));
  store.orders.set(remoteId, { ...asSold, lines });
  const askedAt = new Date(world.now().getTime() + 1_000);
  await applyReadings(world.context, store.id, [{ kind: 'order', order: asSold }], askedAt);
  await pullChangedOrders(world.context, opened);
  world.pass(10_000);
  await pullChangedOrders(world.context, opened);
  expect(await steps().stock('CROSSED')).toBe('46/0/46');
});
