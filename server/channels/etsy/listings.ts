// Walks over all listings, one state after the other. Lists are counted by the shop and shift while they are
// read: each page begins with the last listing of the page before, and one that does not is read again
// further up.

import * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { ListingPage, StoreSettings } from '../channel.ts';
import type { EtsyClient } from './client.ts';
import { PAGE_MAX } from './manifest.ts';
import { mapListing } from './map-listing.ts';
import { EtsyRefusal } from './refusal.ts';
import { type Listing, listingsShape } from './shapes.ts';

/**
 * A call lists one state. What may become active while we read stands before it, and what may stop being active once more
 * behind it: a listing that changes its state meanwhile is met twice, never missed.
 */
const STATES = ['inactive', 'sold_out', 'expired', 'active', 'inactive', 'sold_out'] as const;
const STATES_WITH_DRAFTS = ['draft', ...STATES] as const;
/** How far a shifted page is read again. */
const STEP_BACK = PAGE_MAX / 2;
/** What Etsy is said to end its lists at. */
const OFFSET_DOUBTFUL = 12_000;

const pageShape = z.object({
  step: z.number().int().min(0),
  offset: z.number().int().min(0),
  lastId: z.number().int(),
  /** What was met off sale: behind the active listings, only others are new. */
  offSale: z.array(z.number().int()),
});
type Page = z.infer<typeof pageShape>;
const FIRST_PAGE: Page = { step: 0, offset: 0, lastId: 0, offSale: [] };
type Place = Pick<Page, 'step' | 'offset' | 'lastId'>;

export async function listListings(
  client: EtsyClient,
  settings: StoreSettings,
  page: string | null,
): Promise<ListingPage> {
  const states = settings.drafts ? STATES_WITH_DRAFTS : STATES;
  const here: Page = page === null ? FIRST_PAGE : pageShape.parse(JSON.parse(page));
  const { listings, next } = await readPage(client, states[here.step] ?? 'active', here);
  const isSecondTime = here.step > states.indexOf('active');
  const met = new Set(isSecondTime ? here.offSale : []);
  const offSale = isSecondTime
    ? here.offSale
    : [...here.offSale, ...listings.filter(({ state }) => state !== 'active').map((one) => one.listing_id)];
  const hasMore = next !== null || here.step + 1 < states.length;
  const following = next ?? { step: here.step + 1, offset: 0, lastId: 0 };
  return {
    listings: listings.filter(({ listing_id: id }) => !met.has(id)).flatMap(mapListing),
    next: hasMore ? JSON.stringify({ ...following, offSale }) : null,
  };
}

async function readPage(
  client: EtsyClient,
  state: string,
  from: Page,
): Promise<{ readonly listings: readonly Listing[]; readonly next: Place | null }> {
  let { offset } = from;
  let read = await readOffset(client, state, offset);
  if (offset > 0 && read[0]?.listing_id !== from.lastId) {
    offset = Math.max(0, offset - STEP_BACK);
    read = await readOffset(client, state, offset);
  }
  const known = from.lastId === 0 ? -1 : read.findIndex(({ listing_id: id }) => id === from.lastId);
  const listings = read.slice(known + 1);
  const last = read.at(-1);
  if (read.length < PAGE_MAX || last === undefined) return { listings, next: null };
  return { listings, next: { step: from.step, offset: offset + read.length - 1, lastId: last.listing_id } };
}

async function readOffset(client: EtsyClient, state: string, offset: number): Promise<readonly Listing[]> {
  const query = { state, limit: PAGE_MAX, offset, includes: 'Inventory' };
  try {
    const { results } = await client.get(`/shops/${await client.shopId()}/listings`, listingsShape, {
      query,
    });
    return results;
  } catch (problem) {
    if (!(problem instanceof EtsyRefusal && problem.status === 400 && offset >= OFFSET_DOUBTFUL))
      throw problem;
    // Never taken for the end of the list: what was not read must not look as if it were gone.
    const message = `Etsy lists no more than ${offset} ${state} listings, so the rest could not be read.`;
    throw new ChannelError('rejected', message, { cause: problem });
  }
}
