// Walks over orders and reads single ones. Page numbers would skip orders that change while we read, so the walk goes by
// time, and inside one second by id.

import * as z from 'zod';
import type { OrderPage, OrderQuery, OrderReading } from '../channel.ts';
import type { Query } from './client.ts';
import { completeOrders, type OrderReader, SURELY_THE_LAST } from './complete-orders.ts';
import { PAGE_MAX } from './manifest.ts';
import { StoreRefusal } from './refusal.ts';
import { type Order, orderShape } from './shapes.ts';
import { OPEN_STATUSES, statusMeaning } from './status.ts';

/** Brings the lines in the same answer: a store with a thousand orders would else need a thousand more calls. */
const WITH_LINES = { include: 'consignments.line_items', consignment_structure: 'object' };

const updatedPage = z.object({ from: z.coerce.date() });
const openPage = z.object({ status: z.number(), minId: z.number() });

export async function listOrders(
  reader: OrderReader,
  query: OrderQuery,
  page: string | null,
): Promise<OrderPage> {
  const { orders, next } =
    query.kind === 'updated'
      ? await readUpdated(reader, page === null ? query : updatedPage.parse(JSON.parse(page)))
      : await readOpen(reader, page === null ? { status: 0, minId: 0 } : openPage.parse(JSON.parse(page)));
  return { orders: await completeOrders(reader, orders.filter(isOrder(reader))), next };
}

const isOrder =
  ({ settings }: OrderReader) =>
  (order: Order): boolean =>
    order.is_deleted !== true && statusMeaning(order.status_id, settings).kind !== 'draft';

type Page = { readonly orders: readonly Order[]; readonly next: string | null };

const readList = async ({ client }: OrderReader, query: Query): Promise<readonly Order[]> =>
  (await client.get('/v2/orders', { ...query, limit: PAGE_MAX, ...WITH_LINES }, z.array(orderShape))) ?? [];

const secondOf = (time: Date): number => Math.floor(time.getTime() / 1000);
const atSecond = (second: number): string =>
  `${new Date(second * 1000).toISOString().slice(0, 19)}.000+00:00`;

async function readUpdated(reader: OrderReader, { from }: { readonly from: Date }): Promise<Page> {
  const first = secondOf(from);
  const orders = await readList(reader, { min_date_modified: atSecond(first), sort: 'date_modified:asc' });
  const last = orders.at(-1);
  // A page may be shorter than asked for without being the last one: BigCommerce cuts pages with includes in places.
  if (last === undefined || orders.length < SURELY_THE_LAST) return { orders, next: null };
  const lastSecond = secondOf(last.date_modified ?? from);
  if (lastSecond > first) return { orders, next: JSON.stringify({ from: new Date(lastSecond * 1000) }) };
  // One second fills the page, as after a bulk edit: read that second whole, then go on behind it.
  const whole = await readSecond(reader, first);
  return { orders: whole, next: JSON.stringify({ from: new Date((first + 1) * 1000) }) };
}

/** By id, which does not move: orders that change meanwhile leave this second and are met again later. */
async function readSecond(reader: OrderReader, second: number): Promise<readonly Order[]> {
  const all: Order[] = [];
  for (let minId = 0; ; minId = (all.at(-1)?.id ?? minId) + 1) {
    const page = await readList(reader, {
      min_date_modified: atSecond(second),
      max_date_modified: atSecond(second),
      min_id: minId,
      sort: 'id:asc',
    });
    all.push(...page);
    if (page.length < SURELY_THE_LAST) return all;
  }
}

/** The list takes one status at a time. Ids do not move, so a page begins behind the last order of the one before. */
async function readOpen(
  reader: OrderReader,
  { status, minId }: { readonly status: number; readonly minId: number },
): Promise<Page> {
  const statusId = OPEN_STATUSES[status];
  if (statusId === undefined) return { orders: [], next: null };
  const orders = await readList(reader, { status_id: statusId, min_id: minId, sort: 'id:asc' });
  const last = orders.at(-1);
  const isLast = last === undefined || orders.length < SURELY_THE_LAST;
  if (!isLast) return { orders, next: JSON.stringify({ status, minId: last.id + 1 }) };
  const hasMore = status + 1 < OPEN_STATUSES.length;
  return { orders, next: hasMore ? JSON.stringify({ status: status + 1, minId: 0 }) : null };
}

// ---- by id ----------------------------------------------------------------------------------------------------

export async function readOrders(
  reader: OrderReader,
  remoteIds: readonly string[],
): Promise<readonly OrderReading[]> {
  const ids = remoteIds.filter((id) => /^\d+$/.test(id)).map(Number);
  const found = await readNeighbours(reader, ids);
  for (const id of ids) {
    if (found.has(id)) continue;
    const order = await readOne(reader, id);
    if (order !== null) found.set(id, order);
  }
  // Archived ones too: what the store has given back for them is known by its settings.
  const snapshots = await completeOrders(reader, [...found.values()]);
  const byId = new Map(snapshots.map((order) => [order.remoteId, order]));
  return remoteIds.map((remoteId): OrderReading => {
    const order = byId.get(remoteId);
    return order === undefined ? { kind: 'gone', remoteId } : { kind: 'order', order };
  });
}

/** Orders are asked for by a range of ids, not by a list of them: neighbours come in one call. */
async function readNeighbours(reader: OrderReader, ids: readonly number[]): Promise<Map<number, Order>> {
  const found = new Map<number, Order>();
  const sorted = [...new Set(ids)].sort((a, b) => a - b);
  for (let start = 0; start < sorted.length; ) {
    const first = sorted[start] ?? 0;
    const group = sorted.filter((id) => id >= first && id < first + PAGE_MAX);
    start += group.length;
    if (group.length < 2) continue;
    const query = { min_id: first, max_id: group.at(-1) ?? first, sort: 'id:asc' };
    for (const order of await readList(reader, query)) {
      if (group.includes(order.id)) found.set(order.id, order);
    }
  }
  return found;
}

async function readOne({ client }: OrderReader, id: number): Promise<Order | null> {
  try {
    return await client.get(`/v2/orders/${id}`, WITH_LINES, orderShape);
  } catch (problem) {
    if (problem instanceof StoreRefusal && problem.kind === 'gone') return null;
    throw problem;
  }
}
