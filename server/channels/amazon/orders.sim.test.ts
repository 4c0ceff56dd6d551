// What Amazon says of orders, and when.

import { describe, expect, it } from '@jest/globals';
import { allOrders } from '../../../test/contract/rehearsal.ts';
import { MINUTE_MS, open, stopShopsAfterEach } from './test-support/world.ts';

stopShopsAfterEach();

describe('orders', () => {
  it('are searched only up to two minutes ago, and what comes later is read the next time', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const from = world.now();
    world.shop.buy([{ remoteId: 'A', quantity: 1 }]);
    world.pass(MINUTE_MS);
    expect(await allOrders(world.channel, { kind: 'updated', from })).toEqual([]);
    world.pass(2 * MINUTE_MS);
    expect(await allOrders(world.channel, { kind: 'updated', from })).toHaveLength(1);
  });

  it('no page says that more was read than is true: not before its stretch is read to the end, never beyond it', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 1_000 });
    const from = world.now();
    for (let count = 0; count < 150; count += 1) world.shop.buy([{ remoteId: 'A', quantity: 1 }]);
    world.pass(60 * 3_600_000);
    const upTo: string[] = [];
    let page: string | null = null;
    do {
      const answer = await world.channel.listOrders({ kind: 'updated', from }, page);
      upTo.push(answer.readUpTo?.toISOString() ?? 'nothing');
      page = answer.next;
    } while (page !== null);
    expect(upTo).toEqual([
      '2026-11-23T10:00:00.000Z',
      '2026-11-24T10:00:00.000Z',
      '2026-11-25T10:00:00.000Z',
      '2026-11-25T21:57:50.000Z',
    ]);
  });

  it('a pending order is booked in full, though Amazon calls none of its units unfulfilled', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const { remoteId } = world.shop.buyPending([{ remoteId: 'A', quantity: 3 }]);
    const [pending] = await world.channel.readOrders([remoteId]);
    const open3 = { ordered: 3, fulfilled: 0, released: 0, writtenOff: 0, restocked: 0 };
    expect(pending).toMatchObject({ order: { channelState: 'Pending', lines: [{ counts: open3 }] } });
    world.shop.pay(remoteId);
    const [paid] = await world.channel.readOrders([remoteId]);
    expect(paid).toMatchObject({ order: { channelState: 'Unshipped', lines: [{ counts: open3 }] } });
  });

  it('part of an order is sent, dated by its package, and the rest cancelled', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const { remoteId, lines } = world.shop.buy([{ remoteId: 'A', quantity: 4 }]);
    world.shop.fulfil(remoteId, [{ lineId: lines[0]?.lineId ?? '', quantity: 1 }]);
    const counts = async () => {
      const [reading] = await world.channel.readOrders([remoteId]);
      return reading?.kind === 'order' ? reading.order.lines[0] : undefined;
    };
    expect(await counts()).toMatchObject({
      counts: { ordered: 4, fulfilled: 1, released: 0 },
      dated: [{ count: 'fulfilled', quantity: 1, at: world.now() }],
    });
    world.shop.cancel(remoteId);
    expect(await counts()).toMatchObject({ counts: { ordered: 4, fulfilled: 1, released: 3 } });
  });

  it('a buyer who asks for a cancellation has not cancelled', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const { remoteId } = world.shop.buy([{ remoteId: 'A', quantity: 2 }]);
    world.shop.requestCancel(remoteId);
    const [reading] = await world.channel.readOrders([remoteId]);
    expect(reading).toMatchObject({
      order: { state: 'open', lines: [{ counts: { ordered: 2, released: 0 } }] },
    });
  });

  it('a replacement is an order of its own and takes stock again', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const first = world.shop.buy([{ remoteId: 'A', quantity: 2 }]);
    world.shop.fulfil(first.remoteId);
    const second = world.shop.replace(first.remoteId);
    const [reading] = await world.channel.readOrders([second.remoteId]);
    expect(reading).toMatchObject({
      order: { state: 'open', lines: [{ counts: { ordered: 2, fulfilled: 0 } }] },
    });
  });

  it('an order that Amazon sends is not searched for, and read by its id it moves nothing', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'FBA', title: 'FBA', quantity: 10, tracked: false });
    const from = world.now();
    const { remoteId } = world.shop.buy([{ remoteId: 'FBA', quantity: 2 }]);
    world.pass(5 * MINUTE_MS);
    expect(await allOrders(world.channel, { kind: 'updated', from })).toEqual([]);
    const [reading] = await world.channel.readOrders([remoteId]);
    expect(reading).toMatchObject({ order: { lines: [{ ignoredBecause: expect.stringContaining('FBA') }] } });
  });

  it('a refund of money does not put anything back on sale', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const { remoteId, lines } = world.shop.buy([{ remoteId: 'A', quantity: 2 }]);
    world.shop.fulfil(remoteId);
    world.shop.refund(remoteId, [{ lineId: lines[0]?.lineId ?? '', quantity: 1 }], { restock: true });
    const [reading] = await world.channel.readOrders([remoteId]);
    expect(reading).toMatchObject({ order: { lines: [{ counts: { fulfilled: 2, restocked: 0 } }] } });
  });
});
