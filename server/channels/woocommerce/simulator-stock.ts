// The simulated shop's own arithmetic: when an order takes units off the shelf and when it gives them back.

import type { Shop, ShopLine, ShopOrder, ShopProduct } from './simulator-memory.ts';

const TAKES: ReadonlySet<string> = new Set(['processing', 'on-hold', 'completed']);
const GIVES_BACK: ReadonlySet<string> = new Set(['cancelled', 'pending']);

/** The product whose number a thing sells from; null when the shop does not count it. */
export function stockKeeper(shop: Shop, thing: ShopProduct): ShopProduct | null {
  if (!shop.memory.countsStock) return null;
  if (thing.manageStock) return thing;
  const parent = shop.memory.products.get(thing.parentId);
  return parent?.manageStock === true ? parent : null;
}

export function touchProduct(shop: Shop, product: ShopProduct): void {
  product.modifiedAt = shop.now();
  const parent = shop.memory.products.get(product.parentId);
  if (parent !== undefined) parent.modifiedAt = shop.now();
  shop.emit('product.updated', product.id);
}

function moveStock(shop: Shop, line: ShopLine, change: number): boolean {
  const thing = shop.memory.products.get(line.variationId || line.productId);
  const keeper = thing === undefined ? null : stockKeeper(shop, thing);
  if (keeper === null) return false;
  keeper.quantity = (keeper.quantity ?? 0) + change;
  touchProduct(shop, keeper);
  return true;
}

function reduceOrder(shop: Shop, order: ShopOrder): void {
  if (order.isReduced) return;
  order.isReduced = true;
  for (const line of order.lines) {
    if (!line.reduced && moveStock(shop, line, -line.quantity)) line.reduced = line.quantity;
  }
}

function restoreOrder(shop: Shop, order: ShopOrder): void {
  if (!order.isReduced) return;
  order.isReduced = false;
  for (const line of order.lines) {
    // A line whose product is gone has no shelf to go back to; its meta stays.
    if (line.reduced && moveStock(shop, line, line.reduced)) line.reduced = null;
  }
}

/** Whatever the status means for stock. Failed and refunded move nothing. */
export function settleStock(shop: Shop, order: ShopOrder): void {
  if (TAKES.has(order.status)) reduceOrder(shop, order);
  else if (GIVES_BACK.has(order.status)) restoreOrder(shop, order);
}

export function touchOrder(shop: Shop, order: ShopOrder): void {
  order.modifiedAt = shop.now();
  shop.emit('order.updated', order.id);
}

export function setStatus(shop: Shop, order: ShopOrder, status: string): void {
  const wasTrash = order.status === 'trash';
  if (status === 'completed' && order.status !== 'completed') order.completedAt = shop.now();
  if (status === 'refunded' && order.status !== 'refunded') addFullRefund(shop, order);
  order.status = status;
  settleStock(shop, order);
  order.modifiedAt = shop.now();
  // A status written to an order in the trash brings it back without a word.
  if (!wasTrash) shop.emit('order.updated', order.id);
}

export const UNIT_PRICE = 10;

export const orderTotal = (order: ShopOrder): number =>
  order.lines.reduce((sum, line) => sum + line.quantity * UNIT_PRICE, 0);

const refundedTotal = (order: ShopOrder): number =>
  order.refunds.reduce((sum, refund) => sum + refund.amount, 0);

export const leftToRefund = (order: ShopOrder): number => orderTotal(order) - refundedTotal(order);

// Set to "refunded" by hand: the money is noted, no lines are, and nothing goes back on the shelf.
function addFullRefund(shop: Shop, order: ShopOrder): void {
  const amount = leftToRefund(order);
  if (amount <= 0) return;
  order.refunds.push({
    id: shop.memory.nextId++,
    at: shop.now(),
    amount,
    reason: 'Order fully refunded.',
    isFull: true,
    lines: [],
  });
}

export type RefundWish = {
  readonly amount: number;
  readonly reason: string;
  readonly restock: boolean;
  readonly lines: readonly { readonly lineId: number; readonly quantity: number }[];
};

/** Quantities are not checked against the line, as in the real shop. */
export function refundOrder(shop: Shop, order: ShopOrder, wish: RefundWish) {
  const isFull = wish.amount >= leftToRefund(order);
  const refund = {
    id: shop.memory.nextId++,
    at: shop.now(),
    amount: wish.amount,
    reason: wish.reason,
    isFull,
    lines: wish.lines.map((line) => ({ id: shop.memory.nextItemId++, ...line })),
  };
  order.refunds.push(refund);
  for (const { lineId, quantity } of wish.restock ? wish.lines : []) {
    const line = order.lines.find(({ id }) => id === lineId);
    // Never taken off the shelf, or all given back already: nothing to put back.
    if (!line?.reduced || !moveStock(shop, line, quantity)) continue;
    line.reduced -= quantity;
    line.restocked = (line.restocked ?? 0) + quantity;
  }
  if (isFull) order.status = 'refunded';
  touchOrder(shop, order);
  return refund;
}

export function editLine(shop: Shop, order: ShopOrder, line: ShopLine, quantity: number): void {
  line.quantity = quantity;
  if (order.isReduced) {
    const due = quantity - (line.restocked ?? 0) - (line.reduced ?? 0);
    if (due !== 0 && moveStock(shop, line, -due)) line.reduced = (line.reduced ?? 0) + due;
  }
  if (quantity <= 0) order.lines = order.lines.filter(({ id }) => id !== line.id);
  touchOrder(shop, order);
}

export function addLine(shop: Shop, order: ShopOrder, thing: ShopProduct | undefined, quantity: number) {
  const line: ShopLine = {
    id: shop.memory.nextItemId++,
    name: thing?.name ?? 'Product',
    productId: thing === undefined ? 0 : thing.parentId || thing.id,
    variationId: thing !== undefined && thing.parentId > 0 ? thing.id : 0,
    quantity,
    reduced: null,
    restocked: null,
    sent: 0,
  };
  order.lines.push(line);
  if (order.isReduced && moveStock(shop, line, -quantity)) line.reduced = quantity;
  return line;
}

export function addOrder(shop: Shop, via: string): ShopOrder {
  const order: ShopOrder = {
    id: shop.memory.nextId++,
    status: 'pending',
    statusBeforeTrash: 'pending',
    via,
    createdAt: shop.now(),
    modifiedAt: shop.now(),
    completedAt: null,
    isReduced: false,
    lines: [],
    refunds: [],
  };
  shop.memory.orders.set(order.id, order);
  return order;
}
