// Refunds that do not say what came back: a task for a person, counted in once, to the unit.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  createScriptedWorld,
  type ScriptedStore,
  type ScriptedWorld,
} from '../../test/support/scripted-store.ts';
import { syncSteps } from '../../test/support/sync-steps.ts';
import { pullOrders } from '../sync/pull-orders.ts';
import { submitBundles } from './bundles.ts';
import { readOpenRefunds, settleRefund } from './returns.ts';

let database: TestDatabase;
let world: ScriptedWorld;
const steps = () => syncSteps(database.db, () => world);
beforeAll(async () => {
  database = await createTestDatabase();
  world = createScriptedWorld(database.db, new Date('2026-03-01T10:00:00Z'));
});
afterAll(() => database.drop());

/** 50 in stock, an order of 4 sent, money given back. */
async function refundedOrder(sku: string, sent = 4): Promise<{ store: ScriptedStore; orderId: string }> {
  const store = await steps().settledStore(sku.toLowerCase(), [sku]);
  await steps().set(sku, 50);
  const { remoteId: orderId } = steps().sell(store, sku, 4);
  steps().change(store, orderId, { fulfilled: sent });
  await pullOrders(world.context, store.id);
  refund(store, orderId, 'refund-1');
  await pullOrders(world.context, store.id);
  return { store, orderId };
}

function refund(store: ScriptedStore, orderId: string, id: string, at = world.now()): void {
  const order = store.orders.get(orderId);
  if (order === undefined) throw new Error('There is no such order.');
  const unclearRefunds = [...(order.unclearRefunds ?? []), { id, at, amount: '12.00 EUR' }];
  store.orders.set(orderId, { ...order, unclearRefunds, updatedAt: world.now() });
}

const stamp = () => ({ actor: 'Mia', at: world.now() });
const openOf = async (store: ScriptedStore) =>
  (await readOpenRefunds(database.db)).refunds.filter(({ storeId }) => storeId === store.id);

async function settle(store: ScriptedStore, quantity: number | null) {
  const [open] = await openOf(store);
  const line = open?.lines[0];
  if (open === undefined || line === undefined) throw new Error('Nothing is asked.');
  const { storeId, orderId, refundId } = open;
  const lines = quantity === null ? [] : [{ lineId: line.lineId, quantity }];
  return settleRefund(database.db, { storeId, orderId, refundId, lines }, stamp());
}

const questions = async (store: ScriptedStore) =>
  database.db
    .selectFrom('activity')
    .select(['message', 'resolved_at', 'times'])
    .where('store_id', '=', store.id)
    .where('level', '=', 'needs-person')
    .execute();

test('R17: a refund without units moves nothing by itself and asks what came back', async () => {
  const { store } = await refundedOrder('ASKED');
  expect(await steps().stock('ASKED')).toBe('46/0/46');
  const [question] = await questions(store);
  expect(question?.message).toContain('12.00 EUR was refunded. The shop does not say for which units.');
  expect(question?.message).toContain('count it in');
  expect(await openOf(store)).toMatchObject([
    { amount: '12.00 EUR', lines: [{ sku: 'ASKED', fulfilled: 4, returned: 0 }] },
  ]);
});

test('R61: what a person says came back is counted in, and the question is over', async () => {
  const { store } = await refundedOrder('CAMEBACK');
  expect(await settle(store, 1)).toMatchObject({
    accepted: true,
    message: 'Counted in: 1 × CAMEBACK.',
    touched: ['CAMEBACK'],
  });
  expect(await steps().stock('CAMEBACK')).toBe('47/0/47');
  expect((await questions(store)).every(({ resolved_at }) => resolved_at !== null)).toBe(true);
  expect(await openOf(store)).toEqual([]);
});

test('R17: where the shop names the units, these are asked about and offered', async () => {
  const { store, orderId } = await refundedOrder('NAMED');
  const order = store.orders.get(orderId);
  const lineId = order?.lines[0]?.lineId ?? '';
  if (order === undefined) throw new Error('There is no such order.');
  const named = { id: 'refund-2', at: world.now(), amount: '6 USD', units: [{ lineId, quantity: 2 }] };
  store.orders.set(orderId, { ...order, unclearRefunds: [named], updatedAt: world.now() });
  await pullOrders(world.context, store.id);
  const asked = (await questions(store)).map(({ message }) => message);
  expect(asked).toContainEqual(
    expect.stringContaining(
      '6 USD was refunded for 2 × NAMED, sent before. The shop does not say whether it came back.',
    ),
  );
  const open = await openOf(store);
  expect(open.find(({ refundId }) => refundId === 'refund-2')?.lines).toMatchObject([{ refunded: 2 }]);
  expect(open.find(({ refundId }) => refundId === 'refund-1')?.lines).toMatchObject([{ refunded: null }]);
});

test('R62: nothing came back: no change, and the question is over', async () => {
  const { store } = await refundedOrder('KEPT');
  expect(await settle(store, null)).toMatchObject({ accepted: true, touched: [] });
  expect(await steps().stock('KEPT')).toBe('46/0/46');
  expect(await openOf(store)).toEqual([]);
});

test('F10: two people who answer at once count it in once', async () => {
  const { store } = await refundedOrder('TWICE');
  const [open] = await openOf(store);
  const lines = [{ lineId: open?.lines[0]?.lineId ?? '', quantity: 2 }];
  const request = { storeId: store.id, orderId: open?.orderId ?? '', refundId: open?.refundId ?? '', lines };
  const answers = await Promise.all([1, 2].map(() => settleRefund(database.db, request, stamp())));
  expect(answers.map(({ accepted }) => accepted).sort()).toEqual([false, true]);
  expect(await steps().stock('TWICE')).toBe('48/0/48');
});

test('never more than were sent, over all refunds of the order', async () => {
  const { store, orderId } = await refundedOrder('MOST', 3);
  expect((await settle(store, 4)).message).toBe(
    'Of MOST at most 3 can come back: 3 were sent, 0 came back before.',
  );
  expect(await settle(store, 2)).toMatchObject({ accepted: true });
  refund(store, orderId, 'refund-2');
  await pullOrders(world.context, store.id);
  expect((await settle(store, 2)).message).toContain('at most 1 can come back');
});

test('read again and again it is asked once; a refund from before sync was on is not asked', async () => {
  const { store, orderId } = await refundedOrder('REPEAT');
  refund(store, orderId, 'old', new Date('2020-01-01T00:00:00Z'));
  for (let time = 0; time < 3; time += 1) await pullOrders(world.context, store.id);
  expect(await openOf(store)).toHaveLength(1);
  expect(await questions(store)).toMatchObject([{ times: 1 }]);
});

test('before it was sent, the person is told to cancel it in the shop', async () => {
  const { store } = await refundedOrder('UNSENT', 0);
  expect((await questions(store))[0]?.message).toContain('cancel it in the shop');
});

test('F13: a bundle comes back as its components', async () => {
  const db = database.db;
  const store = await steps().settledStore('kits', ['KIT', 'PART']);
  await steps().set('PART', 20);
  await sql`insert into bundle_components (bundle_sku, component_sku, units) values ('KIT', 'PART', 3)`.execute(
    db,
  );
  const { remoteId: orderId } = steps().sell(store, 'KIT', 2);
  steps().change(store, orderId, { fulfilled: 2 });
  await pullOrders(world.context, store.id);
  refund(store, orderId, 'kit');
  await pullOrders(world.context, store.id);
  expect(await steps().stock('PART')).toBe('14/0/14');
  expect((await settle(store, 1)).message).toBe('Counted in: 3 × PART.');
  expect(await steps().stock('PART')).toBe('17/0/17');
});

/** What the store's setting "they came back" makes of the refunds of an order: their units count as restocked. */
async function settingSaysTheyCameBack(
  store: ScriptedStore,
  orderId: string,
  restocked: number,
): Promise<void> {
  const order = store.orders.get(orderId);
  if (order === undefined) throw new Error('There is no such order.');
  store.orders.set(orderId, { ...order, unclearRefunds: [] });
  steps().change(store, orderId, { restocked });
  await pullOrders(world.context, store.id);
}

/** Two units were refunded after they had been sent; the shop names them. */
async function namedRefund(sku: string): Promise<{ store: ScriptedStore; orderId: string; lineId: string }> {
  const store = await steps().settledStore(`store of ${sku}`, [sku]);
  const { remoteId: orderId } = steps().sell(store, sku, 4);
  steps().change(store, orderId, { fulfilled: 4 });
  const order = store.orders.get(orderId);
  const lineId = order?.lines[0]?.lineId ?? '';
  if (order === undefined) throw new Error('There is no such order.');
  const named = { id: 'refund-1', at: world.now(), amount: '6 USD', units: [{ lineId, quantity: 2 }] };
  store.orders.set(orderId, { ...order, unclearRefunds: [named], updatedAt: world.now() });
  await pullOrders(world.context, store.id);
  return { store, orderId, lineId };
}

test.each([
  [2, '48/0/48'],
  [1, '47/0/47'],
  [null, '46/0/46'],
])(
  'F9: a person said that %s came back; the store’s setting that says it too is no second return',
  async (said, stock) => {
    const sku = `BOTH-${said}`;
    const { store, orderId } = await namedRefund(sku);
    expect(await settle(store, said)).toMatchObject({ accepted: true });
    await settingSaysTheyCameBack(store, orderId, 2);
    expect(await steps().stock(sku)).toBe(stock);
    // One more is refunded since: of this one nobody has said anything.
    await settingSaysTheyCameBack(store, orderId, 3);
    const [inStock = 0] = stock.split('/').map(Number);
    expect(await steps().stock(sku)).toBe(`${inStock + 1}/0/${inStock + 1}`);
    await settingSaysTheyCameBack(store, orderId, 0);
    expect(await steps().stock(sku)).toBe(stock);
  },
);

test('F9: the other way round: a question that the setting has answered is withdrawn, and cannot count it in again', async () => {
  const { store, orderId, lineId } = await namedRefund('WITHDRAWN');
  const [asked] = await openOf(store);
  await settingSaysTheyCameBack(store, orderId, 2);
  expect(await steps().stock('WITHDRAWN')).toBe('48/0/48');
  expect(await openOf(store)).toEqual([]);
  expect((await questions(store)).every(({ resolved_at }) => resolved_at !== null)).toBe(true);
  const late = {
    storeId: store.id,
    orderId,
    refundId: asked?.refundId ?? '',
    lines: [{ lineId, quantity: 2 }],
  };
  expect(await settleRefund(database.db, late, stamp())).toMatchObject({ accepted: false });
  expect(await steps().stock('WITHDRAWN')).toBe('48/0/48');
});

test('F9: what the shop says came back leaves less for a person to count in', async () => {
  const { store, orderId } = await namedRefund('LEFT');
  steps().change(store, orderId, { restocked: 3 });
  await pullOrders(world.context, store.id);
  expect((await settle(store, 2)).message).toBe(
    'Of LEFT at most 1 can come back: 4 were sent, 3 came back before.',
  );
});

test('what became a bundle after it was sold comes back as its components', async () => {
  const { store } = await refundedOrder('BOX');
  await steps().settledStore('lids', ['LID']);
  await steps().set('BOX', 0);
  const cells = { bundle: 'BOX', component: 'LID', units: '1', action: 'save' };
  const made = await submitBundles(database.db, [{ rowId: 'box', cells }], stamp());
  expect(made.answers[0]?.status).toBe('applied');
  await settle(store, 1);
  expect([await steps().stock('BOX'), await steps().stock('LID')]).toEqual(['0/0/0', '51/0/51']);
});
