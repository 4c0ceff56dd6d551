// Battery: reading orders completely, whatever happens to the list while it is read.

import { expect, it } from '@jest/globals';
import type { ChannelDefinition } from '../../server/channels/channel.ts';
import type { SimulatedShop } from '../../server/channels/simulator.ts';
import { allOrders, rehearse } from './rehearsal.ts';

/** More than one page in every shop, with an edge in the middle of one second. */
const ORDERS = 253;
const DAY_MS = 24 * 3_600_000;

const buyOne = (shop: SimulatedShop, remoteId: string): string =>
  shop.buy([{ remoteId, quantity: 1 }]).remoteId;

export function orderBattery(definition: ChannelDefinition): void {
  it('an order comes with its number, time, lines, SKUs, quantities and listings', async () => {
    const { shop, clock, channel } = await rehearse(definition);
    const a = shop.addProduct({ sku: 'A', title: 'Product A', quantity: 50 });
    const b = shop.addProduct({ sku: 'B', title: 'Product B', quantity: 50 });
    const order = shop.buy([
      { remoteId: a, quantity: 3 },
      { remoteId: b, quantity: 2 },
    ]);
    const placedAt = clock.now();
    const [snapshot] = await allOrders(channel(), { kind: 'updated', from: placedAt });
    expect(snapshot).toMatchObject({
      remoteId: order.remoteId,
      number: expect.stringMatching(/\d/),
      placedAt,
      updatedAt: placedAt,
      state: 'open',
      test: false,
    });
    const nothing = { fulfilled: 0, released: 0, writtenOff: 0, restocked: 0 };
    expect(
      snapshot?.lines.map(({ lineId, sku, counts, listingRemoteId, ignoredBecause }) => ({
        lineId,
        sku,
        counts,
        listingRemoteId,
        ignoredBecause,
      })),
    ).toEqual(
      [
        { sku: 'A', quantity: 3, remoteId: a },
        { sku: 'B', quantity: 2, remoteId: b },
      ].map(({ sku, quantity, remoteId }, index) => ({
        lineId: order.lines[index]?.lineId,
        sku,
        counts: { ordered: quantity, ...nothing },
        listingRemoteId: remoteId,
        ignoredBecause: null,
      })),
    );
  });

  it('an order changed in the very moment that is asked from is included', async () => {
    const { shop, clock, channel } = await rehearse(definition);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
    const older = buyOne(shop, product);
    clock.advance(60_000);
    const exact = buyOne(shop, product);
    const orders = await allOrders(channel(), { kind: 'updated', from: clock.now() });
    const ids = orders.map(({ remoteId }) => remoteId);
    expect(ids).toContain(exact);
    if (definition.manifest.capabilities.ordersByUpdate) expect(ids).not.toContain(older);
  });

  it('fault 4: orders of one second on both sides of a page edge are all read', async () => {
    const { shop, clock, channel } = await rehearse(definition);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 5_000 });
    const placed = Array.from({ length: ORDERS }, () => buyOne(shop, product));
    const orders = await allOrders(channel(), { kind: 'updated', from: clock.now() });
    expect(new Set(orders.map(({ remoteId }) => remoteId))).toEqual(new Set(placed));
  });

  it('fault 4: with three orders in every second, a page edge inside of three loses none', async () => {
    const { shop, clock, channel } = await rehearse(definition);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 5_000 });
    const from = clock.now();
    const placed: string[] = [];
    // No page size is a multiple of three.
    for (let second = 0; second < ORDERS / 3; second += 1) {
      clock.advance(1_000);
      for (let order = 0; order < 3; order += 1) placed.push(buyOne(shop, product));
    }
    const orders = await allOrders(channel(), { kind: 'updated', from });
    expect(new Set(orders.map(({ remoteId }) => remoteId))).toEqual(new Set(placed));
  });

  it.each([
    ['spring in Europe', '2027-03-28T00:30:00Z'],
    ['autumn in Europe', '2027-10-31T00:30:00Z'],
    ['spring in America', '2027-03-14T06:30:00Z'],
    ['autumn in America', '2027-11-07T05:30:00Z'],
  ])('a cursor crosses the night in which the clocks change: %s', async (_name, night) => {
    const { shop, clock, channel } = await rehearse(definition, {}, new Date(night));
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 500 });
    const placed = Array.from({ length: 13 }, () => {
      clock.advance(10 * 60_000);
      return { id: buyOne(shop, product), at: clock.now() };
    });
    const opened = channel();
    for (const { at } of placed) {
      const orders = await allOrders(opened, { kind: 'updated', from: at });
      const found = new Map(orders.map(({ remoteId, placedAt }) => [remoteId, placedAt]));
      // An hour that comes twice, or never, hides no order and shifts none.
      for (const order of placed) if (order.at >= at) expect(found.get(order.id)).toEqual(order.at);
    }
  });

  it('fault 4: no order is missed when the list shifts between two pages', async () => {
    const { shop, clock, channel } = await rehearse(definition);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 5_000 });
    const from = clock.now();
    const placed = Array.from({ length: ORDERS }, () => {
      clock.advance(1_000);
      return buyOne(shop, product);
    });
    const orders = await allOrders(channel(), { kind: 'updated', from }, () => {
      // What was read already moves to the end, so the rest moves up.
      clock.advance(1_000);
      for (const id of placed.slice(0, 3)) shop.fulfil(id);
      placed.push(buyOne(shop, product));
    });
    // What came meanwhile is read then or, where orders are listed late, the next time.
    if (definition.manifest.capabilities.ordersListedAfterMs !== undefined) {
      orders.push(...(await allOrders(channel(), { kind: 'updated', from: clock.now() })));
    }
    expect(new Set(orders.map(({ remoteId }) => remoteId))).toEqual(new Set(placed));
  });

  it('the open query finds every order with units to send, however old', async () => {
    const { shop, clock, channel } = await rehearse(definition);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
    const untouched = buyOne(shop, product);
    const partly = shop.buy([{ remoteId: product, quantity: 3 }]);
    clock.advance(200 * DAY_MS);
    const [line] = partly.lines;
    shop.fulfil(partly.remoteId, line === undefined ? [] : [{ lineId: line.lineId, quantity: 1 }]);
    clock.advance(200 * DAY_MS);
    const recent = buyOne(shop, product);
    const orders = await allOrders(channel(), { kind: 'open' });
    expect(orders.map(({ remoteId }) => remoteId)).toEqual(
      expect.arrayContaining([untouched, partly.remoteId, recent]),
    );
  });

  it('orders are read by id as they are now; one that was deleted is gone', async () => {
    const { shop, channel } = await rehearse(definition);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
    const [fulfilled, cancelled, deleted] = [1, 2, 3].map(() => buyOne(shop, product)) as [
      string,
      string,
      string,
    ];
    shop.fulfil(fulfilled);
    shop.cancel(cancelled);
    shop.deleteOrder(deleted);
    const readings = await channel().readOrders([fulfilled, cancelled, deleted]);
    const found = new Map(
      readings.map((reading) =>
        reading.kind === 'gone'
          ? [reading.remoteId, 'gone']
          : [reading.order.remoteId, `${reading.order.state} ${reading.order.lines[0]?.counts.fulfilled}`],
      ),
    );
    expect(Object.fromEntries(found)).toEqual({
      [fulfilled]: 'open 1',
      [cancelled]: 'cancelled 0',
      // Some shops still show what it was.
      [deleted]: expect.stringMatching(/^(gone|deleted 0)$/),
    });
  });

  it('a simulated shop that is started again from its memory is the same shop', async () => {
    const { shop, clock, channel } = await rehearse(definition);
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
    const order = buyOne(shop, product);
    const before = await channel().readOrders([order]);
    const again = await rehearse(definition, { memory: JSON.parse(JSON.stringify(shop.save())) });
    expect(again.shop.shelf()).toEqual(shop.shelf());
    expect(await again.channel().readOrders([order])).toEqual(before);
    const orders = await allOrders(again.channel(), { kind: 'updated', from: clock.now() });
    expect(orders.map(({ remoteId }) => remoteId)).toEqual([order]);
    expect(buyOne(again.shop, product)).not.toBe(order);
  });

  it('no order at all is an empty page, and no id asked for reads nothing', async () => {
    const { clock, channel } = await rehearse(definition);
    expect(await allOrders(channel(), { kind: 'updated', from: clock.now() })).toEqual([]);
    expect(await allOrders(channel(), { kind: 'open' })).toEqual([]);
    expect(await channel().readOrders([])).toEqual([]);
  });
}
