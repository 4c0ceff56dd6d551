// Steps that the tests of the jobs share: what a person sets, what a customer does, what the database and the shop then show.

import { sql } from 'kysely';
import type { Database } from '../../server/database/database.ts';
import { pullListings } from '../../server/sync/pull-listings.ts';
import { pushAvailable } from '../../server/sync/push-available.ts';
import type { Sku } from '../../shared/model/ids.ts';
import type { LineCounts, OrderSnapshot } from '../../shared/model/order.ts';
import { submitAdjustments } from './adjustments.ts';
import { anOrder } from './orders.ts';
import {
  aListing,
  type ScriptedStore,
  type ScriptedStoreOptions,
  type ScriptedWorld,
} from './scripted-store.ts';

export type SyncSteps = {
  readonly set: (sku: string, quantity: number, action?: 'set' | 'add' | 'subtract') => Promise<void>;
  /** A customer buys: the shop takes the units off its own number and has a new order. */
  readonly sell: (store: ScriptedStore, sku: string, units: number, remoteId?: string) => OrderSnapshot;
  /** The order's only line gets new counts, at this moment of the shop's clock. */
  readonly change: (
    store: ScriptedStore,
    orderId: string,
    counts: Partial<LineCounts>,
    more?: { readonly taken?: number; readonly state?: OrderSnapshot['state'] },
  ) => OrderSnapshot;
  /** A store with sync on that lists the SKUs as "store-SKU" at 50, everything told and acknowledged. */
  readonly settledStore: (
    name: string,
    skus: readonly string[],
    options?: ScriptedStoreOptions,
  ) => Promise<ScriptedStore>;
  /** "in stock/booked/available", or "unset" with what is booked. */
  readonly stock: (sku: string) => Promise<string>;
  readonly activity: () => Promise<readonly { level: string; message: string; resolved: boolean }[]>;
  readonly listing: (remoteId: string) => Promise<StoredListing>;
  readonly storeRow: (store: ScriptedStore) => Promise<StoreRow>;
};

type StoredListing = Awaited<ReturnType<typeof readListing>>;
type StoreRow = Awaited<ReturnType<typeof readStore>>;

let rows = 0;

export function syncSteps(db: Database, world: () => ScriptedWorld): SyncSteps {
  const set: SyncSteps['set'] = async (sku, quantity, action = 'set') => {
    rows += 1;
    const row = {
      rowId: `step-${rows}`,
      sku,
      warehouse: null,
      action,
      quantity,
      seen: null,
      reason: '',
      note: '',
    };
    const { answers } = await submitAdjustments(db, [row], { actor: 'test', at: world().now() });
    if (answers[0]?.status !== 'applied') throw new Error(answers[0]?.message);
  };
  return {
    set,
    sell: (store, sku, units, remoteId = `${store.id}-${sku}`) =>
      sell(world(), store, { sku, units, remoteId }),
    change: (store, orderId, counts, more = {}) => change(world(), store, orderId, counts, more),
    settledStore: async (name, skus, options = {}) => {
      const store = await world().addStore(name, options);
      for (const sku of skus) store.listings.set(`${name}-${sku}`, aListing(`${name}-${sku}`, sku));
      await pullListings(world().context, store.id);
      for (const sku of skus) await set(sku, 50);
      await pushAvailable(world().context, store.id);
      store.told.length = 0;
      store.calls.length = 0;
      return store;
    },
    stock: (sku) => readStock(db, sku),
    activity: () => readActivity(db),
    listing: (remoteId) => readListing(db, remoteId),
    storeRow: (store) => readStore(db, store),
  };
}

type Sale = { readonly sku: string; readonly units: number; readonly remoteId: string };

function sell(world: ScriptedWorld, store: ScriptedStore, { sku, units, remoteId }: Sale): OrderSnapshot {
  const shown = store.shelf.get(remoteId);
  if (shown !== undefined) store.shelf.set(remoteId, shown - units);
  const at = world.now();
  const line = { listingRemoteId: remoteId, taken: units };
  const order = anOrder({ placedAt: at }).line(sku, { ordered: units }, line);
  const snapshot = { ...order.snapshot(1), updatedAt: at };
  store.orders.set(snapshot.remoteId, snapshot);
  return snapshot;
}

function change(
  world: ScriptedWorld,
  store: ScriptedStore,
  orderId: string,
  counts: Partial<LineCounts>,
  more: { readonly taken?: number; readonly state?: OrderSnapshot['state'] },
): OrderSnapshot {
  const order = store.orders.get(orderId);
  if (order === undefined) throw new Error(`There is no order ${orderId}.`);
  const lines = order.lines.map((line) => {
    const taken = more.taken ?? line.taken;
    const shown = store.shelf.get(line.listingRemoteId ?? '');
    if (shown !== undefined)
      store.shelf.set(line.listingRemoteId ?? '', shown + (line.taken ?? 0) - (taken ?? 0));
    return { ...line, taken, counts: { ...line.counts, ...counts } };
  });
  const changed = { ...order, lines, state: more.state ?? order.state, updatedAt: world.now() };
  store.orders.set(orderId, changed);
  return changed;
}

async function readStock(db: Database, sku: string): Promise<string> {
  const { rows: found } = await sql<{ stock: string }>`
    select case when bool_or(is_set) then sum(in_stock) || '/' || sum(booked) || '/' || sum(in_stock - booked)
      else 'unset, ' || coalesce(sum(booked), 0) || ' booked' end as stock
    from balances where sku = ${sku}`.execute(db);
  return found[0]?.stock ?? '';
}

async function readActivity(db: Database) {
  const found = await db
    .selectFrom('activity')
    .select(['level', 'message', 'resolved_at'])
    .orderBy('id')
    .execute();
  return found.map((row) => ({ level: row.level, message: row.message, resolved: row.resolved_at !== null }));
}

async function readListing(db: Database, remoteId: string) {
  return db.selectFrom('listings').selectAll().where('remote_id', '=', remoteId).executeTakeFirstOrThrow();
}

async function readStore(db: Database, store: ScriptedStore) {
  return db.selectFrom('stores').selectAll().where('id', '=', store.id).executeTakeFirstOrThrow();
}

export const skuOf = (text: string): Sku => text as Sku;
