// Who is at the keyboard of the local workbook, signed as Google signs it: an OpenID token for the local person, and the
// public keys that a server checks it with.

import { createPublicKey, generateKeyPair, type KeyObject, randomUUID, sign } from 'node:crypto';
import { promisify } from 'node:util';

export type LocalPerson = { readonly email: string; readonly name: string };

/** The `iss` of every local token. Google's are https://accounts.google.com; nobody else may use this one. */
export const LOCAL_ISSUER = 'https://workbook.stocksheet.local';
/** The `aud` of every local token: the client id that the local script has. */
export const LOCAL_AUDIENCE = 'stocksheet-local-script';

const LIFETIME_SECONDS = 3_600;

export type PublicJwk = {
  readonly kty: string;
  readonly n: string;
  readonly e: string;
  readonly kid: string;
  readonly alg: 'RS256';
  readonly use: 'sig';
};

export type LocalIdentity = {
  readonly issuer: string;
  readonly audience: string;
  /** A token as ScriptApp.getIdentityToken() gives it, good for an hour. */
  readonly signIdentityToken: (person: LocalPerson) => string;
  /** The public part, as JWKS. */
  readonly jwks: () => { readonly keys: readonly PublicJwk[] };
  /** The public part by key id as PEM, the form that google-auth-library's verifySignedJwtWithCertsAsync takes. */
  readonly certificates: () => Readonly<Record<string, string>>;
};

/** A key of its own for each start: a token from before is refused, and the script asks for a new one each time anyway. */
export async function createLocalIdentity(now: () => Date): Promise<LocalIdentity> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const publicKey = createPublicKey(privateKey as unknown as Parameters<typeof createPublicKey>[0]);
  const kid = randomUUID();
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  return {
    issuer: LOCAL_ISSUER,
    audience: LOCAL_AUDIENCE,
    signIdentityToken: (person) => signToken(privateKey, kid, person, Math.floor(now().getTime() / 1_000)),
    jwks: () => ({ keys: [{ kty: 'RSA', n, e, kid, alg: 'RS256', use: 'sig' }] }),
    certificates: () => ({ [kid]: publicKey.export({ format: 'pem', type: 'spki' }).toString() }),
  };
}

function signToken(key: KeyObject, kid: string, person: LocalPerson, issuedAt: number): string {
  const claims = {
    iss: LOCAL_ISSUER,
    aud: LOCAL_AUDIENCE,
    azp: LOCAL_AUDIENCE,
    sub: person.email,
    email: person.email,
    email_verified: true,
    name: person.name,
    iat: issuedAt,
    exp: issuedAt + LIFETIME_SECONDS,
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${part({ alg: 'RS256', kid, typ: 'JWT' })}.${part(claims)}`;
  return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
}
