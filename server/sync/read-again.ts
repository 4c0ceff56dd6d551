// Every pull reads a stretch of time again that the one before has read. Orders that look just as they did then need not be
// applied once more; what one process remembers of them is enough, since applying twice does no harm.

import { createHash } from 'node:crypto';
import type { StoreId } from '../../shared/model/ids.ts';
import type { OrderSnapshot } from '../../shared/model/order.ts';
import type { Database } from '../database/database.ts';
import type { OpenStore } from './context.ts';

/** By the order's remoteId, what it looked like. */
type Looks = ReadonlyMap<string, string>;

/** A store has one way out of a process, for as long as that lives. */
const lastPulls = new WeakMap<object, Map<StoreId, Looks>>();

export type ReadAgain = {
  /** Of this page, those that look otherwise than at the last pull, or that the ledger has seen otherwise since. */
  readonly newer: (orders: readonly OrderSnapshot[]) => Promise<readonly OrderSnapshot[]>;
  /** Something that was asked for later stands in the ledger: what the list showed may be right all the same. */
  readonly notTaken: (remoteId: string) => void;
  /** Once all of this pull was applied. */
  readonly done: () => void;
};

export function createReadAgain(db: Database, { id, session }: Pick<OpenStore, 'id' | 'session'>): ReadAgain {
  const stores = lastPulls.get(session.http) ?? new Map<StoreId, Looks>();
  lastPulls.set(session.http, stores);
  const before = stores.get(id) ?? new Map<string, string>();
  const now = new Map<string, string>();
  return {
    newer: async (orders) => {
      const same: OrderSnapshot[] = [];
      for (const order of orders) {
        const look = lookOf(order);
        if (before.get(order.remoteId) === look) same.push(order);
        now.set(order.remoteId, look);
      }
      const applied = await readApplied(db, id, same);
      return orders.filter((order) => !applied.has(order));
    },
    notTaken: (remoteId) => void now.delete(remoteId),
    done: () => void stores.set(id, now),
  };
}

const lookOf = (order: OrderSnapshot): string =>
  createHash('sha256').update(JSON.stringify(order)).digest('base64url');

// Read by its id meanwhile, an order may have been found newer, or gone.
async function readApplied(
  db: Database,
  storeId: StoreId,
  orders: readonly OrderSnapshot[],
): Promise<ReadonlySet<OrderSnapshot>> {
  if (orders.length === 0) return new Set();
  const rows = await db
    .selectFrom('orders')
    .select(['remote_id', 'updated_at', 'state'])
    .where('store_id', '=', storeId)
    .where(
      'remote_id',
      'in',
      orders.map(({ remoteId }) => remoteId),
    )
    .execute();
  const stored = new Map(rows.map((row) => [row.remote_id, row]));
  return new Set(
    orders.filter(({ remoteId, updatedAt, state }) => {
      const row = stored.get(remoteId);
      return row !== undefined && row.state === state && row.updated_at.getTime() === updatedAt.getTime();
    }),
  );
}
