// Walks over orders and reads single ones. Page numbers would skip orders that change while we read, so the
// walk goes by time: each page begins with the second in which the page before ended.

import * as z from 'zod';
import { inChunks } from '../../net/in-turns.ts';
import type { OrderPage, OrderQuery, OrderReading } from '../channel.ts';
import type { Query, WooClient } from './client.ts';
import { completeOrders, type OrderReader } from './complete-orders.ts';
import { asGmt } from './gmt.ts';
import { BATCH_MAX } from './manifest.ts';
import { ShopRefusal } from './refusal.ts';
import { type Order, orderShape } from './shapes.ts';
import { statusMeaning } from './status.ts';

const FIELDS = 'id,number,status,date_created_gmt,date_modified_gmt,date_completed_gmt,line_items,refunds';

/** By change for what is new; by creation, which never moves, for what is open. */
const WALKS = {
  updated: { orderby: 'modified', after: 'modified_after', before: 'modified_before' },
  open: { orderby: 'date', after: 'after', before: 'before' },
} as const;
type WalkKind = keyof typeof WALKS;

const pageShape = z.object({ from: z.coerce.date(), status: z.string() });
type Page = z.infer<typeof pageShape>;

export async function listOrders(
  reader: OrderReader,
  query: OrderQuery,
  page: string | null,
): Promise<OrderPage> {
  const here: Page =
    page === null
      ? {
          from: query.kind === 'updated' ? query.from : new Date(0),
          status: query.kind === 'updated' ? 'any' : await openStatuses(reader),
        }
      : pageShape.parse(JSON.parse(page));
  const { orders, next } = await readPage(reader.client, query.kind, here);
  const counted = orders.filter(({ status }) => statusMeaning(status, reader.settings).kind !== 'draft');
  return {
    orders: await completeOrders(reader, counted),
    next: next === null ? null : JSON.stringify({ from: next, status: here.status }),
  };
}

async function readPage(
  client: WooClient,
  kind: WalkKind,
  page: Page,
): Promise<{ readonly orders: readonly Order[]; readonly next: Date | null }> {
  const walk = WALKS[kind];
  const orders = await readList(client, {
    status: page.status,
    orderby: walk.orderby,
    order: 'asc',
    ...(page.from.getTime() > 0 ? { [walk.after]: asGmt(page.from, -1) } : {}),
    dates_are_gmt: 'true',
  });
  const last = orders.at(-1);
  if (orders.length < BATCH_MAX || last === undefined) return { orders, next: null };
  const lastAt = timeOf(last, kind);
  if (secondOf(lastAt) > secondOf(page.from)) return { orders, next: lastAt };
  // One second holds a page or more, as after a bulk edit: read that second whole, then go on behind it.
  const whole = await readSecond(client, kind, page);
  return { orders: whole, next: new Date((secondOf(page.from) + 1) * 1000) };
}

const secondOf = (time: Date): number => Math.floor(time.getTime() / 1000);

const timeOf = (order: Order, kind: WalkKind): Date =>
  (kind === 'updated' ? order.date_modified_gmt : order.date_created_gmt) ?? new Date(0);

const SECOND_TRIES_MAX = 5;

/** Orders that change leave this second and shift its pages: it is read until none did. */
async function readSecond(client: WooClient, kind: WalkKind, page: Page): Promise<readonly Order[]> {
  const walk = WALKS[kind];
  const seen = new Map<number, Order>();
  for (let round = 1; round <= SECOND_TRIES_MAX; round += 1) {
    let added = false;
    for (let offset = 0; ; offset += BATCH_MAX) {
      const orders = await readList(client, {
        status: page.status,
        orderby: 'id',
        order: 'asc',
        offset,
        [walk.after]: asGmt(page.from, -1),
        [walk.before]: asGmt(page.from, 1),
        dates_are_gmt: 'true',
      });
      added ||= orders.some(({ id }) => !seen.has(id));
      for (const order of orders) seen.set(order.id, order);
      if (orders.length < BATCH_MAX) break;
    }
    if (!added) break;
  }
  return [...seen.values()];
}

const readList = (client: WooClient, query: Query): Promise<readonly Order[]> =>
  client.get('/wc/v3/orders', { per_page: BATCH_MAX, ...query, _fields: FIELDS }, z.array(orderShape));

// ---- open ---------------------------------------------------------------------------------------------

const statusTotals = z.array(z.object({ slug: z.string() }));
const CORE_STATUSES = [
  'pending',
  'processing',
  'on-hold',
  'completed',
  'cancelled',
  'refunded',
  'failed',
  'checkout-draft',
];

// Reading all orders a shop ever had would take hours: only the statuses that mean "still to be sent" are
// asked for.
async function openStatuses({ client, settings }: OrderReader): Promise<string> {
  const own = await readOwnStatuses(client);
  return [...CORE_STATUSES, ...own]
    .filter((status) => statusMeaning(status, settings).kind === 'open')
    .join(',');
}

async function readOwnStatuses(client: WooClient): Promise<readonly string[]> {
  try {
    const totals = await client.get('/wc/v3/reports/orders/totals', {}, statusTotals);
    return totals.map(({ slug }) => slug).filter((slug) => !CORE_STATUSES.includes(slug));
  } catch (problem) {
    // Some security plugins close the reports; the statuses of WooCommerce itself are known without them.
    if (problem instanceof ShopRefusal) return [];
    throw problem;
  }
}

// ---- by id --------------------------------------------------------------------------------------------

export async function readOrders(
  reader: OrderReader,
  remoteIds: readonly string[],
): Promise<readonly OrderReading[]> {
  const found = new Map<string, Order>();
  if (remoteIds.length > 1) {
    for (const chunk of inChunks(remoteIds, BATCH_MAX)) {
      const orders = await readList(reader.client, { status: 'any', include: chunk.join(',') });
      for (const order of orders) found.set(String(order.id), order);
    }
  }
  for (const remoteId of remoteIds) {
    if (found.has(remoteId)) continue;
    const order = await readOne(reader.client, remoteId);
    if (order !== null) found.set(remoteId, order);
  }
  const snapshots = await completeOrders(reader, [...found.values()]);
  const byId = new Map(snapshots.map((order) => [order.remoteId, order]));
  return remoteIds.map((remoteId): OrderReading => {
    const order = byId.get(remoteId);
    return order === undefined ? { kind: 'gone', remoteId } : { kind: 'order', order };
  });
}

// An order in the trash is as good as deleted: no list shows it, and what it had booked is free again.
async function readOne(client: WooClient, remoteId: string): Promise<Order | null> {
  if (!/^\d+$/.test(remoteId)) return null;
  try {
    const order = await client.get(`/wc/v3/orders/${remoteId}`, { _fields: FIELDS }, orderShape);
    return order.status === 'trash' ? null : order;
  } catch (problem) {
    if (problem instanceof ShopRefusal && problem.kind === 'gone') return null;
    throw problem;
  }
}
