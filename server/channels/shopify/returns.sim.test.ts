// Returns of Shopify: a unit that came back counts once, where it was put, however often the shop tells of it.

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createTestSession } from '../../../test/support/channel-session.ts';
import { shopify } from './index.ts';
import { type ShopifySimulatedShop, startShopifySimulator } from './simulator.ts';

let shop: ShopifySimulatedShop;
const start = async (scopes?: readonly string[]): Promise<void> => {
  shop = await startShopifySimulator({ port: 0, limits: false, ...(scopes === undefined ? {} : { scopes }) });
};
beforeEach(() => start());
afterEach(() => shop.close());

async function linesOf(orderId: string) {
  const channel = shopify.open(createTestSession({ credentials: shop.credentials }));
  const [reading] = await channel.readOrders([orderId]);
  if (reading?.kind !== 'order') throw new Error('The order cannot be read.');
  return reading.order.lines;
}

function sentOrder(quantity = 4) {
  const product = shop.addProduct({ sku: 'A', title: 'Product A', quantity: 50 });
  const { remoteId: id, lines } = shop.buy([{ remoteId: product, quantity }]);
  shop.fulfil(id);
  return { id, line: { lineId: lines[0]?.lineId ?? '' }, product };
}

const DISPOSITIONS = [
  ['RESTOCKED', 2],
  ['NOT_RESTOCKED', 0],
  ['MISSING', 0],
  ['PROCESSING_REQUIRED', 0],
] as const;

it.each(DISPOSITIONS)(
  'a return without a refund whose items are %s puts %i back in stock',
  async (disposition, restocked) => {
    const { id, line } = sentOrder();
    shop.returnUnits(id, { ...line, quantity: 2 }, { disposition });
    expect(await linesOf(id)).toMatchObject([
      { counts: { ordered: 4, fulfilled: 4, released: 0, writtenOff: 0, restocked }, taken: 4 - restocked },
    ]);
    expect(shop.shelf()[0]?.quantity).toBe(46 + restocked);
  },
);

it.each(['restock', 'no restock'] as const)(
  'failure 21: a return and its own refund (%s) are one return, not two',
  async (refund) => {
    const { id, line } = sentOrder();
    shop.returnUnits(id, { ...line, quantity: 2 }, { disposition: 'RESTOCKED', refund });
    expect(await linesOf(id)).toMatchObject([
      { counts: { ordered: 4, fulfilled: 4, released: 0, writtenOff: 0, restocked: 2 }, taken: 2 },
    ]);
    expect(shop.shelf()[0]?.quantity).toBe(48);
  },
);

it('a return and a refund of other units are both counted', async () => {
  const { id, line } = sentOrder();
  shop.returnUnits(id, { ...line, quantity: 1 }, { disposition: 'RESTOCKED', refund: 'no restock' });
  shop.refund(id, [{ ...line, quantity: 2 }], { restock: true });
  expect(await linesOf(id)).toMatchObject([{ counts: { fulfilled: 4, restocked: 3 }, taken: 1 }]);
  expect(shop.shelf()[0]?.quantity).toBe(49);
});

it('an order with more returns than fit into one answer is read whole', async () => {
  const { id, line } = sentOrder(30);
  for (let time = 0; time < 28; time += 1) {
    shop.returnUnits(id, { ...line, quantity: 1 }, { disposition: 'RESTOCKED' });
  }
  expect(await linesOf(id)).toMatchObject([{ counts: { fulfilled: 30, restocked: 28 } }]);
  expect(shop.requests()).toMatchObject({ ReadReturns: 1, MoreReturns: 2 });
});

it('returned units are counted at the location that took them, up to what it had sent', async () => {
  const { product, id: first } = sentOrder(1);
  const second = shop.addLocation('Second');
  shop.stockAt(product, second, 50);
  const { remoteId: id, lines } = shop.buy([{ remoteId: product, quantity: 4 }]);
  const line = { lineId: lines[0]?.lineId ?? '' };
  shop.fulfil(id, [{ ...line, quantity: 2 }]);
  shop.moveLine(id, line.lineId, second);
  shop.fulfil(id);
  shop.returnUnits(id, { ...line, quantity: 2 }, { disposition: 'RESTOCKED', locationId: second });
  const parts = (await linesOf(id)).map(({ locationId, counts }) => [
    locationId === second ? 'second' : 'main',
    counts.fulfilled,
    counts.restocked,
  ]);
  expect(new Set(parts.map(String))).toEqual(new Set(['main,2,0', 'second,2,2']));
  expect((await linesOf(first))[0]?.counts.restocked).toBe(0);
});

it('units that come back to a location that never sent any are counted there, and not at the sender', async () => {
  const { product, id, line } = sentOrder(4);
  const second = shop.addLocation('Second');
  shop.stockAt(product, second, 50);
  shop.returnUnits(id, { ...line, quantity: 1 }, { disposition: 'RESTOCKED', locationId: second });
  shop.returnUnits(id, { ...line, quantity: 1 }, { disposition: 'RESTOCKED' });
  const [sender, receiver, ...others] = await linesOf(id);
  expect(sender).toMatchObject({ counts: { ordered: 4, fulfilled: 4, restocked: 1 }, taken: 3 });
  expect(receiver).toMatchObject({
    locationId: second,
    counts: { ordered: 0, fulfilled: 0, restocked: 1, sentElsewhere: 1 },
    taken: -1,
    dated: [{ count: 'restocked', quantity: 1 }],
  });
  expect(others).toEqual([]);
});

it('orders without returns are read without asking for any', async () => {
  const { id } = sentOrder();
  await linesOf(id);
  expect(shop.requests()['ReadReturns']).toBeUndefined();
});

it('without the permission orders are still read, the check says what is missing, and webhooks are registered', async () => {
  await shop.close();
  await start(['read_products', 'write_inventory', 'read_orders']);
  const { id, line } = sentOrder();
  shop.returnUnits(id, { ...line, quantity: 2 }, { disposition: 'RESTOCKED' });
  expect(await linesOf(id)).toMatchObject([{ counts: { fulfilled: 4, restocked: 0 } }]);
  const session = createTestSession({ credentials: shop.credentials });
  const { findings } = await shopify.open(session).check();
  expect(findings).toContainEqual({ level: 'warning', message: expect.stringContaining('read_returns') });
  expect(findings).toContainEqual({ level: 'warning', message: expect.stringContaining('60 days') });
  const register = () => shopify.webhook?.register(session, 'https://example.com/hook', 'secret');
  expect(await register()).toMatchObject({ kind: 'mended' });
  expect(await register()).toMatchObject({ kind: 'healthy' });
});

it('without read_all_orders the shop lists the orders of 60 days only', async () => {
  await shop.close();
  let at = Date.parse('2026-09-01T10:00:00Z');
  const scopes = ['read_products', 'write_inventory', 'read_orders'];
  shop = await startShopifySimulator({ port: 0, limits: false, scopes, now: () => new Date(at) });
  const { product } = sentOrder();
  const old = shop.buy([{ remoteId: product, quantity: 1 }]).remoteId;
  at += 61 * 24 * 3_600_000;
  const recent = shop.buy([{ remoteId: product, quantity: 1 }]).remoteId;
  const channel = shopify.open(createTestSession({ credentials: shop.credentials }));
  const { orders } = await channel.listOrders({ kind: 'open' }, null);
  expect(orders.map(({ remoteId }) => remoteId)).toEqual([recent]);
  expect(orders.map(({ remoteId }) => remoteId)).not.toContain(old);
});
