// A store whose channel is played by the test: a shelf, its orders, and what it answers next. For the jobs' own rules; the
// channels themselves are tested against their simulators.

import { sql } from 'kysely';
import { pino } from 'pino';
import type {
  AvailableReading,
  Channel,
  ChannelDefinition,
  Finding,
  ListingReference,
  ListingSnapshot,
  PushResult,
  PushTarget,
  ShopLocation,
} from '../../server/channels/channel.ts';
import type { ChannelManifest } from '../../server/channels/manifest.ts';
import type { Database } from '../../server/database/database.ts';
import { createWarehouse } from '../../server/documents/warehouses.ts';
import { noteChange, requireChangeAllowed } from '../../server/net/change-permission.ts';
import { createMemoryDayCounts } from '../../server/net/day-counts.ts';
import type { OpenStore, SyncContext, WakeUpName } from '../../server/sync/context.ts';
import { type StoreId, toStoreId, toWarehouseId } from '../../shared/model/ids.ts';
import type { OrderSnapshot } from '../../shared/model/order.ts';

export type ScriptedCall = 'setAvailable' | 'readAvailable' | 'listOrders' | 'readOrders' | 'listListings';

export type ScriptedStore = {
  readonly id: StoreId;
  /** What customers see, by listing. */
  readonly shelf: Map<string, number>;
  /** Listings that show the number of another one. */
  readonly shares: Map<string, string>;
  readonly orders: Map<string, OrderSnapshot>;
  readonly listings: Map<string, ListingSnapshot>;
  /** Every quantity the store was told, in order: "listing=quantity". */
  readonly told: string[];
  /** Every call, by name. */
  readonly calls: string[];
  /** Listings whose stock the shop does not count. */
  readonly untracked: Set<string>;
  /** How many orders or listings one page holds. */
  pageSize: number;
  /** Runs before a call is answered: a sale, a switch, a fault. */
  before: (call: ScriptedCall) => void | Promise<void>;
  /** Runs after the shop has done what was asked and before its answer arrives. */
  after: (call: ScriptedCall) => void | Promise<void>;
  /** A customer who is quicker than a write. Only for a shop that cannot compare and set in one step. */
  betweenComparingAndWriting: (target: PushTarget) => void;
  /** Answers for a target instead of the shelf. */
  answer: (target: PushTarget) => Partial<PushResult> | null;
};

export type ScriptedWorld = {
  readonly context: SyncContext;
  readonly woken: string[];
  /** Wake-ups that were asked for later: name, store and after how long. */
  readonly wokenLater: string[];
  readonly now: () => Date;
  readonly pass: (ms: number) => void;
  readonly addStore: (name: string, options?: ScriptedStoreOptions) => Promise<ScriptedStore>;
};

export type ScriptedStoreOptions = {
  readonly syncOn?: boolean;
  readonly onDrift?: 'overwrite' | 'hold';
  readonly pushBatchMax?: number;
  /** The shop lists orders so late, and says so. */
  readonly listedAfterMs?: number;
  readonly ordersAgainAfterMs?: number;
  readonly limits?: Partial<ChannelManifest['limits']>;
  readonly compareAndSet?: boolean;
  readonly accessEnds?: ChannelDefinition['accessEnds'];
  readonly pullHints?: Channel['pullHints'];
  /** What the store's check finds, at the moment it is asked. */
  readonly findings?: () => readonly Finding[];
  /** The shop's locations, which change when the test changes them. Its shelf is then kept by `atLocation`. */
  readonly locations?: ShopLocation[];
};

/** How the shelf of a store with locations names a listing at one of them. */
export const atLocation = (remoteId: string, locationId: string): string => `${remoteId}@${locationId}`;

const MANIFEST: ChannelManifest = {
  id: 'scripted',
  label: 'Scripted',
  credentialFields: [],
  settingFields: [],
  capabilities: {
    compareAndSet: true,
    locations: false,
    drafts: true,
    webhooks: false,
    quantityMax: 1_000_000,
    ordersByUpdate: true,
  },
  limits: { rate: { kind: 'concurrency', requestsAtOnce: 4 }, pushBatchMax: 250, requestTimeoutMs: 1_000 },
  rhythm: { ordersFastestMs: 10_000, listingsEveryMs: 600_000, ordersOverlapMs: 120_000 },
  hosts: [],
};

export function createScriptedWorld(db: Database, start: Date): ScriptedWorld {
  let clock = start.getTime();
  const stores = new Map<StoreId, { store: ScriptedStore; options: ScriptedStoreOptions }>();
  const woken: string[] = [];
  const wokenLater: string[] = [];
  const now = (): Date => {
    clock += 1;
    return new Date(clock);
  };
  const context: SyncContext = {
    db,
    now,
    random: () => 0.5,
    pause: async (ms) => {
      clock += ms;
    },
    log: pino({ level: 'silent' }),
    publicUrl: () => null,
    holder: 'test',
    wake: async (name: WakeUpName, storeId, _data, delayMs) => {
      const what = storeId === undefined ? name : `${name} ${storeId}`;
      if (delayMs === undefined) woken.push(what);
      else wokenLater.push(`${what} in ${Math.round(delayMs / 1_000)} s`);
    },
    openStore: async (storeId) => {
      const entry = stores.get(storeId);
      return entry === undefined ? null : open(db, entry.store, entry.options, now);
    },
  };
  return {
    context,
    woken,
    wokenLater,
    now,
    pass: (ms) => {
      clock += ms;
    },
    addStore: async (name, options = {}) => {
      const store = await insertStore(db, name, options, now());
      stores.set(store.id, { store, options });
      return store;
    },
  };
}

async function insertStore(
  db: Database,
  name: string,
  options: ScriptedStoreOptions,
  at: Date,
): Promise<ScriptedStore> {
  const id = toStoreId(name);
  await createWarehouse(db, { id: toWarehouseId('main'), name: 'Main' });
  const on = options.syncOn !== false;
  await sql`
    insert into stores (id, channel, name, credentials, webhook_secret, settings, sync_on, sync_on_at, orders_cursor,
      orders_fresh_at, orders_synced_at, opening_choice, opening_imported_at)
    values (${id}, 'scripted', ${name}, '', '', '{"drafts": false}', ${on}, ${on ? at : null}, ${on ? at : null},
      ${on ? at : null}, ${on ? at : null}, ${on ? 'keep' : null}, ${on ? at : null})`.execute(db);
  await sql`insert into store_warehouses (store_id, warehouse_id) values (${id}, 'main')`.execute(db);
  return {
    id,
    shelf: new Map(),
    shares: new Map(),
    orders: new Map(),
    listings: new Map(),
    told: [],
    calls: [],
    untracked: new Set(),
    pageSize: 1_000_000,
    before: () => undefined,
    after: () => undefined,
    betweenComparingAndWriting: () => undefined,
    answer: () => null,
  };
}

async function open(
  db: Database,
  store: ScriptedStore,
  options: ScriptedStoreOptions,
  now: () => Date,
): Promise<OpenStore> {
  const row = await db.selectFrom('stores').selectAll().where('id', '=', store.id).executeTakeFirstOrThrow();
  const manifest = {
    ...MANIFEST,
    limits: {
      ...MANIFEST.limits,
      pushBatchMax: options.pushBatchMax ?? MANIFEST.limits.pushBatchMax,
      ...options.limits,
    },
    capabilities: {
      ...MANIFEST.capabilities,
      compareAndSet: options.compareAndSet ?? true,
      ordersListedAfterMs: options.listedAfterMs ?? 0,
    },
    rhythm: { ...MANIFEST.rhythm, ordersAgainAfterMs: options.ordersAgainAfterMs ?? 0 },
  };
  const { accessEnds, pullHints, findings } = options;
  const channel = {
    ...channelOf(store, now, options.listedAfterMs ?? 0),
    ...(pullHints === undefined ? {} : { pullHints }),
    ...(findings === undefined
      ? {}
      : { check: async () => ({ storeName: store.id, findings: findings(), locations: [] }) }),
    ...(options.locations === undefined ? {} : { listLocations: async () => options.locations ?? [] }),
  };
  const definition: ChannelDefinition = {
    manifest,
    ...(accessEnds === undefined ? {} : { accessEnds }),
    open: () => channel,
    simulator: () => Promise.reject(new Error('A scripted store is its own simulator.')),
  };
  const http = {
    send: () => Promise.reject(new Error('A scripted store has no network.')),
    observe: () => undefined,
  };
  return {
    id: store.id,
    name: row.name,
    syncOn: row.sync_on,
    settings: { ...row.settings, onDrift: options.onDrift ?? 'overwrite' },
    definition,
    channel,
    webhookSecret: '',
    session: {
      credentials: {},
      settings: row.settings,
      http,
      saveCredentials: async () => undefined,
      alone: (work) => work({}),
      dayCounts: createMemoryDayCounts(),
      now,
    },
  };
}

function channelOf(store: ScriptedStore, now: () => Date, listedAfterMs: number): Channel {
  const call = async <Answer>(name: ScriptedCall, work: () => Answer): Promise<Answer> => {
    store.calls.push(name);
    // As the way out to a real shop does.
    const request = { method: name === 'setAvailable' ? 'POST' : 'GET' } as const;
    await requireChangeAllowed(request);
    await store.before(name);
    const answer = work();
    noteChange(request);
    await store.after(name);
    return answer;
  };
  return {
    check: async () => ({ storeName: store.id, findings: [], locations: [] }),
    listListings: ({ updatedFrom }, page) =>
      call('listListings', () => {
        const changed = [...store.listings.values()].filter(
          (listing) => updatedFrom === null || listing.updatedAt >= updatedFrom,
        );
        const { items, next } = cut(changed, page, store.pageSize);
        return { listings: items, next };
      }),
    listOrders: (query, page) =>
      call('listOrders', () => {
        const all = [...store.orders.values()].sort((a, b) => a.updatedAt.getTime() - b.updatedAt.getTime());
        const freshUpTo = new Date(now().getTime() - listedAfterMs);
        const wanted = all.filter((order) =>
          query.kind === 'open' ? order.state === 'open' : order.updatedAt.getTime() >= query.from.getTime(),
        );
        const listed = wanted.filter((order) => listedAfterMs === 0 || order.updatedAt <= freshUpTo);
        const { items, next } = cut(listed, page, store.pageSize);
        return { orders: items, next, ...(listedAfterMs === 0 ? {} : { freshUpTo }) };
      }),
    readOrders: (ids) =>
      call('readOrders', () =>
        ids.map((remoteId) => {
          const order = store.orders.get(remoteId);
          return order === undefined ? { kind: 'gone', remoteId } : { kind: 'order', order };
        }),
      ),
    readAvailable: (listings) =>
      call('readAvailable', () =>
        listings.map((listing) => ({ ...listing, reading: readShelf(store, listing) })),
      ),
    setAvailable: (targets) => call('setAvailable', () => targets.map((target) => set(store, target))),
  };
}

function shelfKey(store: ScriptedStore, { remoteId, locationId }: ListingReference): string {
  const id = store.shares.get(remoteId) ?? remoteId;
  return locationId ? atLocation(id, locationId) : id;
}

function readShelf(store: ScriptedStore, listing: ListingReference): AvailableReading['reading'] {
  if (store.untracked.has(listing.remoteId)) return { kind: 'untracked' };
  const quantity = store.shelf.get(shelfKey(store, listing));
  return quantity === undefined ? { kind: 'gone' } : { kind: 'quantity', quantity };
}

function cut<Item>(
  all: readonly Item[],
  page: string | null,
  size: number,
): { readonly items: readonly Item[]; readonly next: string | null } {
  const start = Number(page ?? 0);
  const end = start + size;
  return { items: all.slice(start, end), next: end < all.length ? `${end}` : null };
}

// Compares and sets, as the contract says.
function set(store: ScriptedStore, target: PushTarget): PushResult {
  const { quantity, expected, ...place } = target;
  const key = shelfKey(store, target);
  const scripted = store.answer(target);
  if (scripted !== null) return { ...place, kind: 'unknown', message: '', ...scripted } as PushResult;
  const observed = store.shelf.get(key) ?? 0;
  if (expected !== null && observed !== expected) return { ...place, kind: 'stale', observed };
  store.betweenComparingAndWriting(target);
  store.shelf.set(key, quantity);
  store.told.push(`${key}=${quantity}`);
  return { ...place, kind: 'accepted' };
}

export function aListing(
  remoteId: string,
  sku: string | null,
  more: Partial<ListingSnapshot> = {},
): ListingSnapshot {
  return {
    remoteId,
    handle: remoteId,
    sku,
    title: `Listing ${remoteId}`,
    state: 'active',
    tracked: true,
    notPushable: null,
    updatedAt: new Date('2026-01-01T00:00:00Z'),
    ...more,
  };
}
