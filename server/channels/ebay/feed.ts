// Thousands of quantities as one file: a task, its upload, its end, and its result read message by message. Never two files at
// a time, and while one is under way nothing else is told to these listings: it could come first and be undone. Of a file that
// takes hours nobody knows the end: then numbers are told beside it, and none is taken for told before it has ended.

import { gunzipSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import { pause } from '../../net/in-turns.ts';
import type { ChannelSession } from '../channel.ts';
import type { EbayClient } from './client.ts';
import { FEED_VERSION } from './manifest.ts';
import { EbayRefusal } from './refusal.ts';
import type { Revision } from './trading.ts';
import { childrenOf, escapeXml, parseXml, textOf, type XmlElement } from './xml.ts';

const FEED_TYPE = 'LMS_REVISE_INVENTORY_STATUS';
const BASE = '/sell/feed/v1/task';
const LOOK_AFTER_MS = [200, 500, 2_000, 5_000, 10_000, 15_000, 15_000, 15_000, 15_000];
/** After this long it does more harm to wait for a file than to tell numbers beside it. */
const LATE_AFTER_MS = 2 * 3_600_000;
/** The file under way, with the store's credentials, so that another process does not send one beside it. */
const FEED_UNDER_WAY = 'feedUnderWay';

export type FeedOutcome =
  /** eBay's answer about each revision, by its place in the list. */
  | { readonly kind: 'done'; readonly answers: ReadonlyMap<number, XmlElement> }
  | { readonly kind: 'under way' }
  /** Nothing of it was done. */
  | { readonly kind: 'refused'; readonly message: string };

/** `late`: one is under way, and has been for hours. */
export type FeedState = 'free' | 'busy' | 'late';

export type FeedDesk = {
  /** To be asked before listings are read: what a file has done by then is seen. */
  readonly look: () => Promise<FeedState>;
  readonly send: (revisions: readonly Revision[]) => Promise<FeedOutcome>;
};

const taskShape = z.object({ taskId: z.string(), status: z.string() });
/** Made, and still without a file. */
const UNFILLED = 'CREATED';
const ENDED: ReadonlySet<string> = new Set(['COMPLETED', 'COMPLETED_WITH_ERROR', 'PARTIALLY_PROCESSED']);
const GIVEN_UP: ReadonlySet<string> = new Set(['FAILED', 'ABORTED']);

export function createFeedDesk(
  session: ChannelSession,
  client: EbayClient,
  wait: (ms: number) => Promise<void> = pause,
): FeedDesk {
  const statusOf = async (taskId: string): Promise<string> =>
    (await client.get(`${BASE}/${taskId}`, taskShape)).status;

  // The credentials of a session are those it began with: a file sent since then is known here.
  let underWay = session.credentials[FEED_UNDER_WAY] ?? '';
  const remember = (taskId: string | null): Promise<void> => {
    underWay = taskId === null ? '' : `${session.now().toISOString()} ${taskId}`;
    const kept = { [FEED_UNDER_WAY]: underWay };
    return session.alone((fresh) => session.saveCredentials({ ...fresh, ...kept }));
  };

  async function upload(taskId: string, revisions: readonly Revision[]): Promise<void> {
    try {
      await client.upload(`${BASE}/${taskId}/upload_file`, 'quantities.xml', fileOf(taskId, revisions));
    } catch (problem) {
      // The answer was lost, perhaps after the file had arrived: its task tells.
      const mayHaveArrived = problem instanceof ChannelError && problem.kind === 'transient';
      if (!mayHaveArrived || (await statusOf(taskId)) === UNFILLED) throw problem;
    }
  }

  return {
    look: async () => {
      const [at = '', taskId = ''] = underWay.split(' ');
      if (taskId === '') return 'free';
      if (await hasEnded(() => statusOf(taskId))) {
        await remember(null);
        return 'free';
      }
      return session.now().getTime() - Date.parse(at) < LATE_AFTER_MS ? 'busy' : 'late';
    },
    send: async (revisions) => {
      const body = { feedType: FEED_TYPE, schemaVersion: FEED_VERSION };
      let taskId: string;
      try {
        const created = await client.change('POST', BASE, body, false);
        taskId = created.headers['location']?.split('/').at(-1) ?? '';
      } catch (problem) {
        if (!(problem instanceof EbayRefusal) || problem.kind !== 'rejected') throw problem;
        return { kind: 'refused', message: problem.message };
      }
      await remember(taskId);
      try {
        await upload(taskId, revisions);
      } catch (problem) {
        if (problem instanceof EbayRefusal) await remember(null);
        throw problem;
      }
      for (const waitMs of LOOK_AFTER_MS) {
        await wait(waitMs);
        const status = await statusOf(taskId);
        if (!ENDED.has(status) && !GIVEN_UP.has(status)) continue;
        await remember(null);
        if (GIVEN_UP.has(status)) return { kind: 'refused', message: `eBay gave the file up (${status}).` };
        return {
          kind: 'done',
          answers: readResult(await client.download(`${BASE}/${taskId}/download_result_file`)),
        };
      }
      return { kind: 'under way' };
    },
  };
}

async function hasEnded(read: () => Promise<string>): Promise<boolean> {
  try {
    const status = await read();
    return status === UNFILLED || ENDED.has(status) || GIVEN_UP.has(status);
  } catch (problem) {
    if (problem instanceof EbayRefusal && problem.kind === 'gone') return true;
    // Not known: the Inventory API's listings do not wait for it.
    if (problem instanceof ChannelError && problem.kind !== 'auth') return false;
    throw problem;
  }
}

// ---- files ------------------------------------------------------------------------------------------------------

/** One message for each listing: eBay refuses a message as a whole. */
export function fileOf(taskId: string, revisions: readonly Revision[]): string {
  const namespace = 'xmlns="urn:ebay:apis:eBLBaseComponents"';
  const messages = revisions.map(({ itemId, sku, quantity }, index) => {
    const named = sku === null ? '' : `<SKU>${escapeXml(sku)}</SKU>`;
    return (
      `<ReviseInventoryStatusRequest ${namespace}><Version>${FEED_VERSION}</Version>` +
      `<MessageID>${taskId}:${index}</MessageID><InventoryStatus><ItemID>${escapeXml(itemId)}</ItemID>${named}` +
      `<Quantity>${quantity}</Quantity></InventoryStatus></ReviseInventoryStatusRequest>`
    );
  });
  return (
    `<?xml version="1.0" encoding="UTF-8"?><BulkDataExchangeRequests ${namespace}>` +
    `<Header><Version>${FEED_VERSION}</Version><SiteID>0</SiteID></Header>` +
    `${messages.join('')}</BulkDataExchangeRequests>`
  );
}

/** `bytes`: one character for each byte. */
export function readResult(bytes: string): ReadonlyMap<number, XmlElement> {
  const root = parseXml(unpack(Buffer.from(bytes, 'latin1')).toString('utf8'));
  if (root === null) throw new ChannelError('transient', 'eBay’s result of the file could not be read.');
  const answers = new Map<number, XmlElement>();
  for (const answer of childrenOf(root, 'ReviseInventoryStatusResponse')) {
    const index = Number(textOf(answer, 'CorrelationID')?.split(':').at(-1) ?? Number.NaN);
    if (Number.isInteger(index)) answers.set(index, answer);
  }
  return answers;
}

const RESULT_BYTES_MAX = 256 * 1024 * 1024;

/** "A compressed or uncompressed" file, says the description, and not how: gzip, or the first file of a zip. */
function unpack(file: Buffer): Buffer {
  const limit = { maxOutputLength: RESULT_BYTES_MAX };
  if (file.length > 2 && file.readUInt16BE(0) === 0x1f8b) return gunzipSync(file, limit);
  if (file.length < 30 || file.readUInt32BE(0) !== 0x504b0304) return file;
  const start = 30 + file.readUInt16LE(26) + file.readUInt16LE(28);
  const isStored = file.readUInt16LE(8) === 0;
  if (isStored) return file.subarray(start, start + file.readUInt32LE(18));
  return inflateRawSync(file.subarray(start), limit);
}
