// The credentials of an eBay account: where its addresses are, and what is missing in one sentence.

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

export type Addresses = { readonly api: string; readonly identity: string };

export function readCredentials(credentials: Credentials): EbayCredentials {
  const [clientId = '', clientSecret = '', refreshToken = ''] = [
    'clientId',
    'clientSecret',
    'refreshToken',
  ].map((key) => (credentials[key] ?? '').trim());
  if (clientId === '' || clientSecret === '' || refreshToken === '') {
    return {
      kind: 'unusable',
      problem: 'Fill in the App ID, the Cert ID and the refresh token of your eBay keyset.',
    };
  }
  return { kind: 'usable', clientId, clientSecret, refreshToken, addresses: addressesOf(credentials) };
}

function addressesOf(credentials: Credentials): Addresses {
  // Rehearsal shops answer on another address; the egress guard decides whether it may be used.
  const rehearsal = (credentials['apiBase'] ?? '').replace(/\/+$/, '');
  return rehearsal === ''
    ? { api: 'https://api.ebay.com', identity: 'https://apiz.ebay.com' }
    : { api: rehearsal, identity: rehearsal };
}

const DAY_MS = 24 * 3_600_000;

/** Whole days until the refresh token ends; null when nobody has said when that is. */
export function refreshTokenDaysLeft(credentials: Credentials, now: Date): number | 'no date' | null {
  const endsOn = (credentials['refreshTokenEndsOn'] ?? '').trim();
  if (endsOn === '') return null;
  const endsAtMs = new Date(endsOn).getTime();
  return Number.isNaN(endsAtMs) ? 'no date' : Math.floor((endsAtMs - now.getTime()) / DAY_MS);
}
