// Lives of orders in the simulated shop. Stock moves as the real shop moves it: an order takes units off `available` at
// once, a fulfilment only off `committed`, and only a restock gives units back.

import type { SimulatedLine, SimulatedOrder } from '../simulator.ts';
import {
  digits,
  exactNumber,
  gid,
  nextId,
  type SimulatedLineItem,
  type SimulatedRefundLine,
  type SimulatedShopOrder,
  type SimulatedVariant,
} from './simulator-memory.ts';
import { level, mainLocation, moveLevel, type Shop, second, variantOf } from './simulator-shelf.ts';
import { orderBody, orderEditBody, refundBody } from './simulator-webhooks.ts';

type LineQuantity = { readonly lineId: string; readonly quantity: number };

export function orderOf(shop: Shop, remoteId: string): SimulatedShopOrder {
  const order = shop.memory.orders.get(digits('Order', remoteId) ?? '');
  if (order === undefined) throw new RangeError(`The simulated shop has no order ${remoteId}.`);
  return order;
}
export function lineOf(order: SimulatedShopOrder, lineId: string): SimulatedLineItem {
  const line = order.lines.find(({ id }) => gid('LineItem', id) === lineId);
  if (line === undefined) throw new RangeError(`The order ${order.name} has no line ${lineId}.`);
  return line;
}

/** Orders go to the first location that has enough, else to the first that stocks the item. */
function routeTo(shop: Shop, itemId: string, quantity: number): string {
  const places = [...shop.memory.locations.values()].filter(
    (one) => one.isActive && one.fulfillsOnlineOrders,
  );
  const enough = places.find(({ id }) => (level(shop, itemId, id)?.available ?? 0) >= quantity);
  return (enough ?? places.find(({ id }) => level(shop, itemId, id) !== undefined))?.id ?? mainLocation(shop);
}

export type BuyOptions = {
  readonly test?: boolean;
  readonly requiresShipping?: boolean;
  readonly isGiftCard?: boolean;
  readonly service?: { readonly name: string; readonly locationId: string | null };
};
function newLine(
  shop: Shop,
  variant: SimulatedVariant,
  quantity: number,
  options: BuyOptions = {},
): SimulatedLineItem {
  const product = shop.memory.products.get(variant.productId);
  const locationId = routeTo(shop, variant.itemId, quantity);
  moveLevel(shop, variant.itemId, locationId, { available: -quantity, committed: quantity });
  return {
    id: nextId(shop.memory),
    variantId: variant.id,
    itemId: variant.itemId,
    sku: variant.sku,
    name: product?.title ?? variant.title,
    locationId,
    requiresShipping: options.requiresShipping ?? true,
    isGiftCard: options.isGiftCard ?? false,
    service: options.service ?? null,
    quantity,
    removed: 0,
    unfulfilled: quantity,
  };
}

export function buy(shop: Shop, lines: readonly SimulatedLine[], options: BuyOptions = {}): SimulatedOrder {
  const variants = lines.map((line) => ({ ...line, variant: variantOf(shop, line.remoteId) }));
  const at = second(shop);
  shop.memory.lastOrderNumber += 1;
  const order: SimulatedShopOrder = {
    id: nextId(shop.memory),
    name: `#${shop.memory.lastOrderNumber}`,
    createdAt: at,
    updatedAt: at,
    cancelledAt: null,
    closed: false,
    edited: false,
    test: options.test ?? false,
    confirmed: true,
    lines: variants.map(({ variant, quantity }) => newLine(shop, variant, quantity, options)),
    fulfillments: [],
    refunds: [],
    returns: [],
  };
  shop.memory.orders.set(order.id, order);
  shop.events.emit('orders/create', orderBody(order));
  shop.events.changed();
  return {
    remoteId: gid('Order', order.id),
    lines: order.lines.map((line, index) => ({
      lineId: gid('LineItem', line.id),
      remoteId: lines[index]?.remoteId ?? '',
      quantity: line.quantity,
    })),
  };
}

export function touch(shop: Shop, order: SimulatedShopOrder, topic: string | null): void {
  order.updatedAt = second(shop);
  if (topic !== null) shop.events.emit(topic, orderBody(order));
  shop.events.emit('orders/updated', orderBody(order));
  shop.events.changed();
}

export function fulfil(
  shop: Shop,
  remoteId: string,
  lines?: readonly LineQuantity[],
  locationId?: string,
): void {
  const order = orderOf(shop, remoteId);
  const asked: readonly LineQuantity[] =
    lines ?? order.lines.map((line) => ({ lineId: gid('LineItem', line.id), quantity: line.unfulfilled }));
  const sent = asked
    .map(({ lineId, quantity }) => ({ line: lineOf(order, lineId), quantity }))
    .map(({ line, quantity }) => ({ line, quantity: Math.min(quantity, line.unfulfilled) }))
    .filter(({ quantity }) => quantity > 0);
  const [first] = sent;
  if (first === undefined) return;
  for (const { line, quantity } of sent) {
    line.unfulfilled -= quantity;
    moveLevel(shop, line.itemId, line.locationId, { committed: -quantity });
  }
  order.fulfillments.push({
    id: nextId(shop.memory),
    createdAt: second(shop),
    locationId: locationId === undefined ? first.line.locationId : (digits('Location', locationId) ?? ''),
    status: 'SUCCESS',
    lines: sent.map(({ line, quantity }) => ({ id: nextId(shop.memory), lineId: line.id, quantity })),
  });
  const isDone = order.lines.every((line) => line.unfulfilled === 0);
  touch(shop, order, isDone ? 'orders/fulfilled' : 'orders/partially_fulfilled');
}

/** The fulfilment order of a line is moved: the units still to be sent are held at the other location. */
export function moveLine(shop: Shop, remoteId: string, lineId: string, locationId: string): void {
  const order = orderOf(shop, remoteId);
  const line = lineOf(order, lineId);
  const { unfulfilled } = line;
  moveLevel(shop, line.itemId, line.locationId, { available: unfulfilled, committed: -unfulfilled });
  line.locationId = digits('Location', locationId) ?? '';
  moveLevel(shop, line.itemId, line.locationId, { available: -unfulfilled, committed: unfulfilled });
  touch(shop, order, null);
}

/** The newest fulfilment is cancelled: its units are to be sent once more. */
export function cancelFulfilment(shop: Shop, remoteId: string): void {
  const order = orderOf(shop, remoteId);
  const fulfillment = order.fulfillments.findLast(({ status }) => status === 'SUCCESS');
  // What has come back was sent.
  const hasReturns = fulfillment?.lines.some((sent) =>
    order.returns.some(({ lineId }) => lineId === sent.lineId),
  );
  if (fulfillment === undefined || hasReturns) return;
  fulfillment.status = 'CANCELLED';
  for (const { lineId, quantity } of fulfillment.lines) {
    const line = lineOf(order, gid('LineItem', lineId));
    // Units that were refunded meanwhile are not sent again.
    const again = Math.min(quantity, stillOut(order, line));
    line.unfulfilled += again;
    moveLevel(shop, line.itemId, line.locationId, { committed: again });
  }
  touch(shop, order, null);
}

function addRefund(shop: Shop, order: SimulatedShopOrder, lines: readonly SimulatedRefundLine[]): void {
  if (lines.length === 0) return;
  const refund = { id: nextId(shop.memory), createdAt: second(shop), lines };
  order.refunds.push(refund);
  shop.events.emit('refunds/create', refundBody(order, refund));
}
export const refundLine = (
  shop: Shop,
  line: SimulatedLineItem,
  quantity: number,
  restockType: SimulatedRefundLine['restockType'],
): SimulatedRefundLine => {
  const restocked = restockType !== 'NO_RESTOCK';
  const locationId = restocked ? line.locationId : null;
  return { id: nextId(shop.memory), lineId: line.id, quantity, restockType, restocked, locationId };
};

function giveUp(
  shop: Shop,
  line: SimulatedLineItem,
  quantity: number,
  restock: boolean,
): SimulatedRefundLine {
  line.unfulfilled -= quantity;
  moveLevel(shop, line.itemId, line.locationId, { committed: -quantity, available: restock ? quantity : 0 });
  return refundLine(shop, line, quantity, restock ? 'CANCEL' : 'NO_RESTOCK');
}

export function cancel(
  shop: Shop,
  remoteId: string,
  options: { readonly restock: boolean } = { restock: true },
): void {
  const order = orderOf(shop, remoteId);
  if (order.cancelledAt !== null) return;
  const open = order.lines.filter((line) => line.unfulfilled > 0);
  addRefund(
    shop,
    order,
    open.map((line) => giveUp(shop, line, line.unfulfilled, options.restock)),
  );
  order.cancelledAt = second(shop);
  order.closed = true;
  touch(shop, order, 'orders/cancelled');
}

/** Units still to be sent first, unless it is said that they had been sent. */
export function refund(
  shop: Shop,
  remoteId: string,
  lines: readonly LineQuantity[],
  options: { readonly restock: boolean; readonly of?: 'fulfilled' },
): void {
  const order = orderOf(shop, remoteId);
  const refunded = lines.flatMap(({ lineId, quantity }) => {
    const line = lineOf(order, lineId);
    const unsent = options.of === 'fulfilled' ? 0 : Math.min(quantity, line.unfulfilled);
    const sent = Math.min(quantity - unsent, stillOut(order, line));
    const result = unsent > 0 ? [giveUp(shop, line, unsent, options.restock)] : [];
    if (sent > 0) {
      result.push(refundLine(shop, line, sent, options.restock ? 'RETURN' : 'NO_RESTOCK'));
      if (options.restock) moveLevel(shop, line.itemId, line.locationId, { available: sent });
    }
    return result;
  });
  addRefund(shop, order, refunded);
  touch(shop, order, null);
}

/** A refund of money alone, a note, a tag: the order changes, no unit does. */
export function note(shop: Shop, remoteId: string): void {
  touch(shop, orderOf(shop, remoteId), null);
}

/** `quantity` is what the line shall hold. A removed unit stays in the line's `quantity`, as in the real shop. */
export function editLine(shop: Shop, remoteId: string, lineId: string, quantity: number): void {
  const order = orderOf(shop, remoteId);
  const line = lineOf(order, lineId);
  const change = quantity - currentQuantity(order, line);
  const delta = Math.max(change, -line.unfulfilled);
  if (delta > 0) line.quantity += delta;
  else line.removed -= delta;
  line.unfulfilled += delta;
  moveLevel(shop, line.itemId, line.locationId, { available: -delta, committed: delta });
  order.edited = true;
  shop.events.emit('orders/edited', orderEditBody(order, line, delta, nextId(shop.memory), second(shop)));
  touch(shop, order, null);
}

export function deleteOrder(shop: Shop, remoteId: string): void {
  const order = orderOf(shop, remoteId);
  shop.memory.orders.delete(order.id);
  shop.events.emit('orders/delete', { id: exactNumber(order.id) });
  shop.events.changed();
}

export function currentQuantity(order: SimulatedShopOrder, line: SimulatedLineItem): number {
  const refunded = order.refunds
    .flatMap(({ lines }) => lines)
    .filter(({ lineId }) => lineId === line.id)
    .reduce((sum, { quantity }) => sum + quantity, 0);
  return line.quantity - line.removed - refunded;
}

/** Units that were sent and neither refunded nor returned. */
export function stillOut(order: SimulatedShopOrder, line: SimulatedLineItem): number {
  const returned = order.returns
    .filter((one) => one.lineId === line.id && one.refundIds.length === 0)
    .reduce((sum, { quantity }) => sum + quantity, 0);
  return currentQuantity(order, line) - line.unfulfilled - returned;
}
