// Reports and feeds of the simulated Amazon: asked for, worked on for a while, handed out at addresses that end soon.

import { gzipSync } from 'node:zlib';
import type { SimulationAnswer, SimulationRequest } from '../simulation-server.ts';
import { errorAnswer, invalidInput, notFound, SELLER_ID } from './simulator-http.ts';
import { applyPatch, isOnSale, type PatchBody, type Writing } from './simulator-listings.ts';
import type { AccountMemory } from './simulator-memory.ts';

const ADDRESS_LIFE_MS = 5 * 60_000;
const MESSAGES_MAX = 25_000;
const HEADER =
  'item-name item-description listing-id seller-sku price quantity open-date image-url item-is-marketplace product-id-type ' +
  'zshop-shipping-fee item-note item-condition zshop-category1 zshop-browse-path zshop-storefront-feature asin1 asin2 asin3 ' +
  'will-ship-internationally expedited-shipping zshop-boldface product-id bid-for-featured-placement add-delete ' +
  'pending-quantity fulfillment-channel merchant-shipping-group status';

export type ProcessingStatus = 'CANCELLED' | 'DONE' | 'FATAL' | 'IN_PROGRESS' | 'IN_QUEUE';
type Job = { readonly id: string; readonly createdAt: string; looks: number; documentId: string | null };
type Feed = Job & { readonly inputId: string; done: boolean };
/** `endsAtMs`: of the address that was handed out last. */
type Stored = { bytes: Buffer; endsAtMs: number; readonly isCompressed: boolean };

/** How reports and feeds end, to be changed while the shop runs. */
export type DocumentRules = {
  reportEnd: 'DONE' | 'CANCELLED' | 'FATAL';
  feedEnd: 'DONE' | 'CANCELLED' | 'FATAL';
  /** So often a report or feed is looked at before it is finished. */
  reportLooks: number;
  feedLooks: number;
  isCompressed: boolean;
  /** The report comes out of Amazon's cache, and was made then; null: it is new. */
  reportMadeAt: Date | null;
  /** The item-description of every listing in the report. */
  reportDescription: string;
  /** The report's first line, in the language of the marketplace. */
  reportHeader: string;
};
export const createRules = (): DocumentRules => ({
  reportEnd: 'DONE',
  feedEnd: 'DONE',
  reportLooks: 1,
  feedLooks: 1,
  isCompressed: true,
  reportMadeAt: null,
  reportDescription: '',
  reportHeader: HEADER.replaceAll(' ', '\t'),
});

export function createDocumentDesk(writing: Writing, rules: DocumentRules, address: () => string) {
  const reports = new Map<string, Job>();
  const feeds = new Map<string, Feed>();
  const documents = new Map<string, Stored>();
  let lastId = 0;
  const stamp = (): string => writing.now().toISOString();

  function store(content: string, isCompressed: boolean): string {
    lastId += 1;
    const id = `amzn1.doc.${lastId}`;
    const bytes = isCompressed ? gzipSync(content) : Buffer.from(content);
    documents.set(id, { bytes, isCompressed, endsAtMs: 0 });
    return id;
  }
  function urlOf(id: string): string {
    const stored = documents.get(id);
    if (stored !== undefined) stored.endsAtMs = writing.now().getTime() + ADDRESS_LIFE_MS;
    return `${address()}/documents/${id}?X-Amz-Expires=300&X-Amz-Signature=rehearsal`;
  }
  const statusOf = (job: Job, looks: number, end: ProcessingStatus): ProcessingStatus =>
    job.looks > looks ? end : job.looks > 1 ? 'IN_PROGRESS' : 'IN_QUEUE';

  function documentAnswer(idName: string, id: string): SimulationAnswer {
    const stored = documents.get(id);
    if (stored === undefined) return notFound();
    const compression = stored.isCompressed ? { compressionAlgorithm: 'GZIP' } : {};
    return { status: 200, body: { [idName]: id, url: urlOf(id), ...compression } };
  }

  const describeFeed = (feed: Feed): object => ({
    feedId: feed.id,
    feedType: 'JSON_LISTINGS_FEED',
    createdTime: feed.createdAt,
    processingStatus: statusOf(feed, rules.feedLooks, rules.feedEnd),
    ...(feed.documentId === null ? {} : { resultFeedDocumentId: feed.documentId }),
  });

  return {
    createReport: (request: SimulationRequest): SimulationAnswer => {
      const body = JSON.parse(request.body) as { reportType?: unknown; marketplaceIds?: unknown };
      if (body.reportType !== 'GET_MERCHANT_LISTINGS_ALL_DATA') return invalidInput('reportType');
      if (!Array.isArray(body.marketplaceIds) || body.marketplaceIds.length !== 1) {
        return invalidInput('marketplaceIds');
      }
      lastId += 1;
      const report: Job = { id: String(lastId), createdAt: stamp(), looks: 0, documentId: null };
      reports.set(report.id, report);
      return { status: 202, body: { reportId: report.id } };
    },
    getReport: (id: string): SimulationAnswer => {
      const report = reports.get(id);
      if (report === undefined) return notFound();
      report.looks += 1;
      const processingStatus = statusOf(report, rules.reportLooks, rules.reportEnd);
      if (processingStatus === 'DONE') {
        report.documentId ??= store(writeReport(writing.memory, rules), rules.isCompressed);
      }
      const document = report.documentId === null ? {} : { reportDocumentId: report.documentId };
      const { createdAt: createdTime } = report;
      const reportType = 'GET_MERCHANT_LISTINGS_ALL_DATA';
      return { status: 200, body: { reportId: id, reportType, createdTime, processingStatus, ...document } };
    },
    getReportDocument: (id: string): SimulationAnswer => documentAnswer('reportDocumentId', id),
    createFeedDocument: (): SimulationAnswer => {
      const id = store('', false);
      return { status: 201, body: { feedDocumentId: id, url: urlOf(id) } };
    },
    createFeed: (request: SimulationRequest): SimulationAnswer => {
      const body = JSON.parse(request.body) as { feedType?: unknown; inputFeedDocumentId?: unknown };
      if (body.feedType !== 'JSON_LISTINGS_FEED') return errorAnswer(400, 'InvalidInput', 'Invalid feedType');
      const inputId = String(body.inputFeedDocumentId);
      if (documents.get(inputId)?.bytes.length === 0) return invalidInput('The document is empty.');
      if (!documents.has(inputId)) return invalidInput('inputFeedDocumentId');
      lastId += 1;
      const feed: Feed = {
        id: String(lastId),
        createdAt: stamp(),
        looks: 0,
        documentId: null,
        inputId,
        done: false,
      };
      feeds.set(feed.id, feed);
      return { status: 202, body: { feedId: feed.id } };
    },
    getFeed: (id: string): SimulationAnswer => {
      const feed = feeds.get(id);
      if (feed === undefined) return notFound();
      feed.looks += 1;
      const processingStatus = statusOf(feed, rules.feedLooks, rules.feedEnd);
      if (processingStatus === 'DONE' && !feed.done) {
        feed.done = true;
        const input = documents.get(feed.inputId)?.bytes.toString('utf8') ?? '';
        feed.documentId = store(JSON.stringify(processFeed(writing, id, input)), rules.isCompressed);
      }
      return { status: 200, body: describeFeed(feed) };
    },
    /** Newest first, of this app and account. */
    getFeeds: (request: SimulationRequest): SimulationAnswer => {
      const since = request.url.searchParams.get('createdSince') ?? '';
      const found = [...feeds.values()].filter(({ createdAt }) => createdAt >= since).reverse();
      return { status: 200, body: { feeds: found.map((feed) => describeFeed(feed)) } };
    },
    getFeedDocument: (id: string): SimulationAnswer => documentAnswer('feedDocumentId', id),
    /** Above: operations. Here: the store behind the presigned addresses, which knows no token. */
    storage: (request: SimulationRequest): SimulationAnswer | Buffer => {
      const stored = documents.get(request.url.pathname.slice('/documents/'.length));
      const isOpen = stored !== undefined && stored.endsAtMs > writing.now().getTime();
      if (!isOpen || !request.url.searchParams.has('X-Amz-Signature')) {
        return {
          status: 403,
          headers: { 'content-type': 'application/xml' },
          body: '<Error><Code>AccessDenied</Code></Error>',
        };
      }
      if (request.method === 'PUT') {
        stored.bytes = Buffer.from(request.body);
        return { status: 200, body: '' };
      }
      return stored.bytes;
    },
  };
}

function writeReport(memory: AccountMemory, rules: DocumentRules): string {
  const madeAt = rules.reportMadeAt?.toISOString() ?? null;
  const listed = [...memory.listings.values()].filter(
    ({ createdAt }) => madeAt === null || createdAt <= madeAt,
  );
  const rows = listed.map((listing) => {
    const cells = new Array<string>(29).fill('');
    cells[0] = listing.title;
    cells[1] = rules.reportDescription;
    cells[2] = `0101${listing.asin}`;
    cells[3] = listing.sku;
    cells[5] = listing.isAmazonFulfilled ? '' : String(listing.quantity);
    cells[16] = listing.asin;
    cells[26] = listing.isAmazonFulfilled ? 'AMAZON_NA' : 'DEFAULT';
    cells[28] = isOnSale(listing) ? 'Active' : 'Inactive';
    return cells.join('\t');
  });
  return [rules.reportHeader, ...rows, ''].join('\n');
}

type FeedDocument = {
  readonly messages?: readonly ({ readonly messageId: number; readonly sku: string } & PatchBody)[];
};

function processFeed(writing: Writing, feedId: string, input: string): object {
  const messages = (JSON.parse(input) as FeedDocument).messages ?? [];
  const header = { sellerId: SELLER_ID, version: '2.0', feedId };
  const isTooLong = messages.length > MESSAGES_MAX;
  const issues = isTooLong
    ? [{ code: '90044', severity: 'ERROR', message: `A feed takes ${MESSAGES_MAX} messages.` }]
    : messages.flatMap(({ messageId, sku, ...body }) => {
        const problem = applyPatch(writing, sku, body);
        return problem === null ? [] : [{ messageId, sku, severity: 'ERROR', ...problem }];
      });
  return {
    header,
    issues,
    summary: {
      errors: issues.length,
      warnings: 0,
      messagesProcessed: messages.length,
      messagesAccepted: isTooLong ? 0 : messages.length - issues.length,
      messagesInvalid: isTooLong ? messages.length : issues.length,
    },
  };
}
