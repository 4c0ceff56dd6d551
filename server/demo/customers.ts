// Simulated customers, at a pace one can watch: now and then somebody buys, an order is sent, cancelled or given back.

import type { SimulatedOrder, SimulatedShop } from '../channels/simulator.ts';

export type Customers = {
  readonly areBuying: () => boolean;
  readonly letBuy: (areBuying: boolean) => void;
  readonly stop: () => void;
};

type OpenOrder = { readonly shop: SimulatedShop; readonly order: SimulatedOrder; sent: boolean };

const OPEN_ORDERS_MAX = 12;

/** One event every `everyMs` on average. They never buy more than a shop shows, as a real shop would not let them. */
export function startCustomers(
  shops: readonly SimulatedShop[],
  options: { readonly everyMs: number; readonly random: () => number },
): Customers {
  const orders: OpenOrder[] = [];
  let timer: NodeJS.Timeout | null = null;
  let areBuying = true;
  const next = (): void => {
    timer = setTimeout(
      () => {
        if (areBuying) playOne(shops, orders, options.random);
        next();
      },
      options.everyMs * (0.5 + options.random()),
    );
  };
  next();
  return {
    areBuying: () => areBuying,
    letBuy: (wanted) => {
      areBuying = wanted;
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer);
    },
  };
}

function playOne(shops: readonly SimulatedShop[], orders: OpenOrder[], random: () => number): void {
  const chance = random();
  if (orders.length < OPEN_ORDERS_MAX && chance < 0.55) {
    buy(shops, orders, random);
    return;
  }
  const index = Math.floor(random() * orders.length);
  const item = orders[index];
  if (item === undefined) return;
  if (item.sent) {
    // One parcel in five comes back.
    if (chance > 0.9) item.shop.refund(item.order.remoteId, allUnits(item.order), { restock: true });
    orders.splice(index, 1);
  } else if (chance > 0.92) {
    item.shop.cancel(item.order.remoteId);
    orders.splice(index, 1);
  } else {
    item.shop.fulfil(item.order.remoteId);
    item.sent = true;
  }
}

function buy(shops: readonly SimulatedShop[], orders: OpenOrder[], random: () => number): void {
  const shop = pick(shops, random);
  const shelf = shop?.shelf().filter((product) => product.sku !== null && product.quantity > 0) ?? [];
  const product = pick(shelf, random);
  if (shop === undefined || product === undefined) return;
  const quantity = Math.min(product.quantity, 1 + Math.floor(random() * 3));
  const order = shop.buy([{ remoteId: product.remoteId, quantity }]);
  orders.push({ shop, order, sent: false });
}

const allUnits = (order: SimulatedOrder) => order.lines.map(({ lineId, quantity }) => ({ lineId, quantity }));

const pick = <Item>(items: readonly Item[], random: () => number): Item | undefined =>
  items[Math.floor(random() * items.length)];
