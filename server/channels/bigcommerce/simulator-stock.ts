// The simulated store's own numbers: what is on hand where, when an order takes units and gives them back, and how long a
// change by the API takes to show.

import type { Shop, ShopLevel, ShopLine, ShopOrder, ShopProduct, ShopVariant } from './simulator-memory.ts';
import { STATUS } from './status.ts';

export const DEFAULT_LOCATION = 1;

/** Where the number of a variant is kept; null when its product is not counted. */
export function keyOf(shop: Shop, productId: number, variantId: number): string | null {
  const tracking = shop.memory.products.get(productId)?.tracking;
  if (tracking === 'product') return `p${productId}`;
  return tracking === 'variant' ? `v${variantId}` : null;
}

export function levelAt(shop: Shop, key: string, locationId: number): ShopLevel {
  const levels = shop.memory.stock.get(key) ?? new Map<number, ShopLevel>();
  shop.memory.stock.set(key, levels);
  const level = levels.get(locationId) ?? { onhand: 0, safety: 0 };
  levels.set(locationId, level);
  return level;
}

/** What customers can buy, over all locations in use. */
export function sellable(shop: Shop, key: string): number {
  const levels = shop.memory.stock.get(key);
  return shop.memory.locations
    .filter(({ enabled }) => enabled)
    .reduce((sum, { id }) => {
      const level = levels?.get(id);
      return level === undefined ? sum : sum + level.onhand - level.safety;
    }, 0);
}

export function tellStock(shop: Shop, key: string, by: 'person' | 'order'): void {
  const infix = by === 'order' ? 'inventory/order/updated' : 'inventory/updated';
  const id = Number(key.slice(1));
  const value = sellable(shop, key);
  if (key.startsWith('p')) {
    const inventory = { product_id: id, method: 'absolute', value };
    shop.emit(`store/product/${infix}`, { type: 'product', id, inventory });
    return;
  }
  const productId = shop.memory.variants.get(id)?.productId ?? 0;
  const inventory = { product_id: productId, method: 'absolute', value, variant_id: id };
  shop.emit(`store/sku/${infix}`, { type: 'sku', id, inventory });
}

/** Brings the store's own number in line with what its settings say this order shall have taken. */
export function settleStock(shop: Shop, order: ShopOrder): void {
  for (const line of order.lines) {
    const due = shallTake(shop, order, line);
    if (due === line.taken) continue;
    const key = keyOf(shop, line.productId, line.variantId);
    if (key !== null) {
      levelAt(shop, key, order.pickupLocationId || DEFAULT_LOCATION).onhand += line.taken - due;
      tellStock(shop, key, 'order');
    }
    line.taken = due;
  }
}

function shallTake(shop: Shop, order: ShopOrder, line: ShopLine): number {
  const { settings } = shop.memory;
  if (order.statusId === STATUS.incomplete || line.type !== 'physical') return 0;
  const isCancelled = order.statusId === STATUS.cancelled || order.statusId === STATUS.declined;
  // Refunded with items: that was the refund action, which leaves the stock alone.
  const isMarkedRefunded = order.statusId === STATUS.refunded && order.refunds.length === 0;
  if ((isCancelled || isMarkedRefunded || order.isDeleted) && settings.refund_order_stock_adjustment)
    return 0;
  if (isCancelled || order.isDeleted) return line.taken;
  if (settings.update_stock_behavior === 'order_completed_or_shipped') return line.shipped;
  const isEdit = line.taken !== 0 && line.taken !== line.quantity;
  return isEdit && !settings.edit_order_stock_adjustment ? line.taken : line.quantity;
}

export const baseVariantOf = (shop: Shop, product: ShopProduct): ShopVariant | undefined =>
  product.hasOptions ? undefined : shop.variantsOf(product.id)[0];

// ---- how long a change takes to show --------------------------------------------------------------------------

export type Settling = {
  readonly note: (key: string, locationId: number, change: number) => void;
  /** What reading is still behind by. */
  readonly behind: (key: string, locationId: number) => number;
};

/**
 * Only changes by the API lag; sales and edits by hand show at once. They show when so much real time has passed (a played clock stands
 * still while a push waits and reads again), or so much by the store's own clock, which a test moves on by minutes.
 */
export function createSettling(lagMs: number, now: () => Date): Settling {
  let pending: {
    readonly key: string;
    readonly locationId: number;
    readonly change: number;
    readonly realUntilMs: number;
    readonly storeUntilMs: number;
  }[] = [];
  return {
    note: (key, locationId, change) => {
      if (change === 0) return;
      const [realUntilMs, storeUntilMs] = [performance.now() + lagMs, now().getTime() + lagMs];
      pending.push({ key, locationId, change, realUntilMs, storeUntilMs });
    },
    behind: (key, locationId) => {
      const [realMs, storeMs] = [performance.now(), now().getTime()];
      const isLate = ({ realUntilMs, storeUntilMs }: (typeof pending)[number]): boolean =>
        realUntilMs > realMs && storeUntilMs > storeMs;
      if (!pending.every(isLate)) pending = pending.filter(isLate);
      return pending
        .filter((one) => one.key === key && one.locationId === locationId)
        .reduce((sum, { change }) => sum + change, 0);
    },
  };
}
