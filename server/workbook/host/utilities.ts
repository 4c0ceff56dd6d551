// Utilities of Apps Script: digests as signed bytes, with its own rules about character sets.

import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { ServiceWorld } from './service-world.ts';

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
  });
}

const signedBytes = (bytes: Buffer): number[] => Array.from(new Int8Array(bytes));
