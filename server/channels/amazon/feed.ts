// Many quantities as one feed: uploaded, waited for, and its report read message by message. Never two feeds at a time.

import { ChannelError } from '../../net/channel-error.ts';
import { pause } from '../../net/in-turns.ts';
import type { ChannelSession } from '../channel.ts';
import {
  createFeedAnswer,
  createFeedDocumentAnswer,
  documentShape,
  feedShape,
  type ProcessingReport,
  processingReport,
} from './answers.ts';
import type { AmazonClient } from './client.ts';
import { readDocument } from './documents.ts';
import { parseJson } from './json.ts';
import { feedOf, type QuantityChange } from './quantity-patch.ts';
import { CREDENTIALS_TURN } from './token.ts';

const CONTENT_TYPE = 'application/json; charset=UTF-8';
const LOOK_AFTER_MS = [200, 1_000, 2_000, 5_000, 10_000, 15_000, 15_000, 15_000];
/** Feeds have hung for days: after this long the few most urgent numbers go around it. */
const HANGS_AFTER_MS = 30 * 60_000;
/** The last feed, so that a process that was killed meanwhile does not send another beside it. */
const FEED_UNDER_WAY = 'feedUnderWay';

export type FeedOutcome =
  /** By SKU, why Amazon refused its message; the others were taken. */
  | { readonly kind: 'done'; readonly refused: ReadonlyMap<string, string> }
  | { readonly kind: 'under way' }
  | { readonly kind: 'hangs' }
  | { readonly kind: 'failed'; readonly message: string };

export type FeedDesk = {
  /** What became of the feed that was last sent; null when none is under way. */
  readonly last: () => Promise<FeedOutcome | null>;
  readonly send: (changes: readonly QuantityChange[]) => Promise<FeedOutcome>;
};

type UnderWay = { readonly feedId: string; readonly at: Date };

export function createFeedDesk(session: ChannelSession, client: AmazonClient): FeedDesk {
  let underWay = readUnderWay(session.credentials[FEED_UNDER_WAY] ?? '');

  const remember = async (feed: UnderWay | null): Promise<void> => {
    underWay = feed;
    const text = feed === null ? '' : `${feed.at.toISOString()} ${feed.feedId}`;
    await session.alone(CREDENTIALS_TURN, (fresh) =>
      session.saveCredentials({ ...fresh, [FEED_UNDER_WAY]: text }),
    );
  };

  async function look(feed: UnderWay, changes: readonly QuantityChange[]): Promise<FeedOutcome> {
    const state = await client.call('getFeed', { path: { feedId: feed.feedId } }, feedShape);
    if (state.processingStatus === 'IN_QUEUE' || state.processingStatus === 'IN_PROGRESS') {
      const hangs = session.now().getTime() - feed.at.getTime() > HANGS_AFTER_MS;
      return { kind: hangs ? 'hangs' : 'under way' };
    }
    const outcome = await settle(client, state.processingStatus, state.resultFeedDocumentId, changes);
    await remember(null);
    return outcome;
  }

  return {
    last: async () => {
      if (underWay === null) return null;
      try {
        return await look(underWay, []);
      } catch (problem) {
        if (!(problem instanceof ChannelError) || problem.kind !== 'gone') throw problem;
        await remember(null);
        return null;
      }
    },
    send: async (changes) => {
      const feedId = await submit(client, changes);
      const feed = { feedId, at: session.now() };
      await remember(feed);
      for (const waitMs of LOOK_AFTER_MS) {
        await pause(waitMs);
        const outcome = await look(feed, changes);
        if (outcome.kind !== 'under way') return outcome;
      }
      return { kind: 'under way' };
    },
  };
}

function readUnderWay(text: string): UnderWay | null {
  const [at = '', feedId = ''] = text.split(' ');
  return feedId === '' || Number.isNaN(Date.parse(at)) ? null : { feedId, at: new Date(at) };
}

async function submit(client: AmazonClient, changes: readonly QuantityChange[]): Promise<string> {
  const { sellerId, marketplaces } = client.account();
  const document = await client.call(
    'createFeedDocument',
    { body: { contentType: CONTENT_TYPE } },
    createFeedDocumentAnswer,
  );
  await client.upload(document.url, CONTENT_TYPE, JSON.stringify(feedOf(sellerId, changes)));
  const body = {
    feedType: 'JSON_LISTINGS_FEED',
    // One marketplace: the merchant's quantity of a SKU is the same in all of the region.
    marketplaceIds: marketplaces.slice(0, 1).map(({ id }) => id),
    inputFeedDocumentId: document.feedDocumentId,
  };
  const { feedId } = await client.call('createFeed', { body }, createFeedAnswer);
  return feedId;
}

async function settle(
  client: AmazonClient,
  status: string,
  resultFeedDocumentId: string | undefined,
  changes: readonly QuantityChange[],
): Promise<FeedOutcome> {
  if (status !== 'DONE' || resultFeedDocumentId === undefined) {
    return { kind: 'failed', message: `Amazon gave up the feed with the quantities (${status}).` };
  }
  const path = { feedDocumentId: resultFeedDocumentId };
  const document = await client.call('getFeedDocument', { path }, documentShape);
  const report = processingReport.safeParse(parseJson(await readDocument(client, document, 'utf-8')));
  if (!report.success) {
    return { kind: 'failed', message: 'Amazon’s report about the feed has an unexpected form.' };
  }
  return readProcessingReport(report.data, changes);
}

/** Pure: which messages were refused, and why. An error without a message is about the feed as a whole. */
export function readProcessingReport(
  report: ProcessingReport,
  changes: readonly QuantityChange[],
): FeedOutcome {
  const refused = new Map<string, string>();
  for (const issue of report.issues ?? []) {
    if (issue.severity !== 'ERROR') continue;
    const sku = issue.sku ?? changes[(issue.messageId ?? 0) - 1]?.sku;
    if (sku === undefined) return { kind: 'failed', message: `Amazon refused the feed: ${issue.message}` };
    const earlier = refused.get(sku);
    refused.set(sku, earlier === undefined ? issue.message : `${earlier} ${issue.message}`);
  }
  return { kind: 'done', refused };
}
