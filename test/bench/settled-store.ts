// A simulated shop, played at its real pace, and its store: connected the product's own way, on, with every number known.

import { sql } from 'kysely';
import type { ChannelDefinition } from '../../server/channels/channel.ts';
import type { SimulatedShop, SimulatorOptions } from '../../server/channels/simulator.ts';
import { askedDelayMs } from '../../server/queue/back-off.ts';
import { connectStore } from '../../server/sync/connect-store.ts';
import { pullOrders } from '../../server/sync/pull-orders.ts';
import { setSync } from '../../server/sync/set-sync.ts';
import type { StoreId } from '../../shared/model/ids.ts';
import type { ChannelTimes } from './least-times.ts';
import type { PlayedClock } from './played-clock.ts';
import type { SyncWorld } from './sync-world.ts';

/** `listings`: for options that depend on how many there will be. */
export function startPlayedShop(
  definition: ChannelDefinition,
  times: ChannelTimes,
  clock: PlayedClock,
  listings: number,
): Promise<SimulatedShop> {
  const { readMs, writeMs } = times.played;
  const isWrite = times.isWrite ?? (({ method }) => method !== 'GET');
  const options: SimulatorOptions = {
    port: 0,
    now: clock.now,
    latencyMs: (request) =>
      clock.sleepInCall(isWrite(request) ? (times.writeMsOf?.(request) ?? writeMs) : readMs),
    ...times.shop?.(listings),
  };
  return definition.simulator(options);
}

export async function connectShop(
  { context, connecting }: SyncWorld,
  { manifest }: ChannelDefinition,
  { credentials }: SimulatedShop,
): Promise<StoreId> {
  const asked = { channel: manifest.id, name: `Bench ${manifest.label}`, credentials };
  const outcome = await connectStore(context, connecting, asked);
  if (outcome.kind === 'refused') throw new Error(outcome.findings[0]?.message);
  return outcome.storeId;
}

/** Put straight into the tables: only what comes after it is measured. */
export async function settle(
  { context }: Pick<SyncWorld, 'context'>,
  storeId: StoreId,
  quantity: number,
): Promise<void> {
  await setSync(context, storeId, { on: true, opening: 'keep' });
  await pullOrders(context, storeId);
  await sql`
    insert into balances (sku, warehouse_id, in_stock, is_set)
    select distinct listings.sku, warehouse_id, ${quantity}::bigint, true
    from listings join store_warehouses using (store_id, location_id) where store_id = ${storeId}
    on conflict (sku, warehouse_id) do update set in_stock = excluded.in_stock, is_set = true`.execute(
    context.db,
  );
  await sql`
    update listings set desired_version = 1, acknowledged_version = 1, acknowledged_quantity = ${quantity}::bigint,
      expected = ${quantity}::bigint, acknowledged_at = ${context.now()}::timestamptz
    where store_id = ${storeId}`.execute(context.db);
  await sql`vacuum analyze listings, balances, products`.execute(context.db);
}

/** As the queue does: a shop that asks for time gets it, and the job comes back. */
export async function throughLimits(clock: PlayedClock, work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      const delayMs = askedDelayMs(error);
      if (delayMs === null) throw error;
      await clock.sleep(delayMs);
    }
  }
}
