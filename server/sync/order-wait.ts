// When a push that waits for newer orders reads them: at once where that helps, later where the shop lists orders late or
// counts each search. A push never asks again and again for what cannot be there yet.

import { ChannelError } from '../net/channel-error.ts';
import { pullChangedOrders } from './changed-orders.ts';
import type { OpenStore, SyncContext } from './context.ts';

/** `now`: a store showed something unexpected, which an order may explain. Else: orders known to be newer than that time. */
export type OrdersWanted = 'now' | { readonly newerThan: Date };

export type OrderWait = {
  /** Begins to read, where that is of use at any moment; the next `read` that waits for what is newer takes it. */
  readonly readAhead: () => void;
  /** Null when it is too early to ask: then the push is woken again in time. */
  readonly read: (wanted: OrdersWanted) => Promise<OrdersKnown | null>;
  /** Orders that were read have moved stock. */
  readonly moved: () => boolean;
  /** Nothing is being read any more. */
  readonly done: () => Promise<void>;
};

type OrdersKnown = {
  /** Up to when orders are known now. */
  readonly freshAt: Date;
  /** That is some time ago, however often the shop is asked. */
  readonly late: boolean;
};

/** Numbers that keep changing are not worth a search each. */
const PULLS_MAX = 3;
const PAUSE_MS = 1_000;
/** Where the shop does not say how long. */
const PUT_OFF_MS = 60_000;

/** For one push run. */
export function createOrderWait(context: SyncContext, store: OpenStore): OrderWait {
  const { capabilities, rhythm } = store.definition.manifest;
  let lateMs = capabilities.ordersListedAfterMs ?? 0;
  let pulls = 0;
  let moved = 0;
  let ahead: Promise<OrdersKnown | null> | null = null;

  async function waitMs(wanted: OrdersWanted): Promise<number> {
    const now = context.now().getTime();
    const helpsFrom = wanted === 'now' ? now : wanted.newerThan.getTime() + lateMs;
    const allowedFrom = (await lastPullAt(context, store)) + (rhythm.ordersAgainAfterMs ?? 0);
    const pause = pulls < PULLS_MAX ? 0 : PAUSE_MS;
    return Math.max(helpsFrom - now, allowedFrom - now, pause);
  }

  async function readNow(wanted: OrdersWanted): Promise<OrdersKnown | null> {
    const delayMs = await waitMs(wanted);
    if (delayMs > 0) {
      await context.wake('push-available', store.id, {}, Math.ceil(delayMs));
      return null;
    }
    const begun = context.now();
    const outcome = await pullChangedOrders(context, store).catch(putOff);
    if ('retryAfterMs' in outcome) {
      await context.wake('push-available', store.id, {}, outcome.retryAfterMs);
      return null;
    }
    pulls += 1;
    moved += outcome.touched.size;
    // What the shop says of itself counts more than what is published.
    if (outcome.complete) lateMs = Math.max(lateMs, begun.getTime() - outcome.freshAt.getTime());
    return { freshAt: outcome.freshAt, late: lateMs > 0 };
  }

  return {
    readAhead: () => {
      if (ahead !== null || lateMs > 0) return;
      ahead = readNow('now');
      // It is thrown where it is waited for.
      ahead.catch(() => undefined);
    },
    read: async (wanted) => {
      const wasAhead = ahead;
      ahead = null;
      const known = await wasAhead;
      // What a store showed just now may be explained by an order that came after that reading had begun.
      return wasAhead === null || wanted === 'now' ? readNow(wanted) : known;
    },
    moved: () => moved > 0,
    done: async () => {
      await ahead?.catch(() => undefined);
    },
  };
}

// A shop that has no more searches at the moment holds up what waits for one. Thrown from here it would hold up the whole push,
// lower numbers too, until there are some.
function putOff(error: unknown): { readonly retryAfterMs: number } {
  if (!(error instanceof ChannelError) || error.kind !== 'throttled') throw error;
  return { retryAfterMs: error.retryAfterMs ?? PUT_OFF_MS };
}

async function lastPullAt(context: SyncContext, store: OpenStore): Promise<number> {
  const row = await context.db
    .selectFrom('stores')
    .select('orders_synced_at')
    .where('id', '=', store.id)
    .executeTakeFirst();
  return row?.orders_synced_at?.getTime() ?? 0;
}
