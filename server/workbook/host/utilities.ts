// Utilities of Apps Script: digests as signed bytes, with its own rules about character sets.

import { createHash, createHmac, randomUUID } from 'node:crypto';
import { isTimeZone, toLocalTime } from '../../../shared/model/time-zone.ts';
import type { ServiceWorld } from './service-world.ts';

const SLEEP_MAX_MS = 300_000;

const CHARSETS = ['US_ASCII', 'UTF_8'] as const;
type Charset = (typeof CHARSETS)[number];

const enumOf = <Name extends string>(names: readonly Name[]) =>
  Object.freeze(Object.fromEntries(names.map((name) => [name, name]))) as Readonly<Record<Name, Name>>;

export function createUtilities(world: ServiceWorld) {
  const bytesOf = (method: string, text: unknown, charset: Charset = 'US_ASCII'): Buffer => {
    if (typeof text !== 'string' || !CHARSETS.includes(charset)) {
      throw world.toError(
        `The parameters (${typeof text}) don't match the method signature for Utilities.${method}.`,
      );
    }
    // Without a charset every other letter becomes a question mark, silently: the trap that UTF_8 avoids.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is defined by these characters.
    return charset === 'UTF_8' ? Buffer.from(text, 'utf8') : Buffer.from(text.replace(/[^\x00-\x7f]/g, '?'));
  };
  return Object.freeze({
    Charset: enumOf(CHARSETS),
    DigestAlgorithm: enumOf(['SHA_256'] as const),
    computeDigest: (algorithm: string, text: string, charset?: Charset): number[] => {
      if (algorithm !== 'SHA_256') throw world.toError('Invalid argument: algorithm');
      return signedBytes(
        createHash('sha256')
          .update(bytesOf('computeDigest', text, charset))
          .digest(),
      );
    },
    computeHmacSha256Signature: (text: string, key: string, charset?: Charset): number[] => {
      const method = 'computeHmacSha256Signature';
      const hmac = createHmac('sha256', bytesOf(method, key, charset));
      return signedBytes(hmac.update(bytesOf(method, text, charset)).digest());
    },
    getUuid: (): string => randomUUID(),
    sleep: (ms: number): void => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.min(Number(ms), SLEEP_MAX_MS));
    },
    base64Encode: (data: string | readonly number[], charset?: Charset): string =>
      toBuffer(bytesOf, data, charset).toString('base64'),
    base64EncodeWebSafe: (data: string | readonly number[], charset?: Charset): string =>
      toBuffer(bytesOf, data, charset).toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
    base64Decode: (text: string): number[] => signedBytes(Buffer.from(text, 'base64')),
    base64DecodeWebSafe: (text: string): number[] => signedBytes(Buffer.from(text, 'base64url')),
    newBlob: (data: string | readonly number[]) => ({
      getDataAsString: () => toBuffer(bytesOf, data, 'UTF_8').toString('utf8'),
      getBytes: () => signedBytes(toBuffer(bytesOf, data, 'UTF_8')),
    }),
    formatDate: (date: Date, timeZone: string, pattern: string): string => {
      if (!isTimeZone(timeZone)) throw world.toError(`Invalid argument: timeZone. Value: ${timeZone}`);
      return formatDate(toLocalTime(new Date(date.getTime()), timeZone), pattern);
    },
  });
}

function toBuffer(
  bytesOf: (method: string, text: unknown, charset?: Charset) => Buffer,
  data: string | readonly number[],
  charset?: Charset,
): Buffer {
  return typeof data === 'string' ? bytesOf('base64Encode', data, charset ?? 'UTF_8') : Buffer.from(data);
}

/** `iso`: such as 2026-11-23 21:05:09. */
function formatDate(iso: string, pattern: string): string {
  const parts: Readonly<Record<string, string>> = {
    yyyy: iso.slice(0, 4),
    MM: iso.slice(5, 7),
    dd: iso.slice(8, 10),
    HH: iso.slice(11, 13),
    mm: iso.slice(14, 16),
    ss: iso.slice(17, 19),
  };
  return pattern.replace(/'([^']*)'|yyyy|MM|dd|HH|mm|ss/g, (part, quoted) => quoted ?? parts[part] ?? part);
}

const signedBytes = (bytes: Buffer): number[] => Array.from(new Int8Array(bytes));
