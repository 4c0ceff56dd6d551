// Lists what the seller sells: all of it by Amazon's report, what changed by search; search also when no report is to be had.

import { z } from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelSession, ListingPage, ListingQuery } from '../channel.ts';
import type { AmazonClient } from './client.ts';
import { type Report, tryReport } from './listings-report.ts';
import { SEARCHED_MAX, search, searchState, startOf } from './listings-search.ts';

const ROWS_PER_PAGE = 2_000;
const pageShape = z.union([z.object({ row: z.number() }), z.object({ search: searchState })]);

export type ListingReader = {
  readonly list: (query: ListingQuery, page: string | null) => Promise<ListingPage>;
};

/** One per opened store: it keeps the report between the pages of one reading. */
export function createListingReader(session: ChannelSession, client: AmazonClient): ListingReader {
  let report: Report | null = null;

  async function pageOf({ listings, unlisted }: Report, row: number): Promise<ListingPage> {
    const end = row + ROWS_PER_PAGE;
    if (row < listings.length)
      return { listings: listings.slice(row, end), next: JSON.stringify({ row: end }) };
    const newer = await unlisted;
    return newer === null ? searchAll() : { listings: newer, next: null };
  }

  const searchAll = async (): Promise<ListingPage> =>
    (await search(client, startOf('createdDate', new Date(0)))).page;

  async function readAll(): Promise<ListingPage> {
    report = await tryReport(session, client);
    return report === null ? searchAll() : pageOf(report, 0);
  }

  return {
    list: async ({ updatedFrom }, page) => {
      if (page !== null) {
        const asked = pageShape.parse(JSON.parse(page));
        if ('search' in asked) return (await search(client, asked.search)).page;
        // Another opening of this store began this reading.
        report ??= await tryReport(session, client);
        if (report !== null) return pageOf(report, asked.row);
        throw new ChannelError('transient', 'Amazon has no list of listings any more; it is read anew.');
      }
      if (updatedFrom === null) return readAll();
      const changed = await search(client, startOf('lastUpdatedDate', updatedFrom));
      // More than a search can be paged through: then all of them are read.
      return changed.found > SEARCHED_MAX ? readAll() : changed.page;
    },
  };
}
