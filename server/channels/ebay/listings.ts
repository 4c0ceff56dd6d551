// Walks over all active listings, in both worlds: the list of Trading has them all, and the Inventory API tells which SKUs
// are its own.

import * as z from 'zod';
import { inTurns, together } from '../../net/in-turns.ts';
import type { ListingPage } from '../channel.ts';
import type { EbayClient } from './client.ts';
import { readInventoryItems } from './inventory.ts';
import { beginInventorySkus, type InventorySkus, readInventorySkus } from './inventory-skus.ts';
import type { ActivePage } from './item.ts';
import { PAGE_MAX, REQUESTS_AT_ONCE } from './manifest.ts';
import { isFixedPrice, mapItem, skusOf } from './map-listing.ts';
import { readActivePage } from './trading.ts';

const pageShape = z.object({
  number: z.int().min(1),
  entries: z.int().min(0),
  /** How many pages there are, as far as is known. */
  pages: z.int().min(1),
});
type Here = z.infer<typeof pageShape>;

/** Of one answer: a few rounds of calls side by side, so that eBay is answering while one page is read. */
const PAGES_PER_ANSWER = 3 * REQUESTS_AT_ONCE;

export async function listListings(client: EbayClient, page: string | null): Promise<ListingPage> {
  const here = page === null ? { number: 1, entries: 0, pages: 1 } : pageShape.parse(JSON.parse(page));
  const { answers, skus } = page === null ? await begin(client) : await goOn(client, here);
  const items = answers.flatMap((answer) => answer.items);
  const pages = Math.max(1, ...answers.map(({ pageCount }) => pageCount));
  const entries = Math.min(...answers.map(({ entryCount }) => entryCount));
  const candidates = [...new Set(items.filter(isFixedPrice).flatMap(skusOf))];
  const known = skus ?? (await readInventoryItems(client, candidates));
  const readAt = client.now();
  const listings = items.flatMap((item) => mapItem(item, (sku) => known.has(sku), readAt));
  const next = nextPage(here, answers.length, pages, entries);
  return { listings, next: next === null ? null : JSON.stringify({ number: next, entries, pages }) };
}

type Read = { readonly answers: readonly ActivePage[]; readonly skus: InventorySkus };

// The whole list of the Inventory API, for every page needs it. Calls that its last round leaves over read listings.
async function begin(client: EbayClient): Promise<Read> {
  const [first, goOnWith] = await together([
    readActivePage(client, 1),
    beginInventorySkus(client, REQUESTS_AT_ONCE - 1),
  ]);
  const { rest, finish } = goOnWith(first.pageCount);
  const spare = (REQUESTS_AT_ONCE - (rest.length % REQUESTS_AT_ONCE)) % REQUESTS_AT_ONCE;
  const others: ActivePage[] = [];
  const readOthers = Array.from(
    { length: Math.max(0, Math.min(spare, first.pageCount - 1)) },
    (_, index) => async () => {
      others[index] = await readActivePage(client, index + 2);
    },
  );
  await inTurns([...rest, ...readOthers], REQUESTS_AT_ONCE, (read) => read());
  return { answers: [first, ...others], skus: await finish() };
}

async function goOn(client: EbayClient, here: Here): Promise<Read> {
  const skus = await readInventorySkus(client, here.pages);
  const count = Math.max(1, Math.min(PAGES_PER_ANSWER, here.pages - here.number + 1));
  const numbers = Array.from({ length: count }, (_, index) => here.number + index);
  return {
    answers: await inTurns(numbers, REQUESTS_AT_ONCE, (number) => readActivePage(client, number)),
    skus,
  };
}

// Pages are counted from the front: listings that ended meanwhile have moved the rest up, so the walk steps back.
function nextPage(here: Here, readCount: number, pages: number, entries: number): number | null {
  const ended = here.entries === 0 ? 0 : Math.max(0, here.entries - entries);
  if (ended > 0) return Math.max(1, here.number - Math.ceil(ended / PAGE_MAX));
  const next = here.number + readCount;
  return next <= pages ? next : null;
}
