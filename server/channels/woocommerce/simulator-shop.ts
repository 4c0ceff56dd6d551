// What customers and the shop owner do in the simulated shop.

import type { SimulatedLine, SimulatedOrder, SimulatedProduct, SimulatedShop } from '../simulator.ts';
import type { Shop, ShopOrder, ShopParcel, ShopProduct } from './simulator-memory.ts';
import { trashOrder } from './simulator-orders.ts';
import { forgetProduct, setSku } from './simulator-products.ts';
import {
  addLine,
  addOrder,
  editLine,
  leftToRefund,
  refundOrder,
  setStatus,
  stockKeeper,
  touchOrder,
  touchProduct,
  UNIT_PRICE,
} from './simulator-stock.ts';

const STATUS_OF = { active: 'publish', draft: 'draft', inactive: 'private' } as const;

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

/** What this shop can do beyond what every simulated shop can. */
export type OwnActions = {
  /** An order that begins in any status, as one entered by the shop owner. */
  readonly placeOrder: (status: string, lines: readonly SimulatedLine[]) => SimulatedOrder;
  readonly setStatus: (orderRemoteId: string, status: string) => void;
  readonly trashOrder: (orderRemoteId: string) => void;
  readonly untrashOrder: (orderRemoteId: string) => void;
  /** Money back without naming a line. */
  readonly refundMoney: (orderRemoteId: string, amount: number) => void;
  /** A parent that keeps one number, and variations that sell from it; `null`: a variation without a SKU. */
  readonly addFamily: (family: {
    readonly name: string;
    readonly sku: string;
    readonly quantity: number | null;
    readonly variations: readonly { readonly sku: string | null; readonly quantity: number | 'parent' }[];
  }) => { readonly parentId: string; readonly variationIds: readonly string[] };
  /** The parcels of an order are taken back. */
  readonly deleteParcels: (orderRemoteId: string) => void;
  readonly setCountsStock: (counts: boolean) => void;
};

export function createActions(shop: Shop): Pick<SimulatedShop, SharedActions> & OwnActions {
  const { memory } = shop;
  const orderOf = (remoteId: string): ShopOrder => {
    const order = memory.orders.get(Number(remoteId));
    if (order === undefined) throw new RangeError(`There is no order ${remoteId}.`);
    return order;
  };
  const productOf = (remoteId: string): ShopProduct => {
    const product = memory.products.get(Number(remoteId));
    if (product === undefined) throw new RangeError(`There is no product ${remoteId}.`);
    return product;
  };
  const place = (status: string, via: string, lines: readonly SimulatedLine[]): SimulatedOrder => {
    const order = addOrder(shop, via);
    const added = lines.map((line) => {
      const { id } = addLine(shop, order, productOf(line.remoteId), line.quantity);
      return { lineId: String(id), remoteId: line.remoteId, quantity: line.quantity };
    });
    // At a buyer's checkout the change is told before the creation.
    setStatus(shop, order, status);
    shop.emit('order.created', order.id);
    return { remoteId: String(order.id), lines: added };
  };
  return {
    addProduct: (product) => String(addProduct(shop, product).id),
    addFamily: (family) => addFamily(shop, family),
    removeProduct: (remoteId) => {
      forgetProduct(shop, Number(remoteId));
      shop.emit('product.deleted', Number(remoteId));
    },
    changeProduct: (remoteId, change) => changeProduct(shop, productOf(remoteId), change),
    shelf: () => shelf(shop),
    editQuantity: (remoteId, quantity) => {
      const keeper = stockKeeper(shop, productOf(remoteId)) ?? productOf(remoteId);
      keeper.quantity = quantity;
      touchProduct(shop, keeper);
    },
    buy: (lines) => place('processing', 'store-api', lines),
    placeOrder: (status, lines) => place(status, 'admin', lines),
    setStatus: (remoteId, status) => setStatus(shop, orderOf(remoteId), status),
    fulfil: (remoteId, lines) => fulfil(shop, orderOf(remoteId), lines),
    deleteParcels: (remoteId) => {
      const order = orderOf(remoteId);
      for (const parcel of order.parcels ?? []) parcel.deletedAt = shop.now();
      touchOrder(shop, order);
    },
    cancel: (remoteId) => setStatus(shop, orderOf(remoteId), 'cancelled'),
    refund: (remoteId, lines, { restock }) => {
      const units = lines.reduce((sum, line) => sum + line.quantity, 0);
      const order = orderOf(remoteId);
      refundOrder(shop, order, {
        amount: Math.min(units * UNIT_PRICE, leftToRefund(order)),
        reason: '',
        restock,
        lines: lines.map((line) => ({ lineId: Number(line.lineId), quantity: line.quantity })),
      });
    },
    refundMoney: (remoteId, amount) => {
      refundOrder(shop, orderOf(remoteId), { amount, reason: 'goodwill', restock: true, lines: [] });
    },
    editLine: (remoteId, lineId, quantity) => {
      const order = orderOf(remoteId);
      const line = order.lines.find(({ id }) => String(id) === lineId);
      if (line !== undefined) editLine(shop, order, line, quantity);
    },
    // For good: no word is said about it and nothing comes back.
    deleteOrder: (remoteId) => {
      memory.orders.delete(Number(remoteId));
    },
    trashOrder: (remoteId) => trashOrder(shop, orderOf(remoteId)),
    untrashOrder: (remoteId) => {
      const order = orderOf(remoteId);
      order.status = order.statusBeforeTrash;
      order.modifiedAt = shop.now();
      shop.emit('order.restored', order.id);
    },
    setCountsStock: (counts) => {
      memory.countsStock = counts;
    },
  };
}

function newProduct(shop: Shop, fields: Partial<ShopProduct> & { readonly name: string }): ShopProduct {
  const { sku = '', ...rest } = fields;
  const product: ShopProduct = {
    id: shop.memory.nextId++,
    parentId: 0,
    type: 'simple',
    sku: '',
    status: 'publish',
    manageStock: true,
    quantity: null,
    createdAt: shop.now(),
    modifiedAt: shop.now(),
    ...rest,
  };
  if (sku !== '') setSku(shop, product, sku);
  shop.memory.products.set(product.id, product);
  shop.emit('product.created', product.id);
  return product;
}

function addProduct(shop: Shop, wish: SimulatedProduct): ShopProduct {
  const parent = wish.group === undefined ? null : groupOf(shop, wish.group);
  return newProduct(shop, {
    name: wish.title,
    sku: wish.sku ?? '',
    status: STATUS_OF[wish.state ?? 'active'],
    manageStock: wish.tracked ?? true,
    quantity: (wish.tracked ?? true) ? wish.quantity : null,
    ...(parent === null ? {} : { parentId: parent.id, type: 'variation' }),
  });
}

function groupOf(shop: Shop, name: string): ShopProduct {
  const known = [...shop.memory.products.values()].find(
    (product) => product.type === 'variable' && product.name === name,
  );
  return known ?? newProduct(shop, { name, type: 'variable', manageStock: false });
}

function addFamily(shop: Shop, family: Parameters<OwnActions['addFamily']>[0]) {
  const parent = newProduct(shop, {
    name: family.name,
    sku: family.sku,
    type: 'variable',
    manageStock: family.quantity !== null,
    quantity: family.quantity,
  });
  const variationIds = family.variations.map(({ sku, quantity }, index) => {
    const isShared = quantity === 'parent';
    const variation = newProduct(shop, {
      name: `Size ${index + 1}`,
      type: 'variation',
      parentId: parent.id,
      sku: sku ?? '',
      manageStock: !isShared,
      quantity: isShared ? null : quantity,
    });
    return String(variation.id);
  });
  return { parentId: String(parent.id), variationIds };
}

function changeProduct(
  shop: Shop,
  product: ShopProduct,
  change: Partial<Omit<SimulatedProduct, 'quantity'>>,
): void {
  if (change.sku !== undefined) setSku(shop, product, change.sku ?? '');
  if (change.title !== undefined) product.name = change.title;
  if (change.state !== undefined) product.status = STATUS_OF[change.state];
  if (change.tracked !== undefined) {
    product.manageStock = change.tracked;
    product.quantity = change.tracked ? (product.quantity ?? 0) : null;
  }
  touchProduct(shop, product);
}

function shelf(shop: Shop): ReturnType<SimulatedShop['shelf']> {
  return [...shop.memory.products.values()]
    .filter(({ type, status }) => type !== 'variable' && status !== 'trash')
    .map((thing) => ({
      remoteId: String(thing.id),
      sku: thing.sku === '' ? null : thing.sku,
      title: thing.name,
      quantity: stockKeeper(shop, thing)?.quantity ?? 0,
    }));
}

// WooCommerce itself knows no parcels, its optional feature does: an order is completed when the last unit has left.
function fulfil(
  shop: Shop,
  order: ShopOrder,
  lines: readonly { readonly lineId: string; readonly quantity: number }[] | undefined,
): void {
  const items: ShopParcel['items'] = [];
  for (const line of order.lines) {
    const part = lines?.find(({ lineId }) => lineId === String(line.id));
    const quantity = lines === undefined ? line.quantity - line.sent : (part?.quantity ?? 0);
    line.sent += quantity;
    if (quantity > 0) items.push({ lineId: line.id, quantity });
  }
  const parcel = { id: shop.memory.nextId++, at: shop.now(), deletedAt: null, items };
  order.parcels = [...(order.parcels ?? []), parcel];
  touchOrder(shop, order);
  if (order.lines.every((line) => line.sent >= line.quantity)) setStatus(shop, order, 'completed');
}
