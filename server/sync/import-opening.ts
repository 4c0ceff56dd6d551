// Turning a store on for the first time: after its open orders are booked, copies the store's numbers where the person
// chose so. Nothing is pushed to the store before this is done.

import type { Sku } from '../../shared/model/ids.ts';
import { recordActivity } from '../activity/activity.ts';
import { placeKey } from '../channels/channel.ts';
import {
  importNumbers,
  type OpeningNumber,
  type OpeningSummary,
  readUnsetListings,
  type UnsetListing,
} from '../documents/opening.ts';
import { pullChangedOrders } from './changed-orders.ts';
import type { OpenStore, SyncContext } from './context.ts';

const READ_BATCH = 100;
const ROUNDS_MAX = 5;

/** Answers whether the store's numbers may be pushed from now on, and were not before. */
export async function importOpening(context: SyncContext, store: OpenStore): Promise<boolean> {
  const state = await context.db
    .selectFrom('stores')
    .select(['opening_choice', 'opening_imported_at', 'listings_complete_at'])
    .where('id', '=', store.id)
    .executeTakeFirst();
  if (state === undefined || state.opening_imported_at !== null) return false;
  if (state.opening_choice === 'copy') {
    // Its listings are still being read for the first time; that pull wakes this one when it is through.
    if (state.listings_complete_at === null) return false;
    if (!(await copyNumbers(context, store))) return false;
  }
  await context.db
    .updateTable('stores')
    .set({ opening_imported_at: context.now() })
    .where('id', '=', store.id)
    .where('sync_on', '=', true)
    .execute();
  return true;
}

// False when sync was turned off meanwhile: the import is done anew when it is on again.
async function copyNumbers(context: SyncContext, store: OpenStore): Promise<boolean> {
  const summary = await importSettledNumbers(context, store);
  if (summary === null) return false;
  const at = context.now();
  await recordActivity(context.db, {
    at,
    level: 'info',
    storeId: store.id,
    message: `${store.name}: ${copiedWords(summary)}`,
  });
  const ask = (sku: Sku, problem: string): Promise<void> =>
    recordActivity(context.db, {
      at,
      level: 'needs-person',
      storeId: store.id,
      sku,
      trouble: `opening:${store.id}:${sku}`,
      message: `${store.name} ${problem} ${sku}. Set its count in the Adjustments tab.`,
    });
  for (const sku of summary.disagreeing) await ask(sku, 'shows different numbers for listings of');
  for (const sku of summary.moved) await ask(sku, 'sold too fast to copy the number of');
  return true;
}

function copiedWords({ imported, disagreeing, moved }: OpeningSummary): string {
  if (imported === 1) return 'the stock of one product was copied.';
  if (imported > 1) return `the stock of ${imported.toLocaleString('en')} products was copied.`;
  return disagreeing.length + moved.length > 0
    ? 'no stock was copied.'
    : 'no stock was copied: every product that it counts has a number already.';
}

// A sale between reading the orders and reading a number would be counted in only one of them. So orders are read again
// after the numbers, and a number counts only when nothing has moved its SKU since before it was read; the others are read
// once more. What keeps selling faster than it can be read is left unset rather than guessed.
async function importSettledNumbers(context: SyncContext, store: OpenStore): Promise<OpeningSummary | null> {
  let summary: OpeningSummary = { imported: 0, disagreeing: [], moved: [] };
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    const again = new Set(summary.moved);
    const unset = await readUnsetListings(context.db, store.id);
    const numbers = await readNumbers(
      store,
      round === 1 ? unset : unset.filter((listing) => again.has(listing.sku)),
    );
    if (!(await readOrdersPast(context, store, context.now()))) return null;
    const stamp = { actor: `opening import of ${store.name}`, at: context.now() };
    const result = await importNumbers(context.db, numbers, { storeId: store.id, stamp });
    summary = {
      imported: summary.imported + result.imported,
      disagreeing: [...summary.disagreeing, ...result.disagreeing],
      moved: result.moved,
    };
    if (result.moved.length === 0) break;
  }
  return summary;
}

// A shop that lists orders late has to be asked again once it shows those of the time when the numbers were read. Few stores
// do, and each is turned on for the first time once: the job waits here.
async function readOrdersPast(context: SyncContext, store: OpenStore, time: Date): Promise<boolean> {
  for (;;) {
    const { complete, freshAt } = await pullChangedOrders(context, store);
    if (!complete || freshAt >= time) return complete;
    await context.pause(time.getTime() - freshAt.getTime());
  }
}

async function readNumbers(
  store: OpenStore,
  listings: readonly UnsetListing[],
): Promise<readonly OpeningNumber[]> {
  const numbers: OpeningNumber[] = [];
  for (let start = 0; start < listings.length; start += READ_BATCH) {
    const batch = listings.slice(start, start + READ_BATCH);
    const byPlace = new Map(batch.map((listing) => [placeKey(listing), listing]));
    for (const answer of await store.channel.readAvailable(batch)) {
      const listing = byPlace.get(placeKey(answer));
      if (listing === undefined || answer.reading.kind !== 'quantity') continue;
      const { sku, locationId, warehouseId, version } = listing;
      numbers.push({ sku, locationId, warehouseId, available: answer.reading.quantity, version });
    }
  }
  return numbers;
}
