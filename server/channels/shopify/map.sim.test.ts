// Any life of an order, played at random in the simulated shop: no unit is counted twice, and booked, in stock and taken
// by our rules are what the shop itself holds.

import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createTestSession } from '../../../test/support/channel-session.ts';
import { shopify } from './index.ts';
import { type ShopifySimulatedShop, startShopifySimulator } from './simulator.ts';

const START = 50;
type Order = { readonly id: string; readonly lineId: string; readonly quantity: number };
const refund = (restock: boolean, of?: 'fulfilled') => (shop: ShopifySimulatedShop, order: Order) =>
  shop.refund(order.id, [order], of === undefined ? { restock } : { restock, of });

const STEPS = {
  fulfil: (shop: ShopifySimulatedShop, order: Order) => shop.fulfil(order.id, [order]),
  'refund with restock': refund(true),
  'refund without restock': refund(false),
  'refund of sent units with restock': refund(true, 'fulfilled'),
  'refund of sent units without restock': refund(false, 'fulfilled'),
  'return without a refund': (shop: ShopifySimulatedShop, order: Order) =>
    shop.returnUnits(order.id, order, { disposition: 'RESTOCKED' }),
  'return of what is missing': (shop: ShopifySimulatedShop, order: Order) =>
    shop.returnUnits(order.id, order, { disposition: 'MISSING' }),
  'return with a refund that tells of the restock again': (shop: ShopifySimulatedShop, order: Order) =>
    shop.returnUnits(order.id, order, { disposition: 'RESTOCKED', refund: 'restock' }),
  'return with a refund that does not': (shop: ShopifySimulatedShop, order: Order) =>
    shop.returnUnits(order.id, order, { disposition: 'RESTOCKED', refund: 'no restock' }),
  edit: (shop: ShopifySimulatedShop, { id, lineId, quantity }: Order) => shop.editLine(id, lineId, quantity),
  'cancel the fulfilment': (shop: ShopifySimulatedShop, { id }: Order) => shop.cancelFulfilment(id),
  cancel: (shop: ShopifySimulatedShop, { id }: Order) => shop.cancel(id),
  'cancel without restock': (shop: ShopifySimulatedShop, { id }: Order) =>
    shop.cancel(id, { restock: false }),
};
type Name = keyof typeof STEPS;
const NAMES = Object.keys(STEPS) as Name[];
/** Not possible in Shopify once an order is cancelled. */
const NOT_WHEN_CANCELLED: readonly Name[] = ['edit', 'cancel the fulfilment'];
const CANCELS: readonly Name[] = ['cancel', 'cancel without restock'];

const step = fc.record({ what: fc.constantFrom(...NAMES), quantity: fc.integer({ min: 0, max: 6 }) });

it('holds for every sequence of what can happen to an order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.array(step, { maxLength: 8 }),
      async (quantity, steps) => {
        const shop = await startShopifySimulator({ port: 0, limits: false });
        try {
          const product = shop.addProduct({ sku: 'A', title: 'A', quantity: START });
          const { remoteId, lines } = shop.buy([{ remoteId: product, quantity }]);
          const played: Name[] = [];
          for (const { what, quantity: units } of steps) {
            const isCancelled = played.some((name) => CANCELS.includes(name));
            if (isCancelled && NOT_WHEN_CANCELLED.includes(what)) continue;
            STEPS[what](shop, { id: remoteId, lineId: lines[0]?.lineId ?? '', quantity: units });
            played.push(what);
          }
          const channel = shopify.open(createTestSession({ credentials: shop.credentials }));
          const [reading] = await channel.readOrders([remoteId]);
          if (reading?.kind !== 'order') throw new Error('The order cannot be read.');
          const [line] = reading.order.lines;
          const counts = line?.counts ?? {
            ordered: 0,
            fulfilled: 0,
            released: 0,
            writtenOff: 0,
            restocked: 0,
          };
          expect(Object.values(counts).every((count) => Number.isInteger(count) && count >= 0)).toBe(true);
          expect(counts.fulfilled + counts.released + counts.writtenOff).toBeLessThanOrEqual(counts.ordered);
          expect(counts.restocked).toBeLessThanOrEqual(counts.fulfilled);
          expect(shop.shelf()[0]?.quantity).toBe(START - (line?.taken ?? Number.NaN));
          const { available = 0, committed = 0 } = shop.stockOf(product) ?? {};
          const open = counts.ordered - counts.fulfilled - counts.released - counts.writtenOff;
          expect(reading.order.state === 'open' ? open : 0).toBe(committed);
          expect(START + counts.restocked - counts.fulfilled - counts.writtenOff).toBe(available + committed);
          for (const count of ['fulfilled', 'released', 'writtenOff', 'restocked'] as const) {
            const dated = (line?.dated ?? []).filter((one) => one.count === count);
            expect(dated.reduce((sum, one) => sum + one.quantity, 0)).toBeLessThanOrEqual(counts[count]);
          }
        } finally {
          await shop.close();
        }
      },
    ),
    { numRuns: 300 },
  );
}, 60_000);
