// Documents that reports and feeds hand out at presigned addresses: possibly compressed, not always UTF-8, and as large as a
// catalogue. They are read line by line, since one string of all of it could fill the memory.

import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ChannelError } from '../../net/channel-error.ts';
import type { AmazonDocument } from './answers.ts';
import type { AmazonClient } from './client.ts';

/** Far above any real document: a small file must not unpack into all memory. */
const UNPACKED_BYTES_MAX = 512 * 1024 * 1024;
const PART_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;

type DocumentText = { readonly lines: () => Iterable<string>; readonly whole: () => string };

/**
 * `legacyCharset`: what is assumed when the document is not UTF-8 and nobody says what it is.
 * @throws ChannelError `rejected` when it cannot be read, however often it is tried.
 */
export async function readDocument(
  client: AmazonClient,
  document: AmazonDocument,
  legacyCharset: string,
): Promise<DocumentText> {
  const { text, headers } = await client.download(document.url);
  const bytes = await unpack(Buffer.from(text, 'latin1'), document.compressionAlgorithm === 'GZIP');
  const named = /charset=["']?([\w-]+)/i.exec(headers['content-type'] ?? '')?.[1];
  const charset = [named, 'utf-8', legacyCharset].find((one) => one !== undefined && isTextOf(one, bytes));
  const decoder = new TextDecoder(charset ?? 'latin1');
  const decode = (part: Buffer): string => decoder.decode(part);
  return { lines: () => linesOf(bytes, decode), whole: () => decode(bytes) };
}

async function unpack(bytes: Buffer, isCompressed: boolean): Promise<Buffer> {
  if (!isCompressed) return bytes;
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: UNPACKED_BYTES_MAX });
  } catch (problem) {
    throw new ChannelError('rejected', 'A document of Amazon could not be unpacked.', { cause: problem });
  }
}

function isTextOf(charset: string, bytes: Buffer): boolean {
  try {
    const decoder = new TextDecoder(charset, { fatal: true });
    for (let start = 0; start < bytes.length; start += PART_BYTES)
      decoder.decode(bytes.subarray(start, start + PART_BYTES), { stream: true });
    decoder.decode();
    return true;
  } catch {
    // Not that one, or none that exists.
    return false;
  }
}

/** In all charsets that Amazon uses this byte is a line's end and nothing else. */
function* linesOf(bytes: Buffer, decode: (part: Buffer) => string): Iterable<string> {
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found < 0 ? bytes.length : found;
    yield decode(bytes.subarray(start, end)).replace(/\r$/, '');
    start = end + 1;
  }
}
