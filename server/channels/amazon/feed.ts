// Many quantities as one feed: uploaded, waited for, and its report read message by message. Never two feeds at a time.

import { ChannelError } from '../../net/channel-error.ts';
import { pause } from '../../net/in-turns.ts';
import { parseJson } from '../../net/parse-json.ts';
import type { ChannelSession } from '../channel.ts';
import {
  createFeedAnswer,
  createFeedDocumentAnswer,
  documentShape,
  feedShape,
  feedsAnswer,
  type ProcessingReport,
  processingReport,
} from './answers.ts';
import type { AmazonClient } from './client.ts';
import { readDocument } from './documents.ts';
import { memoryOf } from './memory.ts';
import { feedOf, type QuantityChange } from './quantity-patch.ts';

const FEED_TYPE = 'JSON_LISTINGS_FEED';
const FEEDS_MAX = 100;
const CONTENT_TYPE = 'application/json; charset=UTF-8';
/** A feed that nobody heard the number of is looked for; so long Amazon may need to list it. */
const LISTED_WITHIN_MS = 60_000;
/** Its clock and ours may differ by this. */
const CLOCKS_DIFFER_MS = 60_000;
const LOOK_AFTER_MS = [200, 1_000, 2_000, 5_000, 10_000, 15_000, 15_000, 15_000];
/** Feeds have hung for days: after this long the few most urgent numbers go around it. */
const HANGS_AFTER_MS = 30 * 60_000;
/** What a feed said may be shown so much later than it ended. */
const SHOWN_WITHIN_MS = 15 * 60_000;
/** The last feed, so that a process that was killed meanwhile does not send another beside it. */
const FEED_UNDER_WAY = 'feedUnderWay';

export type FeedOutcome =
  /** By SKU, why Amazon refused its message; the others were taken. */
  | { readonly kind: 'done'; readonly refused: ReadonlyMap<string, string> }
  | { readonly kind: 'under way' }
  /** Newer numbers go around it; until what it says must be shown, it may undo them. */
  | { readonly kind: 'hangs' }
  /** Amazon has none of ours: asking for it got lost on the way there. */
  | { readonly kind: 'never sent' }
  | { readonly kind: 'failed'; readonly message: string };

export type FeedDesk = {
  /** What became of the feed that was last sent; null when none is under way. */
  readonly last: () => Promise<FeedOutcome | null>;
  readonly send: (changes: readonly QuantityChange[]) => Promise<FeedOutcome>;
  /** Something has left for Amazon, as far as is known. */
  readonly isUnderWay: () => boolean;
};

/** `feedId`: null from before it is asked for until its number was heard. */
type UnderWay = { readonly feedId: string | null; readonly at: Date; readonly hang: Hang | null };
/** It was seen to hang; `endedAt`: when it was first seen to have ended. */
type Hang = { readonly endedAt: Date | null };

export function createFeedDesk(session: ChannelSession, client: AmazonClient): FeedDesk {
  let underWay = readUnderWay(session.credentials[FEED_UNDER_WAY] ?? '');

  const sleep = session.sleep ?? pause;

  const remember = async (feed: UnderWay | null): Promise<void> => {
    underWay = feed;
    const text = feed === null ? '' : writeUnderWay(feed);
    await session.alone((fresh) => session.saveCredentials({ ...fresh, [FEED_UNDER_WAY]: text }));
  };

  async function look(feed: UnderWay, changes: readonly QuantityChange[]): Promise<FeedOutcome> {
    const known = feed.feedId === null ? await recognise(feed.at) : feed.feedId;
    if (known === null) return waitForListing(feed);
    if (feed.feedId === null) await remember({ ...feed, feedId: known });
    const state = await client.call('getFeed', { path: { feedId: known } }, feedShape);
    if (state.processingStatus === 'IN_QUEUE' || state.processingStatus === 'IN_PROGRESS') {
      if (session.now().getTime() - feed.at.getTime() <= HANGS_AFTER_MS) return { kind: 'under way' };
      if (feed.hang === null) await remember({ ...feed, feedId: known, hang: { endedAt: null } });
      return { kind: 'hangs' };
    }
    if (feed.hang !== null) {
      const endedAt = feed.hang.endedAt ?? session.now();
      if (feed.hang.endedAt === null) await remember({ ...feed, hang: { endedAt } });
      if (session.now().getTime() - endedAt.getTime() < SHOWN_WITHIN_MS) return { kind: 'hangs' };
    }
    const outcome = await settle(client, state.processingStatus, state.resultFeedDocumentId, changes);
    await remember(null);
    return outcome;
  }

  /** The feed whose number got lost: the first one since we asked, for there is never another of ours beside it. */
  async function recognise(askedAt: Date): Promise<string | null> {
    const createdSince = new Date(askedAt.getTime() - CLOCKS_DIFFER_MS);
    const query = { feedTypes: [FEED_TYPE], pageSize: FEEDS_MAX, createdSince: createdSince.toISOString() };
    const { feeds } = await client.call('getFeeds', { query }, feedsAnswer);
    const lastKnown = memoryOf(session.http).lastFeedId;
    const others = feeds.filter(({ feedId }) => feedId !== lastKnown);
    return others.sort((a, b) => a.createdTime.getTime() - b.createdTime.getTime())[0]?.feedId ?? null;
  }

  async function waitForListing(feed: UnderWay): Promise<FeedOutcome> {
    if (session.now().getTime() - feed.at.getTime() < LISTED_WITHIN_MS) return { kind: 'under way' };
    await remember(null);
    return { kind: 'never sent' };
  }

  return {
    isUnderWay: () => underWay !== null,
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
      const documentId = await upload(client, changes);
      // Written down before it is asked for: whatever gets lost, no second feed runs beside it.
      const asked: UnderWay = { feedId: null, at: session.now(), hang: null };
      await remember(asked);
      const feedId = await createFeed(client, documentId).catch(async (problem: unknown) => {
        if (problem instanceof ChannelError && problem.kind === 'transient') return null;
        await remember(null);
        throw problem;
      });
      if (feedId !== null) {
        await remember({ ...asked, feedId });
        memoryOf(session.http).lastFeedId = feedId;
      }
      for (const waitMs of LOOK_AFTER_MS) {
        await sleep(waitMs);
        const outcome = await look(underWay ?? asked, changes);
        if (outcome.kind !== 'under way') return outcome;
      }
      return { kind: 'under way' };
    },
  };
}

const UNHEARD = '?';
const HANGS = 'hangs';

function writeUnderWay({ feedId, at, hang }: UnderWay): string {
  const words = [at.toISOString(), feedId ?? UNHEARD];
  if (hang !== null) words.push(hang.endedAt?.toISOString() ?? HANGS);
  return words.join(' ');
}

function readUnderWay(text: string): UnderWay | null {
  const [at = '', feedId = '', hang = ''] = text.split(' ');
  if (feedId === '' || Number.isNaN(Date.parse(at))) return null;
  return {
    feedId: feedId === UNHEARD ? null : feedId,
    at: new Date(at),
    hang: hang === '' ? null : { endedAt: hang === HANGS ? null : new Date(hang) },
  };
}

/** Answers the document's id. */
async function upload(client: AmazonClient, changes: readonly QuantityChange[]): Promise<string> {
  const document = await client.call(
    'createFeedDocument',
    { body: { contentType: CONTENT_TYPE } },
    createFeedDocumentAnswer,
  );
  const feed = feedOf(client.account().sellerId, changes);
  await client.upload(document.url, CONTENT_TYPE, JSON.stringify(feed));
  return document.feedDocumentId;
}

async function createFeed(client: AmazonClient, inputFeedDocumentId: string): Promise<string> {
  const body = {
    feedType: FEED_TYPE,
    // One marketplace: the merchant's quantity of a SKU is the same in all of the region.
    marketplaceIds: client
      .account()
      .marketplaces.slice(0, 1)
      .map(({ id }) => id),
    inputFeedDocumentId,
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
  const text = await readDocument(client, document, 'utf-8').catch((problem: unknown) => {
    if (problem instanceof ChannelError && problem.kind === 'rejected') return null;
    throw problem;
  });
  const report = processingReport.safeParse(text === null ? undefined : parseJson(text.whole()));
  if (!report.success) {
    return { kind: 'failed', message: 'Amazon’s report about the feed cannot be read.' };
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
