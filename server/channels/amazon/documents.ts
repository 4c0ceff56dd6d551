// Documents that reports and feeds hand out at presigned addresses: possibly compressed, not always UTF-8.

import { gunzipSync } from 'node:zlib';
import { ChannelError } from '../../net/channel-error.ts';
import type { AmazonDocument } from './answers.ts';
import type { AmazonClient } from './client.ts';

/** Far above any real document: a small file must not unpack into all memory. */
const UNPACKED_BYTES_MAX = 512 * 1024 * 1024;

/** `legacyCharset`: what is assumed when the document is not UTF-8 and nobody says what it is. */
export async function readDocument(
  client: AmazonClient,
  document: AmazonDocument,
  legacyCharset: string,
): Promise<string> {
  const { text, headers } = await client.download(document.url);
  const bytes = unpack(Buffer.from(text, 'latin1'), document.compressionAlgorithm === 'GZIP');
  const named = /charset=["']?([\w-]+)/i.exec(headers['content-type'] ?? '')?.[1];
  return decode(bytes, named ?? null, legacyCharset);
}

function unpack(bytes: Buffer, isCompressed: boolean): Buffer {
  if (!isCompressed) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: UNPACKED_BYTES_MAX });
  } catch (problem) {
    throw new ChannelError('transient', 'A document of Amazon could not be unpacked.', { cause: problem });
  }
}

export function decode(bytes: Buffer, named: string | null, legacyCharset: string): string {
  for (const charset of [named, 'utf-8', legacyCharset]) {
    if (charset === null) continue;
    try {
      return new TextDecoder(charset, { fatal: true }).decode(bytes);
    } catch {
      // Not that one, or none that exists: the next is tried.
    }
  }
  return bytes.toString('latin1');
}
