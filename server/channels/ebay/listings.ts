// Walks over all active listings, in both worlds: the list of Trading has them all, and the Inventory API tells which SKUs
// are its own.

import * as z from 'zod';
import type { ListingPage } from '../channel.ts';
import type { EbayClient } from './client.ts';
import { readInventoryItems } from './inventory.ts';
import { PAGE_MAX } from './manifest.ts';
import { isFixedPrice, mapItem, skusOf } from './map-listing.ts';
import { readActivePage } from './trading.ts';

const pageShape = z.object({ number: z.int().min(1), entries: z.int().min(0) });

export async function listListings(client: EbayClient, page: string | null): Promise<ListingPage> {
  const here = page === null ? { number: 1, entries: 0 } : pageShape.parse(JSON.parse(page));
  const { items, pageCount, entryCount } = await readActivePage(client, here.number);
  const candidates = items.filter(isFixedPrice).flatMap(skusOf);
  const known = await readInventoryItems(client, [...new Set(candidates)]);
  const readAt = client.now();
  const listings = items.flatMap((item) => mapItem(item, (sku) => known.has(sku), readAt));
  const next = nextPage(here, pageCount, entryCount);
  return { listings, next: next === null ? null : JSON.stringify({ number: next, entries: entryCount }) };
}

// Pages are counted from the front: listings that ended meanwhile have moved the rest up, so the walk steps back.
function nextPage(here: z.infer<typeof pageShape>, pageCount: number, entryCount: number): number | null {
  const ended = here.number === 1 ? 0 : Math.max(0, here.entries - entryCount);
  if (ended > 0) return Math.max(1, here.number - Math.ceil(ended / PAGE_MAX));
  return here.number < pageCount ? here.number + 1 : null;
}
