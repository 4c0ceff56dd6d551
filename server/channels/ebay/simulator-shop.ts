// What people do in a simulated eBay account: the seller's products and shipments, the buyers' purchases.

import { optionOf, type SimulatedOrder, type SimulatedProduct, type SimulatedShop } from '../simulator.ts';
import { specificsKey } from './item.ts';
import { remoteIdOf } from './map-listing.ts';
import {
  nextId,
  OPTION_NAME,
  offersOf,
  type ShopMemory,
  type SimulatedEbayOrder,
  type SimulatedListing,
  type SimulatedUnit,
  shownOf,
} from './simulator-memory.ts';

export type ShopActions = Pick<
  SimulatedShop,
  | 'addProduct'
  | 'removeProduct'
  | 'changeProduct'
  | 'shelf'
  | 'editQuantity'
  | 'buy'
  | 'fulfil'
  | 'cancel'
  | 'refund'
  | 'editLine'
  | 'deleteOrder'
> & {
  /** Offers an item of the Inventory API on one more listing, as on another of eBay's sites. */
  readonly offerAlso: (remoteId: string) => string;
};

export type ShopRules = {
  readonly now: () => Date;
  readonly changed: () => void;
  /** A listing that runs out is hidden, not ended. */
  readonly outOfStockControl: () => boolean;
  /** Every product is made on the site, none through the Inventory API. */
  readonly legacyOnly: boolean;
};

export const unitId = ({ itemId }: { readonly itemId: string }, option: string | null): string =>
  remoteIdOf(itemId, option === null ? null : specificsKey([[OPTION_NAME, option]]));

export function createShopActions(memory: ShopMemory, rules: ShopRules): ShopActions {
  return { ...productActions(memory, rules), ...orderActions(memory, rules) };
}

// ---- products ---------------------------------------------------------------------------------------------------

/** The Inventory API takes no other SKUs. */
const INVENTORY_SKU = /^[A-Za-z0-9-]{1,50}$/;

function worldOf(product: SimulatedProduct, rules: ShopRules): SimulatedListing['world'] {
  if (product.tracked === false) return 'auction';
  const isPlain = product.group === undefined && INVENTORY_SKU.test(product.sku ?? '');
  return isPlain && !rules.legacyOnly ? 'inventory' : 'legacy';
}

function find(memory: ShopMemory, remoteId: string): { listing: SimulatedListing; unit: SimulatedUnit } {
  const listing = memory.listings.get(remoteId.split('~')[0] ?? '');
  const unit = listing?.units.find((one) => unitId(listing, one.option) === remoteId);
  if (listing === undefined || unit === undefined) throw new RangeError(`There is no listing "${remoteId}".`);
  return { listing, unit };
}

type Families = Map<string, SimulatedListing>;

function addProduct(
  memory: ShopMemory,
  rules: ShopRules,
  families: Families,
  product: SimulatedProduct,
): string {
  const { group = null, sku, title, quantity } = product;
  const unit: SimulatedUnit = {
    option: optionOf(product),
    sku,
    available: quantity,
    offered: quantity,
    sold: 0,
    offerId: nextId(memory),
  };
  const world = worldOf(product, rules);
  // A SKU is one item of the Inventory API: a second listing of it was made on the site.
  const isTaken = world === 'inventory' && memory.inventory.has(sku ?? '');
  const known = group === null ? undefined : families.get(group);
  const family = known !== undefined && memory.listings.get(known.itemId) === known ? known : undefined;
  if (family !== undefined) {
    family.units.push(unit);
    return unitId(family, unit.option);
  }
  const listing: SimulatedListing = {
    itemId: nextId(memory),
    title: group ?? title,
    world: isTaken ? 'legacy' : world,
    group,
    hasEnded: (product.state ?? 'active') !== 'active',
    revisions: { day: '', count: 0 },
    units: [unit],
  };
  memory.listings.set(listing.itemId, listing);
  if (group !== null) families.set(group, listing);
  if (listing.world === 'inventory') memory.inventory.set(sku ?? '', listing.itemId);
  return unitId(listing, unit.option);
}

function offerAlso(memory: ShopMemory, remoteId: string): string {
  const { listing, unit } = find(memory, remoteId);
  if (listing.world !== 'inventory') throw new RangeError('Only an item of the Inventory API has offers.');
  const other: SimulatedListing = {
    ...listing,
    itemId: nextId(memory),
    revisions: { day: '', count: 0 },
    units: [{ ...unit, sold: 0, offerId: nextId(memory) }],
  };
  memory.listings.set(other.itemId, other);
  const sku = unit.sku ?? '';
  memory.alsoOffered.set(sku, [...(memory.alsoOffered.get(sku) ?? []), other.itemId]);
  return unitId(other, unit.option);
}

type ProductActions = Pick<
  ShopActions,
  'addProduct' | 'offerAlso' | 'removeProduct' | 'changeProduct' | 'shelf' | 'editQuantity'
>;

function productActions(memory: ShopMemory, rules: ShopRules): ProductActions {
  const { changed } = rules;
  const families: Families = new Map();
  for (const listing of memory.listings.values()) if (listing.group) families.set(listing.group, listing);
  return {
    addProduct: (product) => {
      const remoteId = addProduct(memory, rules, families, product);
      changed();
      return remoteId;
    },
    offerAlso: (remoteId) => {
      const other = offerAlso(memory, remoteId);
      changed();
      return other;
    },
    removeProduct: (remoteId) => {
      const { listing, unit } = find(memory, remoteId);
      listing.units = listing.units.filter((one) => one !== unit);
      if (listing.units.length === 0) memory.listings.delete(listing.itemId);
      if (listing.world === 'inventory') memory.inventory.delete(unit.sku ?? '');
      changed();
    },
    changeProduct: (remoteId, change) => {
      const { listing, unit } = find(memory, remoteId);
      if (change.title !== undefined) listing.title = change.title;
      if (change.state !== undefined) listing.hasEnded = change.state !== 'active';
      if (change.sku !== undefined) {
        if (listing.world === 'inventory') memory.inventory.delete(unit.sku ?? '');
        unit.sku = change.sku;
        if (listing.world === 'inventory') memory.inventory.set(unit.sku ?? '', listing.itemId);
      }
      changed();
    },
    shelf: () =>
      [...memory.listings.values()]
        .filter((listing) => !listing.hasEnded)
        .flatMap((listing) =>
          listing.units.map((unit) => ({
            remoteId: unitId(listing, unit.option),
            sku: unit.sku,
            title: unit.option === null ? listing.title : `${listing.title} - ${unit.option}`,
            quantity: shownOf(listing, unit),
          })),
        ),
    editQuantity: (remoteId, quantity) => {
      const { listing, unit } = find(memory, remoteId);
      setQuantity(listing, unit, quantity, { ...rules, memory });
      changed();
    },
  };
}

export function setQuantity(
  listing: SimulatedListing,
  unit: SimulatedUnit,
  quantity: number,
  { outOfStockControl, memory }: Pick<ShopRules, 'outOfStockControl'> & { readonly memory: ShopMemory },
): void {
  unit.available = Math.max(0, quantity);
  unit.offered = unit.available;
  shareUnits(memory, listing, unit);
  const isSoldOut = listing.units.every((one) => shownOf(listing, one) === 0);
  if (isSoldOut && !outOfStockControl()) listing.hasEnded = true;
}

/** What an item has left is the same on all its listings. */
function shareUnits(
  memory: ShopMemory,
  { world }: SimulatedListing,
  { sku, available }: SimulatedUnit,
): void {
  if (world !== 'inventory') return;
  for (const { unit } of offersOf(memory, sku ?? '')) unit.available = available;
}

// ---- orders -----------------------------------------------------------------------------------------------------

type OrderActions = Pick<ShopActions, 'buy' | 'fulfil' | 'cancel' | 'refund' | 'editLine' | 'deleteOrder'>;

function orderActions(memory: ShopMemory, rules: ShopRules): OrderActions {
  const order = (orderId: string): SimulatedEbayOrder => {
    const found = memory.orders.get(orderId);
    if (found === undefined) throw new RangeError(`There is no order "${orderId}".`);
    return found;
  };
  const touch = (touched: SimulatedEbayOrder): void => {
    touched.lastModifiedDate = rules.now().toISOString();
    rules.changed();
  };
  return {
    buy: (lines) => {
      const placed = buy(memory, rules, lines);
      rules.changed();
      return placed;
    },
    fulfil: (orderId, lines) => {
      const here = order(orderId);
      const sent =
        lines ??
        here.lines.map((line) => ({
          lineId: line.lineItemId,
          quantity: line.quantity - sentOf(here, line.lineItemId),
        }));
      here.fulfillments.push({
        fulfillmentId: nextId(memory),
        shippedDate: rules.now().toISOString(),
        lines: sent
          .filter(({ quantity }) => quantity > 0)
          .map(({ lineId, quantity }) => ({ lineItemId: lineId, quantity })),
      });
      touch(here);
    },
    cancel: (orderId) => {
      const here = order(orderId);
      if (here.cancelState === 'CANCELED') return;
      here.cancelState = 'CANCELED';
      giveBack(memory, here);
      touch(here);
    },
    // Money and nothing else: eBay keeps no units of a refund, and puts nothing back on sale.
    refund: (orderId, lines) => {
      const here = order(orderId);
      here.refundedUnits += lines.reduce((sum, { quantity }) => sum + quantity, 0);
      const units = here.lines.reduce((sum, { quantity }) => sum + quantity, 0);
      here.paymentStatus = here.refundedUnits >= units ? 'FULLY_REFUNDED' : 'PARTIALLY_REFUNDED';
      touch(here);
      here.refunds.push({
        referenceId: `${orderId}-refund-${here.refunds.length + 1}`,
        issuedAt: here.lastModifiedDate,
      });
    },
    editLine: () => {
      throw new RangeError('An eBay order cannot be edited.');
    },
    deleteOrder: (orderId) => {
      memory.orders.delete(orderId);
      rules.changed();
    },
  };
}

export const sentOf = ({ fulfillments }: SimulatedEbayOrder, lineItemId: string): number =>
  fulfillments
    .flatMap(({ lines }) => lines)
    .filter((line) => line.lineItemId === lineItemId)
    .reduce((sum, { quantity }) => sum + quantity, 0);

function buy(
  memory: ShopMemory,
  rules: ShopRules,
  lines: readonly { readonly remoteId: string; readonly quantity: number }[],
): SimulatedOrder {
  memory.lastOrder += 1;
  const number = String(memory.lastOrder).padStart(10, '0');
  const orderId = `27-${number.slice(0, 5)}-${number.slice(5)}`;
  const at = rules.now().toISOString();
  const sold = lines.map(({ remoteId, quantity }) => {
    const { listing, unit } = find(memory, remoteId);
    unit.sold += quantity;
    setQuantity(listing, unit, shownOf(listing, unit) - quantity, { ...rules, memory });
    const { itemId, title } = listing;
    const { option, sku } = unit;
    return { lineItemId: nextId(memory), itemId, option, sku, title, quantity };
  });
  memory.orders.set(orderId, {
    orderId,
    creationDate: at,
    lastModifiedDate: at,
    cancelState: 'NONE_REQUESTED',
    paymentStatus: 'PAID',
    lines: sold,
    fulfillments: [],
    refundedUnits: 0,
    refunds: [],
  });
  return {
    remoteId: orderId,
    lines: sold.map(({ lineItemId, quantity }, index) => ({
      lineId: lineItemId,
      remoteId: lines[index]?.remoteId ?? '',
      quantity,
    })),
  };
}

function giveBack(memory: ShopMemory, order: SimulatedEbayOrder): void {
  for (const line of order.lines) {
    const listing = memory.listings.get(line.itemId);
    const unit = listing?.units.find(({ option }) => option === line.option);
    const back = line.quantity - sentOf(order, line.lineItemId);
    if (listing === undefined || unit === undefined || back <= 0) continue;
    unit.available += back;
    unit.offered += back;
    unit.sold -= back;
    shareUnits(memory, listing, unit);
  }
}
