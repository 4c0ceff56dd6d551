// Listings by search: what changed, all of them where there is no report, and what a report is too old to know.

import { z } from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { ListingPage, ListingSnapshot } from '../channel.ts';
import { searchItemsAnswer } from './answers.ts';
import type { AmazonClient, OperationInput } from './client.ts';
import { lastChangeOf, mapItem } from './map-listing.ts';

export const SEARCH_PAGE_MAX = 20;
/** One search can be paged through so far, however much it found. */
export const SEARCHED_MAX = 1_000;

export const searchState = z.object({
  by: z.enum(['createdDate', 'lastUpdatedDate']),
  from: z.string(),
  token: z.string().nullable(),
  /** How many of this search were read. */
  read: z.number(),
});
export type SearchState = z.output<typeof searchState>;
type Answer = z.output<typeof searchItemsAnswer>;

export const startOf = (by: SearchState['by'], from: Date): SearchState => ({
  by,
  from: from.toISOString(),
  token: null,
  read: 0,
});

// Oldest first; what changes meanwhile moves to the end and is found there. Where one search ends, the next begins at the
// moment of its last item, so that this one is listed twice and none is left out.
export async function search(
  client: AmazonClient,
  state: SearchState,
): Promise<{ readonly page: ListingPage; readonly found: number }> {
  const answer = await ask(client, {
    sortBy: state.by,
    sortOrder: 'ASC',
    [state.by === 'createdDate' ? 'createdAfter' : 'lastUpdatedAfter']: state.from,
    pageToken: state.token ?? undefined,
  });
  const next = nextSearch(state, answer);
  return {
    page: {
      listings: answer.items.map(mapItem),
      next: next === null ? null : JSON.stringify({ search: next }),
    },
    found: answer.numberOfResults,
  };
}

function nextSearch(state: SearchState, answer: Answer): SearchState | null {
  const read = state.read + answer.items.length;
  const token = answer.pagination?.nextToken;
  if (token !== undefined && read < SEARCHED_MAX) return { ...state, token, read };
  const last = answer.items.at(-1);
  if (last === undefined || read >= answer.numberOfResults) return null;
  const from = timeOf(last, state.by);
  if (from > state.from) return { ...state, from, token: null, read: 0 };
  throw new ChannelError(
    'transient',
    'More than 1,000 listings have the same time at Amazon, and its search lists no more than that.',
  );
}

function timeOf(item: Answer['items'][number], by: SearchState['by']): string {
  if (by === 'lastUpdatedDate') return lastChangeOf(item).toISOString();
  const times = (item.summaries ?? []).map(({ createdDate }) => createdDate.getTime());
  return new Date(times.length === 0 ? 0 : Math.min(...times)).toISOString();
}

/**
 * Listings made since then that are not among the listed ones. Newest first, until a page holds none: what is older was there
 * as well when they were listed. Null: more than a search can be paged through.
 */
export async function searchUnlisted(
  client: AmazonClient,
  since: Date,
  listed: ReadonlySet<string>,
): Promise<readonly ListingSnapshot[] | null> {
  const unlisted: ListingSnapshot[] = [];
  let pageToken: string | undefined;
  let read = 0;
  for (;;) {
    const newest = { sortBy: 'createdDate', sortOrder: 'DESC', createdAfter: since.toISOString(), pageToken };
    const answer = await ask(client, newest);
    const found = answer.items.filter(({ sku }) => !listed.has(sku));
    unlisted.push(...found.map(mapItem));
    read += answer.items.length;
    pageToken = answer.pagination?.nextToken;
    if (found.length === 0 || read >= answer.numberOfResults) return unlisted;
    if (pageToken === undefined || read >= SEARCHED_MAX) return null;
  }
}

async function ask(client: AmazonClient, wanted: OperationInput['query']): Promise<Answer> {
  const { sellerId, marketplaces } = client.account();
  const query = {
    marketplaceIds: marketplaces.map(({ id }) => id),
    includedData: ['summaries', 'fulfillmentAvailability'],
    pageSize: SEARCH_PAGE_MAX,
    ...wanted,
  };
  return client.call('searchListingsItems', { path: { sellerId }, query }, searchItemsAnswer);
}
