// Walks over receipts and reads single ones. Offsets would skip receipts that change while we read, so the
// walk goes by time: each page begins with the second in which the page before ended.

import * as z from 'zod';
import type { OrderPage, OrderQuery, OrderReading } from '../channel.ts';
import type { EtsyClient, Query } from './client.ts';
import { PAGE_MAX } from './manifest.ts';
import { mapReceipt } from './map-order.ts';
import { EtsyRefusal } from './refusal.ts';
import { type Receipt, receiptShape, receiptsShape } from './shapes.ts';

/** The earliest time Etsy takes. */
const FIRST_SECOND = 946_684_800;
/** How old a receipt may be whose cancellation is looked for in the list; older open ones are read by id. */
const CANCELLED_WITHIN_S = 45 * 24 * 3_600;

type Walk = {
  readonly sort: 'updated' | 'created';
  readonly min: 'min_last_modified' | 'min_created';
  readonly max: 'max_last_modified' | 'max_created';
  readonly filter: Query;
};

const WALKS = {
  updated: { sort: 'updated', min: 'min_last_modified', max: 'max_last_modified', filter: {} },
  // A cancellation moves no time, and the plain list leaves cancelled receipts out.
  cancelled: { sort: 'created', min: 'min_created', max: 'max_created', filter: { was_canceled: true } },
  // By creation, which never moves.
  open: {
    sort: 'created',
    min: 'min_created',
    max: 'max_created',
    filter: { was_shipped: false, was_canceled: false },
  },
} as const satisfies Record<string, Walk>;

const pageShape = z.object({
  walk: z.enum(['updated', 'cancelled', 'open']),
  fromS: z.number().int(),
  /** Up to here the changed receipts are read; the sweep for cancelled ones must not move the cursor. */
  readUpToS: z.number().int(),
});
type Page = z.infer<typeof pageShape>;

export async function listOrders(
  client: EtsyClient,
  query: OrderQuery,
  page: string | null,
  now: Date,
): Promise<OrderPage> {
  const here = page === null ? firstPage(query) : pageShape.parse(JSON.parse(page));
  const { receipts, nextS } = await readPage(client, WALKS[here.walk], here.fromS);
  const orders = receipts.map(mapReceipt);
  const newestS = Math.max(here.readUpToS, ...receipts.map((one) => one.updated_timestamp));
  const readUpToS = here.walk === 'updated' ? newestS : here.readUpToS;
  const next = nextPage({ ...here, readUpToS }, nextS, now);
  return {
    orders,
    next: next === null ? null : JSON.stringify(next),
    ...(here.walk === 'open' ? {} : { readUpTo: new Date(readUpToS * 1_000) }),
  };
}

const secondsOf = (time: Date): number => Math.floor(time.getTime() / 1_000);

function firstPage(query: OrderQuery): Page {
  if (query.kind === 'open') return { walk: 'open', fromS: FIRST_SECOND, readUpToS: 0 };
  return { walk: 'updated', fromS: Math.max(FIRST_SECOND, secondsOf(query.from)), readUpToS: 0 };
}

function nextPage(here: Page, nextS: number | null, now: Date): Page | null {
  if (nextS !== null) return { ...here, fromS: nextS };
  if (here.walk !== 'updated') return null;
  return { ...here, walk: 'cancelled', fromS: Math.max(FIRST_SECOND, secondsOf(now) - CANCELLED_WITHIN_S) };
}

async function readPage(
  client: EtsyClient,
  walk: Walk,
  fromS: number,
): Promise<{ readonly receipts: readonly Receipt[]; readonly nextS: number | null }> {
  const receipts = await readList(client, {
    ...walk.filter,
    [walk.min]: fromS,
    sort_on: walk.sort,
    sort_order: 'asc',
  });
  const last = receipts.at(-1);
  if (receipts.length < PAGE_MAX || last === undefined) return { receipts, nextS: null };
  const lastS = walk.sort === 'updated' ? last.updated_timestamp : last.created_timestamp;
  if (lastS > fromS) return { receipts, nextS: lastS };
  // One second holds a page or more: read that second whole, then go on behind it.
  return { receipts: await readSecond(client, walk, fromS), nextS: fromS + 1 };
}

const SECOND_TRIES_MAX = 5;

/** Receipts that change leave this second and shift its pages: it is read until a round finds nothing new. */
async function readSecond(client: EtsyClient, walk: Walk, second: number): Promise<readonly Receipt[]> {
  const seen = new Map<number, Receipt>();
  for (let round = 1; round <= SECOND_TRIES_MAX; round += 1) {
    let added = false;
    for (let offset = 0; ; offset += PAGE_MAX) {
      const receipts = await readList(client, {
        ...walk.filter,
        [walk.min]: second,
        [walk.max]: second,
        sort_on: 'receipt_id',
        sort_order: 'asc',
        offset,
      });
      added ||= receipts.some(({ receipt_id: id }) => !seen.has(id));
      for (const receipt of receipts) seen.set(receipt.receipt_id, receipt);
      if (receipts.length < PAGE_MAX) break;
    }
    if (!added) break;
  }
  return [...seen.values()];
}

async function readList(client: EtsyClient, query: Query): Promise<readonly Receipt[]> {
  const { results } = await client.get(`/shops/${await client.shopId()}/receipts`, receiptsShape, {
    query: { limit: PAGE_MAX, ...query },
  });
  return results;
}

// ---- by id --------------------------------------------------------------------------------------------

/** From here on the list of open receipts is asked first: a hundred for one call of the day's quota. */
const MANY = 4;

export async function readOrders(
  client: EtsyClient,
  remoteIds: readonly string[],
): Promise<readonly OrderReading[]> {
  const found = remoteIds.length < MANY ? new Map<string, Receipt>() : await readAmongOpen(client, remoteIds);
  const readings: OrderReading[] = [];
  for (const remoteId of remoteIds) {
    const receipt = found.get(remoteId) ?? (await readOne(client, remoteId));
    readings.push(
      receipt === null ? { kind: 'gone', remoteId } : { kind: 'order', order: mapReceipt(receipt) },
    );
  }
  return readings;
}

// Those asked for by the rota are open in all likelihood. A page that shifts hides some of them: these are read singly.
async function readAmongOpen(
  client: EtsyClient,
  remoteIds: readonly string[],
): Promise<Map<string, Receipt>> {
  const wanted = new Set(remoteIds);
  const found = new Map<string, Receipt>();
  const pagesMax = Math.floor(remoteIds.length / 2);
  for (let page = 0; page < pagesMax && found.size < wanted.size; page += 1) {
    const receipts = await readList(client, {
      ...WALKS.open.filter,
      sort_on: 'created',
      sort_order: 'asc',
      offset: page * PAGE_MAX,
    });
    for (const receipt of receipts) {
      if (wanted.has(String(receipt.receipt_id))) found.set(String(receipt.receipt_id), receipt);
    }
    if (receipts.length < PAGE_MAX) break;
  }
  return found;
}

async function readOne(client: EtsyClient, remoteId: string): Promise<Receipt | null> {
  if (!/^[1-9]\d*$/.test(remoteId)) return null;
  try {
    return await client.get(`/shops/${await client.shopId()}/receipts/${remoteId}`, receiptShape);
  } catch (problem) {
    if (problem instanceof EtsyRefusal && problem.kind === 'gone') return null;
    throw problem;
  }
}
