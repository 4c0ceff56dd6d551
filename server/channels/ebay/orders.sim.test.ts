// Reading orders completely over a list with offsets and no promised order.

import { expect, it } from '@jest/globals';
import { allOrders, stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import { ebay } from './index.ts';
import { rehearseEbay } from './test-support/rehearse-ebay.ts';

stopShopsAfterEach();

const LIST = 'GET /sell/fulfillment/v1/order';
const SHIPMENTS = 'GET /sell/fulfillment/v1/order/{orderId}/shipping_fulfillment';
const HOUR_MS = 3_600_000;

it('a quiet pull is one call', async () => {
  const { shop, clock, channel } = await rehearseEbay();
  const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
  shop.buy([{ remoteId: product, quantity: 1 }]);
  const page = await channel().listOrders({ kind: 'updated', from: clock.now() }, null);
  expect(page).toMatchObject({ next: null, orders: [{}] });
  expect(shop.requests()).toMatchObject({ [LIST]: 1 });
  expect(shop.requests()[SHIPMENTS]).toBeUndefined();
});

it('1,000 orders take few calls, oldest change first, and every page says how far it is complete', async () => {
  const { shop, clock, channel } = await rehearseEbay();
  const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 5_000 });
  const from = clock.now();
  const placed = Array.from({ length: 1_000 }, () => {
    clock.advance(60_000);
    return shop.buy([{ remoteId: product, quantity: 1 }]).remoteId;
  });
  const seen: string[] = [];
  let upTo = from;
  let next: string | null = null;
  do {
    const page = await channel().listOrders({ kind: 'updated', from }, next);
    seen.push(...page.orders.map(({ remoteId }) => remoteId));
    next = page.next;
    if (page.readUpTo === undefined) continue;
    expect(page.readUpTo.getTime()).toBeGreaterThan(upTo.getTime());
    upTo = page.readUpTo;
    const before = placed.slice(0, Math.floor((upTo.getTime() - from.getTime()) / 60_000));
    expect(new Set(seen)).toEqual(new Set([...seen, ...before]));
  } while (next !== null);
  expect([...new Set(seen)]).toEqual(placed);
  expect(shop.requests()[LIST]).toBeLessThan(15);
});

it('an order partly sent comes with the units of its shipments, and moves on when the rest is sent', async () => {
  const { shop, clock, channel } = await rehearseEbay();
  const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
  const order = shop.buy([{ remoteId: product, quantity: 4 }]);
  const lineId = order.lines[0]?.lineId ?? '';
  const from = clock.now();
  const counts = async () => (await allOrders(channel(), { kind: 'updated', from })).at(-1)?.lines[0]?.counts;
  clock.advance(HOUR_MS);
  shop.fulfil(order.remoteId, [{ lineId, quantity: 1 }]);
  expect(await counts()).toMatchObject({ ordered: 4, fulfilled: 1 });
  shop.fulfil(order.remoteId);
  expect(await counts()).toMatchObject({ ordered: 4, fulfilled: 4 });
});

it('sent orders that a quiet shop shows at every pull cost one call each, once', async () => {
  const { shop, clock, session } = await rehearseEbay();
  const test = session();
  const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 500 });
  const from = clock.now();
  for (let order = 0; order < 30; order += 1) {
    clock.advance(10_000);
    shop.fulfil(shop.buy([{ remoteId: product, quantity: 1 }]).remoteId);
  }
  const pulls = [];
  for (let pull = 0; pull < 5; pull += 1) {
    // Each pull opens the store anew.
    pulls.push(await allOrders(ebay.open(test), { kind: 'updated', from }));
    clock.advance(10_000);
  }
  for (const pull of pulls) expect(pull).toEqual(pulls[0]);
  expect(pulls[0]?.every(({ lines }) => lines[0]?.counts.fulfilled === 1)).toBe(true);
  expect(shop.requests()).toMatchObject({ [LIST]: 5, [SHIPMENTS]: 30 });
});

it('a second part that is sent is seen, be it that the order’s time stayed as it was', async () => {
  const { shop, clock, session } = await rehearseEbay();
  const test = session();
  const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
  const order = shop.buy([{ remoteId: product, quantity: 4 }]);
  const from = clock.now();
  const fulfilled = async () =>
    (await allOrders(ebay.open(test), { kind: 'updated', from }))[0]?.lines[0]?.counts.fulfilled;
  const sendOne = () => {
    shop.fulfil(order.remoteId, [{ lineId: order.lines[0]?.lineId ?? '', quantity: 1 }]);
  };
  sendOne();
  expect(await fulfilled()).toBe(1);
  sendOne();
  expect(await fulfilled()).toBe(2);
  clock.advance(10_000);
  sendOne();
  expect(await fulfilled()).toBe(3);
});

it('an order that is asked for by its id is read with its shipments anew, and lists then show them too', async () => {
  const { shop, clock, session } = await rehearseEbay();
  const test = session();
  const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
  const { remoteId } = shop.buy([{ remoteId: product, quantity: 1 }]);
  const from = clock.now();
  shop.fulfil(remoteId);
  await allOrders(ebay.open(test), { kind: 'updated', from });
  for (let time = 0; time < 2; time += 1) await ebay.open(test).readOrders([remoteId]);
  await allOrders(ebay.open(test), { kind: 'updated', from });
  expect(shop.requests()[SHIPMENTS]).toBe(3);
});

it('a refund moves the order’s time and no units; a cancellation releases what is open', async () => {
  const { shop, clock, channel } = await rehearseEbay();
  const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
  const order = shop.buy([{ remoteId: product, quantity: 2 }]);
  clock.advance(HOUR_MS);
  shop.refund(order.remoteId, [{ lineId: order.lines[0]?.lineId ?? '', quantity: 2 }], { restock: true });
  const [refunded] = await allOrders(channel(), { kind: 'updated', from: clock.now() });
  expect(refunded).toMatchObject({
    state: 'open',
    channelState: 'Not shipped, fully refunded',
    updatedAt: clock.now(),
    lines: [{ counts: { ordered: 2, fulfilled: 0, released: 0, writtenOff: 0, restocked: 0 } }],
  });
  shop.cancel(order.remoteId);
  const [cancelled] = await allOrders(channel(), { kind: 'updated', from: clock.now() });
  expect(cancelled).toMatchObject({
    state: 'cancelled',
    channelState: expect.stringMatching(/^Cancelled, /),
  });
});

it('more than 50 orders are read by id, 50 a call; ids that make no sense are gone', async () => {
  const { shop, channel } = await rehearseEbay();
  const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 500 });
  const ids = Array.from({ length: 60 }, () => shop.buy([{ remoteId: product, quantity: 1 }]).remoteId);
  const readings = await channel().readOrders([...ids, '27-9-9', 'no id, at all']);
  expect(readings.map(({ kind }) => kind)).toEqual([...ids.map(() => 'order'), 'gone', 'gone']);
  expect(shop.requests()[LIST]).toBe(2);
});

it('the line of a variation leads to its listing', async () => {
  const { shop, clock, channel } = await rehearseEbay();
  const small = shop.addProduct({ sku: 'T-S', title: 'S & M', group: 'Tee', quantity: 3 });
  shop.buy([{ remoteId: small, quantity: 1 }]);
  const [order] = await allOrders(channel(), { kind: 'updated', from: clock.now() });
  expect(order?.lines[0]?.listingRemoteId).toBe(small);
});
