// A large catalogue in one piece: Shopify writes it into a file, which costs no points and leaves the bucket to orders and
// pushes. Whatever goes wrong, the catalogue is read page by page instead.

import * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelResponse } from '../../net/channel-http.ts';
import { pause } from '../../net/in-turns.ts';
import type { ChannelSession } from '../channel.ts';
import { bulkAnswer, type ShopifyVariant, startBulkAnswer, variant, variantCountAnswer } from './answers.ts';
import type { ShopifyClient } from './client.ts';
import { bulkVariants, COUNT_VARIANTS, READ_BULK, START_BULK } from './documents.ts';
import { PAGED_LIST_MAX } from './manifest.ts';

/** Below this many variants pages are quicker than the file. */
export const BULK_FROM = PAGED_LIST_MAX;
/** One piece of the file; the memory it takes does not depend on the catalogue. */
const PIECE_BYTES = 2 * 1024 * 1024;
const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 15_000];
/** Shopify allows itself ten days; pages are done long before. */
const GIVEN_UP_AFTER_MS = 60 * 60_000;

const place = z.object({
  id: z.string(),
  /** The last variant that was read before the file begins. */
  behind: z.string(),
  begunAt: z.number(),
  url: z.string().nullable(),
  offset: z.int().nonnegative(),
});
export type BulkPlace = z.infer<typeof place>;
export const readBulkPlace = (page: string): BulkPlace => place.parse(JSON.parse(page));

/** Whether there are so many variants that the file is the better way. */
export async function isLarge(client: ShopifyClient): Promise<boolean> {
  const { productVariantsCount: counted } = await client.run(COUNT_VARIANTS, variantCountAnswer, {
    limit: BULK_FROM,
  });
  return (counted?.count ?? 0) >= BULK_FROM;
}

/** Null when five files are being written for this app already. */
export async function startBulk(
  client: ShopifyClient,
  session: ChannelSession,
  search: string,
  behind: string,
): Promise<BulkPlace | null> {
  const query = bulkVariants(`${search} id:>${behind}`);
  const { bulkOperationRunQuery: started } = await client.run(START_BULK, startBulkAnswer, { query });
  if (started.bulkOperation === null) return null;
  return { id: started.bulkOperation.id, behind, begunAt: session.now().getTime(), url: null, offset: 0 };
}

export type BulkPiece =
  | { readonly kind: 'piece'; readonly variants: readonly ShopifyVariant[]; readonly next: BulkPlace | null }
  /** A part of a catalogue proves nothing about the rest of it: everything is read again, page by page. */
  | { readonly kind: 'failed' };

export async function readBulk(
  client: ShopifyClient,
  session: ChannelSession,
  here: BulkPlace,
): Promise<BulkPiece> {
  if (here.url !== null) return readPiece(session, here, here.url);
  for (const waitMs of WAITS_MS) {
    const { bulkOperation: found } = await client.run(READ_BULK, bulkAnswer, { id: here.id });
    if (found?.status === 'COMPLETED') {
      if (found.url === null) return { kind: 'piece', variants: [], next: null };
      return readPiece(session, here, found.url);
    }
    const isUnderWay = found?.status === 'CREATED' || found?.status === 'RUNNING';
    const isTooLate = session.now().getTime() - here.begunAt > GIVEN_UP_AFTER_MS;
    if (!isUnderWay || isTooLate) return { kind: 'failed' };
    await (session.sleep ?? pause)(waitMs);
  }
  // The caller looks at other things in between.
  return { kind: 'piece', variants: [], next: here };
}

async function readPiece(session: ChannelSession, here: BulkPlace, url: string): Promise<BulkPiece> {
  const answer = await session.http.send({
    method: 'GET',
    url,
    headers: {
      range: `bytes=${here.offset}-${here.offset + PIECE_BYTES - 1}`,
      'accept-encoding': 'identity',
    },
    repeatable: true,
    answerAs: 'bytes',
  });
  const size = wholeSize(answer);
  // The address of the file ends after a week, or the file is gone.
  if (size === null) return { kind: 'failed' };
  const bytes = answer.status === 200 ? answer.text.slice(here.offset) : answer.text;
  const isLast = here.offset + bytes.length >= size;
  const end = isLast ? bytes.length : bytes.lastIndexOf('\n') + 1;
  if (end === 0 && !isLast) return { kind: 'failed' };
  const offset = here.offset + end;
  return {
    kind: 'piece',
    variants: readLines(bytes.slice(0, end)),
    next: isLast ? null : { ...here, url, offset },
  };
}

/** Of the whole file; null when this is no part of it. */
function wholeSize({ status, headers, text }: ChannelResponse): number | null {
  if (status === 200) return text.length;
  const told = status === 206 ? /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] : undefined;
  return told === undefined ? null : Number(told);
}

function readLines(bytes: string): readonly ShopifyVariant[] {
  const lines = Buffer.from(bytes, 'latin1').toString('utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').map(readLine);
}

function readLine(line: string): ShopifyVariant {
  try {
    return variant.parse(JSON.parse(line));
  } catch (cause) {
    throw new ChannelError('transient', "A line of Shopify's file of products cannot be read.", { cause });
  }
}
