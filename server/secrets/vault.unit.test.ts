// What is sealed opens only unchanged, only in its own place, and only with a key that is known.

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
      expect(vault.open(context, vault.seal(context, secret))).toBe(secret);
    }),
  );
});

test('a secret sealed for one store does not open as that of another, nor as another field', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      fc.pre(one !== other);
      const sealed = vault.seal(one, 'token');
      expect(() => vault.open(other, sealed)).toThrow(VaultError);
    }),
  );
});

test('changing any one character is noticed', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), fc.constantFrom(...'AZaz09-_.~ '), (secret, at, character) => {
      const sealed = vault.seal(PLACE, secret);
      const index = at % sealed.length;
      fc.pre(sealed[index] !== character);
      const changed = sealed.slice(0, index) + character + sealed.slice(index + 1);
      expect(() => vault.open(PLACE, changed)).toThrow(VaultError);
    }),
  );
});

test('cutting it anywhere is noticed', () => {
  const sealed = vault.seal(PLACE, 'token');
  for (let length = 0; length < sealed.length; length += 1) {
    expect(() => vault.open(PLACE, sealed.slice(0, length))).toThrow(VaultError);
  }
});

test('the same secret never looks the same twice, and does not show', () => {
  const sealed = Array.from({ length: 200 }, () => vault.seal(PLACE, 'canary-token'));
  expect(new Set(sealed).size).toBe(200);
  expect(new Set(sealed.map((text) => text.split('.')[2])).size).toBe(200);
  expect(sealed.join()).not.toContain('canary');
  expect(sealed.join()).not.toContain(Buffer.from('canary').toString('base64url').slice(0, 7));
});

test('pieces of two sealed secrets do not fit together', () => {
  const [first, second] = [vault.seal(PLACE, 'one').split('.'), vault.seal(PLACE, 'two').split('.')];
  for (const piece of [2, 3, 4]) {
    const mixed = first.map((part, index) => (index === piece ? (second[index] ?? '') : part)).join('.');
    expect(() => vault.open(PLACE, mixed)).toThrow(VaultError);
  }
});

describe('changing the master key', () => {
  const sealed = vault.seal(PLACE, 'token');
  const changed = createVault([NEW, OLD]);

  test('what the old key sealed still opens and is known as outdated', () => {
    expect(changed.open(PLACE, sealed)).toBe('token');
    expect(changed.isOutdated(sealed)).toBe(true);
  });

  test('what is sealed from now on needs the new key only', () => {
    const renewed = changed.seal(PLACE, changed.open(PLACE, sealed));
    expect(changed.isOutdated(renewed)).toBe(false);
    expect(createVault([NEW]).open(PLACE, renewed)).toBe('token');
  });

  test('without the old key the error says which key is missing and what to do', () => {
    expect(() => createVault([NEW]).open(PLACE, sealed)).toThrow(
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
  '%j is not taken for a sealed secret',
  (text) => {
    expect(() => vault.open(PLACE, text)).toThrow(VaultError);
  },
);

test('no error repeats the secret or the key', () => {
  const sealed = vault.seal(PLACE, 'canary');
  try {
    vault.open('store/b/credentials', sealed);
  } catch (error) {
    const told = `${String(error)} ${JSON.stringify(error)}`;
    expect(told).not.toContain('canary');
    expect(told).not.toContain(OLD.toString('hex'));
  }
  expect.assertions(2);
});
