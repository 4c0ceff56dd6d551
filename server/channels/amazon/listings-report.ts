// All listings of a seller by Amazon's report: asked for, waited for between jobs, and completed by what it is too old to know.

import { ChannelError } from '../../net/channel-error.ts';
import { pause } from '../../net/in-turns.ts';
import type { ChannelSession, ListingSnapshot } from '../channel.ts';
import { createReportAnswer, documentShape, reportShape } from './answers.ts';
import type { AmazonClient } from './client.ts';
import { readDocument } from './documents.ts';
import { searchUnlisted } from './listings-search.ts';
import { mapRow, mergeRows, type ReportRow, readReport } from './map-listing.ts';
import { memoryOf } from './memory.ts';
import type { Marketplace } from './regions.ts';

export const LISTINGS_REPORT = 'GET_MERCHANT_LISTINGS_ALL_DATA';
/** Amazon takes 1 to 30 minutes: after these first looks the worker is given back, and the same report is asked for again. */
const LOOK_AFTER_MS = [0, 200, 800, 1_000];
/** The longer it takes the more rarely it is looked at, so that it is found a thirtieth of its time late at most. */
const lookAgainMs = (ageMs: number): number => Math.min(Math.max(ageMs / 30, 2_000), 30_000);
/** A report asked for longer ago is not waited for any more. */
const REPORT_AGE_MAX_MS = 2 * 3_600_000;
/** A report that is asked for may come out of a cache, and be so old. */
const CACHED_FOR_MS = 6 * 3_600_000;

export type Report = {
  readonly listings: readonly ListingSnapshot[];
  /** What was made since it may have been written; null: more than can be searched. */
  readonly unlisted: Promise<readonly ListingSnapshot[] | null>;
};

/** Null: Amazon made none that is of use. "Cancelled" can mean that there is no data, so only a search can tell. */
export async function tryReport(session: ChannelSession, client: AmazonClient): Promise<Report | null> {
  const rows: ReportRow[] = [];
  let writtenAt = session.now();
  // One marketplace each: a report for several is cut to the first.
  for (const marketplace of client.account().marketplaces) {
    const read = await readOneReport(session, client, marketplace);
    if (read === null) return null;
    for (const row of read.rows) rows.push(row);
    if (read.writtenAt < writtenAt) writtenAt = read.writtenAt;
  }
  const listings = mergeRows(rows).map((row) => mapRow(row, writtenAt));
  const listed = new Set(listings.map(({ remoteId }) => remoteId));
  const unlisted = searchUnlisted(client, new Date(writtenAt.getTime() - CACHED_FOR_MS), listed);
  // It runs while the listings are written down, and is thrown where it is waited for.
  unlisted.catch(() => undefined);
  return { listings, unlisted };
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
  try {
    const text = await readDocument(client, document, legacyCharset);
    return { rows: readReport(text.lines()), writtenAt: report.createdTime };
  } catch (problem) {
    // Too large, or of a form that we do not know: another one would be the same.
    if (problem instanceof ChannelError && problem.kind === 'rejected') return null;
    throw problem;
  }
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
