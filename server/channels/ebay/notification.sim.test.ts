// eBay's notifications: the official signature vectors, the challenge, and what a delivery is about.

import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SPECS_MISSING, specsDirectory } from '../../../test/support/specs.ts';
import { challengeResponse, parseNotification, readSignature, verifyNotification } from './notification.ts';

const specs = specsDirectory();

type Vector = {
  readonly signature: string;
  readonly message: object;
  readonly response: { readonly key: string; readonly digest: string } | null;
};

if (specs === null) it.todo(SPECS_MISSING);
else
  describe('official examples', () => {
    const example = (name: string) =>
      JSON.parse(readFileSync(join(specs, 'ebay/examples', `${name}.json`), 'utf8'));
    const vectors: Record<string, Vector> = example('notification-signature-test-vectors.official');

    it.each([
      ['VALID', true],
      ['INVALID', false],
      ['SIGNATURE_MISMATCH', false],
    ])('the official vector %s verifies: %s', (name, expected) => {
      const { signature, message, response } = vectors[name] as Vector;
      const read = readSignature(signature);
      if (read === null || response === null) throw new Error('The vector has no signature.');
      expect(verifyNotification(Buffer.from(JSON.stringify(message)), read, response)).toBe(expected);
      // However the body was spaced on its way.
      expect(verifyNotification(Buffer.from(JSON.stringify(message, null, 2)), read, response)).toBe(
        expected,
      );
    });

    it('the signature names the key to fetch', () => {
      expect(readSignature(vectors['VALID']?.signature)?.kid).toBe('9936261a-7d7b-4621-a0f1-96ccb428af49');
    });

    it('the challenge of the account deletion endpoint is answered as eBay computes it', () => {
      const { input, output } = example('notification-challenge');
      expect(challengeResponse(input.challenge_code, input.verificationToken, input.endpoint)).toBe(
        output.challengeResponse,
      );
    });

    it('ORDER_CONFIRMATION hints at its order, with the id that tells repetitions apart', () => {
      const { body } = example('notification.ORDER_CONFIRMATION');
      expect(parseNotification(Buffer.from(JSON.stringify(body)))).toEqual({
        deliveryId: body.notification.notificationId,
        hint: { kind: 'order', remoteId: '27-00001-00001' },
      });
    });

    it('an account deletion moves no stock', () => {
      const body = Buffer.from(JSON.stringify(vectors['VALID']?.message));
      expect(parseNotification(body).hint).toEqual({ kind: 'nothing' });
    });
  });

describe('signatures', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const body = Buffer.from('{"a": 1.0}');
  const signature = { kid: 'k', signature: sign('SHA1', body, privateKey).toString('base64') };

  it('the bytes as they came verify, though JSON would write them otherwise', () => {
    expect(verifyNotification(body, signature, { key: pem, digest: 'SHA1' })).toBe(true);
  });

  it('another body, no key, no digest or no signature never verify', () => {
    const key = { key: pem, digest: 'SHA1' };
    expect(verifyNotification(Buffer.from('{"a": 2}'), signature, key)).toBe(false);
    expect(verifyNotification(Buffer.alloc(0), signature, key)).toBe(false);
    expect(verifyNotification(body, signature, { key: '', digest: 'SHA1' })).toBe(false);
    expect(verifyNotification(body, signature, { key: pem, digest: 'nothing' })).toBe(false);
    expect(verifyNotification(body, { kid: 'k', signature: 'AAAA' }, key)).toBe(false);
  });

  it.each([undefined, '', 'not base64 json', Buffer.from('{}').toString('base64')])(
    'the header %p is no signature',
    (header) => {
      expect(readSignature(header)).toBeNull();
    },
  );
});

it.each(['', 'null', '{}', '<html></html>', '[1]'])('the body %p hints at nothing', (text) => {
  expect(parseNotification(Buffer.from(text)).hint).toEqual({ kind: 'nothing' });
});

it.each([
  ['AUTHORIZATION_REVOCATION', 'uninstalled'],
  ['LISTING', 'listings'],
])('topic %s hints at %s', (topic, kind) => {
  const body = JSON.stringify({ metadata: { topic }, notification: { notificationId: '1', data: {} } });
  expect(parseNotification(Buffer.from(body)).hint.kind).toBe(kind);
});
