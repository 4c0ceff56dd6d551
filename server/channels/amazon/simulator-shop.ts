// What can be played in a simulated Amazon account: listings, the seller's own edits, and orders.

import type { SimulatedOrder, SimulatedProduct } from '../simulator.ts';
import {
  type AccountMemory,
  nextId,
  type SimulatedAmazonOrder,
  type SimulatedItem,
  type SimulatedListing,
  settle,
} from './simulator-memory.ts';

export type AccountWorld = {
  readonly memory: AccountMemory;
  readonly now: () => Date;
  readonly changed: () => void;
  /** Tells whoever wants to hear that an order changed. */
  readonly tell: (order: SimulatedAmazonOrder) => void;
};
type Lines = readonly { readonly lineId: string; readonly quantity: number }[];

export function listingOf(memory: AccountMemory, sku: string): SimulatedListing {
  const listing = memory.listings.get(sku);
  if (listing === undefined) throw new RangeError(`This account has no listing ${sku}.`);
  return listing;
}

export function createShopActions(world: AccountWorld) {
  const { memory, changed } = world;
  const stamp = (): string => world.now().toISOString();
  const touch = (thing: { updatedAt: string }): void => {
    thing.updatedAt = stamp();
    changed();
  };
  const touchOrder = (order: SimulatedAmazonOrder): void => {
    touch(order);
    world.tell(order);
  };
  const orderOf = (id: string): SimulatedAmazonOrder => {
    const order = memory.orders.get(id);
    if (order === undefined) throw new RangeError(`This account has no order ${id}.`);
    return order;
  };
  const itemOf = (order: SimulatedAmazonOrder, lineId: string): SimulatedItem => {
    const item = order.items.find(({ id }) => id === lineId);
    if (item === undefined) throw new RangeError(`The order ${order.id} has no item ${lineId}.`);
    return item;
  };
  const leftOf = (item: SimulatedItem): number => item.ordered - item.fulfilled - item.cancelled;

  // Amazon takes sold units off its own number, and off one that was accepted and is not shown yet.
  function take(sku: string, units: number): void {
    const listing = memory.listings.get(sku);
    if (listing === undefined) return;
    listing.quantity = Math.max(0, listing.quantity - units);
    for (const waiting of listing.onTheWay) waiting.quantity = Math.max(0, waiting.quantity - units);
    listing.updatedAt = stamp();
  }

  function cancelUnits(order: SimulatedAmazonOrder, item: SimulatedItem, units: number): void {
    item.cancelled += units;
    const listing = memory.listings.get(item.sku);
    if (listing !== undefined) {
      listing.quantity += units;
      listing.updatedAt = stamp();
    }
    touchOrder(order);
  }

  function place(
    lines: readonly { readonly remoteId: string; readonly quantity: number }[],
    how: { readonly isPending: boolean; readonly replaces: string | null },
  ): SimulatedOrder {
    settle(memory, world.now());
    const listings = lines.map(({ remoteId }) => listingOf(memory, remoteId));
    const number = String(nextId(memory)).padStart(7, '0');
    const order: SimulatedAmazonOrder = {
      id: `111-0000000-${number}`,
      createdAt: stamp(),
      updatedAt: stamp(),
      isPending: how.isPending,
      isCancelled: false,
      cancelRequested: false,
      fulfilledBy: listings.every((one) => one.isAmazonFulfilled) ? 'AMAZON' : 'MERCHANT',
      replaces: how.replaces,
      items: lines.map(({ remoteId, quantity }) => ({
        id: String(10_000_000_000 + nextId(memory)),
        sku: remoteId,
        title: listingOf(memory, remoteId).title,
        ordered: quantity,
        fulfilled: 0,
        cancelled: 0,
      })),
      packages: [],
    };
    memory.orders.set(order.id, order);
    for (const { remoteId, quantity } of lines) take(remoteId, quantity);
    changed();
    world.tell(order);
    const sold = order.items.map(({ id, sku, ordered }) => ({
      lineId: id,
      remoteId: sku,
      quantity: ordered,
    }));
    return { remoteId: order.id, lines: sold };
  }

  return {
    addProduct: (product: SimulatedProduct): string => {
      const number = nextId(memory);
      const sku = product.sku ?? `0K-SELF-${number}`; // Amazon makes one up when the seller gives none
      if (memory.listings.has(sku)) throw new RangeError(`This account sells ${sku} already.`);
      const title = product.group === undefined ? product.title : `${product.group} - ${product.title}`;
      memory.listings.set(sku, {
        sku,
        asin: `B${String(number).padStart(9, '0')}`,
        title,
        isAmazonFulfilled: product.tracked === false,
        isActive: (product.state ?? 'active') === 'active',
        quantity: product.quantity,
        onTheWay: [],
        handlingDays: 2,
        createdAt: stamp(),
        updatedAt: stamp(),
      });
      changed();
      return sku;
    },
    removeProduct: (sku: string): void => {
      memory.listings.delete(sku);
      changed();
    },
    changeProduct: (sku: string, change: Partial<Omit<SimulatedProduct, 'quantity'>>): void => {
      const listing = listingOf(memory, sku);
      if (change.sku !== undefined && change.sku !== sku) {
        throw new RangeError('The SKU of an Amazon listing cannot be changed.');
      }
      listing.title = change.title ?? listing.title;
      if (change.tracked !== undefined) listing.isAmazonFulfilled = !change.tracked;
      if (change.state !== undefined) listing.isActive = change.state === 'active';
      touch(listing);
    },
    editQuantity: (sku: string, quantity: number): void => {
      const listing = listingOf(memory, sku);
      listing.quantity = quantity;
      listing.onTheWay = [];
      touch(listing);
    },
    buy: (lines: readonly { readonly remoteId: string; readonly quantity: number }[]): SimulatedOrder =>
      place(lines, { isPending: false, replaces: null }),
    /** An order whose payment Amazon has not approved yet. */
    buyPending: (
      lines: readonly { readonly remoteId: string; readonly quantity: number }[],
    ): SimulatedOrder => place(lines, { isPending: true, replaces: null }),
    pay: (id: string): void => {
      const order = orderOf(id);
      order.isPending = false;
      touchOrder(order);
    },
    /** The same again, free of charge, as an order of its own. */
    replace: (id: string): SimulatedOrder =>
      place(
        orderOf(id).items.map(({ sku, ordered }) => ({ remoteId: sku, quantity: ordered })),
        { isPending: false, replaces: id },
      ),
    requestCancel: (id: string): void => {
      const order = orderOf(id);
      order.cancelRequested = true;
      touchOrder(order);
    },
    fulfil: (id: string, lines?: Lines): void => {
      const order = orderOf(id);
      const sent = (lines ?? order.items.map((item) => ({ lineId: item.id, quantity: leftOf(item) })))
        .map(({ lineId, quantity }) => ({ item: itemOf(order, lineId), quantity }))
        .map(({ item, quantity }) => ({ item, quantity: Math.min(quantity, leftOf(item)) }))
        .filter(({ quantity }) => quantity > 0);
      for (const { item, quantity } of sent) item.fulfilled += quantity;
      order.isPending = false;
      order.packages.push({
        id: String(order.packages.length + 1),
        shipTime: stamp(),
        items: sent.map(({ item, quantity }) => ({ orderItemId: item.id, quantity })),
      });
      touchOrder(order);
    },
    cancel: (id: string): void => {
      const order = orderOf(id);
      const isUntouched = order.items.every(({ fulfilled }) => fulfilled === 0);
      for (const item of order.items) cancelUnits(order, item, leftOf(item));
      order.isCancelled = isUntouched;
    },
    /** Money only: Amazon's orders say nothing of it, and no listing changes by it. */
    refund: (id: string): void => touchOrder(orderOf(id)),
    /** A buyer cannot change an order; the seller can cancel some of its units. */
    editLine: (id: string, lineId: string, quantity: number): void => {
      const order = orderOf(id);
      const item = itemOf(order, lineId);
      const fewer = item.ordered - item.cancelled - quantity;
      if (fewer < 0 || fewer > leftOf(item)) throw new RangeError('An Amazon order can only lose units.');
      cancelUnits(order, item, fewer);
    },
    deleteOrder: (id: string): void => {
      memory.orders.delete(id);
      changed();
    },
  };
}
