// The traps of reading BigCommerce's orders: statuses, refunds without a word on stock, and what the store takes itself.

import { describe, expect, it } from '@jest/globals';
import type { OrderSnapshot } from '../../../shared/model/order.ts';
import type { Channel, StoreSettings } from '../channel.ts';
import { STATUS } from './status.ts';
import { startStore, stopStoresAfterEach, type TestStore } from './test-support/store.ts';

stopStoresAfterEach();

async function read(channel: Channel, remoteId: string): Promise<OrderSnapshot> {
  const [reading] = await channel.readOrders([remoteId]);
  if (reading?.kind !== 'order') throw new Error(`Order ${remoteId} is ${reading?.kind}.`);
  return reading.order;
}

type Sold = TestStore & { readonly product: string; readonly orderId: string; readonly lineId: string };

async function sold(quantity: number, options: { statusId?: number } = {}): Promise<Sold> {
  const store = await startStore();
  const product = store.shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
  const order = store.shop.placeOrder([{ remoteId: product, quantity }], options);
  return { ...store, product, orderId: order.remoteId, lineId: order.lines[0]?.lineId ?? '' };
}

const settings = (options: Record<string, string>): Partial<StoreSettings> => ({ options });
const counts = (order: OrderSnapshot) => order.lines[0]?.counts;
const open = (order: OrderSnapshot): number => {
  const { ordered = 0, fulfilled = 0, released = 0, writtenOff = 0 } = counts(order) ?? {};
  return order.state === 'open' ? ordered - fulfilled - released - writtenOff : 0;
};

describe('each status, known by its id', () => {
  it.each<[keyof typeof STATUS, number, number]>([
    ['pending', 4, 0],
    ['awaitingPayment', 4, 0],
    ['awaitingPickup', 4, 0],
    ['awaitingShipment', 4, 0],
    ['awaitingFulfillment', 4, 0],
    ['manualVerification', 4, 0],
    ['disputed', 4, 0],
    ['shipped', 0, 4],
    ['completed', 0, 4],
    ['cancelled', 0, 0],
    ['declined', 0, 0],
    ['refunded', 0, 0],
  ])('%s: %i booked, %i sent', async (name, booked, sent) => {
    const { shop, channel, orderId } = await sold(4);
    shop.setStatus(orderId, STATUS[name]);
    const order = await read(channel, orderId);
    expect([open(order), counts(order)?.fulfilled]).toEqual([booked, sent]);
    expect(order.lines[0]?.ignoredBecause).toBeNull();
  });

  it('incomplete (0) is not yet an order: it is in no list and moves nothing', async () => {
    const { channel, orderId, now } = await sold(4, { statusId: STATUS.incomplete });
    expect((await channel.listOrders({ kind: 'updated', from: now() }, null)).orders).toEqual([]);
    const order = await read(channel, orderId);
    expect(order.lines[0]).toMatchObject({ ignoredBecause: expect.any(String), taken: 0 });
  });

  it('pending waits when the setting says so, while the store has taken its units', async () => {
    const { open: openWith, orderId } = await sold(4, { statusId: STATUS.pending });
    const order = await read(openWith(settings({ bookPending: 'no' })), orderId);
    expect(order.lines[0]).toMatchObject({ ignoredBecause: 'waits for payment', taken: 4 });
  });

  it('partially shipped: what left is sent, the rest stays booked', async () => {
    const { shop, channel, orderId, lineId } = await sold(4);
    shop.fulfil(orderId, [{ lineId, quantity: 1 }]);
    const order = await read(channel, orderId);
    expect(order.channelState).toBe('Partially Shipped');
    expect([open(order), counts(order)?.fulfilled]).toEqual([3, 1]);
    expect(order.lines[0]?.dated).toMatchObject([{ count: 'fulfilled', quantity: 1 }]);
  });

  it('completed by hand without parcels, then partially refunded: what left has still left', async () => {
    const { shop, channel, orderId, lineId } = await sold(4);
    shop.setStatus(orderId, STATUS.completed);
    shop.refund(orderId, [{ lineId, quantity: 1 }], { restock: false });
    const order = await read(channel, orderId);
    expect(order.channelState).toBe('Partially Refunded');
    expect([open(order), counts(order)?.fulfilled]).toEqual([0, 4]);
  });

  it('an order that was sent and then cancelled: what left has left', async () => {
    const { shop, channel, orderId } = await sold(4);
    shop.fulfil(orderId);
    shop.cancel(orderId);
    expect(await read(channel, orderId)).toMatchObject({
      state: 'cancelled',
      lines: [{ counts: { fulfilled: 4 }, taken: 0 }],
    });
  });
});

describe('refunds are of money only (facts 3.4)', () => {
  it('units not sent are not booked any more, and are dated by their refund', async () => {
    const { shop, channel, orderId, lineId, advance, now } = await sold(4);
    advance(60_000);
    shop.refund(orderId, [{ lineId, quantity: 1 }], { restock: true });
    const order = await read(channel, orderId);
    expect(counts(order)).toEqual({ ordered: 4, fulfilled: 0, released: 1, writtenOff: 0, restocked: 0 });
    expect(order.lines[0]?.dated).toEqual([{ count: 'released', quantity: 1, at: now() }]);
    shop.fulfil(orderId);
    const sent = await read(channel, orderId);
    expect(counts(sent)).toMatchObject({ fulfilled: 3, released: 1 });
  });

  it('R17: units that were sent stay out, and a person is asked whether those of each refund came back', async () => {
    const { shop, channel, orderId, lineId, advance, now } = await sold(4);
    shop.fulfil(orderId, [{ lineId, quantity: 2 }]);
    // Of these, two were not sent yet: they are free without a question.
    shop.refund(orderId, [{ lineId, quantity: 3 }], { restock: true });
    const first = await read(channel, orderId);
    expect(counts(first)).toMatchObject({ fulfilled: 2, released: 2, restocked: 0 });
    expect(first.unclearRefunds).toEqual([
      { id: expect.any(String), at: now(), amount: '10 USD', units: [{ lineId, quantity: 1 }] },
    ]);
    advance(60_000);
    shop.refund(orderId, [{ lineId, quantity: 1 }], { restock: true });
    const second = await read(channel, orderId);
    expect(second.unclearRefunds?.map(({ units }) => units)).toEqual([
      [{ lineId, quantity: 1 }],
      [{ lineId, quantity: 1 }],
    ]);
  });

  it('nobody is asked about units that were not sent, nor where the setting knows the answer', async () => {
    const { shop, channel, open: openWith, orderId, lineId } = await sold(4);
    shop.refund(orderId, [{ lineId, quantity: 1 }], { restock: true });
    expect((await read(channel, orderId)).unclearRefunds).toEqual([]);
    shop.fulfil(orderId);
    shop.refund(orderId, [{ lineId, quantity: 2 }], { restock: true });
    const back = openWith(settings({ refundedSent: 'available' }));
    expect((await read(back, orderId)).unclearRefunds).toEqual([]);
  });

  it('the settings can say otherwise: unsent units written off, sent units back on sale', async () => {
    const { shop, open: openWith, orderId, lineId } = await sold(4);
    const lost = openWith(settings({ refundedUnsent: 'lost' }));
    shop.refund(orderId, [{ lineId, quantity: 1 }], { restock: false });
    expect(counts(await read(lost, orderId))).toMatchObject({ writtenOff: 1, released: 0 });
    shop.fulfil(orderId);
    shop.refund(orderId, [{ lineId, quantity: 2 }], { restock: false });
    const back = openWith(settings({ refundedSent: 'available' }));
    expect(counts(await read(back, orderId))).toMatchObject({ fulfilled: 3, released: 1, restocked: 2 });
  });

  it('the store keeps refunded units off its own number, and `taken` says so', async () => {
    const { shop, channel, product, orderId, lineId } = await sold(4);
    shop.refund(orderId, [{ lineId, quantity: 4 }], { restock: true });
    expect((await read(channel, orderId)).lines[0]?.taken).toBe(4);
    expect(shop.shelf().find(({ remoteId }) => remoteId === product)?.quantity).toBe(46);
  });
});

describe('`taken` is what the store took, by its own settings', () => {
  const shelf = ({ shop, product }: Sold): number =>
    shop.shelf().find(({ remoteId }) => remoteId === product)?.quantity ?? Number.NaN;
  const steps: readonly (readonly [string, (one: Sold) => void])[] = [
    ['placed', () => undefined],
    ['partly sent', ({ shop, orderId, lineId }) => shop.fulfil(orderId, [{ lineId, quantity: 1 }])],
    ['sent', ({ shop, orderId }) => shop.fulfil(orderId)],
    [
      'refunded in part',
      ({ shop, orderId, lineId }) => shop.refund(orderId, [{ lineId, quantity: 1 }], { restock: true }),
    ],
    ['cancelled', ({ shop, orderId }) => shop.cancel(orderId)],
    ['declined', ({ shop, orderId }) => shop.setStatus(orderId, STATUS.declined)],
    ['marked as refunded', ({ shop, orderId }) => shop.setStatus(orderId, STATUS.refunded)],
    ['archived', ({ shop, orderId }) => shop.deleteOrder(orderId)],
    [
      'partly sent, then archived',
      ({ shop, orderId, lineId }) => {
        shop.fulfil(orderId, [{ lineId, quantity: 1 }]);
        shop.deleteOrder(orderId);
      },
    ],
    [
      'sent, then archived',
      ({ shop, orderId }) => {
        shop.fulfil(orderId);
        shop.deleteOrder(orderId);
      },
    ],
  ];
  const behaviours = ['order_placed', 'order_completed_or_shipped'] as const;
  const cases = behaviours.flatMap((behaviour) =>
    [true, false].flatMap((givesBack) =>
      steps.map(([name, step]) => [behaviour, givesBack, name, step] as const),
    ),
  );
  it.each(cases)('%s, gives back %s: %s', async (behaviour, givesBack, _name, step) => {
    const store = await startStore();
    store.shop.setInventorySettings({
      update_stock_behavior: behaviour,
      refund_order_stock_adjustment: givesBack,
    });
    const product = store.shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
    const order = store.shop.buy([{ remoteId: product, quantity: 4 }]);
    const one = { ...store, product, orderId: order.remoteId, lineId: order.lines[0]?.lineId ?? '' };
    step(one);
    const snapshot = await read(store.channel, one.orderId);
    expect(shelf(one) + (snapshot.lines[0]?.taken ?? 0)).toBe(50);
  });
});

describe('lines', () => {
  it('without consignments in the answer, the lines are asked for by order', async () => {
    const { shop, session, orderId } = await sold(4);
    const { bigcommerce } = await import('./index.ts');
    // A store that does not know the include: the query goes out without it.
    const http: typeof session.http = {
      ...session.http,
      send: (request, judge) =>
        session.http.send(
          { ...request, url: request.url.replace('include=consignments.line_items', 'x=1') },
          judge,
        ),
    };
    const channel = bigcommerce.open({ ...session, credentials: session.credentials, http });
    expect((await read(channel, orderId)).lines).toMatchObject([{ sku: 'A', counts: { ordered: 4 } }]);
    expect(shop.requests()['GET /v2/orders/#/products']).toBe(1);
  });

  it('1,000 orders come with their lines in a handful of requests', async () => {
    const { shop, channel, now, advance } = await startStore();
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 5_000 });
    const from = now();
    for (let count = 0; count < 1_000; count += 1) {
      advance(1_000);
      shop.buy([{ remoteId: product, quantity: 1 }]);
    }
    let page: string | null = null;
    const ids = new Set<string>();
    do {
      const answer: Awaited<ReturnType<Channel['listOrders']>> = await channel.listOrders(
        { kind: 'updated', from },
        page,
      );
      for (const order of answer.orders) ids.add(order.remoteId);
      page = answer.next;
    } while (page !== null);
    expect(ids.size).toBe(1_000);
    expect(shop.requests()['GET /v2/orders']).toBeLessThanOrEqual(6);
    expect(shop.requests()['GET /v2/orders/#/products']).toBeUndefined();
  });

  it('a pickup names its location, digital goods and gift certificates move nothing', async () => {
    const { shop, channel, product } = await sold(1);
    const second = shop.addLocation('Shop in town');
    const line = [{ remoteId: product, quantity: 1 }];
    const pickup = shop.placeOrder(line, { pickupLocationId: second, statusId: STATUS.awaitingPickup });
    expect((await read(channel, pickup.remoteId)).lines).toMatchObject([{ locationId: String(second) }]);
    for (const type of ['digital', 'giftcertificate'] as const) {
      const order = shop.placeOrder(line, { type });
      expect((await read(channel, order.remoteId)).lines).toMatchObject([
        { ignoredBecause: expect.any(String), taken: 0 },
      ]);
    }
  });

  it('an edited line shows its new quantity', async () => {
    const { shop, channel, orderId, lineId } = await sold(2);
    shop.editLine(orderId, lineId, 5);
    expect((await read(channel, orderId)).lines).toMatchObject([{ counts: { ordered: 5 }, taken: 5 }]);
  });
});

it('many orders by id are asked for by ranges of neighbours, not one by one', async () => {
  const { shop, channel } = await startStore();
  const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 500 });
  const ids = Array.from({ length: 40 }, () => shop.buy([{ remoteId: product, quantity: 1 }]).remoteId);
  shop.deleteOrder(ids[5] ?? '');
  const readings = await channel.readOrders(ids);
  const states = readings.map((reading) => (reading.kind === 'order' ? reading.order.state : reading.kind));
  expect(states).toEqual(ids.map((_id, index) => (index === 5 ? 'deleted' : 'open')));
  expect(shop.requests()['GET /v2/orders']).toBe(1);
});

it('archived orders leave the lists and read as deleted', async () => {
  const { shop, channel, orderId, now } = await sold(4);
  shop.deleteOrder(orderId);
  expect((await channel.listOrders({ kind: 'updated', from: now() }, null)).orders).toEqual([]);
  expect(await channel.readOrders([orderId])).toMatchObject([
    { kind: 'order', order: { state: 'deleted', lines: [{ counts: { ordered: 4, fulfilled: 0 } }] } },
  ]);
});

it('an empty V2 list answers 204 without a body, which is no error', async () => {
  const { channel } = await startStore();
  expect(await channel.listOrders({ kind: 'updated', from: new Date(0) }, null)).toEqual({
    orders: [],
    next: null,
  });
});
