// Receipts: what their times of change do not tell, and what they never say.

import { describe, expect, it } from '@jest/globals';
import { allOrders, rehearse, stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import { AGAIN_PER_DAY } from './again-budget.ts';
import { etsy } from './index.ts';
import { mapReceipt } from './map-order.ts';
import { receiptShape } from './shapes.ts';

stopShopsAfterEach();

const DAY_MS = 24 * 3_600_000;

const receipt = (change: object, line: object = {}) =>
  receiptShape.parse({
    receipt_id: 5,
    status: 'paid',
    is_shipped: false,
    created_timestamp: 1_795_100_000,
    updated_timestamp: 1_795_100_010,
    transactions: [{ transaction_id: 1, quantity: 4, listing_id: 9, sku: 'A', ...line }],
    ...change,
  });
const countsOf = (change: object, line: object = {}) => {
  const { state, lines } = mapReceipt(receipt(change, line));
  return { state, ...lines[0]?.counts };
};

describe('what a list by time of change leaves out', () => {
  it('a cancellation moves no time: it is found by the sweep, and the cursor stays where changes were read to', async () => {
    const { shop, clock, channel } = await rehearse(etsy);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
    const cancelled = shop.buy([{ remoteId: product, quantity: 1 }]).remoteId;
    clock.advance(3 * DAY_MS);
    const changed = shop.buy([{ remoteId: product, quantity: 1 }]).remoteId;
    const changedAt = clock.now();
    clock.advance(60_000);
    shop.cancel(cancelled);
    const query = { kind: 'updated', from: changedAt } as const;
    const first = await channel().listOrders(query, null);
    expect(first.orders.map(({ remoteId }) => remoteId)).toEqual([changed]);
    expect(first.readUpTo).toEqual(changedAt);
    const second = await channel().listOrders(query, first.next);
    expect(second.orders).toMatchObject([{ remoteId: cancelled, state: 'cancelled' }]);
    expect(second).toMatchObject({ next: null, readUpTo: changedAt });
  });

  it('the sweep alone moves no cursor at all', async () => {
    const { shop, clock, channel } = await rehearse(etsy);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
    shop.cancel(shop.buy([{ remoteId: product, quantity: 1 }]).remoteId);
    clock.advance(DAY_MS);
    const query = { kind: 'updated', from: clock.now() } as const;
    const first = await channel().listOrders(query, null);
    const second = await channel().listOrders(query, first.next);
    expect(second.orders).toHaveLength(1);
    expect([first.readUpTo, second.readUpTo]).toEqual([new Date(0), new Date(0)]);
  });

  it('a refund moves no time and no stock, and is shown when the receipt is read by its id', async () => {
    const { shop, channel } = await rehearse(etsy);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
    const order = shop.buy([{ remoteId: product, quantity: 2 }]);
    shop.refund(order.remoteId, [{ lineId: order.lines[0]?.lineId ?? '', quantity: 1 }], { restock: true });
    expect(await channel().readOrders([order.remoteId])).toMatchObject([
      {
        order: {
          channelState: 'Partially refunded',
          state: 'open',
          lines: [{ counts: { released: 0, writtenOff: 0 } }],
        },
      },
    ]);
  });

  it('a cancellation of an order older than the sweep is found by the rota', async () => {
    const { shop, clock, channel } = await rehearse(etsy);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
    const old = shop.buy([{ remoteId: product, quantity: 1 }]).remoteId;
    clock.advance(60 * DAY_MS);
    shop.cancel(old);
    expect(await allOrders(channel(), { kind: 'updated', from: clock.now() })).toEqual([]);
    expect(await channel().readOrders([old])).toMatchObject([{ order: { state: 'cancelled' } }]);
  });

  it('the rota reads fifty open receipts in one call of the day’s quota', async () => {
    const { shop, channel } = await rehearse(etsy);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 500 });
    const ids = Array.from({ length: 50 }, () => shop.buy([{ remoteId: product, quantity: 1 }]).remoteId);
    shop.cancel(ids[7] ?? '');
    shop.deleteOrder(ids[8] ?? '');
    const readings = await channel().readOrders(ids);
    expect(readings.map((one) => (one.kind === 'gone' ? one.remoteId : one.order.remoteId))).toEqual(ids);
    expect(readings[7]).toMatchObject({ order: { state: 'cancelled' } });
    expect(readings[8]?.kind).toBe('gone');
    expect(shop.requests()).toMatchObject({ 'GET /shops/SHOP/receipts': 1, 'GET /shops/SHOP/receipts/#': 2 });
  });

  it('a thousand open receipts are read again in eleven calls, wherever they stand in the list', async () => {
    const { shop, clock, channel } = await rehearse(etsy);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 999 });
    const ids = Array.from({ length: 999 }, () => {
      clock.advance(60_000);
      return shop.buy([{ remoteId: product, quantity: 1 }]).remoteId;
    });
    const lastFirst = [...ids].reverse();
    const readings = await channel().readOrders(lastFirst);
    expect(readings.map((one) => one.kind === 'order' && one.order.remoteId)).toEqual(lastFirst);
    expect(shop.requests()['GET /shops/SHOP/receipts']).toBe(11);
    expect(shop.requests()['GET /shops/SHOP/receipts/#']).toBeUndefined();
  });

  it('the rota takes so many calls a day and no more, also when none of its receipts is in the list; the rest waits', async () => {
    const { shop, clock, session } = await rehearse(etsy);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 999 });
    const ids = Array.from({ length: AGAIN_PER_DAY + 40 }, () => {
      const { remoteId } = shop.buy([{ remoteId: product, quantity: 1 }]);
      shop.cancel(remoteId);
      return remoteId;
    });
    const channel = etsy.open(session());
    const readings = await channel.readOrders(ids);
    // One of them was for the list.
    expect(readings).toHaveLength(AGAIN_PER_DAY - 1);
    const rest = ids.slice(readings.length);
    expect(await channel.readOrders(rest)).toEqual([]);
    const calls = (): number =>
      (shop.requests()['GET /shops/SHOP/receipts'] ?? 0) +
      (shop.requests()['GET /shops/SHOP/receipts/#'] ?? 0);
    expect(calls()).toBe(AGAIN_PER_DAY);
    // What a webhook names does not wait.
    expect(await channel.readOrders(rest.slice(0, 1))).toHaveLength(1);
    clock.advance(DAY_MS);
    expect(await channel.readOrders(rest)).toHaveLength(rest.length);
  });

  it('the sweep for cancelled receipts takes one call, however many there are: the newest hundred', async () => {
    const { shop, clock, channel } = await rehearse(etsy);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 999 });
    const ids = Array.from({ length: 250 }, () => {
      clock.advance(60_000);
      const { remoteId } = shop.buy([{ remoteId: product, quantity: 1 }]);
      shop.cancel(remoteId);
      return remoteId;
    });
    clock.advance(DAY_MS);
    const found = await allOrders(channel(), { kind: 'updated', from: clock.now() });
    expect(found.map(({ remoteId }) => remoteId).sort()).toEqual(ids.slice(-100).sort());
    expect(shop.requests()['GET /shops/SHOP/receipts']).toBe(2);
  });
});

describe('what a receipt says', () => {
  it('each status is read whatever its letters, and unpaid orders are booked: Etsy took their units at the checkout', () => {
    const booked = { state: 'open', ordered: 4, fulfilled: 0 };
    for (const status of [
      'paid',
      'Paid',
      'open',
      'payment processing',
      'partially refunded',
      'fully refunded',
    ]) {
      expect(countsOf({ status })).toMatchObject(booked);
    }
    for (const status of ['canceled', 'Canceled']) expect(countsOf({ status }).state).toBe('cancelled');
    expect(countsOf({ status: 'Completed', is_shipped: true })).toMatchObject({ fulfilled: 4 });
  });

  it('a line is sent when it says so itself, before the whole receipt is', () => {
    expect(countsOf({}, { shipped_timestamp: 1_795_200_000 })).toMatchObject({ fulfilled: 4 });
    const { lines } = mapReceipt(receipt({}, { shipped_timestamp: 1_795_200_000 }));
    expect(lines[0]?.dated).toEqual([{ count: 'fulfilled', quantity: 4, at: new Date(1_795_200_000_000) }]);
  });

  it('units of a cancelled order count as taken: Etsy is not known to put any back', () => {
    expect(mapReceipt(receipt({ status: 'canceled' })).lines[0]?.taken).toBe(4);
  });

  it('files move nothing; a variation is found by its SKU, a deleted listing by none', () => {
    const line = (change: object) => mapReceipt(receipt({}, change)).lines[0];
    expect(line({ is_digital: true })?.ignoredBecause).not.toBeNull();
    expect(line({})?.listingRemoteId).toBe('9');
    expect(line({ listing_id: null })?.listingRemoteId).toBeNull();
    expect(line({ product_data: [{}] })?.listingRemoteId).toBeNull();
    expect(line({ variations: [{ value_id: 3 }] })?.listingRemoteId).toBeNull();
    // A word the buyer typed is no variation.
    expect(line({ variations: [{ value_id: null }] })?.listingRemoteId).toBe('9');
    expect(line({ sku: '' })?.sku).toBeNull();
  });

  it('a refund is told as a sum of money, each one by its time and place', () => {
    const refund = (cents: number, at: number) => ({
      amount: { amount: cents, divisor: 100, currency_code: 'EUR' },
      created_timestamp: at,
    });
    const { unclearRefunds } = mapReceipt(
      receipt({
        refunds: [refund(1_250, 1_795_200_000), { created_timestamp: 1_795_200_000, amount: null }],
      }),
    );
    const at = new Date(1_795_200_000_000);
    expect(unclearRefunds).toEqual([
      { id: '1795200000/1', at, amount: '12.50 EUR' },
      { id: '1795200000/2', at, amount: '' },
    ]);
    expect(mapReceipt(receipt({})).unclearRefunds).toEqual([]);
  });
});
