// What happens in a simulated shop: customers buy, staff send, cancel, refund, edit and delete. Stock moves as the real
// shop moves it: an order takes units off `available` at once, a fulfilment only off `committed`.

import { createHash } from 'node:crypto';
import type { SimulatedLine, SimulatedOrder, SimulatedProduct } from '../simulator.ts';
import {
  digits,
  exactNumber,
  gid,
  levelKey,
  nextId,
  type ShopMemory,
  type SimulatedLevel,
  type SimulatedLineItem,
  type SimulatedRefundLine,
  type SimulatedShopOrder,
  type SimulatedVariant,
} from './simulator-memory.ts';
import { levelBody, orderBody, orderEditBody, productBody, refundBody } from './simulator-webhooks.ts';

export type ShopEvents = {
  readonly now: () => Date;
  /** Tells the subscribers of a topic. */
  readonly emit: (topic: string, body: object) => void;
  readonly changed: () => void;
};

type LineQuantity = { readonly lineId: string; readonly quantity: number };

export type ShopActions = ReturnType<typeof createShopActions>;

export function createShopActions(memory: ShopMemory, events: ShopEvents) {
  /** Shopify keeps whole seconds. */
  const second = (): string => `${events.now().toISOString().slice(0, 19)}Z`;

  function variantOf(remoteId: string): SimulatedVariant {
    const variant = memory.variants.get(digits('ProductVariant', remoteId) ?? '');
    if (variant === undefined) throw new RangeError(`The simulated shop has no listing ${remoteId}.`);
    return variant;
  }
  function orderOf(remoteId: string): SimulatedShopOrder {
    const order = memory.orders.get(digits('Order', remoteId) ?? '');
    if (order === undefined) throw new RangeError(`The simulated shop has no order ${remoteId}.`);
    return order;
  }
  function lineOf(order: SimulatedShopOrder, lineId: string): SimulatedLineItem {
    const line = order.lines.find(({ id }) => gid('LineItem', id) === lineId);
    if (line === undefined) throw new RangeError(`The order ${order.name} has no line ${lineId}.`);
    return line;
  }

  function level(itemId: string, locationId: string): SimulatedLevel | undefined {
    const found = memory.levels.get(levelKey(itemId, locationId));
    return found?.isActive ? found : undefined;
  }
  function moveLevel(
    itemId: string,
    locationId: string,
    change: Partial<Record<'available' | 'committed', number>>,
  ): void {
    const moved = level(itemId, locationId);
    if (moved === undefined) return;
    moved.available += change.available ?? 0;
    moved.committed += change.committed ?? 0;
    moved.updatedAt = second();
    if (change.available !== undefined && change.available !== 0) {
      events.emit('inventory_levels/update', levelBody(itemId, locationId, moved));
    }
  }
  function stock(itemId: string, locationId: string, quantity: number): void {
    const before = memory.levels.get(levelKey(itemId, locationId));
    memory.levels.set(levelKey(itemId, locationId), {
      available: quantity,
      committed: before?.committed ?? 0,
      isActive: true,
      updatedAt: second(),
    });
  }
  const mainLocation = (): string => {
    const first = [...memory.locations.values()].find((one) => one.isActive && one.fulfillsOnlineOrders);
    if (first === undefined) throw new RangeError('No location of the simulated shop fulfils online orders.');
    return first.id;
  };

  // ---- products ---------------------------------------------------------------------------------------------

  const STATUS = { active: 'ACTIVE', draft: 'DRAFT', inactive: 'ARCHIVED' } as const;

  function addProduct(product: SimulatedProduct): string {
    const group = product.group ?? '';
    let productId = memory.groups.get(group) ?? '';
    if (productId === '' || !memory.products.has(productId)) {
      productId = nextId(memory);
      const title = product.group ?? product.title;
      memory.products.set(productId, { id: productId, title, status: STATUS[product.state ?? 'active'] });
      if (group !== '') memory.groups.set(group, productId);
    }
    const [id, itemId] = [nextId(memory), nextId(memory)];
    memory.variants.set(id, {
      id,
      itemId,
      productId,
      sku: product.sku,
      title: product.group === undefined ? 'Default Title' : product.title,
      tracked: product.tracked ?? true,
      requiresComponents: false,
      updatedAt: second(),
    });
    stock(itemId, mainLocation(), product.quantity);
    productEvent('products/create', productId);
    events.changed();
    return gid('ProductVariant', id);
  }

  function productEvent(topic: string, productId: string): void {
    const product = memory.products.get(productId);
    if (product === undefined || memory.subscriptions.size === 0) return;
    const variants = [...memory.variants.values()].filter((variant) => variant.productId === productId);
    events.emit(topic, productBody(product, variants));
  }

  function removeProduct(remoteId: string): void {
    const variant = variantOf(remoteId);
    memory.variants.delete(variant.id);
    for (const locationId of memory.locations.keys()) {
      memory.levels.delete(levelKey(variant.itemId, locationId));
    }
    const isLast = ![...memory.variants.values()].some(({ productId }) => productId === variant.productId);
    if (isLast) {
      events.emit('products/delete', { id: exactNumber(variant.productId) });
      memory.products.delete(variant.productId);
    } else productEvent('products/update', variant.productId);
    events.changed();
  }

  function changeProduct(remoteId: string, change: Partial<Omit<SimulatedProduct, 'quantity'>>): void {
    const variant = variantOf(remoteId);
    const product = memory.products.get(variant.productId);
    if (product === undefined) return;
    if (change.sku !== undefined) variant.sku = change.sku;
    if (change.tracked !== undefined) variant.tracked = change.tracked;
    if (change.state !== undefined) product.status = STATUS[change.state];
    if (change.title !== undefined) {
      if (variant.title === 'Default Title') product.title = change.title;
      else variant.title = change.title;
    }
    variant.updatedAt = second();
    productEvent('products/update', variant.productId);
    events.changed();
  }

  function editQuantity(remoteId: string, quantity: number): void {
    const { itemId } = variantOf(remoteId);
    const locationId = mainLocation();
    moveLevel(itemId, locationId, { available: quantity - (level(itemId, locationId)?.available ?? 0) });
    events.changed();
  }

  // ---- orders -----------------------------------------------------------------------------------------------

  /** Orders go to the first location that has enough, else to the first that stocks the item. */
  function routeTo(itemId: string, quantity: number): string {
    const places = [...memory.locations.values()].filter((one) => one.isActive && one.fulfillsOnlineOrders);
    const enough = places.find(({ id }) => (level(itemId, id)?.available ?? 0) >= quantity);
    return (enough ?? places.find(({ id }) => level(itemId, id) !== undefined))?.id ?? mainLocation();
  }

  type BuyOptions = {
    readonly test?: boolean;
    readonly requiresShipping?: boolean;
    readonly isGiftCard?: boolean;
    readonly service?: { readonly name: string; readonly locationId: string | null };
  };
  function newLine(variant: SimulatedVariant, quantity: number, options: BuyOptions = {}): SimulatedLineItem {
    const product = memory.products.get(variant.productId);
    const locationId = routeTo(variant.itemId, quantity);
    moveLevel(variant.itemId, locationId, { available: -quantity, committed: quantity });
    return {
      id: nextId(memory),
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

  function buy(lines: readonly SimulatedLine[], options: BuyOptions = {}): SimulatedOrder {
    const variants = lines.map((line) => ({ ...line, variant: variantOf(line.remoteId) }));
    const at = second();
    memory.lastOrderNumber += 1;
    const order: SimulatedShopOrder = {
      id: nextId(memory),
      name: `#${memory.lastOrderNumber}`,
      createdAt: at,
      updatedAt: at,
      cancelledAt: null,
      closed: false,
      edited: false,
      test: options.test ?? false,
      confirmed: true,
      lines: variants.map(({ variant, quantity }) => newLine(variant, quantity, options)),
      fulfillments: [],
      refunds: [],
    };
    memory.orders.set(order.id, order);
    events.emit('orders/create', orderBody(order));
    events.changed();
    return {
      remoteId: gid('Order', order.id),
      lines: order.lines.map((line, index) => ({
        lineId: gid('LineItem', line.id),
        remoteId: lines[index]?.remoteId ?? '',
        quantity: line.quantity,
      })),
    };
  }

  function touch(order: SimulatedShopOrder, topic: string | null): void {
    order.updatedAt = second();
    if (topic !== null) events.emit(topic, orderBody(order));
    events.emit('orders/updated', orderBody(order));
    events.changed();
  }

  function fulfil(remoteId: string, lines?: readonly LineQuantity[], locationId?: string): void {
    const order = orderOf(remoteId);
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
      moveLevel(line.itemId, line.locationId, { committed: -quantity });
    }
    order.fulfillments.push({
      id: nextId(memory),
      createdAt: second(),
      locationId: locationId === undefined ? first.line.locationId : (digits('Location', locationId) ?? ''),
      status: 'SUCCESS',
      lines: sent.map(({ line, quantity }) => ({ id: nextId(memory), lineId: line.id, quantity })),
    });
    const isDone = order.lines.every((line) => line.unfulfilled === 0);
    touch(order, isDone ? 'orders/fulfilled' : 'orders/partially_fulfilled');
  }

  /** The newest fulfilment is cancelled: its units are still to be sent. */
  function cancelFulfilment(remoteId: string): void {
    const order = orderOf(remoteId);
    const fulfillment = order.fulfillments.findLast(({ status }) => status === 'SUCCESS');
    if (fulfillment === undefined) return;
    fulfillment.status = 'CANCELLED';
    for (const { lineId, quantity } of fulfillment.lines) {
      const line = lineOf(order, gid('LineItem', lineId));
      line.unfulfilled += quantity;
      moveLevel(line.itemId, line.locationId, { committed: quantity });
    }
    touch(order, null);
  }

  function addRefund(order: SimulatedShopOrder, lines: readonly SimulatedRefundLine[]): void {
    if (lines.length === 0) return;
    const refund = { id: nextId(memory), createdAt: second(), lines };
    order.refunds.push(refund);
    events.emit('refunds/create', refundBody(order, refund));
  }
  const refundLine = (
    line: SimulatedLineItem,
    quantity: number,
    restockType: SimulatedRefundLine['restockType'],
  ): SimulatedRefundLine => {
    const restocked = restockType !== 'NO_RESTOCK';
    const locationId = restocked ? line.locationId : null;
    return { id: nextId(memory), lineId: line.id, quantity, restockType, restocked, locationId };
  };

  function giveUp(line: SimulatedLineItem, quantity: number, restock: boolean): SimulatedRefundLine {
    line.unfulfilled -= quantity;
    moveLevel(line.itemId, line.locationId, { committed: -quantity, available: restock ? quantity : 0 });
    return refundLine(line, quantity, restock ? 'CANCEL' : 'NO_RESTOCK');
  }

  function cancel(remoteId: string, options: { readonly restock: boolean } = { restock: true }): void {
    const order = orderOf(remoteId);
    if (order.cancelledAt !== null) return;
    const open = order.lines.filter((line) => line.unfulfilled > 0);
    addRefund(
      order,
      open.map((line) => giveUp(line, line.unfulfilled, options.restock)),
    );
    order.cancelledAt = second();
    order.closed = true;
    touch(order, 'orders/cancelled');
  }

  /** Units still to be sent first, unless it is said that they had been sent. */
  function refund(
    remoteId: string,
    lines: readonly LineQuantity[],
    options: { readonly restock: boolean; readonly of?: 'fulfilled' },
  ): void {
    const order = orderOf(remoteId);
    const refunded = lines.flatMap(({ lineId, quantity }) => {
      const line = lineOf(order, lineId);
      const unsent = options.of === 'fulfilled' ? 0 : Math.min(quantity, line.unfulfilled);
      const sent = Math.min(quantity, currentQuantity(order, line) - (line.unfulfilled - unsent)) - unsent;
      const result = unsent > 0 ? [giveUp(line, unsent, options.restock)] : [];
      if (sent > 0) {
        result.push(refundLine(line, sent, options.restock ? 'RETURN' : 'NO_RESTOCK'));
        if (options.restock) moveLevel(line.itemId, line.locationId, { available: sent });
      }
      return result;
    });
    addRefund(order, refunded);
    touch(order, null);
  }

  /** A refund of money alone, a note, a tag: the order changes, no unit does. */
  function note(remoteId: string): void {
    touch(orderOf(remoteId), null);
  }

  /** `quantity` is what the line shall hold. A removed unit stays in the line's `quantity`, as in the real shop. */
  function editLine(remoteId: string, lineId: string, quantity: number): void {
    const order = orderOf(remoteId);
    const line = lineOf(order, lineId);
    const change = quantity - currentQuantity(order, line);
    const delta = Math.max(change, -line.unfulfilled);
    if (delta > 0) line.quantity += delta;
    else line.removed -= delta;
    line.unfulfilled += delta;
    moveLevel(line.itemId, line.locationId, { available: -delta, committed: delta });
    order.edited = true;
    events.emit('orders/edited', orderEditBody(order, line, delta, nextId(memory), second()));
    touch(order, null);
  }

  function deleteOrder(remoteId: string): void {
    const order = orderOf(remoteId);
    memory.orders.delete(order.id);
    events.emit('orders/delete', { id: exactNumber(order.id) });
    events.changed();
  }

  // ---- places -----------------------------------------------------------------------------------------------

  function addLocation(name: string, options: { readonly fulfillsOnlineOrders?: boolean } = {}): string {
    const id = nextId(memory);
    const fulfillsOnlineOrders = options.fulfillsOnlineOrders ?? true;
    memory.locations.set(id, { id, name, isActive: true, fulfillsOnlineOrders });
    events.changed();
    return gid('Location', id);
  }
  /** Stocks a listing at a place; null takes it off that place's shelf. */
  function stockAt(remoteId: string, locationId: string, quantity: number | null): void {
    const { itemId } = variantOf(remoteId);
    const place = digits('Location', locationId) ?? '';
    if (quantity !== null) stock(itemId, place, quantity);
    else memory.levels.delete(levelKey(itemId, place));
    events.changed();
  }
  function stockOf(remoteId: string, locationId?: string): SimulatedLevel | undefined {
    const place = locationId === undefined ? mainLocation() : (digits('Location', locationId) ?? '');
    return level(variantOf(remoteId).itemId, place);
  }

  return {
    addProduct,
    removeProduct,
    changeProduct,
    editQuantity,
    buy,
    fulfil,
    cancelFulfilment,
    cancel,
    refund,
    note,
    editLine,
    deleteOrder,
    addLocation,
    stockAt,
    stockOf,
  };
}

export function currentQuantity(order: SimulatedShopOrder, line: SimulatedLineItem): number {
  const refunded = order.refunds
    .flatMap(({ lines }) => lines)
    .filter(({ lineId }) => lineId === line.id)
    .reduce((sum, { quantity }) => sum + quantity, 0);
  return line.quantity - line.removed - refunded;
}

/** A short, stable name for a value, to tell two requests apart. */
export const fingerprint = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex');
