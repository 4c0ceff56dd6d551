// Walks over all listings, one state after the other. Lists are counted by the shop and shift while they are
// read: each page begins with the last listing of the page before, and one that does not is read again
// further up.

import * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import { together } from '../../net/in-turns.ts';
import type { ListingPage, StoreSettings } from '../channel.ts';
import type { EtsyClient } from './client.ts';
import { PAGE_MAX } from './manifest.ts';
import { mapListing } from './map-listing.ts';
import { EtsyRefusal } from './refusal.ts';
import { type Listing, listingsShape } from './shapes.ts';

/**
 * A call lists one state. What may become active while we read stands before it. What may stop being active stands behind it
 * once more, and is read again when the active list shrank or shifted meanwhile: a listing that changes its state is met twice,
 * never missed. States of one stage are read side by side.
 */
const STAGES = [['inactive', 'sold_out', 'expired'], ['active'], ['inactive', 'sold_out']] as const;
const STAGES_WITH_DRAFTS = [['draft', ...STAGES[0]], STAGES[1], STAGES[2]] as const;
const ACTIVE_STAGE = 1;
/** How far a shifted list is read again, doubled until the place is found. */
const STEP_BACK = PAGE_MAX / 2;
const LAST_IDS = 20;
/** Half of what Etsy answers in a second, as an answer takes about half of one: while some are read and stored, others come. */
const PAGES_AT_ONCE = 5;
/** What Etsy is said to end its lists at. */
const OFFSET_DOUBTFUL = 12_000;

const placeShape = z.object({
  state: z.string(),
  offset: z.number().int().min(0),
  /** The last ones read: where they stand now, the rest begins. Several, for one may be gone. */
  lastIds: z.array(z.number().int()),
  /** How many listings Etsy last said there are in this state; null before the first page. */
  count: z.number().int().nullable(),
});
type Place = z.infer<typeof placeShape>;
const pageShape = z.object({
  stage: z.number().int().min(0),
  places: z.array(placeShape),
  /** What was met off sale: behind the active listings, only others are new. */
  offSale: z.array(z.number().int()),
  /** The lists of this stage neither shrank nor shifted while they were read. */
  steady: z.boolean(),
  /** Of active listings, as Etsy said at the beginning: where to read them side by side. Null before that. */
  activeCount: z.number().int().nullable(),
});
type Page = z.infer<typeof pageShape>;

export async function listListings(
  client: EtsyClient,
  settings: StoreSettings,
  page: string | null,
): Promise<ListingPage> {
  const stages: readonly (readonly string[])[] = settings.drafts ? STAGES_WITH_DRAFTS : STAGES;
  const here: Page =
    page === null
      ? beginOf(stages, 0, { offSale: [], activeCount: null })
      : pageShape.parse(JSON.parse(page));
  const share = Math.floor(PAGES_AT_ONCE / here.places.length);
  const [walks, activeCount] = await together([
    together(here.places.map((place) => walk(client, place, share))),
    here.activeCount ?? countActive(client),
  ]);
  const listings = walks.flatMap((one) => one.listings);
  const isSecondTime = here.stage > ACTIVE_STAGE;
  const met = new Set(isSecondTime ? here.offSale : []);
  const offSale = isSecondTime
    ? here.offSale
    : [...here.offSale, ...listings.filter(({ state }) => state !== 'active').map((one) => one.listing_id)];
  const places = walks.flatMap(({ next }) => (next === null ? [] : [next]));
  const steady = here.steady && walks.every((one) => one.steady);
  const isWhole = here.stage + 1 >= stages.length || (here.stage === ACTIVE_STAGE && steady);
  const following =
    places.length > 0
      ? { ...here, places, offSale, steady, activeCount }
      : isWhole
        ? null
        : beginOf(stages, here.stage + 1, { offSale, activeCount });
  return {
    listings: listings.filter(({ listing_id: id }) => !met.has(id)).flatMap(mapListing),
    next: following === null ? null : JSON.stringify(following),
  };
}

function beginOf(
  stages: readonly (readonly string[])[],
  stage: number,
  { offSale, activeCount }: Pick<Page, 'offSale' | 'activeCount'>,
): Page {
  const count = stage === ACTIVE_STAGE ? activeCount : null;
  const places = (stages[stage] ?? []).map((state) => ({ state, offset: 0, lastIds: [], count }));
  return { stage, places, offSale, steady: true, activeCount };
}

const countShape = z.object({ count: z.number().int() });

type Walked = {
  readonly listings: readonly Listing[];
  readonly next: Place | null;
  readonly steady: boolean;
};

/**
 * Several pages side by side, each beginning with the last listing of the one before; the first page alone, where nothing is known
 * of their number.
 */
async function walk(client: EtsyClient, from: Place, pagesMax: number): Promise<Walked> {
  const step = PAGE_MAX - 1;
  const left = from.count === null ? 0 : Math.ceil((from.count - from.offset - PAGE_MAX) / step) + 1;
  const pages = Math.max(1, Math.min(pagesMax, left));
  const offsets = Array.from({ length: pages }, (_, index) => from.offset + index * step);
  const answers = await together(offsets.map((offset) => readOffset(client, from.state, offset)));
  let place = from;
  let steady = true;
  const listings: Listing[] = [];
  for (const [index, { results, count }] of answers.entries()) {
    const read =
      place.offset > 0 && results[0]?.listing_id !== place.lastIds.at(-1)
        ? await stepBack(client, place)
        : { results, offset: offsets[index] ?? 0 };
    listings.push(...read.results.slice(lastKnown(read.results, place) + 1));
    const isWhereAsked = read.offset === offsets[index];
    steady &&= isWhereAsked && (place.count === null || place.count === count);
    const isLast = read.results.length < PAGE_MAX || (isWhereAsked && read.offset + PAGE_MAX >= count);
    if (isLast) return { listings, next: null, steady };
    const lastIds = read.results.slice(-LAST_IDS).map(({ listing_id: id }) => id);
    place = { ...place, offset: read.offset + step, lastIds, count };
    // The list has shifted: what was read side by side from here on is not where we thought.
    if (place.offset !== offsets[index + 1]) break;
  }
  return { listings, next: place, steady };
}

/** Where the listings stand that were read last; -1 when none of them does. */
function lastKnown(results: readonly Listing[], { lastIds }: Place): number {
  const met = new Set(lastIds);
  return results.findLastIndex(({ listing_id: id }) => met.has(id));
}

/** Listings left the list before this place, so what follows moved up: back to the last ones that were read. */
async function stepBack(client: EtsyClient, place: Place) {
  for (let back = STEP_BACK; ; back *= 2) {
    const offset = Math.max(0, place.offset - back);
    const { results } = await readOffset(client, place.state, offset);
    if (offset === 0 || lastKnown(results, place) >= 0) return { results, offset };
  }
}

async function countActive(client: EtsyClient): Promise<number> {
  const query = { state: 'active', limit: 1, offset: 0 };
  const path = `/shops/${await client.shopId()}/listings`;
  return (await client.get(path, countShape, { query, afterOrders: true })).count;
}

async function readOffset(
  client: EtsyClient,
  state: string,
  offset: number,
): Promise<z.output<typeof listingsShape>> {
  const query = { state, limit: PAGE_MAX, offset, includes: 'Inventory' };
  try {
    const path = `/shops/${await client.shopId()}/listings`;
    return await client.get(path, listingsShape, { query, afterOrders: true });
  } catch (problem) {
    if (!(problem instanceof EtsyRefusal && problem.status === 400 && offset >= OFFSET_DOUBTFUL))
      throw problem;
    // Never taken for the end of the list: what was not read must not look as if it were gone.
    const message = `Etsy lists no more than ${offset} ${state} listings, so the rest could not be read.`;
    throw new ChannelError('rejected', message, { cause: problem });
  }
}
