// The credentials of an eBay account: where its addresses are, and what is missing in one sentence.

import type { AccessEnd } from '../channel.ts';
import type { Credentials } from '../manifest.ts';

export type EbayCredentials =
  | {
      readonly kind: 'usable';
      readonly clientId: string;
      readonly clientSecret: string;
      readonly refreshToken: string;
      readonly addresses: Addresses;
    }
  | { readonly kind: 'unusable'; readonly problem: string };

export type Addresses = { readonly api: string; readonly identity: string; readonly auth: string };

/** The keyset alone, before anybody has signed in. */
export type Keyset = {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly addresses: Addresses;
};

export function readCredentials(credentials: Credentials): EbayCredentials {
  const keyset = readKeyset(credentials);
  const refreshToken = typed(credentials, 'refreshToken');
  if (keyset === null || refreshToken === '') {
    return {
      kind: 'unusable',
      problem: 'Fill in the App ID, the Cert ID and the refresh token of your eBay keyset.',
    };
  }
  return { kind: 'usable', ...keyset, refreshToken };
}

/** Null when the App ID or the Cert ID is missing. */
export function readKeyset(credentials: Credentials): Keyset | null {
  const clientId = typed(credentials, 'clientId');
  const clientSecret = typed(credentials, 'clientSecret');
  if (clientId === '' || clientSecret === '') return null;
  return { clientId, clientSecret, addresses: addressesOf(credentials) };
}

export const typed = (credentials: Credentials, key: string): string => (credentials[key] ?? '').trim();

function addressesOf(credentials: Credentials): Addresses {
  // Rehearsal shops answer on another address; the egress guard decides whether it may be used.
  const rehearsal = (credentials['apiBase'] ?? '').replace(/\/+$/, '');
  return rehearsal === ''
    ? { api: 'https://api.ebay.com', identity: 'https://apiz.ebay.com', auth: 'https://auth.ebay.com' }
    : { api: rehearsal, identity: rehearsal, auth: rehearsal };
}

export const isRehearsal = (credentials: Credentials): boolean => typed(credentials, 'apiBase') !== '';

/** When the refresh token ends; null when nobody has said, or not in a way that can be read. */
export function refreshTokenEndsAt(credentials: Credentials): Date | null {
  const endsAt = new Date(typed(credentials, 'refreshTokenEndsOn'));
  return Number.isNaN(endsAt.getTime()) ? null : endsAt;
}

/** eBay itself does not say it again, so the first warning is all there is. */
export function accessEnds(credentials: Credentials): AccessEnd | null {
  const at = refreshTokenEndsAt(credentials);
  return at === null ? null : { at, message: SIGN_IN_AGAIN };
}

const SIGN_IN_AGAIN =
  'Access to eBay ends 18 months after signing in. Connect this store again: press Sign in with eBay and then Agree, or paste a ' +
  'new refresh token.';
