// Walks over receipts and reads single ones. Offsets would skip receipts that change while we read, so the
// walk goes by time: each page begins with the second in which the page before ended.

import * as z from 'zod';
import type { OrderPage, OrderQuery, OrderReading } from '../channel.ts';
import type { AgainBudget } from './again-budget.ts';
import type { EtsyClient, Query } from './client.ts';
import { PAGE_MAX } from './manifest.ts';
import { mapReceipt } from './map-order.ts';
import { EtsyRefusal } from './refusal.ts';
import { type Receipt, receiptShape, receiptsShape } from './shapes.ts';

/** The earliest time Etsy takes. */
const FIRST_SECOND = 946_684_800;
/** How old a receipt may be whose cancellation is looked for in the list; older open ones are found by the rota. */
const CANCELLED_WITHIN_S = 45 * 24 * 3_600;

type Walk = {
  readonly sort: 'updated' | 'created';
  readonly min: 'min_last_modified' | 'min_created';
  readonly max: 'max_last_modified' | 'max_created';
  readonly filter: Query;
};

const WALKS = {
  updated: { sort: 'updated', min: 'min_last_modified', max: 'max_last_modified', filter: {} },
  // By creation, which never moves.
  open: {
    sort: 'created',
    min: 'min_created',
    max: 'max_created',
    filter: { was_shipped: false, was_canceled: false },
  },
} as const satisfies Record<string, Walk>;

const pageShape = z.object({
  walk: z.enum(['updated', 'open', 'cancelled']),
  fromS: z.number().int(),
  /** Up to here the changed receipts are read; the sweep for cancelled ones must not move the cursor. */
  readUpToS: z.number().int(),
});
type Page = z.infer<typeof pageShape>;
type ReceiptPage = { readonly receipts: readonly Receipt[]; readonly nextS: number | null };

export async function listOrders(
  client: EtsyClient,
  query: OrderQuery,
  page: string | null,
  now: Date,
): Promise<OrderPage> {
  const here = page === null ? firstPage(query) : pageShape.parse(JSON.parse(page));
  const { receipts, nextS } =
    here.walk === 'cancelled'
      ? { receipts: await readCancelled(client, here.fromS), nextS: null }
      : await readPage(client, WALKS[here.walk], here.fromS);
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

/**
 * A cancellation moves no time, and the plain list leaves cancelled receipts out. Every pull asks for them, so it is one call: the
 * newest hundred. Where there are more, an older receipt's cancellation is found by the rota.
 */
const readCancelled = (client: EtsyClient, fromS: number): Promise<readonly Receipt[]> =>
  readList(client, { was_canceled: true, min_created: fromS, sort_on: 'created', sort_order: 'desc' });

async function readPage(client: EtsyClient, walk: Walk, fromS: number): Promise<ReceiptPage> {
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

/** From here on it is the rota that asks, and the list of open receipts is read first: a hundred for one call of the day's quota. */
const MANY = 4;

/** Of many, those are left out for which the day has no call left. */
export async function readOrders(
  client: EtsyClient,
  remoteIds: readonly string[],
  mayReadAgain: AgainBudget,
): Promise<readonly OrderReading[]> {
  const isRota = remoteIds.length >= MANY;
  const found = isRota ? await readAmongOpen(client, remoteIds, mayReadAgain) : new Map<string, Receipt>();
  const readings: OrderReading[] = [];
  for (const remoteId of remoteIds) {
    const known = found.get(remoteId);
    if (known === undefined && isRota && !(await mayReadAgain())) continue;
    const receipt = known ?? (await readOne(client, remoteId));
    readings.push(
      receipt === null ? { kind: 'gone', remoteId } : { kind: 'order', order: mapReceipt(receipt) },
    );
  }
  return readings;
}

/** Those asked for by the rota are open in all likelihood: the list has most of them on each of its pages. */
async function readAmongOpen(
  client: EtsyClient,
  remoteIds: readonly string[],
  mayReadAgain: AgainBudget,
): Promise<ReadonlyMap<string, Receipt>> {
  const missing = new Set(remoteIds);
  const found = new Map<string, Receipt>();
  let fromS: number | null = FIRST_SECOND;
  while (fromS !== null && missing.size > 0 && (await mayReadAgain())) {
    const { receipts, nextS }: ReceiptPage = await readPage(client, WALKS.open, fromS);
    for (const receipt of receipts) {
      const remoteId = String(receipt.receipt_id);
      if (missing.delete(remoteId)) found.set(remoteId, receipt);
    }
    fromS = nextS;
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
