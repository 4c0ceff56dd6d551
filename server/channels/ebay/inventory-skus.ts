// Which SKUs belong to the Inventory API, for a walk over all listings: its own list has 200 a call, while asking for the SKUs
// of each page takes 25.

import * as z from 'zod';
import { inTurns } from '../../net/in-turns.ts';
import type { EbayClient } from './client.ts';
import { INVENTORY_BATCH_MAX, PAGE_MAX, REQUESTS_AT_ONCE } from './manifest.ts';

const inventoryPageShape = z.object({
  total: z.int().min(0).nullish(),
  inventoryItems: z.array(z.object({ sku: z.string().nullish() })).nullish(),
});

/** A walk takes minutes; a job that goes on with an older one reads the list again. */
const KEPT_MS = 30 * 60_000;
const ROUNDS_MAX = 3;

type Kept = { readonly at: Date; readonly skus: ReadonlySet<string> | null };
const keptBy = new WeakMap<object, Kept>();

/** Null: there are so many items beside the listings that asking for those of each page is cheaper. */
export async function readInventorySkus(
  client: EbayClient,
  walk: { readonly isStart: boolean; readonly listingPages: number },
): Promise<ReadonlySet<string> | null> {
  const kept = keptBy.get(client.process);
  const isFresh = kept !== undefined && client.now().getTime() - kept.at.getTime() < KEPT_MS;
  if (!walk.isStart && isFresh) return kept.skus;
  const skus = await readAll(client, (walk.listingPages * PAGE_MAX) / INVENTORY_BATCH_MAX);
  keptBy.set(client.process, { at: client.now(), skus });
  return skus;
}

async function readAll(client: EbayClient, callsMax: number): Promise<ReadonlySet<string> | null> {
  const skus = new Set<string>();
  const readPage = async (number: number): Promise<number> => {
    // Not a row: the number of the page.
    const route = `/sell/inventory/v1/inventory_item?limit=${PAGE_MAX}&offset=${number}`;
    const { total, inventoryItems } = await client.get(route, inventoryPageShape);
    for (const { sku } of inventoryItems ?? []) if (sku) skus.add(sku);
    return total ?? 0;
  };
  // Items that come and go meanwhile shift the pages: read again until the total stays.
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    const total = await readPage(0);
    const pages = Math.ceil(total / PAGE_MAX);
    if (pages > callsMax) return null;
    const others = Array.from({ length: Math.max(0, pages - 1) }, (_, index) => index + 1);
    const totals = await inTurns(others, REQUESTS_AT_ONCE, readPage);
    if (totals.every((one) => one === total)) break;
  }
  return skus;
}
