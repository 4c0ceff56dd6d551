// Reads back what a store shows for some listings and asks for a push where that is not what we expect. The store's number
// never enters the ledger.

import { sql } from 'kysely';
import type { StoreId } from '../../shared/model/ids.ts';
import { type AvailableReading, placeKey } from '../channels/channel.ts';
import { pullChangedOrders } from './changed-orders.ts';
import type { OpenStore, SyncContext } from './context.ts';

type Shown = {
  readonly id: number;
  readonly remoteId: string;
  /** Null: the store itself. */
  readonly locationId: string | null;
  readonly handle: string;
  readonly expected: number;
};

const READ_BATCH = 100;

/** `remoteIds`: the listings to look at, at all their locations, by id or handle; unknown ones, and ones we never pushed to, are passed over. */
export async function verifyListings(
  context: SyncContext,
  store: OpenStore,
  remoteIds: readonly string[],
): Promise<void> {
  const first = await differing(context, store, await readShown(context, store.id, remoteIds));
  if (first.length === 0) return;
  // A sale we have not read yet explains most differences.
  await pullChangedOrders(context, store);
  const stillThere = await readShown(
    context,
    store.id,
    first.map(({ remoteId }) => remoteId),
  );
  const drifted = await differing(context, store, stillThere);
  if (drifted.length === 0) return;
  const differs = new Set(drifted.map(placeKey));
  const ids = stillThere.filter((listing) => differs.has(placeKey(listing))).map(({ id }) => id);
  await sql`
    update listings set reassert = true where store_id = ${store.id} and id = any(${ids}::bigint[])
      and gone_at is null and problem_kind is distinct from 'held'`.execute(context.db);
  await context.wake('push-available', store.id);
}

// Listings that are owed anyway are left out: their push will find out by itself.
async function readShown(
  context: SyncContext,
  storeId: StoreId,
  remoteIds: readonly string[],
): Promise<readonly Shown[]> {
  if (remoteIds.length === 0) return [];
  const { rows } = await sql<Shown>`
    select id, remote_id as "remoteId", nullif(location_id, '') as "locationId", handle, expected from listings
    where store_id = ${storeId} and (remote_id = any(${remoteIds}::text[]) or handle = any(${remoteIds}::text[]))
      and gone_at is null and expected is not null
      and acknowledged_version >= desired_version and not reassert`.execute(context.db);
  return rows;
}

async function differing(
  context: SyncContext,
  store: OpenStore,
  shown: readonly Shown[],
): Promise<readonly AvailableReading[]> {
  const expected = new Map(shown.map((listing) => [placeKey(listing), listing.expected]));
  const found: AvailableReading[] = [];
  for (let start = 0; start < shown.length; start += READ_BATCH) {
    const readings = await store.channel.readAvailable(shown.slice(start, start + READ_BATCH));
    const now = await readShown(
      context,
      store.id,
      readings.map(({ remoteId }) => remoteId),
    );
    // Told something new while it was read: that reading says nothing.
    const steady = new Set(
      now.filter((row) => row.expected === expected.get(placeKey(row))).map((row) => placeKey(row)),
    );
    for (const item of readings) {
      const { reading } = item;
      if (!steady.has(placeKey(item)) || reading.kind !== 'quantity') continue;
      if (reading.quantity !== expected.get(placeKey(item))) found.push(item);
    }
  }
  return found;
}
