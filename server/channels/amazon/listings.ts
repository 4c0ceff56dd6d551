// Lists what the seller sells: all of it by Amazon's report, what changed by search; search also when no report is to be had.

import { z } from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import { pause } from '../../net/in-turns.ts';
import type { ChannelSession, ListingPage, ListingQuery, ListingSnapshot } from '../channel.ts';
import { createReportAnswer, documentShape, reportShape, searchItemsAnswer } from './answers.ts';
import type { AmazonClient } from './client.ts';
import { readDocument } from './documents.ts';
import { lastChangeOf, mapItem, mapRow, mergeRows, type ReportRow, readReport } from './map-listing.ts';
import { memoryOf } from './memory.ts';
import type { Marketplace } from './regions.ts';

export const LISTINGS_REPORT = 'GET_MERCHANT_LISTINGS_ALL_DATA';
const ROWS_PER_PAGE = 2_000;
/** Amazon takes 1 to 30 minutes: after these first looks the worker is given back, and the same report is asked for again. */
const LOOK_AFTER_MS = [0, 200, 800, 1_000];
/** The longer it takes the more rarely it is looked at, so that it is found a thirtieth of its time late at most. */
const lookAgainMs = (ageMs: number): number => Math.min(Math.max(ageMs / 30, 2_000), 30_000);
/** A report asked for longer ago is not waited for any more. */
const REPORT_AGE_MAX_MS = 2 * 3_600_000;
export const SEARCH_PAGE_MAX = 20;
/** One search can be paged through so far, however much it found. */
export const SEARCHED_MAX = 1_000;

export type ListingReader = {
  readonly list: (query: ListingQuery, page: string | null) => Promise<ListingPage>;
};

/** One per opened store: it keeps the report between the pages of one reading. */
export function createListingReader(session: ChannelSession, client: AmazonClient): ListingReader {
  let report: readonly ListingSnapshot[] | null = null;

  function pageOf(rows: readonly ListingSnapshot[], start: number): ListingPage {
    const end = start + ROWS_PER_PAGE;
    const next = end < rows.length ? JSON.stringify({ row: end }) : null;
    return { listings: rows.slice(start, end), next };
  }

  async function readAll(): Promise<ListingPage> {
    report = await tryReport(session, client);
    if (report !== null) return pageOf(report, 0);
    return (await search(client, startOf('createdDate', new Date(0)))).page;
  }

  return {
    list: async ({ updatedFrom }, page) => {
      if (page !== null) {
        const asked = pageShape.parse(JSON.parse(page));
        if ('search' in asked) return (await search(client, asked.search)).page;
        // Another opening of this store began this reading.
        report ??= await tryReport(session, client);
        return pageOf(report ?? [], asked.row);
      }
      if (updatedFrom === null) return readAll();
      const changed = await search(client, startOf('lastUpdatedDate', updatedFrom));
      // More than a search can be paged through: then all of them are read.
      return changed.found > SEARCHED_MAX ? readAll() : changed.page;
    },
  };
}

// ---- by report ------------------------------------------------------------------------------------------------

/** Null: Amazon made none. "Cancelled" can mean that there is no data, so only a search can tell. */
async function tryReport(
  session: ChannelSession,
  client: AmazonClient,
): Promise<readonly ListingSnapshot[] | null> {
  const rows: ReportRow[] = [];
  let writtenAt = session.now();
  // One marketplace each: a report for several is cut to the first.
  for (const marketplace of client.account().marketplaces) {
    const read = await readOneReport(session, client, marketplace);
    if (read === null) return null;
    for (const row of read.rows) rows.push(row);
    if (read.writtenAt < writtenAt) writtenAt = read.writtenAt;
  }
  return mergeRows(rows).map((row) => mapRow(row, writtenAt));
}

async function readOneReport(session: ChannelSession, client: AmazonClient, marketplace: Marketplace) {
  const { reports } = memoryOf(session.http);
  const known = reports.get(marketplace.id);
  const isYoung = known !== undefined && session.now().getTime() - known.at.getTime() < REPORT_AGE_MAX_MS;
  const reportId = isYoung ? known.reportId : await askForReport(client, marketplace);
  const askedAt = isYoung ? known.at : session.now();
  reports.set(marketplace.id, { reportId, at: askedAt });
  const report = await waitForReport(session, client, { reportId, askedAt, isNew: !isYoung });
  reports.delete(marketplace.id);
  if (report.processingStatus !== 'DONE' || report.reportDocumentId === undefined) return null;
  const path = { reportDocumentId: report.reportDocumentId };
  const document = await client.call('getReportDocument', { path }, documentShape);
  const legacyCharset = marketplace.country === 'JP' ? 'shift_jis' : 'windows-1252';
  const text = await readDocument(client, document, legacyCharset);
  return { rows: readReport(text), writtenAt: report.createdTime };
}

async function askForReport(client: AmazonClient, marketplace: Marketplace): Promise<string> {
  const body = { reportType: LISTINGS_REPORT, marketplaceIds: [marketplace.id] };
  const { reportId } = await client.call('createReport', { body }, createReportAnswer);
  return reportId;
}

type AskedReport = { readonly reportId: string; readonly askedAt: Date; readonly isNew: boolean };

async function waitForReport(
  { sleep = pause, now }: ChannelSession,
  client: AmazonClient,
  { reportId, askedAt, isNew }: AskedReport,
) {
  for (const waitMs of isNew ? LOOK_AFTER_MS : [0]) {
    if (waitMs > 0) await sleep(waitMs);
    const report = await client.call('getReport', { path: { reportId } }, reportShape);
    if (report.processingStatus !== 'IN_QUEUE' && report.processingStatus !== 'IN_PROGRESS') return report;
  }
  throw new ChannelError(
    'throttled',
    'Amazon is still writing the list of listings; it is read when it is ready.',
    { retryAfterMs: lookAgainMs(now().getTime() - askedAt.getTime()) },
  );
}

// ---- by search ------------------------------------------------------------------------------------------------

const searchState = z.object({
  by: z.enum(['createdDate', 'lastUpdatedDate']),
  from: z.string(),
  token: z.string().nullable(),
  /** How many of this search were read. */
  read: z.number(),
});
type SearchState = z.output<typeof searchState>;
type Items = z.output<typeof searchItemsAnswer>['items'];
const pageShape = z.union([z.object({ row: z.number() }), z.object({ search: searchState })]);

const startOf = (by: SearchState['by'], from: Date): SearchState => ({
  by,
  from: from.toISOString(),
  token: null,
  read: 0,
});

// Oldest first; what changes meanwhile moves to the end and is found there. Where one search ends, the next begins at the
// moment of its last item, so that this one is listed twice and none is left out.
async function search(
  client: AmazonClient,
  state: SearchState,
): Promise<{ readonly page: ListingPage; readonly found: number }> {
  const { sellerId, marketplaces } = client.account();
  const query = {
    marketplaceIds: marketplaces.map(({ id }) => id),
    includedData: ['summaries', 'fulfillmentAvailability'],
    sortBy: state.by,
    sortOrder: 'ASC',
    pageSize: SEARCH_PAGE_MAX,
    [state.by === 'createdDate' ? 'createdAfter' : 'lastUpdatedAfter']: state.from,
    pageToken: state.token ?? undefined,
  };
  const answer = await client.call('searchListingsItems', { path: { sellerId }, query }, searchItemsAnswer);
  const next = nextSearch(state, answer);
  return {
    page: {
      listings: answer.items.map(mapItem),
      next: next === null ? null : JSON.stringify({ search: next }),
    },
    found: answer.numberOfResults,
  };
}

function nextSearch(state: SearchState, answer: z.output<typeof searchItemsAnswer>): SearchState | null {
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

function timeOf(item: Items[number], by: SearchState['by']): string {
  if (by === 'lastUpdatedDate') return lastChangeOf(item).toISOString();
  const times = (item.summaries ?? []).map(({ createdDate }) => createdDate.getTime());
  return new Date(times.length === 0 ? 0 : Math.min(...times)).toISOString();
}
