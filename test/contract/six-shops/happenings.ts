// What happens to six shops and their sheet in any order: customers, parcels, people, bad networks, and the jobs at any moment.

import fc from 'fast-check';
import type { SimulatedFault } from '../../../server/channels/simulator.ts';
import { processInbox, storeHint } from '../../../server/sync/inbox.ts';
import { pullListings } from '../../../server/sync/pull-listings.ts';
import { pullOrders } from '../../../server/sync/pull-orders.ts';
import { pushAvailable } from '../../../server/sync/push-available.ts';
import { setSync } from '../../../server/sync/set-sync.ts';
import { onShelf } from '../rehearsal.ts';
import { job, type Shop, type Sold, type World } from './world.ts';

const EVENTS = [
  'buy',
  'buy',
  'buy',
  'cancel',
  'send',
  'send some',
  'refund and put back',
  'add',
  'take off',
  'edit in the shop',
  'trouble',
  'tell of the newest order',
  'sync off',
  'sync on',
  'pull orders',
  'pull orders',
  'pull listings',
  'push',
  'push',
  'wait',
] as const;
const FAULTS: readonly SimulatedFault[] = [
  'throttle',
  'serverError',
  'html',
  'timeoutBefore',
  'timeoutAfter',
];

export const happening = fc.record({
  event: fc.constantFrom(...EVENTS),
  shop: fc.nat(5),
  product: fc.nat(1),
  units: fc.integer({ min: 1, max: 3 }),
  fault: fc.constantFrom(...FAULTS),
});
export type Happening = {
  readonly event: (typeof EVENTS)[number];
  readonly shop: number;
  readonly product: number;
  readonly units: number;
  readonly fault: SimulatedFault;
};

/** Only whole orders are sent there: WooCommerce itself and Etsy know no parcels of a part. */
const SENDS_WHOLE_ORDERS: readonly string[] = ['woocommerce', 'etsy'];

export async function happen(
  world: World,
  { event, shop: at, product, units, fault }: Happening,
): Promise<void> {
  const shop = world.shops[at];
  const sku = world.skus[product];
  if (shop === undefined || sku === undefined) throw new RangeError('There is no such shop or product.');
  const order = world.sold.find((one) => one.shop === shop && one.sku === sku && one.left > 0);
  switch (event) {
    case 'buy':
      return buy(world, shop, sku, units);
    case 'cancel':
      if (order === undefined || order.sent > 0) return;
      shop.simulated.cancel(order.remoteId);
      order.left = 0;
      return;
    case 'send':
    case 'send some':
      if (order !== undefined) send(world, order, event === 'send' ? order.left : units);
      return;
    case 'refund and put back':
      return refund(world, shop, sku);
    case 'add':
    case 'take off':
      return adjust(world, sku, event === 'add' ? units : -units);
    case 'edit in the shop':
      shop.simulated.editQuantity(shop.listings.get(sku) ?? '', 3 * units);
      world.edited.add(shop);
      return;
    case 'tell of the newest order':
      return tell(world, shop);
    case 'sync off':
    case 'sync on':
      return void (await setSync(world.context, shop.storeId, { on: event === 'sync on' }));
    case 'trouble':
      return shop.simulated.setFault(fault, units);
    case 'pull orders':
      return job(world, pullOrders, shop);
    case 'pull listings':
      return job(world, pullListings, shop);
    case 'push':
      return job(world, pushAvailable, shop);
    case 'wait':
      return world.pass(units * 25_000);
  }
}

/** A shop sells what it shows, whatever the others have sold meanwhile. */
function buy(world: World, shop: Shop, sku: string, wanted: number): void {
  const remoteId = shop.listings.get(sku) ?? '';
  const quantity = Math.min(wanted, onShelf(shop.simulated, remoteId) ?? 0);
  if (quantity === 0) return;
  const order = shop.simulated.buy([{ remoteId, quantity }]);
  const lineId = order.lines[0]?.lineId ?? '';
  world.sold.push({ shop, sku, remoteId: order.remoteId, lineId, left: quantity, sent: 0 });
}

function send(world: World, order: Sold, wanted: number): void {
  const { shop, sku, lineId } = order;
  const isWhole = wanted >= order.left || SENDS_WHOLE_ORDERS.includes(shop.channel.manifest.id);
  const quantity = isWhole ? order.left : wanted;
  shop.simulated.fulfil(order.remoteId, isWhole ? undefined : [{ lineId, quantity }]);
  order.left -= quantity;
  order.sent += quantity;
  world.inStock.set(sku, (world.inStock.get(sku) ?? 0) - quantity);
}

/** One unit of an order that was sent, where a refund says what became of its units. */
function refund(world: World, shop: Shop, sku: string): void {
  if (shop.channel.manifest.capabilities.refundsSayRestock === false) return;
  const order = world.sold.find(
    (one) => one.shop === shop && one.sku === sku && one.left === 0 && one.sent > 0,
  );
  if (order === undefined) return;
  shop.simulated.refund(order.remoteId, [{ lineId: order.lineId, quantity: 1 }], { restock: true });
  order.sent -= 1;
  world.inStock.set(sku, (world.inStock.get(sku) ?? 0) + 1);
}

/** As a webhook does, however late. */
async function tell(world: World, shop: Shop): Promise<void> {
  const newest = world.sold.findLast((one) => one.shop === shop);
  if (newest === undefined) return;
  const hint = { kind: 'order', remoteId: newest.remoteId } as const;
  await storeHint(world.db, shop.storeId, hint, world.context.now());
  await job(world, processInbox, shop);
}

async function adjust(world: World, sku: string, wanted: number): Promise<void> {
  const there = world.inStock.get(sku) ?? 0;
  const change = Math.max(wanted, -there);
  if (change === 0) return;
  await world.adjust(sku, change > 0 ? 'add' : 'subtract', Math.abs(change));
  world.inStock.set(sku, there + change);
}
