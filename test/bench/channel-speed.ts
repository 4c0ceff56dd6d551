// How long a complete reading of the listings and a complete push take on each channel, in played time, against the least time
// that the shop's published limits allow. What runs is the product's own: the jobs, the adapter, its HTTP and the limiter.

import { sql } from 'kysely';
import type { ChannelDefinition } from '../../server/channels/channel.ts';
import { channels } from '../../server/channels/registry.ts';
import type { SimulatedShop } from '../../server/channels/simulator.ts';
import { type Database, openDatabase } from '../../server/database/database.ts';
import { countOwed } from '../../server/listings/owed.ts';
import { pullListings } from '../../server/sync/pull-listings.ts';
import { pushAvailable } from '../../server/sync/push-available.ts';
import type { StoreId } from '../../shared/model/ids.ts';
import type { Bench } from './bench-database.ts';
import { type ChannelTimes, LEAST_TIMES, type LeastTime } from './least-times.ts';
import { type PlayedClock, playClock } from './played-clock.ts';
import type { Measurement } from './row.ts';
import { connectShop, settle, startPlayedShop, throughLimits } from './settled-store.ts';
import { createSyncWorld, type SyncWorld } from './sync-world.ts';

const RATIO_MAX = 1.1;
const SIZES = [
  ['10k', 10_000],
  ['100k', 100_000],
] as const;
type Size = (typeof SIZES)[number];
const JOBS = ['push', 'listings'] as const;
const HOUR_MS = 3_600_000;
/** Every bucket is full again, and the calls of the reading before no longer count in the day. */
const REFILLED_AFTER_MS = 27 * HOUR_MS;

const rowName = (channel: string, job: (typeof JOBS)[number], [size]: Size): string =>
  `${channel}-${job}-${size}`;

/** One benchmark for each channel and size: both rows come from the same shop. */
export const channelSpeeds = channels.flatMap((definition) =>
  SIZES.map((size) => ({
    names: JOBS.map((job) => rowName(definition.manifest.id, job, size)),
    measure: (bench: Bench, wanted: ReadonlySet<string>) => measureSpeed(bench, wanted, definition, size),
  })),
);

type Took = {
  readonly ms: number;
  /** Of it, what was real: our own code, the database, the loopback and the simulated shop. */
  readonly realMs: number;
};

async function measureSpeed(
  bench: Bench,
  wanted: ReadonlySet<string>,
  definition: ChannelDefinition,
  size: Size,
): Promise<readonly Measurement[]> {
  const { id } = definition.manifest;
  const times = LEAST_TIMES[id];
  if (times === undefined) throw new Error(`Nobody has written down the least times of ${id}.`);
  const [, listings] = size;
  const clock = playClock();
  const db = openDatabase(await bench.createDatabase());
  const shop = await openShop(definition, times, clock, listings);
  try {
    const world = createSyncWorld(db, { clock });
    const storeId = await connectShop(world, definition, shop);
    const pulled = await timed(clock, () => throughLimits(clock, () => pullListings(world.context, storeId)));
    await requireListed(db, listings);
    const found = [toMeasurement(rowName(id, 'listings', size), pulled, times.listings(listings))];
    const pushName = rowName(id, 'push', size);
    if (!wanted.has(pushName)) return found;
    await settle(world, storeId, 50);
    if (times.asksOncePerDay === true) await pushAll(world, clock, storeId, 48);
    await clock.sleep(times.asksOncePerDay === true ? HOUR_MS : REFILLED_AFTER_MS);
    const pushed = await pushAll(world, clock, storeId, 49);
    requireShown(shop, listings, 49);
    return [...found, toMeasurement(pushName, pushed, times.push(listings))];
  } finally {
    await shop.close();
    await db.destroy();
    clock.stop();
  }
}

function toMeasurement(name: string, { ms, realMs }: Took, least: LeastTime): Measurement {
  const seconds = (value: number): string => `${Math.round(value / 100) / 10} s`;
  return {
    name,
    value: ms / 1_000,
    unit: 's (played)',
    bound: (least.ms * RATIO_MAX) / 1_000,
    better: 'lower',
    ratio: ms / least.ms,
    comparedWith: `the least time (${seconds(least.ms)}: ${least.says}); ${seconds(realMs)} of the value are real`,
  };
}

async function timed(clock: PlayedClock, work: () => Promise<unknown>): Promise<Took> {
  const from = clock.now().getTime();
  const realFrom = performance.now();
  await work();
  return { ms: clock.now().getTime() - from, realMs: performance.now() - realFrom };
}

async function openShop(
  definition: ChannelDefinition,
  times: ChannelTimes,
  clock: PlayedClock,
  listings: number,
): Promise<SimulatedShop> {
  const shop = await startPlayedShop(definition, times, clock, listings);
  const variants = times.variants?.(listings) ?? 1;
  for (let index = 0; index < listings; index += 1) {
    const group = variants === 1 ? {} : { group: `Group ${Math.floor(index / variants)}` };
    shop.addProduct({ sku: `SKU-${index}`, title: `Product ${index}`, quantity: 50, ...group });
  }
  times.arrange?.(shop, clock.now);
  return shop;
}

async function requireListed(db: Database, listings: number): Promise<void> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from listings where gone_at is null and sku like 'SKU-%'`.execute(db);
  if (rows[0]?.count !== listings) throw new Error(`${rows[0]?.count} of ${listings} listings were read.`);
}

async function pushAll(
  { context }: SyncWorld,
  clock: PlayedClock,
  storeId: StoreId,
  quantity: number,
): Promise<Took> {
  await sql`update balances set in_stock = ${quantity}`.execute(context.db);
  await sql`
    update listings set desired_version = desired_version + 1, desired_at = ${context.now()}::timestamptz
    where store_id = ${storeId}`.execute(context.db);
  await sql`vacuum analyze listings, balances`.execute(context.db);
  return timed(clock, async () => {
    do await throughLimits(clock, () => pushAvailable(context, storeId));
    while (await isLeft(context.db, clock, storeId));
  });
}

/** What the next wake-up would find: listings that are tried again after a while. */
async function isLeft(db: Database, clock: PlayedClock, storeId: StoreId): Promise<boolean> {
  if ((await countOwed(db, storeId)) === 0) return false;
  const { rows } = await sql<{ at: Date | null; problem: string | null }>`
    select attempt_after as at, problem from listings where desired_version > acknowledged_version or reassert
    order by attempt_after nulls first limit 1`.execute(db);
  const at = rows[0]?.at ?? null;
  if (at === null) throw new Error(`A listing is not pushed: ${rows[0]?.problem ?? 'nothing says why'}.`);
  await clock.sleep(Math.max(1, at.getTime() - clock.now().getTime()));
  return true;
}

function requireShown(shop: SimulatedShop, listings: number, quantity: number): void {
  const shelf = shop.shelf();
  const wrong = shelf.filter((product) => product.quantity !== quantity);
  if (shelf.length !== listings || wrong.length > 0)
    throw new Error(`The shop does not show what it was told: ${wrong.length} of ${shelf.length} differ.`);
}
