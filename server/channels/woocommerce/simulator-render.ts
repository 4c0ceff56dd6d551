// The simulated shop's things as its API shows them.

import type {
  Shop,
  ShopHook,
  ShopLine,
  ShopOrder,
  ShopParcel,
  ShopProduct,
  ShopRefund,
} from './simulator-memory.ts';
import { orderTotal, stockKeeper, UNIT_PRICE } from './simulator-stock.ts';

/** Not GMT, so that a time read in the wrong zone shows. */
export const SHOP_OFFSET_MS = -5 * 3_600_000;

const gmt = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString().slice(0, 19);
const local = (time: number | null): string | null => (time === null ? null : gmt(time + SHOP_OFFSET_MS));

const dates = (name: string, time: number | null): object => ({
  [`date_${name}`]: local(time),
  [`date_${name}_gmt`]: gmt(time),
});

const money = (amount: number): string => amount.toFixed(2);

/** A variation without a SKU answers the one of its parent. */
export const shownSku = (shop: Shop, thing: ShopProduct): string =>
  thing.sku === '' ? (shop.memory.products.get(thing.parentId)?.sku ?? '') : thing.sku;

function stockFields(shop: Shop, thing: ShopProduct): object {
  const keeper = stockKeeper(shop, thing);
  // With the shop option off, the old number stays visible while the shop says it does not count.
  const quantity = keeper === null ? (shop.memory.countsStock ? null : thing.quantity) : keeper.quantity;
  return {
    manage_stock: keeper === null ? false : keeper === thing ? true : 'parent',
    stock_quantity: quantity,
    stock_status: keeper === null || (keeper.quantity ?? 0) > 0 ? 'instock' : 'outofstock',
    backorders: 'no',
  };
}

export function renderProduct(shop: Shop, product: ShopProduct): object {
  const children =
    product.type === 'variable'
      ? [...shop.memory.products.values()].filter(({ parentId }) => parentId === product.id)
      : [];
  const parent = shop.memory.products.get(product.parentId);
  return {
    id: product.id,
    name: parent === undefined ? product.name : `${parent.name} - ${product.name}`,
    ...dates('created', product.createdAt),
    ...dates('modified', product.modifiedAt),
    type: product.type,
    status: product.status,
    sku: shownSku(shop, product),
    price: money(UNIT_PRICE),
    regular_price: money(UNIT_PRICE),
    ...stockFields(shop, product),
    parent_id: product.parentId,
    attributes: [],
    variations: children.map(({ id }) => id),
    meta_data: [],
  };
}

export const renderVariation = (shop: Shop, variation: ShopProduct): object => ({
  id: variation.id,
  type: 'variation',
  ...dates('created', variation.createdAt),
  ...dates('modified', variation.modifiedAt),
  sku: shownSku(shop, variation),
  price: money(UNIT_PRICE),
  regular_price: money(UNIT_PRICE),
  status: variation.status,
  ...stockFields(shop, variation),
  attributes: [{ id: 0, name: 'Size', slug: 'size', option: variation.name }],
  meta_data: [],
  name: variation.name,
  parent_id: variation.parentId,
});

const meta = (id: number, key: string, value: number): object => ({
  id,
  key,
  value: String(value),
  display_key: key,
  display_value: String(value),
});

function renderItem(shop: Shop, line: ShopLine, id: number, quantity: number, metas: object[]): object {
  const thing = shop.memory.products.get(line.variationId || line.productId);
  return {
    id,
    name: line.name,
    product_id: thing === undefined ? 0 : line.productId,
    variation_id: thing === undefined ? 0 : line.variationId,
    quantity,
    total: money(quantity * UNIT_PRICE),
    meta_data: metas,
    sku: thing === undefined ? null : shownSku(shop, thing),
    price: UNIT_PRICE,
  };
}

function renderLine(shop: Shop, line: ShopLine): object {
  const metas: object[] = [];
  if (line.reduced !== null) metas.push(meta(line.id * 10, '_reduced_stock', line.reduced));
  if (line.restocked !== null) metas.push(meta(line.id * 10 + 1, '_restock_refunded_items', line.restocked));
  return renderItem(shop, line, line.id, line.quantity, metas);
}

export const renderOrder = (shop: Shop, order: ShopOrder): object => ({
  id: order.id,
  parent_id: 0,
  status: order.status,
  currency: 'USD',
  ...dates('created', order.createdAt),
  ...dates('modified', order.modifiedAt),
  total: money(orderTotal(order)),
  created_via: order.via,
  ...dates('completed', order.completedAt),
  number: String(order.id),
  meta_data: [],
  line_items: order.lines.map((line) => renderLine(shop, line)),
  refunds: [...order.refunds]
    .reverse()
    .map(({ id, reason, amount }) => ({ id, reason, total: money(-amount) })),
});

export const renderRefund = (shop: Shop, order: ShopOrder, refund: ShopRefund): object => ({
  id: refund.id,
  parent_id: order.id,
  ...dates('created', refund.at),
  amount: money(refund.amount),
  reason: refund.reason,
  refunded_by: 1,
  refunded_payment: false,
  meta_data: [{ id: refund.id * 10, key: '_refund_type', value: refund.isFull ? 'full' : 'partial' }],
  line_items: refund.lines.flatMap(({ id, lineId, quantity }) => {
    const line = order.lines.find((one) => one.id === lineId);
    if (line === undefined) return [];
    return [renderItem(shop, line, id, -quantity, [meta(id * 10, '_refunded_item_id', lineId)])];
  }),
});

export const renderParcel = (order: ShopOrder, parcel: ShopParcel): object => ({
  id: parcel.id,
  entity_type: 'WC_Order',
  entity_id: String(order.id),
  status: 'fulfilled',
  is_fulfilled: true,
  date_updated: `${gmt(parcel.at)}Z`,
  date_deleted: parcel.deletedAt === null ? null : `${gmt(parcel.deletedAt)}Z`,
  meta_data: [
    {
      id: parcel.id * 10,
      key: '_items',
      value: parcel.items.map(({ lineId, quantity }) => ({ item_id: lineId, qty: quantity })),
    },
  ],
});

export const renderHook = (hook: ShopHook): object => ({
  id: hook.id,
  name: hook.name,
  status: hook.status,
  topic: hook.topic,
  resource: hook.topic.split('.')[0],
  event: hook.topic.split('.')[1],
  hooks: [],
  delivery_url: hook.deliveryUrl,
  ...dates('created', hook.createdAt),
  ...dates('modified', hook.modifiedAt),
});
