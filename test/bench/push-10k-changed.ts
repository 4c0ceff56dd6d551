// How long a push cycle of 10,000 changed listings takes at a shop that enforces its published limit, against the least time
// that this limit allows.

import type { ChannelDefinition } from '../../server/channels/channel.ts';
import { channels } from '../../server/channels/registry.ts';
import type { SimulatedShop } from '../../server/channels/simulator.ts';
import { type Database, openDatabase } from '../../server/database/database.ts';
import { countOwed } from '../../server/listings/owed.ts';
import type { ChannelHttp, ChannelRequest } from '../../server/net/channel-http.ts';
import { connectStore } from '../../server/sync/connect-store.ts';
import type { SyncContext } from '../../server/sync/context.ts';
import { pullListings } from '../../server/sync/pull-listings.ts';
import { pullOrders } from '../../server/sync/pull-orders.ts';
import { pushAvailable } from '../../server/sync/push-available.ts';
import { setSync } from '../../server/sync/set-sync.ts';
import type { StoreId } from '../../shared/model/ids.ts';
import { submitAdjustments } from '../support/adjustments.ts';
import type { Bench } from './bench-database.ts';
import { type Measurement, timed } from './row.ts';
import { createSyncWorld, type SyncWorld } from './sync-world.ts';

const LISTINGS = 10_000;
/** A third more than the limit asks for leaves room for bookkeeping and a busy computer, and none for a wasted second round. */
const RATIO_MAX = 1.35;
const ROWS_PER_SUBMISSION = 2_500;

/** What passes by on the way to the shop. */
type Traffic = {
  requests: ChannelRequest[];
  /** What the shop last said about its bucket. */
  points: number;
  restorePerSecond: number;
};

export async function measurePush(bench: Bench): Promise<readonly Measurement[]> {
  const definition = channels.find(
    ({ manifest }) => manifest.capabilities.compareAndSet && manifest.limits.rate.kind === 'cost',
  );
  if (definition === undefined) throw new Error('No channel has a limit in points.');
  const db = openDatabase(await bench.createDatabase());
  const traffic: Traffic = { requests: [], points: 0, restorePerSecond: 0 };
  const world = createSyncWorld(db, { watch: (http) => watch(http, traffic) });
  const unlimited = await openShop(definition);
  const storeId = await connectAndSettle(world, definition, unlimited);
  const { port } = unlimited;
  const memory = unlimited.save();
  await unlimited.close();
  const shop = await definition.simulator({ port, memory });
  try {
    await takeOneOfEach(db);
    await drain(world.context, storeId, traffic);
    const pushed = await push(world.context, storeId, traffic);
    requireShown(shop, 49);
    const bareMs = await replay(definition, memory, pushed.requests);
    return [toMeasurement(pushed, bareMs)];
  } finally {
    await shop.close();
    await db.destroy();
  }
}

type Pushed = {
  readonly ms: number;
  readonly requests: readonly ChannelRequest[];
  /** The least time in which the shop restores the points that this cycle took. */
  readonly leastMs: number;
};

function toMeasurement({ ms, leastMs, requests }: Pushed, bareMs: number): Measurement {
  const seconds = (value: number): string => `${(value / 1_000).toFixed(1)} s`;
  return {
    name: 'push-10k-changed',
    value: ms / 1_000,
    unit: 's',
    bound: (leastMs * RATIO_MAX) / 1_000,
    better: 'lower',
    ratio: ms / leastMs,
    comparedWith:
      `the least time the published limit allows (${seconds(leastMs)}); ` +
      `the same ${requests.length} requests bare and without waiting: ${seconds(bareMs)}`,
  };
}

function watch(http: ChannelHttp, traffic: Traffic): ChannelHttp {
  return {
    send: (request, judge) => {
      traffic.requests.push(request);
      return http.send(request, judge);
    },
    observe: (seen) => {
      if (seen.kind === 'cost') {
        traffic.points = seen.availablePoints;
        traffic.restorePerSecond = seen.restorePointsPerSecond;
      }
      http.observe(seen);
    },
  };
}

async function openShop(definition: ChannelDefinition): Promise<SimulatedShop> {
  const shop = await definition.simulator({ port: 0, limits: false });
  for (let index = 0; index < LISTINGS; index += 1) {
    shop.addProduct({ sku: `SKU-${index}`, title: `Product ${index}`, quantity: 50 });
  }
  return shop;
}

async function connectAndSettle(
  { context, connecting }: SyncWorld,
  definition: ChannelDefinition,
  shop: SimulatedShop,
): Promise<StoreId> {
  const { credentials } = shop;
  const outcome = await connectStore(context, connecting, {
    channel: definition.manifest.id,
    name: 'Bench',
    credentials,
  });
  if (outcome.kind === 'refused') throw new Error(outcome.findings[0]?.message);
  const { storeId } = outcome;
  await pullListings(context, storeId);
  await setSync(context, storeId, { on: true, opening: 'copy' });
  await pullOrders(context, storeId);
  await pushAvailable(context, storeId);
  const owed = await countOwed(context.db, storeId);
  if (owed > 0) throw new Error(`${owed} listings are still owed before anything changed.`);
  return storeId;
}

async function takeOneOfEach(db: Database): Promise<void> {
  for (let start = 0; start < LISTINGS; start += ROWS_PER_SUBMISSION) {
    const rows = Array.from({ length: ROWS_PER_SUBMISSION }, (_, index) => ({
      rowId: `row-${start + index}`,
      sku: `SKU-${start + index}`,
      warehouse: null,
      action: 'subtract',
      quantity: 1,
      seen: null,
      reason: 'damaged',
      note: '',
    }));
    const { touched } = await submitAdjustments(db, rows, { actor: 'bench', at: new Date() });
    if (touched.length !== rows.length) throw new Error('Not every row was applied.');
  }
}

/** A full bucket would let the whole cycle through at once; what is asked here is how it does at the limit. */
async function drain(context: SyncContext, storeId: StoreId, traffic: Traffic): Promise<void> {
  const store = await context.openStore(storeId);
  traffic.points = Number.POSITIVE_INFINITY;
  const from = new Date();
  do await store?.channel.listOrders({ kind: 'updated', from }, null);
  while (traffic.points > (traffic.requests.at(-1)?.cost ?? 0));
  do await store?.channel.listListings({ updatedFrom: from }, null);
  while (traffic.points > (traffic.requests.at(-1)?.cost ?? 0));
}

async function push(context: SyncContext, storeId: StoreId, traffic: Traffic): Promise<Pushed> {
  traffic.requests = [];
  const before = traffic.points;
  const ms = await timed(() => pushAvailable(context, storeId));
  const owed = await countOwed(context.db, storeId);
  if (owed > 0) throw new Error(`The cycle ended with ${owed} listings still owed.`);
  const taken = before - traffic.points + (traffic.restorePerSecond * ms) / 1_000;
  const leastMs = ((taken - before) / traffic.restorePerSecond) * 1_000;
  return { ms, leastMs, requests: traffic.requests };
}

function requireShown(shop: SimulatedShop, quantity: number): void {
  const shelf = shop.shelf();
  if (shelf.length !== LISTINGS || shelf.some((product) => product.quantity !== quantity))
    throw new Error('The shop does not show what it was told.');
}

/** The very same requests, one after the other, at a shop that is as the first one was and has no limit. */
async function replay(
  definition: ChannelDefinition,
  memory: unknown,
  requests: readonly ChannelRequest[],
): Promise<number> {
  const shop = await definition.simulator({ port: 0, memory, limits: false });
  try {
    const ms = await timed(async () => {
      for (const { method, url, headers, body } of requests) {
        const address = new URL(url);
        address.port = String(shop.port);
        const answer = await fetch(address, {
          method,
          headers: { ...headers },
          ...(body === undefined ? {} : { body }),
        });
        await answer.text();
      }
    });
    requireShown(shop, 49);
    return ms;
  } finally {
    await shop.close();
  }
}
