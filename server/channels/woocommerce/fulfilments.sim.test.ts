// Orders that are sent in parts, which only WooCommerce's optional Order Fulfillments tells; and products that plugins put together.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { createTestSession } from '../../../test/support/channel-session.ts';
import { SPECS_MISSING, specsDirectory } from '../../../test/support/specs.ts';
import { woocommerce } from './index.ts';
import { mapProduct } from './map-listing.ts';
import { fulfilmentShape, itemsOf, productShape } from './shapes.ts';
import { startWooCommerceSimulator, type WooCommerceSimulatedShop } from './simulator.ts';

let shop: WooCommerceSimulatedShop;
afterEach(() => shop.close());

async function sellFour(tellsParcels: boolean) {
  shop = await startWooCommerceSimulator({ port: 0, tellsParcels });
  const product = shop.addProduct({ sku: 'A', title: 'Product A', quantity: 50 });
  const { remoteId: id, lines } = shop.buy([{ remoteId: product, quantity: 4 }]);
  const lineId = lines[0]?.lineId ?? '';
  const channel = woocommerce.open(createTestSession({ credentials: shop.credentials }));
  const counts = async () => {
    const [reading] = await channel.readOrders([id]);
    return reading?.kind === 'order' ? reading.order.lines[0]?.counts : null;
  };
  return { id, lineId, channel, counts, of: (quantity: number) => [{ lineId, quantity }] };
}

const COUNTS = { ordered: 4, fulfilled: 0, released: 0, writtenOff: 0, restocked: 0 };

it('R56: with Order Fulfillments on, a parcel leaves the warehouse when it is sent, the rest stays booked', async () => {
  const { id, counts, of } = await sellFour(true);
  shop.fulfil(id, of(1));
  expect(await counts()).toEqual({ ...COUNTS, fulfilled: 1 });
  shop.fulfil(id, of(2));
  expect(await counts()).toEqual({ ...COUNTS, fulfilled: 3 });
  shop.fulfil(id);
  expect(await counts()).toEqual({ ...COUNTS, fulfilled: 4 });
});

it('a parcel that is taken back is booked again', async () => {
  const { id, counts, of } = await sellFour(true);
  shop.fulfil(id, of(3));
  shop.deleteParcels(id);
  expect(await counts()).toEqual(COUNTS);
});

it('a refund of a partly sent order takes what is still here first, and never counts a unit twice', async () => {
  const { id, counts, of } = await sellFour(true);
  shop.fulfil(id, of(3));
  shop.refund(id, of(1), { restock: true });
  expect(await counts()).toEqual({ ...COUNTS, fulfilled: 3, released: 1 });
  shop.refund(id, of(2), { restock: true });
  expect(await counts()).toEqual({ ...COUNTS, fulfilled: 3, released: 1, restocked: 2 });
});

it('a refund without restock of the unsent unit writes it off; of a sent one it moves nothing', async () => {
  const { id, counts, of } = await sellFour(true);
  shop.fulfil(id, of(3));
  shop.refund(id, of(2), { restock: false });
  expect(await counts()).toEqual({ ...COUNTS, fulfilled: 3, writtenOff: 1 });
});

it('a partly sent order that is refunded whole keeps what was sent as sent', async () => {
  const { id, counts, of } = await sellFour(true);
  shop.fulfil(id, of(3));
  shop.refund(id, of(4), { restock: false });
  expect(await counts()).toEqual({ ...COUNTS, fulfilled: 3, writtenOff: 1 });
});

it('with the feature off the shop is asked once, and only "completed" tells what left', async () => {
  const { id, counts, of, channel } = await sellFour(false);
  shop.fulfil(id, of(1));
  expect(await counts()).toEqual(COUNTS);
  for (let time = 0; time < 3; time += 1) await channel.readOrders([id]);
  expect(shop.requests()['GET /wc/v3/orders/#/fulfillments']).toBe(1);
});

it('the next jobs of the store do not ask again, until an hour has passed', async () => {
  let now = new Date('2026-03-01T10:00:00Z');
  shop = await startWooCommerceSimulator({ port: 0, tellsParcels: false, now: () => now });
  const product = shop.addProduct({ sku: 'A', title: 'Product A', quantity: 50 });
  const { remoteId: id } = shop.buy([{ remoteId: product, quantity: 4 }]);
  const session = createTestSession({ credentials: shop.credentials, now: () => now });
  const job = () => woocommerce.open(session).readOrders([id]);
  const asked = () => shop.requests()['GET /wc/v3/orders/#/fulfillments'];
  await job();
  await job();
  expect(asked()).toBe(1);
  now = new Date(now.getTime() + 3_600_000);
  await job();
  expect(asked()).toBe(2);
});

it('orders that are completed or cancelled are read without asking for parcels', async () => {
  const { id, counts } = await sellFour(true);
  shop.fulfil(id);
  expect(await counts()).toEqual({ ...COUNTS, fulfilled: 4 });
  shop.cancel(id);
  await counts();
  expect(shop.requests()['GET /wc/v3/orders/#/fulfillments']).toBeUndefined();
});

it('a large shop is read two pages at once, each product once, also while products are deleted', async () => {
  shop = await startWooCommerceSimulator({ port: 0 });
  const ids = Array.from({ length: 620 }, (_, index) =>
    shop.addProduct({ sku: `S${index}`, title: `Product ${index}`, quantity: 1 }),
  );
  const channel = woocommerce.open(createTestSession({ credentials: shop.credentials }));
  const found: string[] = [];
  let page: string | null = null;
  let calls = 0;
  do {
    const answer = await channel.listListings({ updatedFrom: null }, page);
    found.push(...answer.listings.map(({ remoteId }) => remoteId));
    page = answer.next;
    calls += 1;
    for (const id of ids.slice(calls * 7, calls * 7 + 5)) shop.removeProduct(id);
  } while (page !== null);
  expect(new Set(found).size).toBe(found.length);
  const kept = shop.shelf().map(({ remoteId }) => remoteId);
  expect(found).toEqual(expect.arrayContaining(kept));
});

it.each(['bundle', 'composite', 'woosb', 'yith_bundle', 'grouped', 'external'])(
  'a product of the type "%s" is listed, but not pushed to',
  async (type) => {
    shop = await startWooCommerceSimulator({ port: 0 });
    const product = productShape.parse({
      id: 1,
      name: 'Set',
      type,
      status: 'publish',
      sku: 'SET',
      manage_stock: true,
    });
    expect(mapProduct(product).notPushable).toMatch(/\w{3,}/);
    expect(mapProduct({ ...product, type: 'simple' }).notPushable).toBeNull();
  },
);

const specs = specsDirectory();
(specs === null ? describe.skip : describe)(
  `the official example${specs === null ? ` (${SPECS_MISSING})` : ''}`,
  () => {
    it('is read: two units of line 456', async () => {
      shop = await startWooCommerceSimulator({ port: 0 });
      const file = join(specs ?? '', 'woocommerce/examples/order-fulfillments__list.json');
      const { body } = JSON.parse(readFileSync(file, 'utf8')) as { body: unknown };
      const [parcel] = z.array(fulfilmentShape).parse(body);
      if (parcel === undefined) throw new Error('The example is empty.');
      expect(parcel).toMatchObject({ is_fulfilled: true, date_deleted: null });
      expect(itemsOf(parcel)).toEqual([{ item_id: 456, qty: 2 }]);
    });
  },
);
