// Walks over orders and reads single ones. eBay has offsets and no cursor, and its order is not told, so the walk goes by
// time: each step reads a stretch that fits on one page, and what changes meanwhile turns up in a later stretch.

import * as z from 'zod';
import type { OrderSnapshot } from '../../../shared/model/order.ts';
import { inChunks, inTurns } from '../../net/in-turns.ts';
import type { OrderPage, OrderQuery, OrderReading } from '../channel.ts';
import type { EbayClient } from './client.ts';
import { ORDER_IDS_MAX, PAGE_MAX, REQUESTS_AT_ONCE } from './manifest.ts';
import { mapOrder, type Order, orderShape } from './map-order.ts';
import { EbayRefusal } from './refusal.ts';
import { readShipments } from './shipments.ts';

const DAY_MS = 24 * 3_600_000;
/** "Do not set the creationdate filter to a date beyond two years in the past"; without it eBay looks back 90 days. */
const TWO_YEARS_MS = 730 * DAY_MS;
/** Three quarters of a page, so that a busier stretch still fits. */
const AIM = 150;
const STRETCH_MIN_MS = 1_000;

// `lengthMs` null: to the end of time.
const pageShape = z.object({ from: z.coerce.date(), lengthMs: z.number().nullable() });
type Stretch = z.infer<typeof pageShape>;

export async function listOrders(
  client: EbayClient,
  query: OrderQuery,
  page: string | null,
): Promise<OrderPage> {
  const filter = filterOf(query.kind);
  let stretch: Stretch =
    page === null
      ? { from: startOf(query, client.now()), lengthMs: null }
      : pageShape.parse(JSON.parse(page));
  for (;;) {
    const answer = await readPage(client, filter(stretch), 0);
    const { lengthMs, from } = stretch;
    if (answer.total <= PAGE_MAX) return pageOf(client, stretch, answer.orders, answer.total);
    if (lengthMs !== null && lengthMs <= STRETCH_MIN_MS) {
      return pageOf(client, stretch, await readCrowd(client, filter(stretch)), answer.total);
    }
    const wholeMs = lengthMs ?? Math.max(STRETCH_MIN_MS, client.now().getTime() - from.getTime());
    stretch = { from, lengthMs: shorter(wholeMs, answer.total) };
  }
}

const shorter = (lengthMs: number, total: number): number =>
  Math.max(STRETCH_MIN_MS, Math.floor((lengthMs * AIM) / total));

function startOf(query: OrderQuery, now: Date): Date {
  const earliestMs = now.getTime() - TWO_YEARS_MS + DAY_MS;
  return query.kind === 'open' ? new Date(earliestMs) : new Date(Math.max(query.from.getTime(), earliestMs));
}

// Both dates together would make eBay forget the second one.
function filterOf(kind: OrderQuery['kind']): (stretch: Stretch) => string {
  const field = kind === 'updated' ? 'lastmodifieddate' : 'creationdate';
  const status = kind === 'updated' ? '' : ',orderfulfillmentstatus:{NOT_STARTED|IN_PROGRESS}';
  return ({ from, lengthMs }) => {
    const to = lengthMs === null ? '' : new Date(from.getTime() + lengthMs).toISOString();
    return `${field}:[${from.toISOString()}..${to}]${status}`;
  };
}

async function pageOf(
  client: EbayClient,
  { from, lengthMs }: Stretch,
  orders: readonly Order[],
  total: number,
): Promise<OrderPage> {
  const oldestFirst = [...orders].sort((a, b) => a.lastModifiedDate.getTime() - b.lastModifiedDate.getTime());
  const snapshots = await completeOrders(client, oldestFirst, { anew: false });
  if (lengthMs === null) return { orders: snapshots, next: null };
  const end = new Date(from.getTime() + lengthMs);
  const leftMs = client.now().getTime() - end.getTime();
  const longer = Math.floor((lengthMs * AIM) / Math.max(total, AIM / 8));
  const next: Stretch = { from: end, lengthMs: longer >= leftMs ? null : longer };
  return { orders: snapshots, next: JSON.stringify(next), readUpTo: end };
}

// ---- pages ------------------------------------------------------------------------------------------------------

const ordersShape = z.object({ total: z.int().min(0), orders: z.array(orderShape).nullish() });

async function readPage(
  client: EbayClient,
  filter: string,
  offset: number,
): Promise<{ readonly total: number; readonly orders: readonly Order[] }> {
  const query = `filter=${encodeURIComponent(filter)}&limit=${PAGE_MAX}&offset=${offset}`;
  const { total, orders } = await client.get(`/sell/fulfillment/v1/order?${query}`, ordersShape);
  return { total, orders: orders ?? [] };
}

const CROWD_TRIES_MAX = 5;

/** More than a page in one second, as after a bulk edit. Orders that change leave it and shift its pages: read until none did. */
async function readCrowd(client: EbayClient, filter: string): Promise<readonly Order[]> {
  const seen = new Map<string, Order>();
  for (let round = 1; round <= CROWD_TRIES_MAX; round += 1) {
    const before = seen.size;
    for (let offset = 0; ; offset += PAGE_MAX) {
      const { total, orders } = await readPage(client, filter, offset);
      for (const order of orders) seen.set(order.orderId, order);
      if (orders.length === 0 || offset + PAGE_MAX >= total) break;
    }
    if (seen.size === before) break;
  }
  return [...seen.values()];
}

const completeOrders = (
  client: EbayClient,
  orders: readonly Order[],
  { anew }: { readonly anew: boolean },
): Promise<readonly OrderSnapshot[]> =>
  inTurns(orders, REQUESTS_AT_ONCE, async (order) =>
    mapOrder(order, await readShipments(client, order, { anew })),
  );

// ---- by id ------------------------------------------------------------------------------------------------------

export async function readOrders(
  client: EbayClient,
  remoteIds: readonly string[],
): Promise<readonly OrderReading[]> {
  const found = new Map<string, Order>();
  const wellFormed = remoteIds.filter((remoteId) => /^[\w!-]+$/.test(remoteId));
  for (const chunk of inChunks(wellFormed, ORDER_IDS_MAX)) {
    for (const order of await readTogether(client, chunk)) found.set(order.orderId, order);
  }
  // One that the list leaves out is asked for alone, before it is called deleted.
  await inTurns(
    wellFormed.filter((remoteId) => !found.has(remoteId)),
    REQUESTS_AT_ONCE,
    async (remoteId) => {
      const order = await readOne(client, remoteId);
      if (order !== null) found.set(remoteId, order);
    },
  );
  const snapshots = await completeOrders(client, [...found.values()], { anew: true });
  const byId = new Map(snapshots.map((order) => [order.remoteId, order]));
  return remoteIds.map((remoteId): OrderReading => {
    const order = byId.get(remoteId);
    return order === undefined ? { kind: 'gone', remoteId } : { kind: 'order', order };
  });
}

async function readTogether(client: EbayClient, remoteIds: readonly string[]): Promise<readonly Order[]> {
  try {
    const route = `/sell/fulfillment/v1/order?orderIds=${encodeURIComponent(remoteIds.join(','))}`;
    return (await client.get(route, ordersShape)).orders ?? [];
  } catch (problem) {
    // One id that it does not like makes it refuse them all.
    if (problem instanceof EbayRefusal && problem.kind !== 'auth') return [];
    throw problem;
  }
}

async function readOne(client: EbayClient, remoteId: string): Promise<Order | null> {
  try {
    return await client.get(`/sell/fulfillment/v1/order/${encodeURIComponent(remoteId)}`, orderShape);
  } catch (problem) {
    if (problem instanceof EbayRefusal && problem.kind === 'gone') return null;
    throw problem;
  }
}
