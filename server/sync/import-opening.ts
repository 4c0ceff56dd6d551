// Turning a store on for the first time: after its open orders are booked, copies the store's numbers where the person
// chose so. Nothing is pushed to the store before this is done.

import type { Sku } from '../../shared/model/ids.ts';
import { recordActivity } from '../activity/activity.ts';
import type { AvailableReading } from '../channels/channel.ts';
import { importNumbers, type OpeningNumber, readUnsetListings } from '../documents/opening.ts';
import { pullChangedOrders } from './changed-orders.ts';
import type { OpenStore, SyncContext } from './context.ts';

const READ_BATCH = 100;
const ROUNDS_MAX = 5;

export async function importOpening(context: SyncContext, store: OpenStore): Promise<void> {
  const state = await context.db
    .selectFrom('stores')
    .select(['opening_choice', 'opening_imported_at'])
    .where('id', '=', store.id)
    .executeTakeFirst();
  if (state === undefined || state.opening_imported_at !== null) return;
  if (state.opening_choice === 'copy') await copyNumbers(context, store);
  await context.db
    .updateTable('stores')
    .set({ opening_imported_at: context.now() })
    .where('id', '=', store.id)
    .execute();
}

async function copyNumbers(context: SyncContext, store: OpenStore): Promise<void> {
  const warehouse = await context.db
    .selectFrom('store_warehouses')
    .select('warehouse_id')
    .where('store_id', '=', store.id)
    .orderBy('position')
    .executeTakeFirstOrThrow();
  const numbers = await readSettledNumbers(context, store);
  const stamp = { actor: `opening import of ${store.name}`, at: context.now() };
  const summary = await importNumbers(context.db, numbers, {
    warehouseId: warehouse.warehouse_id,
    storeId: store.id,
    stamp,
  });
  await recordActivity(context.db, {
    at: stamp.at,
    level: 'info',
    storeId: store.id,
    message: `${store.name}: the opening stock of ${summary.imported} products was copied.`,
  });
  for (const sku of summary.disagreeing) {
    await recordActivity(context.db, {
      at: stamp.at,
      level: 'needs-person',
      storeId: store.id,
      sku,
      trouble: `opening:${store.id}:${sku}`,
      message: `${store.name} shows different numbers for listings of ${sku}. Set its count in the Adjustments tab.`,
    });
  }
}

// A sale between reading the orders and reading a number would be counted in only one of them. So orders are read again
// after the numbers, and the numbers of SKUs that were sold meanwhile are read once more, until nothing moves.
async function readSettledNumbers(context: SyncContext, store: OpenStore): Promise<readonly OpeningNumber[]> {
  const listings = await readUnsetListings(context.db, store.id);
  const numbers = new Map<string, OpeningNumber>();
  let toRead = listings;
  for (let round = 1; toRead.length > 0; round += 1) {
    for (let start = 0; start < toRead.length; start += READ_BATCH) {
      const batch = toRead.slice(start, start + READ_BATCH);
      const skuOf = new Map(batch.map((listing) => [listing.remoteId, listing.sku]));
      for (const reading of await store.channel.readAvailable(batch)) keep(numbers, reading, skuOf);
    }
    const { touched } = await pullChangedOrders(context, store);
    toRead = listings.filter((listing) => touched.has(listing.sku));
    if (round === ROUNDS_MAX && toRead.length > 0) {
      // Still selling faster than we can read: leave these unset rather than guess.
      for (const listing of toRead) numbers.delete(listing.remoteId);
      return [...numbers.values()];
    }
  }
  return [...numbers.values()];
}

function keep(
  numbers: Map<string, OpeningNumber>,
  { remoteId, reading }: AvailableReading,
  skuOf: ReadonlyMap<string, Sku>,
): void {
  const sku = skuOf.get(remoteId);
  if (sku !== undefined && reading.kind === 'quantity')
    numbers.set(remoteId, { sku, available: reading.quantity });
  else numbers.delete(remoteId);
}
