// Who is at the keyboard: checks a signed identity token (Google's, or the local workbook's own) and says whose it is.

import { type Certificates, OAuth2Client } from 'google-auth-library';
import type { PersonRole } from '../../shared/model/person.ts';

export type Identity = {
  readonly email: string;
  readonly name: string;
  readonly audience: string;
  /** As what this person joins, whatever the owners have decided; null: as they have decided. */
  readonly joinsAs: PersonRole | null;
};

export const IDENTITY_REFUSALS = [
  'expired',
  'other-audience',
  'unverified-email',
  'unreadable',
  'unavailable',
] as const;
export type IdentityRefusal = (typeof IDENTITY_REFUSALS)[number];

export type IdentityReading =
  | { readonly ok: true; readonly identity: Identity }
  | { readonly ok: false; readonly reason: IdentityRefusal };

export type IdentityVerifier = {
  /** The `iss` of the tokens that this one answers for. */
  readonly issuers: readonly string[];
  /** `audience`: the client id that the token must be made for; there is no way to leave it out. */
  readonly verify: (token: string, audience: string) => Promise<IdentityReading>;
};

export const GOOGLE_ISSUERS = ['https://accounts.google.com', 'accounts.google.com'] as const;

/** Google's public keys are fetched when they are first needed and kept as long as Google says. */
export function createGoogleVerifier(): IdentityVerifier {
  const client = new OAuth2Client();
  return createVerifier(GOOGLE_ISSUERS, async () => (await client.getFederatedSignonCertsAsync()).certs);
}

export function createVerifier(
  issuers: readonly string[],
  certificates: () => Promise<Certificates>,
  joinsAs: PersonRole | null = null,
): IdentityVerifier {
  const client = new OAuth2Client();
  return {
    issuers,
    verify: async (token, audience) => {
      const claims = readClaims(token);
      if (claims === null || audience === '') return { ok: false, reason: 'unreadable' };
      let certs: Certificates;
      try {
        certs = await certificates();
      } catch {
        return { ok: false, reason: 'unavailable' };
      }
      try {
        await client.verifySignedJwtWithCertsAsync(token, certs, audience, [...issuers]);
      } catch {
        return { ok: false, reason: reasonOf(claims, audience) };
      }
      const { email, name } = claims;
      if (email === '' || !claims.emailVerified) return { ok: false, reason: 'unverified-email' };
      return { ok: true, identity: { email: email.toLowerCase(), name, audience, joinsAs } };
    },
  };
}

type Claims = {
  readonly issuer: string;
  readonly audience: string;
  readonly expiresMs: number;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string;
};

/** What the token says of itself; believed only after its signature was checked. */
export function readClaims(token: string): Claims | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null) return null;
    const { iss, aud, exp, email, email_verified, name } = claims as Record<string, unknown>;
    const text = (value: unknown) => (typeof value === 'string' ? value : '');
    return {
      issuer: text(iss),
      audience: text(aud),
      expiresMs: Number(exp) * 1_000,
      email: text(email),
      emailVerified: email_verified === true || email_verified === 'true',
      name: text(name).slice(0, 100),
    };
  } catch {
    return null;
  }
}

/** Only for the sentence to the person: the token was refused already. */
function reasonOf(claims: Claims, audience: string): IdentityRefusal {
  if (claims.expiresMs < Date.now()) return 'expired';
  return claims.audience === audience ? 'unreadable' : 'other-audience';
}
