// Signs identity tokens as Google does, with a key of its own.

import { createSign, generateKeyPairSync } from 'node:crypto';

export type TokenClaims = {
  readonly iss: string;
  readonly aud: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly name: string;
  /** Seconds since 1970. */
  readonly iat: number;
  readonly exp: number;
};

export const TEST_ISSUER = 'https://accounts.google.com';
export const TEST_AUDIENCE = 'script-1';

export function createTokenSigner() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    issuer: TEST_ISSUER,
    certificates: { key1: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
    tokenOf: (email: string, change: Partial<TokenClaims> = {}): string => {
      const iat = Math.floor(Date.now() / 1_000);
      const claims: TokenClaims = {
        iss: TEST_ISSUER,
        aud: TEST_AUDIENCE,
        email,
        email_verified: true,
        name: '',
        iat,
        exp: iat + 3_600,
        ...change,
      };
      const content = `${part({ alg: 'RS256', kid: 'key1', typ: 'JWT' })}.${part(claims)}`;
      return `${content}.${createSign('RSA-SHA256').update(content).sign(privateKey, 'base64url')}`;
    },
  };
}
