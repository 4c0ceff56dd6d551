// The bodies of a simulated shop's webhooks, and their signed delivery. Numbers above 2^53 are written digit by digit.

import { createHmac, randomUUID } from 'node:crypto';
import type { SimulatedDelivery, WebhookCourier } from '../simulation-webhooks.ts';
import { API_VERSION } from './manifest.ts';
import {
  exactNumber,
  gid,
  type ShopMemory,
  type SimulatedLevel,
  type SimulatedLineItem,
  type SimulatedRefund,
  type SimulatedShopOrder,
  type SimulatedShopProduct,
  type SimulatedVariant,
} from './simulator-memory.ts';

export const levelBody = (itemId: string, locationId: string, level: SimulatedLevel): object => ({
  inventory_item_id: exactNumber(itemId),
  location_id: exactNumber(locationId),
  available: level.available,
  updated_at: level.updatedAt,
  admin_graphql_api_id: `gid://shopify/InventoryLevel/${locationId}?inventory_item_id=${itemId}`,
});

export const orderBody = (order: SimulatedShopOrder): object => ({
  id: exactNumber(order.id),
  admin_graphql_api_id: gid('Order', order.id),
  name: order.name,
  created_at: order.createdAt,
  updated_at: order.updatedAt,
  cancelled_at: order.cancelledAt,
  confirmed: order.confirmed,
  test: order.test,
  line_items: order.lines.map((line) => ({
    id: exactNumber(line.id),
    admin_graphql_api_id: gid('LineItem', line.id),
    quantity: line.quantity,
    sku: line.sku,
  })),
});

export const orderEditBody = (
  order: SimulatedShopOrder,
  line: SimulatedLineItem,
  delta: number,
  id: string,
  at: string,
): object => ({
  order_edit: {
    id: exactNumber(id),
    app_id: null,
    created_at: at,
    notify_customer: false,
    order_id: exactNumber(order.id),
    staff_note: '',
    user_id: null,
    line_items: {
      additions: delta > 0 ? [{ id: exactNumber(line.id), delta }] : [],
      removals: delta < 0 ? [{ id: exactNumber(line.id), delta: -delta }] : [],
    },
    discounts: { line_item: { additions: [], removals: [] } },
    shipping_lines: { additions: [], removals: [] },
    committed_at: at,
  },
});

export const refundBody = (order: SimulatedShopOrder, refund: SimulatedRefund): object => ({
  id: exactNumber(refund.id),
  admin_graphql_api_id: gid('Refund', refund.id),
  order_id: exactNumber(order.id),
  created_at: refund.createdAt,
  refund_line_items: refund.lines.map((line) => ({
    id: exactNumber(line.id),
    line_item_id: exactNumber(line.lineId),
    quantity: line.quantity,
    restock_type: line.restockType.toLowerCase(),
  })),
});

export const productBody = (
  product: SimulatedShopProduct,
  variants: readonly SimulatedVariant[],
): object => ({
  id: exactNumber(product.id),
  admin_graphql_api_id: gid('Product', product.id),
  title: product.title,
  status: product.status.toLowerCase(),
  variant_gids: variants.map((variant) => ({
    admin_graphql_api_id: gid('ProductVariant', variant.id),
    updated_at: variant.updatedAt,
  })),
});

/** orders/create ← ORDERS_CREATE: only the last underscore before the event stays a part of neither. */
export const topicHeader = (topic: string): string => {
  const subject = [
    'INVENTORY_LEVELS',
    'INVENTORY_ITEMS',
    'ORDERS',
    'PRODUCTS',
    'REFUNDS',
    'RETURNS',
    'APP',
  ].find((one) => topic.startsWith(`${one}_`));
  if (subject === undefined) throw new RangeError(`The simulated shop has no topic ${topic}.`);
  return `${subject}/${topic.slice(subject.length + 1)}`.toLowerCase();
};

/** Tells every subscriber of a topic, as the shop would: signed with the app's secret, only the fields asked for. */
export function publish(
  memory: ShopMemory,
  courier: WebhookCourier,
  shop: { readonly domain: string; readonly clientSecret: string; readonly now: Date },
  topic: string,
  body: object,
): void {
  const eventId = randomUUID();
  for (const subscription of memory.subscriptions.values()) {
    if (topicHeader(subscription.topic) !== topic) continue;
    const text = JSON.stringify(onlyFields(body, subscription.includeFields));
    const delivery: SimulatedDelivery = {
      subscriptionId: subscription.id,
      address: subscription.uri,
      body: text,
      headers: {
        'content-type': 'application/json',
        'x-shopify-topic': topic,
        'x-shopify-shop-domain': shop.domain,
        'x-shopify-api-version': API_VERSION,
        'x-shopify-webhook-id': randomUUID(),
        'x-shopify-event-id': eventId,
        'x-shopify-triggered-at': shop.now.toISOString(),
        'x-shopify-hmac-sha256': createHmac('sha256', shop.clientSecret).update(text).digest('base64'),
      },
    };
    courier.deliver(delivery);
  }
}

const onlyFields = (body: object, fields: readonly string[]): object =>
  fields.length === 0
    ? body
    : Object.fromEntries(Object.entries(body).filter(([name]) => fields.includes(name)));
