// A simulated shop connected as a store: its listings read, its numbers counted, sync on with the sheet's numbers.

import { sql } from 'kysely';
import type { ChannelDefinition } from '../../server/channels/channel.ts';
import type { SimulatedShop } from '../../server/channels/simulator.ts';
import type { Database } from '../../server/database/database.ts';
import { connectStore } from '../../server/sync/connect-store.ts';
import type { SyncContext } from '../../server/sync/context.ts';
import { pullListings } from '../../server/sync/pull-listings.ts';
import type { StoreId } from '../../shared/model/ids.ts';
import { createSyncWorld, type SyncWorldOptions } from '../bench/sync-world.ts';
import { submitAdjustments } from '../support/adjustments.ts';
import { type Rehearsal, rehearse } from './rehearsal.ts';

export type StoredShop = {
  readonly context: SyncContext;
  /** A process that remembers nothing of what this one did. */
  readonly anotherProcess: () => SyncContext;
  readonly shop: SimulatedShop;
  readonly clock: Rehearsal['clock'];
  readonly storeId: StoreId;
  /** The listings' ids, in the order of the SKUs. */
  readonly remoteIds: readonly string[];
  readonly adjust: (sku: string, action: 'set' | 'add' | 'subtract', quantity: number) => Promise<void>;
};

let rows = 0;

/** Each SKU has one listing; the shop shows `quantity` of it, and so does the sheet. */
export async function storedShop(
  db: Database,
  definition: ChannelDefinition,
  {
    skus,
    quantity,
    onDrift,
    ...options
  }: {
    readonly skus: readonly string[];
    readonly quantity: number;
    readonly onDrift: 'overwrite' | 'hold';
  } & Pick<SyncWorldOptions, 'watch' | 'publicUrl'>,
): Promise<StoredShop> {
  const { shop, clock } = await rehearse(definition, {}, new Date());
  const remoteIds = skus.map((sku) => shop.addProduct({ sku, title: sku, quantity }));
  const sleep = async (ms: number): Promise<void> => clock.advance(ms);
  const played = { now: clock.now, sleep };
  const { context, connecting, vault } = createSyncWorld(db, { ...options, clock: played });
  const anotherProcess = (): SyncContext => createSyncWorld(db, { clock: played, vault }).context;
  const { id: channel } = definition.manifest;
  const request = { channel, name: 'Shop', credentials: shop.credentials };
  const outcome = await connectStore(context, connecting, request);
  if (outcome.kind === 'refused') throw new Error(outcome.findings.map(({ message }) => message).join(' '));
  const { storeId } = outcome;
  await pullListings(context, storeId);
  const adjust: StoredShop['adjust'] = async (sku, action, count) => {
    rows += 1;
    const rowId = `stored-shop-${rows}`;
    const row = { rowId, sku, warehouse: null, action, quantity: count, seen: null, reason: '', note: '' };
    const { answers } = await submitAdjustments(db, [row], { actor: 'test', at: clock.now() });
    if (answers[0]?.status !== 'applied') throw new Error(answers[0]?.message);
  };
  for (const sku of skus) await adjust(sku, 'set', quantity);
  await sql`update stores set sync_on = true, sync_on_at = ${clock.now()}, opening_choice = 'keep',
    opening_imported_at = ${clock.now()}, settings = settings || ${JSON.stringify({ onDrift })}::jsonb
    where id = ${storeId}`.execute(db);
  return { context, anotherProcess, shop, clock, storeId, remoteIds, adjust };
}
