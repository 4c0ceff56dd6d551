// Which SKUs belong to the Inventory API, for a walk over all listings: its own list has 200 a call, while asking for the SKUs
// of each page takes 25.

import * as z from 'zod';
import { inTurns, together } from '../../net/in-turns.ts';
import type { EbayClient } from './client.ts';
import { INVENTORY_BATCH_MAX, PAGE_MAX, REQUESTS_AT_ONCE } from './manifest.ts';
import { EbayRefusal } from './refusal.ts';

const inventoryPageShape = z.object({
  total: z.int().min(0).nullish(),
  inventoryItems: z.array(z.object({ sku: z.string().nullish() })).nullish(),
});

/** A walk takes minutes; a job that goes on with an older one reads the list again. */
const KEPT_MS = 30 * 60_000;
const ROUNDS_MAX = 3;

/** Null: there are so many items beside the listings that asking for those of each page is cheaper. */
export type InventorySkus = ReadonlySet<string> | null;
type Kept = { readonly at: Date; readonly skus: InventorySkus };
const keptBy = new WeakMap<object, Kept>();

/** Those of the walk that goes on. */
export async function readInventorySkus(client: EbayClient, listingPages: number): Promise<InventorySkus> {
  const kept = keptBy.get(client.seller);
  if (kept !== undefined && client.now().getTime() - kept.at.getTime() < KEPT_MS) return kept.skus;
  const { rest, finish } = (await beginInventorySkus(client, 1))(listingPages);
  await inTurns(rest, REQUESTS_AT_ONCE, (read) => read());
  return finish();
}

export type SkuReading = {
  /** The pages that are left, each one call. */
  readonly rest: readonly (() => Promise<void>)[];
  /** Once all of them were read. */
  readonly finish: () => Promise<InventorySkus>;
};

/** Begins a walk with the first `ahead` pages side by side: how many there are is known only after the first one. */
export async function beginInventorySkus(
  client: EbayClient,
  ahead: number,
): Promise<(listingPages: number) => SkuReading> {
  const skus = new Set<string>();
  const totals: number[] = [];
  const readPage = async (number: number): Promise<void> => {
    // Not a row: the number of the page.
    const route = `/sell/inventory/v1/inventory_item?limit=${PAGE_MAX}&offset=${number}`;
    const { total, inventoryItems } = await client.get(route, inventoryPageShape);
    totals.push(total ?? 0);
    for (const { sku } of inventoryItems ?? []) if (sku) skus.add(sku);
  };
  const from = (first: number): readonly (() => Promise<void>)[] => {
    const pages = Math.ceil(Math.max(0, ...totals) / PAGE_MAX);
    return Array.from({ length: Math.max(0, pages - first) }, (_, index) => () => readPage(first + index));
  };
  // eBay does not say how it answers a page behind the last one: a refusal says as much as an empty page.
  const readAhead = (number: number): Promise<void> =>
    readPage(number).catch((problem: unknown) => {
      if (!(problem instanceof EbayRefusal) || (problem.status !== 400 && problem.status !== 404))
        throw problem;
      refused.push(number);
    });
  const refused: number[] = [];
  await together([readPage(0), ...Array.from({ length: ahead - 1 }, (_, index) => readAhead(index + 1))]);
  return (listingPages) => {
    const keep = (found: InventorySkus): InventorySkus => {
      keptBy.set(client.seller, { at: client.now(), skus: found });
      return found;
    };
    // One that there is and that was refused is asked for again, and then its refusal counts.
    const rest = [...from(ahead), ...from(1).filter((_, index) => refused.includes(index + 1))];
    const isTooLong = ahead + rest.length > (listingPages * PAGE_MAX) / INVENTORY_BATCH_MAX;
    if (rest.length > 0 && isTooLong) return { rest: [], finish: async () => keep(null) };
    const finish = async (): Promise<InventorySkus> => {
      // Items that come and go meanwhile shift the pages: read again until the total stays.
      for (let round = 2; round <= ROUNDS_MAX && new Set(totals).size > 1; round += 1) {
        totals.length = 0;
        await readPage(0);
        await inTurns(from(1), REQUESTS_AT_ONCE, (read) => read());
      }
      return keep(skus);
    };
    return { rest, finish };
  };
}
