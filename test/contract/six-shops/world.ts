// All six simulated shops as stores of one server, selling the same products by one clock, with what really happened written down
// beside it: what people put on the shelf and what customers ordered.

import { sql } from 'kysely';
import { channels } from '../../../server/channels/registry.ts';
import type { SimulatedShop } from '../../../server/channels/simulator.ts';
import type { Database } from '../../../server/database/database.ts';
import { ChannelError } from '../../../server/net/channel-error.ts';
import { RETRY_AFTER_MAX_MS } from '../../../server/net/retry-after.ts';
import { connectStore } from '../../../server/sync/connect-store.ts';
import type { SyncContext } from '../../../server/sync/context.ts';
import { hardRefreshInventory, requestInventoryRefresh } from '../../../server/sync/hard-refresh.ts';
import { pullListings } from '../../../server/sync/pull-listings.ts';
import { pullOrders } from '../../../server/sync/pull-orders.ts';
import { pushAvailable } from '../../../server/sync/push-available.ts';
import { setSync } from '../../../server/sync/set-sync.ts';
import { sweep } from '../../../server/sync/sweep.ts';
import type { Sku, StoreId } from '../../../shared/model/ids.ts';
import { createSyncWorld } from '../../bench/sync-world.ts';
import { submitAdjustments } from '../../support/adjustments.ts';
import { onShelf } from '../rehearsal.ts';

export const STARTING_WITH = 8;

export type Sold = {
  readonly shop: Shop;
  readonly sku: string;
  readonly remoteId: string;
  readonly lineId: string;
  /** Units that are not sent and not cancelled. */
  left: number;
  sent: number;
};

export type Shop = {
  readonly channel: (typeof channels)[number];
  readonly simulated: SimulatedShop;
  readonly storeId: StoreId;
  /** Listing by SKU. */
  readonly listings: ReadonlyMap<string, string>;
};

export type World = {
  readonly db: Database;
  readonly context: SyncContext;
  readonly shops: readonly Shop[];
  readonly skus: readonly string[];
  readonly pass: (ms: number) => void;
  readonly adjust: (sku: string, action: 'set' | 'add' | 'subtract', quantity: number) => Promise<void>;
  readonly inStock: Map<string, number>;
  readonly sold: Sold[];
  /** In which somebody has changed a number by hand. */
  readonly edited: Set<Shop>;
  readonly close: () => Promise<void>;
};

let worlds = 0;

/** Every shop shows STARTING_WITH of every product, and so does the sheet. */
export async function openWorld(db: Database, products: number): Promise<World> {
  worlds += 1;
  let at = Date.now();
  const now = (): Date => new Date(at);
  const pass = (ms: number): void => {
    at += ms;
  };
  const { context, connecting } = createSyncWorld(db, { clock: { now, sleep: async (ms) => pass(ms) } });
  const skus = Array.from({ length: products }, (_, index) => `W${worlds}-${index}`);
  const shops: Shop[] = [];
  for (const channel of channels) {
    const simulated = await channel.simulator({ port: 0, now, limits: false });
    const listings = new Map(
      skus.map((sku) => [sku, simulated.addProduct({ sku, title: sku, quantity: STARTING_WITH })]),
    );
    const { id, label } = channel.manifest;
    const asked = { channel: id, name: label, credentials: simulated.credentials };
    const outcome = await connectStore(context, connecting, asked);
    if (outcome.kind === 'refused') throw new Error(outcome.findings.map(({ message }) => message).join(' '));
    await pullListings(context, outcome.storeId);
    shops.push({ channel, simulated, storeId: outcome.storeId, listings });
  }
  let rows = 0;
  const adjust: World['adjust'] = async (sku, action, quantity) => {
    rows += 1;
    const rowId = `${worlds}-${rows}`;
    const row = { rowId, sku, warehouse: null, action, quantity, seen: null, reason: '', note: '' };
    const { answers } = await submitAdjustments(db, [row], { actor: 'test', at: now() });
    if (answers[0]?.status !== 'applied') throw new Error(answers[0]?.message);
  };
  for (const sku of skus) await adjust(sku, 'set', STARTING_WITH);
  await sql`update stores set sync_on = true, sync_on_at = ${now()}, opening_choice = 'keep',
    opening_imported_at = ${now()}`.execute(db);
  const world: World = {
    db,
    context,
    shops,
    skus,
    pass,
    adjust,
    inStock: new Map(skus.map((sku) => [sku, STARTING_WITH])),
    sold: [],
    edited: new Set(),
    close: async () => {
      for (const { simulated } of shops) await simulated.close();
    },
  };
  // What is sold from here on is sold after the stores were turned on, also by clocks that know no parts of a second.
  await settle(world);
  return world;
}

/** One that fails is run again one day, as the queue does. */
export async function job(
  { context }: World,
  work: (context: SyncContext, storeId: StoreId) => Promise<unknown>,
  { storeId }: Shop,
): Promise<void> {
  await work(context, storeId).catch((problem: unknown) => {
    if (!(problem instanceof ChannelError)) throw problem;
  });
}

const QUIET_ROUNDS = 3;

/** Nothing new happens, and every shop works again. */
export async function settle(world: World): Promise<void> {
  for (const shop of world.shops) {
    shop.simulated.clearFaults();
    await setSync(world.context, shop.storeId, { on: true });
    // What somebody has changed in a shop without a word is set back at the next push, or by a hard refresh (R65, R66).
    if (world.edited.has(shop)) await requestInventoryRefresh(world.context, shop.storeId);
  }
  // A shop that has said it must be left alone for a day is left alone for so long.
  world.pass(RETRY_AFTER_MAX_MS);
  for (let round = 1; round <= QUIET_ROUNDS; round += 1) {
    world.pass(11 * 60_000);
    for (const shop of world.shops) {
      await job(world, pullOrders, shop);
      await job(world, hardRefreshInventory, shop);
    }
    await sweep(world.context);
    for (const shop of world.shops) await job(world, pushAvailable, shop);
    for (const shop of world.shops) {
      // Where a shop's searches are few, a push that has to ask again is woken for it.
      world.pass(shop.channel.manifest.rhythm.ordersAgainAfterMs ?? 0);
      await job(world, pushAvailable, shop);
    }
  }
}

/** Whatever is not as it really is, in words. */
export async function whatIsWrong(world: World): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const sku of world.skus) {
    const inStock = world.inStock.get(sku) ?? 0;
    const booked = world.sold.reduce((sum, one) => sum + (one.sku === sku ? one.left : 0), 0);
    const stock = await world.db
      .selectFrom('balances')
      .select(['in_stock', 'booked'])
      .where('sku', '=', sku as Sku)
      .executeTakeFirstOrThrow();
    if (stock.in_stock !== inStock || stock.booked !== booked)
      wrong.push(`${sku}: ${stock.in_stock} / ${stock.booked} instead of ${inStock} / ${booked}`);
    for (const { channel, simulated, listings } of world.shops) {
      const shown = onShelf(simulated, listings.get(sku) ?? '');
      const right = Math.max(0, inStock - booked);
      if (shown !== right) wrong.push(`${sku}: ${channel.manifest.label} shows ${shown} instead of ${right}`);
    }
  }
  const { rows } = await sql<{ message: string }>`
    select message from activity where level <> 'info' and message like '%was expected%'
      and store_id <> all(${[...world.edited].map(({ storeId }) => storeId)}::text[])`.execute(world.db);
  return [...wrong, ...rows.map(({ message }) => `False alarm: ${message}`)];
}
