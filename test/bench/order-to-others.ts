// From an order in one shop to the moment when the last of the other five has taken the new number: all six simulated shops at
// their real pace, by a played clock, with the product's own endpoint for deliveries and its own jobs at their default rhythm.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { sql } from 'kysely';
import { pino } from 'pino';
import { channels } from '../../server/channels/registry.ts';
import type { SimulatedOrder, SimulatedShop } from '../../server/channels/simulator.ts';
import { type Database, openDatabase } from '../../server/database/database.ts';
import { receiveWebhook } from '../../server/http/endpoints/receive-webhook.ts';
import { answerProblems } from '../../server/http/problem.ts';
import { openWebhook } from '../../server/services.ts';
import type { SyncContext } from '../../server/sync/context.ts';
import { createHandlers } from '../../server/sync/handlers.ts';
import { keepWebhooks } from '../../server/sync/keep-webhooks.ts';
import { pullListings } from '../../server/sync/pull-listings.ts';
import { ordersEveryMs } from '../../server/sync/store-settings.ts';
import { wakeAllThatOwe } from '../../server/sync/wake-pushes.ts';
import type { StoreId } from '../../shared/model/ids.ts';
import { submitAdjustments } from '../support/adjustments.ts';
import type { Bench } from './bench-database.ts';
import { LEAST_TIMES } from './least-times.ts';
import { type Kind, ORDER_PERCENTILES, orderRow, toOrderMeasurement } from './order-times.ts';
import { type PlayedClock, playClock } from './played-clock.ts';
import { createPlayedQueue, type PlayedQueue } from './played-queue.ts';
import type { Measurement } from './row.ts';
import { connectShop, settle, startPlayedShop, throughLimits } from './settled-store.ts';
import { createSyncWorld } from './sync-world.ts';

const ORDERS_PER_CHANNEL = 200;
const PLAYED_MS = 3_600_000;
/** The slowest order is in all shops long before. */
const PATIENCE_MS = 15 * 60_000;
const SWEEP_EVERY_MS = 30_000;
/** People change a number of something else now and then, and half of the orders are sent later. */
const EDIT_EVERY_MS = 60_000;
const SENT_AFTER_MS = 20 * 60_000;
const EDITED_PRODUCTS = 50;
const IN_STOCK = 100;
const SEED = 20_261_123;

const ids = channels.map(({ manifest }) => manifest.id);
const withWebhooks = channels
  .filter(({ manifest }) => manifest.capabilities.webhooks)
  .map((one) => one.manifest.id);

/** Two benchmarks: shops that deliver webhooks do so, and nobody does. A shop that has none is measured once. */
export const ordersToOthers = [
  { kind: 'told', measured: ids },
  { kind: 'polled', measured: withWebhooks },
].map(({ kind, measured }) => ({
  names: measured.flatMap((id) =>
    ORDER_PERCENTILES.map((percentile) => orderRow(id, kind as Kind, percentile)),
  ),
  measure: (bench: Bench) => measureOrders(bench, kind as Kind, measured),
}));

type Store = {
  readonly channel: string;
  readonly id: StoreId;
  readonly shop: SimulatedShop;
  readonly products: Products;
};
/** By SKU, the listing of this shop. */
type Products = ReadonlyMap<string, string>;
type Placed = {
  readonly channel: string;
  readonly sku: string;
  readonly at: number;
  readonly order: SimulatedOrder;
};

async function measureOrders(
  bench: Bench,
  kind: Kind,
  measured: readonly string[],
): Promise<readonly Measurement[]> {
  const clock = playClock();
  const random = seeded(SEED);
  const db = openDatabase(await bench.createDatabase());
  const queue = createPlayedQueue(clock, random);
  const server = await startServer(() => world.context);
  const publicUrl = kind === 'told' ? { publicUrl: server.url } : {};
  const world = createSyncWorld(db, { clock, wake: queue.wake, ...publicUrl });
  const stores: Store[] = [];
  try {
    for (const definition of channels) stores.push(await openStore(world, definition, clock));
    for (const { id } of stores) await settle(world, id, IN_STOCK);
    for (const { id } of stores) await keepWebhooks(world.context, id);
    queue.open(createHandlers(world.context, async () => undefined));
    await scheduleAll(world.context, queue, stores, random);
    const selling = stores.filter(({ channel }) => measured.includes(channel));
    const placed = await sell(world.context, { clock, random, stores: selling });
    await clock.sleep(PATIENCE_MS);
    await queue.close();
    requireShown(stores, placed);
    const took = await readTimes(db, stores, placed);
    return measured.flatMap((channel) => {
      const times = placed.flatMap((order, index) =>
        order.channel === channel ? [took[index] ?? Number.NaN] : [],
      );
      return ORDER_PERCENTILES.map((percentile) => toOrderMeasurement(channel, kind, percentile, times));
    });
  } finally {
    await queue.close().catch(() => undefined);
    for (const { shop } of stores) await shop.close();
    await server.close();
    await db.destroy();
    clock.stop();
  }
}

// ---- the world --------------------------------------------------------------------------------------------------

/** Only where shops deliver to: the product's endpoint, without what protects it from strangers. */
async function startServer(context: () => SyncContext) {
  const app = express();
  app.use(
    receiveWebhook((_request, _response, next) => next(), {
      openWebhook: (storeId) => openWebhook(context(), storeId),
    }),
  );
  // Some shops try an address with a delivery that nobody has signed.
  app.use(answerProblems(pino({ level: 'silent' })));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const soldSku = (number: number): string => `SOLD-${number}`;
const editedSku = (number: number): string => `EDITED-${number}`;

/** Every product is sold in every shop; each of the sold ones is bought once, so that nothing is mistaken for something else. */
async function openStore(
  world: ReturnType<typeof createSyncWorld>,
  definition: (typeof channels)[number],
  clock: PlayedClock,
): Promise<Store> {
  const { id: channel } = definition.manifest;
  const times = LEAST_TIMES[channel];
  if (times === undefined) throw new Error(`Nobody has written down the least times of ${channel}.`);
  const sold = channels.length * ORDERS_PER_CHANNEL;
  const shop = await startPlayedShop(definition, times, clock, sold + EDITED_PRODUCTS);
  const skus = [
    ...Array.from({ length: sold }, (_, number) => soldSku(number)),
    ...Array.from({ length: EDITED_PRODUCTS }, (_, number) => editedSku(number)),
  ];
  const products = new Map(
    skus.map((sku) => [sku, shop.addProduct({ sku, title: `Product ${sku}`, quantity: IN_STOCK })]),
  );
  const id = await connectShop(world, definition, shop);
  await throughLimits(clock, () => pullListings(world.context, id));
  return { channel, id, shop, products };
}

async function scheduleAll(
  context: SyncContext,
  queue: PlayedQueue,
  stores: readonly Store[],
  random: () => number,
): Promise<void> {
  for (const { id } of stores) {
    const store = await context.openStore(id);
    if (store === null) throw new Error('The store is gone.');
    const { rhythm } = store.definition.manifest;
    const everyMs = ordersEveryMs(store.settings, store.definition, { forAllMs: null, sharing: 1 });
    queue.schedule('pull-orders', id, everyMs, random() * everyMs);
    queue.schedule('pull-listings', id, rhythm.listingsEveryMs, random() * rhythm.listingsEveryMs);
  }
  queue.schedule('sweep', undefined, SWEEP_EVERY_MS, SWEEP_EVERY_MS);
}

// ---- what happens -----------------------------------------------------------------------------------------------

type Scene = {
  readonly clock: PlayedClock;
  readonly random: () => number;
  readonly stores: readonly Store[];
};

async function sell(context: SyncContext, { clock, random, stores }: Scene): Promise<readonly Placed[]> {
  const beganAt = clock.now().getTime();
  const placed: Placed[] = [];
  const moments: { readonly at: number; readonly happen: () => Promise<void> }[] = [];
  let number = 0;
  for (const store of stores) {
    for (let order = 0; order < ORDERS_PER_CHANNEL; order += 1) {
      const sku = soldSku(number++);
      const at = random() * PLAYED_MS;
      moments.push({ at, happen: async () => void placed.push(buy(store, sku, clock)) });
      if (order % 2 === 0)
        moments.push({ at: at + SENT_AFTER_MS, happen: async () => send(store, sku, placed) });
    }
  }
  for (let at = EDIT_EVERY_MS; at < PLAYED_MS; at += EDIT_EVERY_MS)
    moments.push({
      at,
      happen: () => edit(context, editedSku(Math.floor(random() * EDITED_PRODUCTS)), random),
    });
  for (const { at, happen } of moments.sort((a, b) => a.at - b.at)) {
    await clock.sleep(Math.max(0, beganAt + at - clock.now().getTime()));
    await happen();
    // A delivery leaves at once: nothing is published about how long a shop takes.
    for (const { shop } of stores) void clock.holding(() => shop.webhooksSettled());
  }
  return placed;
}

function buy({ channel, shop, products }: Store, sku: string, clock: PlayedClock): Placed {
  const order = shop.buy([{ remoteId: products.get(sku) ?? '', quantity: 1 }]);
  return { channel, sku, at: clock.now().getTime(), order };
}

function send({ channel, shop }: Store, sku: string, placed: readonly Placed[]): void {
  const found = placed.find((one) => one.channel === channel && one.sku === sku);
  if (found !== undefined) shop.fulfil(found.order.remoteId);
}

async function edit(context: SyncContext, sku: string, random: () => number): Promise<void> {
  const row = {
    rowId: `${sku} ${context.now().toISOString()}`,
    sku,
    warehouse: null,
    action: 'set',
    quantity: 50 + Math.floor(random() * 50),
    seen: null,
    reason: '',
    note: '',
  } as const;
  const { answers } = await submitAdjustments(context.db, [row], { actor: 'bench', at: context.now() });
  if (answers[0]?.status !== 'applied') throw new Error(answers[0]?.message);
  await wakeAllThatOwe(context);
}

/** Always the same orders at the same moments. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// ---- what came of it --------------------------------------------------------------------------------------------

/** For each order, until the last of the other shops has said that it shows the number. */
async function readTimes(
  db: Database,
  stores: readonly Store[],
  placed: readonly Placed[],
): Promise<readonly number[]> {
  const { rows } = await sql<{ sku: string; storeId: string; at: Date }>`
    select sku, store_id as "storeId", min(finished_at) as at from pushes
    where outcome = 'accepted' and quantity = ${IN_STOCK - 1} and sku like 'SOLD-%' group by sku, store_id`.execute(
    db,
  );
  const shownAt = new Map(rows.map(({ sku, storeId, at }) => [`${sku} ${storeId}`, at.getTime()]));
  return placed.map(({ channel, sku, at }) => {
    const others = stores.filter((store) => store.channel !== channel);
    const times = others.map(({ id }) => shownAt.get(`${sku} ${id}`) ?? Number.POSITIVE_INFINITY);
    return Math.max(...times) - at;
  });
}

function requireShown(stores: readonly Store[], placed: readonly Placed[]): void {
  for (const { channel, shop } of stores) {
    const shelf = new Map(shop.shelf().map(({ sku, quantity }) => [sku, quantity]));
    const wrong = placed.filter(({ sku }) => shelf.get(sku) !== IN_STOCK - 1);
    if (wrong.length > 0)
      throw new Error(
        `${channel} does not show ${wrong.length} of ${placed.length} orders, such as that of ${wrong[0]?.sku}.`,
      );
  }
}
