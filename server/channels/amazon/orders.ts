// Reads orders by Orders API 2026-01-01: only those the merchant sends, only up to two minutes ago, a day at a time.

import { z } from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import { inTurns } from '../../net/in-turns.ts';
import type { ChannelSession, OrderPage, OrderQuery, OrderReading } from '../channel.ts';
import { getOrderAnswer, OPEN_STATUSES, searchOrdersAnswer } from './answers.ts';
import type { AmazonClient } from './client.ts';
import { ordersListedAfterMs } from './manifest.ts';
import { mapOrder } from './map-order.ts';

export const ORDER_PAGE_MAX = 100;
const DAY_MS = 24 * 3_600_000;
/** Amazon keeps two years; a day less, so that the border is never argued about. */
const KEPT_MS = 729 * DAY_MS;
/** Without these Amazon does not say what became of an order. */
const INCLUDED = ['FULFILLMENT', 'CANCELLATION', 'PACKAGES'];
const READS_AT_ONCE = 4;

export function listOrders(
  session: ChannelSession,
  client: AmazonClient,
  query: OrderQuery,
  page: string | null,
): Promise<OrderPage> {
  return query.kind === 'open'
    ? listOpen(session, client, page)
    : listUpdated(session, client, query.from, page);
}

const filterOf = (client: AmazonClient) => ({
  marketplaceIds: client.account().marketplaces.map(({ id }) => id),
  fulfilledBy: ['MERCHANT'],
  includedData: INCLUDED,
  maxResultsPerPage: ORDER_PAGE_MAX,
});

async function listOpen(
  session: ChannelSession,
  client: AmazonClient,
  page: string | null,
): Promise<OrderPage> {
  const asked = page === null ? null : openPage.parse(JSON.parse(page));
  const createdAfter = asked?.createdAfter ?? new Date(session.now().getTime() - KEPT_MS).toISOString();
  const query = {
    ...filterOf(client),
    createdAfter,
    fulfillmentStatuses: OPEN_STATUSES,
    paginationToken: asked?.token,
  };
  const answer = await client.call('searchOrders', { query }, searchOrdersAnswer);
  const token = answer.pagination?.nextToken;
  return {
    orders: answer.orders.map(mapOrder),
    next: token === undefined ? null : JSON.stringify({ createdAfter, token }),
  };
}

const openPage = z.object({ createdAfter: z.string(), token: z.string() });
/** A stretch of time being read, and where all stretches end. */
const updatedPage = z.object({
  from: z.string(),
  to: z.string(),
  until: z.string(),
  token: z.string().optional(),
});

// Nothing is published about the order of the list, so no order's time says how far it was read: only a stretch read to
// its end does. Stretches of a day keep a long absence from being read from its beginning again and again.
async function listUpdated(
  session: ChannelSession,
  client: AmazonClient,
  from: Date,
  page: string | null,
): Promise<OrderPage> {
  const until = new Date(session.now().getTime() - ordersListedAfterMs(session));
  if (page === null && from > until) return { orders: [], next: null, readUpTo: until, freshUpTo: until };
  const asked = page === null ? stretch(from.toISOString(), until) : updatedPage.parse(JSON.parse(page));
  const freshUpTo = new Date(asked.until);
  const query = {
    ...filterOf(client),
    lastUpdatedAfter: asked.from,
    lastUpdatedBefore: asked.to,
    paginationToken: asked.token,
  };
  const answer = await client.call('searchOrders', { query }, searchOrdersAnswer);
  const orders = answer.orders.map(mapOrder);
  const token = answer.pagination?.nextToken;
  if (token !== undefined) {
    return { orders, next: JSON.stringify({ ...asked, token }), readUpTo: new Date(asked.from), freshUpTo };
  }
  const readUpTo = new Date(Math.min(Date.parse(asked.to), answer.lastUpdatedBefore?.getTime() ?? Infinity));
  const isLast = asked.to >= asked.until;
  const next = isLast ? null : JSON.stringify(stretch(asked.to, freshUpTo));
  return { orders, next, readUpTo, freshUpTo };
}

function stretch(from: string, until: Date): z.output<typeof updatedPage> {
  const to = new Date(Math.min(Date.parse(from) + DAY_MS, until.getTime())).toISOString();
  return { from, to, until: until.toISOString() };
}

export async function readOrders(
  client: AmazonClient,
  remoteIds: readonly string[],
): Promise<readonly OrderReading[]> {
  const readings: OrderReading[] = [];
  await inTurns(remoteIds, READS_AT_ONCE, async (remoteId) => {
    const path = { orderId: remoteId };
    try {
      const input = { path, query: { includedData: INCLUDED } };
      const { order } = await client.call('getOrder', input, getOrderAnswer);
      readings.push({ kind: 'order', order: mapOrder(order) });
    } catch (problem) {
      if (!(problem instanceof ChannelError) || problem.kind !== 'gone') throw problem;
      readings.push({ kind: 'gone', remoteId });
    }
  });
  return readings;
}
