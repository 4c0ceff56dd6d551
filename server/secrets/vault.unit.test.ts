// What is encrypted can be read only unchanged, only in its own place, and only with a key that is known.

import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createVault, VaultError } from './vault.ts';

const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);
const vault = createVault([OLD]);
const PLACE = 'store/a/credentials';

test('any secret comes back exactly, in any place', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (secret, context) => {
      expect(vault.decrypt(vault.encrypt(secret, context), context)).toBe(secret);
    }),
  );
});

test('a secret of one store cannot be read as that of another, nor as another field', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      fc.pre(one !== other);
      const envelope = vault.encrypt('token', one);
      expect(() => vault.decrypt(envelope, other)).toThrow(VaultError);
    }),
  );
});

test('changing any one character is noticed', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), fc.constantFrom(...'AZaz09-_.~ '), (secret, at, character) => {
      const envelope = vault.encrypt(secret, PLACE);
      const index = at % envelope.length;
      fc.pre(envelope[index] !== character);
      const changed = envelope.slice(0, index) + character + envelope.slice(index + 1);
      expect(() => vault.decrypt(changed, PLACE)).toThrow(VaultError);
    }),
  );
});

test('there is only one spelling of it: bits that decoding would skip count too', () => {
  const envelope = vault.encrypt('token', PLACE);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const readable = [...alphabet].filter((character) => {
    try {
      return vault.decrypt(envelope.slice(0, -1) + character, PLACE) === 'token';
    } catch {
      return false;
    }
  });
  expect(readable).toEqual([envelope.at(-1)]);
});

test('cutting it anywhere is noticed', () => {
  const envelope = vault.encrypt('token', PLACE);
  for (let length = 0; length < envelope.length; length += 1) {
    expect(() => vault.decrypt(envelope.slice(0, length), PLACE)).toThrow(VaultError);
  }
});

test('the same secret never looks the same twice, and does not show', () => {
  const envelopes = Array.from({ length: 200 }, () => vault.encrypt('canary-token', PLACE));
  expect(new Set(envelopes).size).toBe(200);
  expect(new Set(envelopes.map((text) => text.split('.')[2])).size).toBe(200);
  expect(envelopes.join()).not.toContain('canary');
  expect(envelopes.join()).not.toContain(Buffer.from('canary').toString('base64url').slice(0, 7));
});

test('pieces of two encrypted secrets do not fit together', () => {
  const [first, second] = [vault.encrypt('one', PLACE).split('.'), vault.encrypt('two', PLACE).split('.')];
  for (const piece of [2, 3, 4]) {
    const mixed = first.map((part, index) => (index === piece ? (second[index] ?? '') : part)).join('.');
    expect(() => vault.decrypt(mixed, PLACE)).toThrow(VaultError);
  }
});

describe('changing the master key', () => {
  const envelope = vault.encrypt('token', PLACE);
  const changed = createVault([NEW, OLD]);

  test('what the old key encrypted can still be read and is known as outdated', () => {
    expect(changed.decrypt(envelope, PLACE)).toBe('token');
    expect(changed.isOutdated(envelope)).toBe(true);
  });

  test('what is encrypted from now on needs the new key only', () => {
    const renewed = changed.encrypt(changed.decrypt(envelope, PLACE), PLACE);
    expect(changed.isOutdated(renewed)).toBe(false);
    expect(createVault([NEW]).decrypt(renewed, PLACE)).toBe('token');
  });

  test('without the old key the error says which key is missing and what to do', () => {
    expect(() => createVault([NEW]).decrypt(envelope, PLACE)).toThrow(
      /needs the master key ".{8}".*Add the former key/,
    );
  });
});

test.each([0, 16, 31, 33, 64])('a master key of %i bytes is refused', (length) => {
  expect(() => createVault([randomBytes(length)])).toThrow('exactly 32 bytes');
});

test('no master key is refused', () => {
  expect(() => createVault([])).toThrow('no master key');
});

test.each(['', 'v1', 'v2.a.b.c.d', 'plain text', 'v1....', '{"v":1}'])(
  '%j is not taken for an encrypted secret',
  (text) => {
    expect(() => vault.decrypt(text, PLACE)).toThrow(VaultError);
  },
);

test('no error repeats the secret or the key', () => {
  const envelope = vault.encrypt('canary', PLACE);
  try {
    vault.decrypt(envelope, 'store/b/credentials');
  } catch (error) {
    const told = `${String(error)} ${JSON.stringify(error)}`;
    expect(told).not.toContain('canary');
    expect(told).not.toContain(OLD.toString('hex'));
  }
  expect.assertions(2);
});
