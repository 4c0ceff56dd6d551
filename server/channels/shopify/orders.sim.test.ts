// The cases of order-effects.md, played in the simulated shop and read through the client and the map.

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OrderSnapshot } from '../../../shared/model/order.ts';
import { createTestSession } from '../../../test/support/channel-session.ts';
import { shopify } from './index.ts';
import { type ShopifySimulatedShop, startShopifySimulator } from './simulator.ts';

const START = 50;
let shop: ShopifySimulatedShop;
let product: string;
let at: number;

beforeEach(async () => {
  at = Date.parse('2026-11-02T10:00:00Z');
  shop = await startShopifySimulator({ port: 0, limits: false, now: () => new Date(at) });
  product = shop.addProduct({ sku: 'A', title: 'Product A', quantity: START });
});
afterEach(() => shop.close());

async function read(orderId: string): Promise<OrderSnapshot | null> {
  const channel = shopify.open(createTestSession({ credentials: shop.credentials }));
  const [reading] = await channel.readOrders([orderId]);
  return reading?.kind === 'order' ? reading.order : null;
}

/** In stock / booked / available by the rules of order-effects.md, from one order's snapshot. */
function effect(order: OrderSnapshot | null, start = START): string {
  let [inStock, booked] = [start, 0];
  for (const { counts, ignoredBecause } of order?.lines ?? []) {
    if (ignoredBecause !== null) continue;
    const open =
      order?.state === 'open'
        ? Math.max(0, counts.ordered - counts.fulfilled - counts.released - counts.writtenOff)
        : 0;
    inStock += counts.restocked - counts.fulfilled - counts.writtenOff;
    booked += open;
    expect(counts.restocked).toBeLessThanOrEqual(counts.fulfilled);
    expect(counts.fulfilled + counts.released + counts.writtenOff).toBeLessThanOrEqual(counts.ordered);
  }
  return `${inStock}/${booked}/${inStock - booked}`;
}

/** The shop's own number must be what we say it has taken, or we would expect something else than it shows. */
async function expectEffect(orderId: string, expected: string, start = START): Promise<OrderSnapshot | null> {
  const order = await read(orderId);
  expect(effect(order, start)).toBe(expected);
  if (order !== null) {
    const taken = order.lines.reduce((sum, line) => sum + (line.taken ?? Number.NaN), 0);
    expect(shop.shelf()[0]?.quantity).toBe(start - taken);
  }
  return order;
}

function order(quantity: number): { id: string; line: string } {
  const { remoteId, lines } = shop.buy([{ remoteId: product, quantity }]);
  return { id: remoteId, line: lines[0]?.lineId ?? '' };
}

describe('an order of Shopify moves stock as order-effects.md says', () => {
  it('case 1: ordered, then fulfilled', async () => {
    const { id } = order(4);
    await expectEffect(id, '50/4/46');
    shop.fulfil(id);
    await expectEffect(id, '46/0/46');
  });

  it('case 2: fulfilled in parts', async () => {
    const { id, line } = order(4);
    shop.fulfil(id, [{ lineId: line, quantity: 1 }]);
    await expectEffect(id, '49/3/46');
    shop.fulfil(id);
    await expectEffect(id, '46/0/46');
  });

  it('case 3: cancelled before fulfilment', async () => {
    const { id } = order(4);
    shop.cancel(id);
    expect((await expectEffect(id, '50/0/50'))?.state).toBe('cancelled');
  });

  it('case 3: cancelled without restock: the units are written off, as Shopify keeps them off sale', async () => {
    const { id } = order(4);
    shop.cancel(id, { restock: false });
    await expectEffect(id, '46/0/46');
  });

  it('case 4: one fulfilled, the rest cancelled', async () => {
    const { id, line } = order(4);
    shop.fulfil(id, [{ lineId: line, quantity: 1 }]);
    shop.refund(id, [{ lineId: line, quantity: 3 }], { restock: true });
    await expectEffect(id, '49/0/49');
    shop.cancel(id);
    await expectEffect(id, '49/0/49');
  });

  it('case 5: refunded with restock before fulfilment', async () => {
    const { id, line } = order(4);
    shop.refund(id, [{ lineId: line, quantity: 1 }], { restock: true });
    await expectEffect(id, '50/3/47');
    shop.fulfil(id);
    await expectEffect(id, '47/0/47');
  });

  it('case 6: refunded without restock before fulfilment', async () => {
    const { id, line } = order(4);
    shop.refund(id, [{ lineId: line, quantity: 1 }], { restock: false });
    await expectEffect(id, '49/3/46');
    shop.fulfil(id);
    await expectEffect(id, '46/0/46');
  });

  it('case 7: refunded after fulfilment, with and then without restock', async () => {
    const { id, line } = order(4);
    shop.fulfil(id);
    shop.refund(id, [{ lineId: line, quantity: 1 }], { restock: true });
    await expectEffect(id, '47/0/47');
    shop.refund(id, [{ lineId: line, quantity: 1 }], { restock: false });
    await expectEffect(id, '47/0/47');
  });

  it('case 7: a refund without restock of a sent unit leaves the unsent ones to be sent', async () => {
    const { id, line } = order(4);
    shop.fulfil(id, [{ lineId: line, quantity: 2 }]);
    shop.refund(id, [{ lineId: line, quantity: 1 }], { restock: false, of: 'fulfilled' });
    await expectEffect(id, '48/2/46');
  });

  it('case 8: refunded with restock, then cancelled: 100, never 101', async () => {
    shop.editQuantity(product, 100);
    const { id, line } = order(1);
    shop.refund(id, [{ lineId: line, quantity: 1 }], { restock: true });
    shop.cancel(id);
    await expectEffect(id, '100/0/100', 100);
  });

  it('case 9: fulfilled, refunded with restock, then cancelled: 100, never 101', async () => {
    shop.editQuantity(product, 100);
    const { id, line } = order(1);
    shop.fulfil(id);
    shop.refund(id, [{ lineId: line, quantity: 1 }], { restock: true });
    shop.cancel(id);
    await expectEffect(id, '100/0/100', 100);
  });

  it('case 10: edited up, down and away', async () => {
    const { id, line } = order(2);
    shop.editLine(id, line, 5);
    await expectEffect(id, '50/5/45');
    shop.editLine(id, line, 1);
    await expectEffect(id, '50/1/49');
    shop.editLine(id, line, 0);
    await expectEffect(id, '50/0/50');
  });

  it('case 10: edited and refunded: a unit is released once', async () => {
    const { id, line } = order(5);
    shop.editLine(id, line, 4);
    shop.refund(id, [{ lineId: line, quantity: 1 }], { restock: true });
    await expectEffect(id, '50/3/47');
    shop.cancel(id);
    await expectEffect(id, '50/0/50');
  });

  it('case 11: the fulfilment is cancelled, then done again', async () => {
    const { id } = order(4);
    shop.fulfil(id);
    shop.cancelFulfilment(id);
    await expectEffect(id, '50/4/46');
    shop.fulfil(id);
    await expectEffect(id, '46/0/46');
  });

  it('case 11: units that came back and whose fulfilment is then cancelled are released, not restocked', async () => {
    const { id, line } = order(4);
    shop.fulfil(id);
    shop.refund(id, [{ lineId: line, quantity: 1 }], { restock: true });
    shop.cancelFulfilment(id);
    expect((await read(id))?.lines[0]?.counts).toEqual({
      ordered: 4,
      fulfilled: 0,
      released: 1,
      writtenOff: 0,
      restocked: 0,
    });
  });

  it('case 13: deleted while open: the order is gone', async () => {
    const { id } = order(4);
    shop.deleteOrder(id);
    expect(await read(id)).toBeNull();
  });

  it('case 14: two lines of one SKU are counted each for itself', async () => {
    const { remoteId, lines } = shop.buy([
      { remoteId: product, quantity: 3 },
      { remoteId: product, quantity: 2 },
    ]);
    await expectEffect(remoteId, '50/5/45');
    shop.fulfil(remoteId, [{ lineId: lines[0]?.lineId ?? '', quantity: 3 }]);
    await expectEffect(remoteId, '47/2/45');
  });

  it('case 15: a line of a product that was deleted keeps its SKU and loses its listing', async () => {
    const { id } = order(2);
    shop.removeProduct(product);
    expect((await read(id))?.lines[0]).toMatchObject({ sku: 'A', listingRemoteId: null });
  });

  it('case 18: every count is dated by the shop', async () => {
    const { id, line } = order(4);
    at += 60_000;
    shop.refund(id, [{ lineId: line, quantity: 1 }], { restock: false });
    at += 60_000;
    shop.fulfil(id);
    at += 60_000;
    shop.refund(id, [{ lineId: line, quantity: 2 }], { restock: true });
    const time = (minutes: number) => new Date(Date.parse('2026-11-02T10:00:00Z') + minutes * 60_000);
    expect((await expectEffect(id, '48/0/48'))?.lines[0]?.dated).toEqual([
      { count: 'fulfilled', quantity: 3, at: time(2) },
      { count: 'writtenOff', quantity: 1, at: time(1) },
      { count: 'restocked', quantity: 2, at: time(3) },
    ]);
  });

  it('case 19: more ordered than there is', async () => {
    const { id } = order(60);
    await expectEffect(id, '50/60/-10');
  });

  it('case 20: a note changes the time of the order and no count', async () => {
    const { id } = order(4);
    const before = await read(id);
    at += 5_000;
    shop.note(id);
    const after = await read(id);
    expect(after?.updatedAt).toEqual(new Date(at));
    expect(after?.lines).toEqual(before?.lines);
  });
});

describe('what is not ours moves nothing', () => {
  it.each([
    ['gift cards', { isGiftCard: true }],
    ['digital goods', { requiresShipping: false }],
    ['goods that another service sends', { service: { name: 'Somebody Else', locationId: null } }],
  ])('%s are ignored, with the reason', async (_what, options) => {
    const { remoteId } = shop.buy([{ remoteId: product, quantity: 1 }], options);
    expect((await read(remoteId))?.lines[0]?.ignoredBecause).toMatch(/\.$/);
  });

  it('test orders are flagged', async () => {
    const { remoteId } = shop.buy([{ remoteId: product, quantity: 1 }], { test: true });
    expect((await read(remoteId))?.test).toBe(true);
  });
});

describe('several locations: each line names the one that sends it', () => {
  const placesOf = async (id: string) =>
    (await read(id))?.lines.map(({ locationId, counts, taken }) => [
      shop.locationName(locationId ?? ''),
      counts.ordered,
      counts.fulfilled,
      counts.restocked,
      taken,
    ]);

  it('an open order is where Shopify routed it, and moves with its fulfilment order', async () => {
    const north = shop.addLocation('North');
    const { id, line } = order(4);
    expect(await placesOf(id)).toEqual([['Shop location', 4, 0, 0, 4]]);
    at += 1_000;
    shop.moveLine(id, line, north);
    expect(await placesOf(id)).toEqual([['North', 4, 0, 0, 4]]);
  });

  it('units sent from two locations are counted at each, to the unit', async () => {
    const north = shop.addLocation('North');
    const { id, line } = order(4);
    shop.fulfil(id, [{ lineId: line, quantity: 3 }], north);
    expect(await placesOf(id)).toEqual([
      ['Shop location', 1, 0, 0, 1],
      ['North', 3, 3, 0, 3],
    ]);
    shop.fulfil(id);
    expect(await placesOf(id)).toEqual([
      ['Shop location', 1, 1, 0, 1],
      ['North', 3, 3, 0, 3],
    ]);
    shop.refund(id, [{ lineId: line, quantity: 2 }], { restock: true });
    expect(await placesOf(id)).toEqual([
      // Both are put where the refund says, also the one that North had sent.
      ['Shop location', 1, 1, 2, -1],
      ['North', 3, 3, 0, 3],
    ]);
  });
});

describe('a large order is read whole', () => {
  it('has every line, fulfilled unit and refunded unit beyond the first fifty', async () => {
    const lines = 310;
    const { remoteId, lines: bought } = shop.buy(
      Array.from({ length: lines }, () => ({ remoteId: product, quantity: 2 })),
    );
    shop.fulfil(
      remoteId,
      bought.map(({ lineId }) => ({ lineId, quantity: 1 })),
    );
    shop.refund(
      remoteId,
      bought.map(({ lineId }) => ({ lineId, quantity: 1 })),
      { restock: true },
    );
    const whole = await read(remoteId);
    expect(whole?.lines).toHaveLength(lines);
    expect(new Set(whole?.lines.map(({ counts }) => JSON.stringify(counts)))).toEqual(
      new Set([JSON.stringify({ ordered: 2, fulfilled: 1, released: 1, writtenOff: 0, restocked: 0 })]),
    );
    const channel = shopify.open(createTestSession({ credentials: shop.credentials }));
    const { orders } = await channel.listOrders({ kind: 'updated', from: new Date(at) }, null);
    expect(orders).toEqual([whole]);
  });
});
