// The simulated store's orders: V2 with its dates as in e-mails, its filters and its includes; refunds are V3.

import type { SimulationAnswer } from '../simulation-server.ts';
import { answer, idsIn, noContent, pageOf, refuseV2, wholeNumber } from './simulator-answers.ts';
import type { Shop, ShopLine, ShopOrder } from './simulator-memory.ts';

const PAGE_MAX = 250;

const STATUS_NAMES = [
  'Incomplete',
  'Pending',
  'Shipped',
  'Partially Shipped',
  'Refunded',
  'Cancelled',
  'Declined',
  'Awaiting Payment',
  'Awaiting Pickup',
  'Awaiting Shipment',
  'Completed',
  'Awaiting Fulfillment',
  'Manual Verification Required',
  'Disputed',
  'Partially Refunded',
];

export function listOrders(shop: Shop, query: URLSearchParams): SimulationAnswer {
  const statusId = query.get('status_id');
  const minId = wholeNumber(query, 'min_id', 0);
  const maxId = wholeNumber(query, 'max_id', Number.MAX_SAFE_INTEGER);
  const [from, to] = [boundIn(query, 'min_date_modified'), boundIn(query, 'max_date_modified')];
  const orders = [...shop.memory.orders.values()].filter(
    (order) =>
      !order.isDeleted &&
      (statusId === null || order.statusId === Number(statusId)) &&
      order.id >= minId &&
      order.id <= maxId &&
      (from === null || order.modifiedAt >= from) &&
      (to === null || order.modifiedAt <= to),
  );
  const [field = 'id', direction = 'asc'] = (query.get('sort') ?? 'id:asc').split(':');
  const value = (order: ShopOrder): number => (field === 'date_modified' ? order.modifiedAt : order.id);
  const sign = direction === 'desc' ? -1 : 1;
  // Ties come out the other way round than one would hope: nothing may rely on them.
  orders.sort((a, b) => sign * (value(a) - value(b)) || b.id - a.id);
  const limit = Math.min(wholeNumber(query, 'limit', 50), PAGE_MAX);
  const page = Math.max(1, wholeNumber(query, 'page', 1));
  const shown = orders.slice((page - 1) * limit, page * limit);
  return shown.length === 0
    ? noContent()
    : answer(
        200,
        shown.map((order) => renderOrder(shop, order, query)),
      );
}

function boundIn(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw refuseV2(400, `The field '${name}' is invalid.`);
  return time;
}

export function findOrder(shop: Shop, id: number): ShopOrder {
  const order = shop.memory.orders.get(id);
  if (order === undefined) throw refuseV2(404, 'The requested resource was not found.');
  return order;
}

export const getOrder = (shop: Shop, id: number, query: URLSearchParams): SimulationAnswer =>
  answer(200, renderOrder(shop, findOrder(shop, id), query));

export function getOrderProducts(shop: Shop, id: number, query: URLSearchParams): SimulationAnswer {
  const order = findOrder(shop, id);
  const limit = Math.min(wholeNumber(query, 'limit', 50), PAGE_MAX);
  const page = Math.max(1, wholeNumber(query, 'page', 1));
  const lines = order.lines.slice((page - 1) * limit, page * limit);
  return lines.length === 0
    ? noContent()
    : answer(
        200,
        lines.map((line) => renderLine(order, line)),
      );
}

/** `Tue, 05 Mar 2019 21:40:11 +0000` */
const mailDate = (at: number): string => new Date(at).toUTCString().replace('GMT', '+0000');

function renderOrder(shop: Shop, order: ShopOrder, query: URLSearchParams): object {
  const units = (count: 'quantity' | 'shipped'): number =>
    order.lines.reduce((sum, line) => sum + line[count], 0);
  const link = (name: string) => ({
    url: `https://api.bigcommerce.com/stores/rehearsal/v2/orders/${order.id}/${name}`,
    resource: `/orders/${order.id}/${name}`,
  });
  const hasLines =
    query.get('include')?.split(',').includes('consignments.line_items') === true &&
    query.get('consignment_structure') === 'object';
  return {
    id: order.id,
    customer_id: 0,
    date_created: mailDate(order.createdAt),
    date_modified: mailDate(order.modifiedAt),
    date_shipped: order.shippedAt === null ? '' : mailDate(order.shippedAt),
    status_id: order.statusId,
    status: STATUS_NAMES[order.statusId],
    custom_status: STATUS_NAMES[order.statusId],
    items_total: units('quantity'),
    items_shipped: units('shipped'),
    is_deleted: order.isDeleted,
    order_source: order.source,
    channel_id: 1,
    currency_code: 'USD',
    order_is_digital: false,
    payment_status: '',
    products: link('products'),
    shipping_addresses: link('shippingaddresses'),
    coupons: link('coupons'),
    ...(hasLines ? { consignments: renderConsignments(shop, order) } : {}),
  };
}

function renderConsignments(shop: Shop, order: ShopOrder): object {
  const of = (type: ShopLine['type']) =>
    order.lines.filter((line) => line.type === type).map((line) => renderLine(order, line));
  const [physical, digital, certificates] = [of('physical'), of('digital'), of('giftcertificate')];
  const location = shop.memory.locations.find(({ id }) => id === order.pickupLocationId);
  const pickup = {
    id: order.id,
    pickup_method_id: 1,
    pickup_method_display_name: 'Pick Up',
    location: {
      id: location?.id ?? 0,
      name: location?.label ?? '',
      code: `BC-LOCATION-${location?.id}`,
    },
    line_items: physical,
  };
  const isPickup = location !== undefined;
  const recipient = { recipient_email: 'rehearsal@example.com' };
  return {
    pickups: isPickup && physical.length > 0 ? [pickup] : [],
    shipping: !isPickup && physical.length > 0 ? [{ id: order.id, line_items: physical }] : [],
    downloads: digital.length > 0 ? [{ ...recipient, line_items: digital }] : [],
    email: {
      gift_certificates: certificates.length > 0 ? [{ ...recipient, line_items: certificates }] : [],
    },
  };
}

const renderLine = (order: ShopOrder, line: ShopLine): object => ({
  id: line.id,
  order_id: order.id,
  product_id: line.productId,
  variant_id: line.variantId,
  name: line.name,
  sku: line.sku,
  type: line.type,
  quantity: line.quantity,
  quantity_shipped: line.shipped,
  quantity_refunded: line.refunded,
  is_refunded: line.refunded >= line.quantity,
  parent_order_product_id: null,
  is_bundled_product: false,
});

export function listRefunds(shop: Shop, query: URLSearchParams): SimulationAnswer {
  const orderIds = idsIn(query, 'order_id:in');
  const refunds = [...shop.memory.orders.values()]
    .filter(({ id }) => orderIds === null || orderIds.has(id))
    .flatMap((order) => order.refunds.map((refund) => ({ order, refund })))
    .sort((a, b) => a.refund.id - b.refund.id);
  return pageOf(refunds, query, ({ order, refund }) => ({
    id: refund.id,
    order_id: order.id,
    user_id: 0,
    created: `${new Date(refund.at).toISOString().slice(0, 19)}+00:00`,
    reason: '',
    total_amount: 10,
    total_tax: 0,
    items: refund.items.map(({ lineId, quantity }) => ({
      item_type: 'PRODUCT',
      item_id: lineId,
      reason: '',
      quantity,
      requested_amount: 10 * quantity,
    })),
    payments: [{ id: refund.id, provider_id: 'custom', amount: 10, offline: true, is_declined: false }],
  }));
}
