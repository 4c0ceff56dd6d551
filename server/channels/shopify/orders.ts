// Reads orders, always whole: what does not fit into the first answer of an order is fetched before it is mapped.

import * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { OrderPage, OrderQuery, OrderReading } from '../channel.ts';
import {
  moreFulfillmentLinesAnswer,
  moreLinesAnswer,
  moreRefundLinesAnswer,
  orderNodesAnswer,
  ordersAnswer,
  type ShopifyOrder,
} from './answers.ts';
import type { AssignmentReader } from './assignments.ts';
import type { ShopifyClient } from './client.ts';
import { complete, VANISHED } from './complete.ts';
import {
  LIST_ORDERS,
  MORE_FULFILLMENT_LINES,
  MORE_LINES,
  MORE_REFUND_LINES,
  READ_ORDERS,
} from './documents.ts';
import { PAGE_MAX, PAGED_LIST_MAX } from './manifest.ts';
import { mapOrder } from './map.ts';
import { readReturns } from './returns.ts';

/** A page token: `after` continues Shopify's list; when the list gets too long a new one begins at `from`. */
const pageToken = z.object({
  after: z.string().nullable(),
  from: z.string().nullable(),
  seen: z.int().nonnegative(),
});
type PageToken = z.infer<typeof pageToken>;

/** What is needed to read orders. */
export type OrderReader = {
  readonly client: ShopifyClient;
  /** The locations that are ours, as they were chosen. */
  readonly owned: readonly string[];
  readonly assignments: AssignmentReader;
};

export async function listOrders(
  reader: OrderReader,
  query: OrderQuery,
  page: string | null,
): Promise<OrderPage> {
  const token: PageToken =
    page === null ? { after: null, from: null, seen: 0 } : pageToken.parse(JSON.parse(page));
  const { orders } = await reader.client.run(LIST_ORDERS, ordersAnswer, {
    first: PAGE_MAX,
    after: token.after,
    query: searchFor(query, token.from),
    sortKey: query.kind === 'updated' ? 'UPDATED_AT' : 'ID',
  });
  const listed = orders.nodes;
  const readings = await readOrders(
    reader,
    listed.map((order) => order.id),
  );
  const last = listed.at(-1);
  return {
    // One that was deleted since it was listed is left out: its own deletion tells of it.
    orders: readings.flatMap((reading) => (reading.kind === 'order' ? [reading.order] : [])),
    next: orders.pageInfo.hasNextPage ? nextToken(query, token, orders) : null,
    // An order that changed between listing and reading carries a later time than those not listed yet.
    ...(query.kind === 'updated' && last !== undefined ? { readUpTo: last.updatedAt } : {}),
  };
}

function searchFor(query: OrderQuery, from: string | null): string {
  if (query.kind === 'updated') {
    // Shopify keeps whole seconds: the second is asked for from its beginning.
    const start = new Date(Math.floor(query.from.getTime() / 1_000) * 1_000).toISOString();
    return `updated_at:>='${from ?? start}'`;
  }
  // Everything that is not archived or cancelled and not completely sent, in whatever state the sending is.
  return `status:open -fulfillment_status:fulfilled${from === null ? '' : ` id:>${from}`}`;
}

function nextToken(
  query: OrderQuery,
  token: PageToken,
  orders: z.infer<typeof ordersAnswer>['orders'],
): string {
  const seen = token.seen + orders.nodes.length;
  const last = orders.nodes.at(-1);
  // Before Shopify's end of a list, a new list begins at the last order (its second is read again: repeats are harmless).
  const next: PageToken =
    seen + PAGE_MAX > PAGED_LIST_MAX && last !== undefined
      ? {
          after: null,
          from: query.kind === 'updated' ? last.updatedAt.toISOString() : numberOf(last.id),
          seen: 0,
        }
      : { after: orders.pageInfo.endCursor, from: token.from, seen };
  return JSON.stringify(next);
}

const numberOf = (gid: string): string => gid.slice(gid.lastIndexOf('/') + 1);

/** So many orders in one request stay well below the points one request may cost. */
const ORDERS_AT_ONCE = 50;

export async function readOrders(
  { client, owned, assignments }: OrderReader,
  remoteIds: readonly string[],
): Promise<readonly OrderReading[]> {
  const readings: OrderReading[] = [];
  const unique = [...new Set(remoteIds)];
  for (let start = 0; start < unique.length; start += ORDERS_AT_ONCE) {
    const ids = unique.slice(start, start + ORDERS_AT_ONCE);
    const { nodes } = await client.run(READ_ORDERS, orderNodesAnswer, { ids });
    // Not before the orders: a unit that moves in between is then where it was moved to.
    const assigned = await assignments(ids.filter((_id, index) => nodes[index] != null));
    const returns = await readReturns(
      client,
      nodes.flatMap((order) => order ?? []),
    );
    for (const [index, remoteId] of ids.entries()) {
      const found = nodes[index] ?? null;
      const whole = found === null ? null : await completeOrder(client, found);
      readings.push(
        whole === null
          ? { kind: 'gone', remoteId }
          : {
              kind: 'order',
              order: mapOrder(whole, owned, assigned.get(remoteId) ?? null, returns.get(remoteId) ?? []),
            },
      );
    }
  }
  return readings;
}

/** Null when the order was deleted while it was read. */
async function completeOrder(client: ShopifyClient, order: ShopifyOrder): Promise<ShopifyOrder | null> {
  try {
    const lineItems = await complete(client, MORE_LINES, moreLinesAnswer, order.id, order.lineItems);
    const fulfillments: ShopifyOrder['fulfillments'] = [];
    for (const one of order.fulfillments) {
      fulfillments.push({
        ...one,
        fulfillmentLineItems: await complete(
          client,
          MORE_FULFILLMENT_LINES,
          moreFulfillmentLinesAnswer,
          one.id,
          one.fulfillmentLineItems,
        ),
      });
    }
    const refunds: ShopifyOrder['refunds'] = [];
    for (const one of order.refunds) {
      refunds.push({
        ...one,
        refundLineItems: await complete(
          client,
          MORE_REFUND_LINES,
          moreRefundLinesAnswer,
          one.id,
          one.refundLineItems,
        ),
      });
    }
    return { ...order, lineItems, fulfillments, refunds };
  } catch (problem) {
    if (problem instanceof ChannelError && problem.kind === 'gone' && problem.message === VANISHED)
      return null;
    throw problem;
  }
}
