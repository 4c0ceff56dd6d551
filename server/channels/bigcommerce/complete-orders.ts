// Adds to orders what the list leaves out: their lines where the list did not bring them, the dates of their refunds, what
// carries their products' stock, and the store's stock settings.

import * as z from 'zod';
import type { OrderSnapshot } from '../../../shared/model/order.ts';
import { inChunks } from '../../net/in-turns.ts';
import type { StoreSettings } from '../channel.ts';
import type { BigCommerceClient } from './client.ts';
import { PAGE_MAX } from './manifest.ts';
import { mapOrder, type PlacedLine } from './map-order.ts';
import { StoreRefusal } from './refusal.ts';
import {
  consignmentsShape,
  lineShape,
  type Order,
  type ProductTracking,
  pageOf,
  productTrackingShape,
  type Refund,
  refundShape,
} from './shapes.ts';
import type { RulesFor } from './stock-rules.ts';

export type OrderReader = {
  readonly client: BigCommerceClient;
  readonly settings: StoreSettings;
  readonly readRules: (orders: readonly Order[]) => Promise<RulesFor>;
};

export async function completeOrders(
  reader: OrderReader,
  orders: readonly Order[],
): Promise<readonly OrderSnapshot[]> {
  if (orders.length === 0) return [];
  const lines = new Map<number, readonly PlacedLine[]>();
  for (const order of orders) lines.set(order.id, linesIn(order) ?? (await readLines(reader, order.id)));
  const all = [...lines.values()].flat();
  const products = await readTracking(
    reader.client,
    all.map((line) => line.product_id),
  );
  const refunded = orders.filter(({ id }) => lines.get(id)?.some((line) => line.quantity_refunded > 0));
  const refunds = await readRefunds(
    reader.client,
    refunded.map(({ id }) => id),
  );
  const rulesFor = await reader.readRules(orders);
  return orders.map((order) =>
    mapOrder(
      {
        order,
        lines: lines.get(order.id) ?? [],
        refunds: refunds.filter((refund) => refund.order_id === order.id),
        products,
        rules: rulesFor(order),
      },
      reader.settings,
    ),
  );
}

/** Null: the store sent links instead of lines. */
export function linesIn(order: Order): readonly PlacedLine[] | null {
  const parsed = consignmentsShape.safeParse(order.consignments);
  if (!parsed.success) return null;
  const { pickups, shipping, downloads, email } = parsed.data;
  const lines: PlacedLine[] = (pickups ?? []).flatMap(({ location, line_items: items }) =>
    items.map((line) => ({ ...line, locationId: location == null ? null : String(location.id) })),
  );
  const elsewhere = [...(shipping ?? []), ...(downloads ?? []), ...(email?.gift_certificates ?? [])];
  lines.push(
    ...elsewhere.flatMap(({ line_items: items }) => items.map((line) => ({ ...line, locationId: null }))),
  );
  return lines.length === 0 ? null : lines;
}

async function readLines({ client }: OrderReader, orderId: number): Promise<readonly PlacedLine[]> {
  const lines: PlacedLine[] = [];
  try {
    for (let page = 1; ; page += 1) {
      const query = { limit: PAGE_MAX, page };
      const answer = await client.get(`/v2/orders/${orderId}/products`, query, z.array(lineShape));
      const known = new Set(lines.map(({ id }) => id));
      const fresh = (answer ?? []).filter(({ id }) => !known.has(id));
      lines.push(...fresh.map((line) => ({ ...line, locationId: null })));
      if (fresh.length < SURELY_THE_LAST) return lines;
    }
  } catch (problem) {
    // Deleted since it was listed: its own reading will say so.
    if (problem instanceof StoreRefusal && problem.kind === 'gone') return lines;
    throw problem;
  }
}

/** V2 does not say how long its pages may be in each case; below this a page is the last one. */
export const SURELY_THE_LAST = 10;

export async function readTracking(
  client: BigCommerceClient,
  productIds: readonly number[],
): Promise<ReadonlyMap<number, ProductTracking>> {
  const found = new Map<number, ProductTracking>();
  const ids = [...new Set(productIds)].filter((id) => id > 0);
  for (const chunk of inChunks(ids, PAGE_MAX)) {
    const answer = await client.get(
      '/v3/catalog/products',
      { 'id:in': chunk, limit: PAGE_MAX, include_fields: ['inventory_tracking', 'base_variant_id'] },
      pageOf(productTrackingShape),
    );
    for (const product of answer?.data ?? []) found.set(product.id, product);
  }
  return found;
}

const REFUND_ORDERS_MAX = 100;

async function readRefunds(
  client: BigCommerceClient,
  orderIds: readonly number[],
): Promise<readonly Refund[]> {
  const found = new Map<number, Refund>();
  for (const chunk of inChunks(orderIds, REFUND_ORDERS_MAX)) {
    for (let page = 1; ; page += 1) {
      const answer = await client.get(
        '/v3/orders/payment_actions/refunds',
        { 'order_id:in': chunk, limit: PAGE_MAX, page },
        pageOf(refundShape),
      );
      const fresh = (answer?.data ?? []).filter(({ id }) => !found.has(id));
      for (const refund of fresh) found.set(refund.id, refund);
      if (fresh.length < SURELY_THE_LAST) break;
    }
  }
  return [...found.values()];
}
