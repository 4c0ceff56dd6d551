// The clock of each store: how often its orders, listings and webhooks are looked at. Kept in the queue, and put back from the
// database whenever the queue was emptied.

import type { StoreId } from '../shared/model/ids.ts';
import type { DefinitionOf } from './channels/channel.ts';
import type { Database } from './database/database.ts';
import type { JobQueue } from './queue/queue.ts';
import type { OpenStore } from './sync/context.ts';
import { KEEP_WEBHOOKS_EVERY_MS } from './sync/keep-webhooks.ts';
import { limitBucket } from './sync/open-store.ts';
import { HINTS_EVERY_MS } from './sync/pull-hints.ts';
import { ordersEveryMs } from './sync/store-settings.ts';

export type StoreSchedules = {
  readonly update: (storeId: StoreId) => Promise<void>;
  readonly updateAll: () => Promise<void>;
  readonly remove: (storeId: StoreId) => Promise<void>;
};

export type StoreSchedulesParts = {
  readonly db: Database;
  readonly queue: JobQueue;
  readonly definitionOf: DefinitionOf;
  readonly openStore: (storeId: StoreId) => Promise<OpenStore | null>;
  /** For all stores that have no rhythm of their own; null: as fast as each channel's limits allow. */
  readonly ordersEveryMs: number | null;
};

export function createStoreSchedules(parts: StoreSchedulesParts): StoreSchedules {
  const { db, queue } = parts;
  const remove = async (storeId: StoreId): Promise<void> => {
    for (const name of ['pull-orders', 'pull-listings', 'keep-webhooks', 'pull-hints'] as const)
      await queue.unschedule(name, storeId);
  };
  const update = async (storeId: StoreId): Promise<void> => {
    const row = await db.selectFrom('stores').select('channel').where('id', '=', storeId).executeTakeFirst();
    const known = row !== undefined && parts.definitionOf(row.channel) !== null;
    const store = known ? await parts.openStore(storeId) : null;
    if (store === null) return remove(storeId);
    const { definition, settings, syncOn } = store;
    const sharing = await countSharing(parts, store);
    const orders = ordersEveryMs(settings, definition, { forAllMs: parts.ordersEveryMs, sharing });
    if (syncOn) await queue.schedule('pull-orders', storeId, orders);
    else await queue.unschedule('pull-orders', storeId);
    await queue.schedule('pull-listings', storeId, definition.manifest.rhythm.listingsEveryMs);
    await queue.schedule('keep-webhooks', storeId, KEEP_WEBHOOKS_EVERY_MS);
    if (store.channel.pullHints === undefined) await queue.unschedule('pull-hints', storeId);
    else await queue.schedule('pull-hints', storeId, HINTS_EVERY_MS);
  };
  return {
    update,
    remove,
    updateAll: async () => {
      const stores = await db.selectFrom('stores').select('id').execute();
      for (const { id } of stores) await update(id);
    },
  };
}

// Stores with sync on that the shop counts together. The others hear of a new one when the clocks are next put back.
async function countSharing({ db, openStore }: StoreSchedulesParts, store: OpenStore): Promise<number> {
  const { manifest } = store.definition;
  if (manifest.limits.countedFor === undefined) return 1;
  const bucketOf = ({ id, session }: OpenStore): string => limitBucket(manifest, session.credentials, id);
  const others = await db
    .selectFrom('stores')
    .select('id')
    .where('channel', '=', manifest.id)
    .where('sync_on', '=', true)
    .where('id', '<>', store.id)
    .execute();
  let sharing = 1;
  for (const { id } of others) {
    const other = await openStore(id);
    if (other !== null && bucketOf(other) === bucketOf(store)) sharing += 1;
  }
  return sharing;
}
