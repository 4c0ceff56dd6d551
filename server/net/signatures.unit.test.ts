// The one verifier: it lets pass exactly what was signed with a secret we know, and nothing else.

import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type HmacCheck, verifyHmac } from './signatures.ts';

const sign = (secret: string, bytes: Buffer, encoding: 'base64' | 'hex'): string =>
  createHmac('sha256', secret).update(bytes).digest(encoding);
const BODY = Buffer.from('{"id":1}');
const check = (change: Partial<HmacCheck>): boolean =>
  verifyHmac({
    algorithm: 'sha256',
    encoding: 'base64',
    secrets: ['s3cret'],
    signedBytes: BODY,
    signature: sign('s3cret', BODY, 'base64'),
    ...change,
  });

test('any body signed with the secret passes, in both encodings', () => {
  fc.assert(
    fc.property(
      fc.uint8Array(),
      fc.string({ minLength: 1 }),
      fc.constantFrom('base64', 'hex'),
      (bytes, secret, encoding) => {
        const signedBytes = Buffer.from(bytes);
        expect(
          check({ encoding, secrets: [secret], signedBytes, signature: sign(secret, signedBytes, encoding) }),
        ).toBe(true);
      },
    ),
  );
});

test('any other text as signature fails', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (signature) => {
      expect(check({ signature })).toBe(signature === sign('s3cret', BODY, 'base64'));
    }),
  );
});

test.each<[string, Partial<HmacCheck>]>([
  ['no secret at all', { secrets: [] }],
  [
    'an empty secret, even with a signature made with it',
    { secrets: [''], signature: sign('', BODY, 'base64') },
  ],
  ['no signature', { signature: undefined }],
  ['an empty signature', { signature: '' }],
  ['a shorter signature', { signature: sign('s3cret', BODY, 'base64').slice(0, -1) }],
  ['a longer signature', { signature: `${sign('s3cret', BODY, 'base64')}=` }],
  ['another secret', { secrets: ['other'] }],
  ['another body', { signedBytes: Buffer.from('{"id":2}') }],
  ['the other encoding', { signature: sign('s3cret', BODY, 'hex') }],
  ['another algorithm', { algorithm: 'sha512' }],
  ['a signature in the url-safe alphabet', { signature: '_'.repeat(44) }],
])('%s is refused', (_name, change) => {
  expect(check(change)).toBe(false);
});

test('while a secret is being changed both the old and the new one pass', () => {
  expect(check({ secrets: ['new', 's3cret'] })).toBe(true);
  expect(check({ secrets: ['s3cret', 'new'] })).toBe(true);
  expect(check({ secrets: ['', 's3cret'] })).toBe(true);
});

test('a hex signature passes in either case', () => {
  expect(check({ encoding: 'hex', signature: sign('s3cret', BODY, 'hex').toUpperCase() })).toBe(true);
});
