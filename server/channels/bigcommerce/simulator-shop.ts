// What customers and the shop owner do in the simulated store.

import {
  optionOf,
  type SimulatedLine,
  type SimulatedOrder,
  type SimulatedProduct,
  type SimulatedShop,
} from '../simulator.ts';
import { touchProduct } from './simulator-catalog.ts';
import type {
  Shop,
  ShopLine,
  ShopOrder,
  ShopProduct,
  ShopSettings,
  ShopVariant,
} from './simulator-memory.ts';
import { DEFAULT_LOCATION, keyOf, levelAt, sellable, settleStock, tellStock } from './simulator-stock.ts';
import { STATUS } from './status.ts';

type SharedActions =
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
  | 'deleteOrder';

/** What this store can do beyond what every simulated shop can. */
export type OwnActions = {
  /** An order in any status: entered by hand, for pickup, of digital goods. */
  readonly placeOrder: (
    lines: readonly SimulatedLine[],
    options: {
      readonly statusId?: number;
      readonly pickupLocationId?: number;
      readonly type?: ShopLine['type'];
      readonly source?: string;
    },
  ) => SimulatedOrder;
  readonly setStatus: (orderRemoteId: string, statusId: number) => void;
  /** A product that keeps one number for all its variants. */
  readonly addFamily: (family: {
    readonly name: string;
    readonly sku: string;
    readonly quantity: number;
    readonly variantSkus: readonly string[];
  }) => { readonly productId: number; readonly variantIds: readonly string[] };
  readonly setTracking: (remoteId: string, tracking: ShopProduct['tracking']) => void;
  readonly setSafetyStock: (remoteId: string, safety: number) => void;
  readonly setLevel: (remoteId: string, locationId: number, onhand: number) => void;
  readonly addLocation: (label: string) => number;
  readonly setInventorySettings: (change: Partial<ShopSettings>) => void;
};

export function createActions(
  shop: Shop,
  index: (variant: ShopVariant) => void,
): Pick<SimulatedShop, SharedActions> & OwnActions {
  const { memory } = shop;
  const orderOf = (remoteId: string): ShopOrder => {
    const order = memory.orders.get(Number(remoteId));
    if (order === undefined) throw new RangeError(`There is no order ${remoteId}.`);
    return order;
  };
  const keyFor = (remoteId: string): string => {
    const variant = variantOf(shop, remoteId);
    return keyOf(shop, variant.productId, variant.id) ?? `v${variant.id}`;
  };
  return {
    addProduct: (product) => addProduct(shop, index, product),
    addFamily: (family) => addFamily(shop, index, family),
    removeProduct: (remoteId) => removeVariant(shop, variantOf(shop, remoteId)),
    changeProduct: (remoteId, change) => changeProduct(shop, variantOf(shop, remoteId), change),
    shelf: () => shelf(shop),
    editQuantity: (remoteId, quantity) => {
      const level = levelAt(shop, keyFor(remoteId), DEFAULT_LOCATION);
      level.onhand = quantity + level.safety;
      tellStock(shop, keyFor(remoteId), 'person');
    },
    buy: (lines) => place(shop, lines, {}),
    placeOrder: (lines, options) => place(shop, lines, options),
    setStatus: (remoteId, statusId) => setStatus(shop, orderOf(remoteId), statusId),
    fulfil: (remoteId, lines) => fulfil(shop, orderOf(remoteId), lines),
    cancel: (remoteId) => setStatus(shop, orderOf(remoteId), STATUS.cancelled),
    // Refunds by the API never put anything back on the shelf, whatever the customer was promised.
    refund: (remoteId, lines) => refund(shop, orderOf(remoteId), lines),
    editLine: (remoteId, lineId, quantity) => {
      const order = orderOf(remoteId);
      for (const line of order.lines) if (String(line.id) === lineId) line.quantity = quantity;
      settleStock(shop, order);
      order.lines = order.lines.filter((line) => line.quantity > 0);
      touchOrder(shop, order);
    },
    deleteOrder: (remoteId) => {
      const order = orderOf(remoteId);
      order.isDeleted = true;
      order.modifiedAt = shop.now();
      settleStock(shop, order);
      shop.emit('store/order/archived', { type: 'order', id: order.id });
    },
    setTracking: (remoteId, tracking) => {
      const product = productOf(shop, variantOf(shop, remoteId));
      product.tracking = tracking;
      touchProduct(shop, product);
    },
    setSafetyStock: (remoteId, safety) => {
      levelAt(shop, keyFor(remoteId), DEFAULT_LOCATION).safety = safety;
    },
    setLevel: (remoteId, locationId, onhand) => {
      levelAt(shop, keyFor(remoteId), locationId).onhand = onhand;
    },
    addLocation: (label) => {
      const id = memory.locations.length + 1;
      memory.locations.push({ id, label, enabled: true });
      return id;
    },
    setInventorySettings: (change) => {
      memory.settings = { ...memory.settings, ...change };
    },
  };
}

function variantOf(shop: Shop, remoteId: string): ShopVariant {
  const variant = shop.memory.variants.get(Number(remoteId));
  if (variant === undefined) throw new RangeError(`There is no variant ${remoteId}.`);
  return variant;
}

const productOf = (shop: Shop, variant: ShopVariant): ShopProduct => {
  const product = shop.memory.products.get(variant.productId);
  if (product === undefined) throw new RangeError(`There is no product ${variant.productId}.`);
  return product;
};

// ---- the catalogue --------------------------------------------------------------------------------------------

function newProduct(
  shop: Shop,
  fields: Pick<ShopProduct, 'name' | 'sku'> & Partial<ShopProduct>,
): ShopProduct {
  const product: ShopProduct = {
    id: shop.memory.nextId++,
    tracking: 'variant',
    visible: true,
    hasOptions: false,
    createdAt: shop.now(),
    modifiedAt: shop.now(),
    ...fields,
  };
  shop.memory.products.set(product.id, product);
  shop.emit('store/product/created', { type: 'product', id: product.id });
  return product;
}

function newVariant(
  shop: Shop,
  index: (variant: ShopVariant) => void,
  fields: Omit<ShopVariant, 'id'>,
): ShopVariant {
  const variant: ShopVariant = { id: shop.memory.nextId++, ...fields };
  shop.memory.variants.set(variant.id, variant);
  index(variant);
  return variant;
}

/** A product of its own is counted by product, the variants of a group each for themselves. */
function addProduct(shop: Shop, index: (variant: ShopVariant) => void, wish: SimulatedProduct): string {
  const isTracked = wish.tracked ?? true;
  const visible = (wish.state ?? 'active') === 'active';
  const sku = wish.sku ?? '';
  const product =
    wish.group === undefined
      ? newProduct(shop, { name: wish.title, sku, visible, tracking: isTracked ? 'product' : 'none' })
      : groupOf(shop, wish.group, { visible, tracking: isTracked ? 'variant' : 'none' });
  const label = optionOf(wish) ?? '';
  const variant = newVariant(shop, index, { productId: product.id, sku, label });
  if (label !== '') {
    const data = { product_id: product.id, variant_id: variant.id };
    shop.emit('store/sku/created', { type: 'sku', id: variant.id, sku: data });
    touchProduct(shop, product);
  }
  const key = keyOf(shop, product.id, variant.id);
  if (key !== null) levelAt(shop, key, DEFAULT_LOCATION).onhand = wish.quantity;
  return String(variant.id);
}

function groupOf(shop: Shop, name: string, fields: Pick<ShopProduct, 'visible' | 'tracking'>): ShopProduct {
  const known = [...shop.memory.products.values()].find(
    (product) => product.hasOptions && product.name === name,
  );
  return known ?? newProduct(shop, { name, sku: '', hasOptions: true, ...fields });
}

function addFamily(
  shop: Shop,
  index: (variant: ShopVariant) => void,
  family: Parameters<OwnActions['addFamily']>[0],
): ReturnType<OwnActions['addFamily']> {
  const { name, sku, quantity, variantSkus } = family;
  const product = newProduct(shop, { name, sku, hasOptions: true, tracking: 'product' });
  const variants = variantSkus.map((own, place) =>
    newVariant(shop, index, { productId: product.id, sku: own, label: `Size ${place + 1}` }),
  );
  levelAt(shop, `p${product.id}`, DEFAULT_LOCATION).onhand = quantity;
  return { productId: product.id, variantIds: variants.map(({ id }) => String(id)) };
}

function removeVariant(shop: Shop, variant: ShopVariant): void {
  const { memory } = shop;
  memory.variants.delete(variant.id);
  memory.stock.delete(`v${variant.id}`);
  if (shop.variantsOf(variant.productId).length > 0) {
    const data = { product_id: variant.productId, variant_id: variant.id };
    shop.emit('store/sku/deleted', { type: 'sku', id: variant.id, sku: data });
    return;
  }
  memory.stock.delete(`p${variant.productId}`);
  memory.products.delete(variant.productId);
  shop.emit('store/product/deleted', { type: 'product', id: variant.productId });
}

function changeProduct(
  shop: Shop,
  variant: ShopVariant,
  change: Partial<Omit<SimulatedProduct, 'quantity'>>,
): void {
  const product = productOf(shop, variant);
  if (change.sku !== undefined) {
    variant.sku = change.sku ?? '';
    if (!product.hasOptions) product.sku = variant.sku;
  }
  if (change.title !== undefined) {
    if (product.hasOptions) variant.label = change.title;
    else product.name = change.title;
  }
  if (change.state !== undefined) product.visible = change.state === 'active';
  if (change.tracked !== undefined) {
    const counted = product.hasOptions ? 'variant' : 'product';
    product.tracking = change.tracked ? counted : 'none';
    const key = keyOf(shop, product.id, variant.id);
    if (key !== null) levelAt(shop, key, DEFAULT_LOCATION);
  }
  touchProduct(shop, product);
}

function shelf(shop: Shop): ReturnType<SimulatedShop['shelf']> {
  return [...shop.memory.variants.values()].map((variant) => {
    const product = productOf(shop, variant);
    const key = keyOf(shop, product.id, variant.id);
    return {
      remoteId: String(variant.id),
      sku: variant.sku === '' ? null : variant.sku,
      title: variant.label === '' ? product.name : `${product.name} - ${variant.label}`,
      quantity: key === null ? 0 : sellable(shop, key),
    };
  });
}

// ---- orders ---------------------------------------------------------------------------------------------------

function place(
  shop: Shop,
  lines: readonly SimulatedLine[],
  options: Parameters<OwnActions['placeOrder']>[1],
): SimulatedOrder {
  const order: ShopOrder = {
    id: shop.memory.nextOrderId++,
    statusId: options.statusId ?? STATUS.awaitingFulfillment,
    source: options.source ?? 'www',
    createdAt: shop.now(),
    modifiedAt: shop.now(),
    shippedAt: null,
    isDeleted: false,
    pickupLocationId: options.pickupLocationId ?? 0,
    lines: [],
    refunds: [],
  };
  const placed = lines.map(({ remoteId, quantity }) => {
    const variant = variantOf(shop, remoteId);
    const product = productOf(shop, variant);
    const line: ShopLine = {
      id: shop.memory.nextId++,
      productId: product.id,
      variantId: variant.id,
      name: product.name,
      // A variant without a SKU sells as its product's.
      sku: variant.sku === '' ? product.sku : variant.sku,
      type: options.type ?? 'physical',
      quantity,
      shipped: 0,
      refunded: 0,
      taken: 0,
    };
    order.lines.push(line);
    return { lineId: String(line.id), remoteId, quantity };
  });
  shop.memory.orders.set(order.id, order);
  settleStock(shop, order);
  shop.emit('store/order/created', { type: 'order', id: order.id });
  return { remoteId: String(order.id), lines: placed };
}

function touchOrder(shop: Shop, order: ShopOrder): void {
  order.modifiedAt = shop.now();
  shop.emit('store/order/updated', { type: 'order', id: order.id });
}

function setStatus(shop: Shop, order: ShopOrder, statusId: number): void {
  const previous = order.statusId;
  order.statusId = statusId;
  if (statusId === STATUS.shipped || statusId === STATUS.completed) order.shippedAt ??= shop.now();
  settleStock(shop, order);
  touchOrder(shop, order);
  const status = { previous_status_id: previous, new_status_id: statusId };
  shop.emit('store/order/statusUpdated', { type: 'order', id: order.id, status });
}

function fulfil(
  shop: Shop,
  order: ShopOrder,
  lines: readonly { readonly lineId: string; readonly quantity: number }[] | undefined,
): void {
  for (const line of order.lines) {
    const left = line.quantity - line.refunded - line.shipped;
    const wish = lines?.find(({ lineId }) => lineId === String(line.id))?.quantity ?? 0;
    line.shipped += Math.max(0, lines === undefined ? left : Math.min(wish, left));
  }
  order.shippedAt = shop.now();
  const isWhole = order.lines.every((line) => line.shipped + line.refunded >= line.quantity);
  shop.emit('store/shipment/created', { type: 'shipment', id: shop.memory.nextId++, orderId: order.id });
  setStatus(shop, order, isWhole ? STATUS.shipped : STATUS.partiallyShipped);
}

function refund(
  shop: Shop,
  order: ShopOrder,
  lines: readonly { readonly lineId: string; readonly quantity: number }[],
): void {
  const items: { lineId: number; quantity: number }[] = [];
  for (const { lineId, quantity } of lines) {
    const line = order.lines.find(({ id }) => String(id) === lineId);
    if (line === undefined) continue;
    line.refunded = Math.min(line.quantity, line.refunded + quantity);
    items.push({ lineId: line.id, quantity });
  }
  const id = shop.memory.nextId++;
  order.refunds.push({ id, at: shop.now(), items });
  const isWhole = order.lines.every((line) => line.refunded >= line.quantity);
  shop.emit('store/order/refund/created', { type: 'order', id: order.id, refund: { refund_id: id } });
  setStatus(shop, order, isWhole ? STATUS.refunded : STATUS.partiallyRefunded);
}
