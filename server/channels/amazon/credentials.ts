// The credentials of an Amazon store: the account and the marketplaces they stand for, or what is wrong in one sentence.

import type { Credentials } from '../manifest.ts';
import { ENDPOINTS, LOGIN_ENDPOINT, MARKETPLACES, type Marketplace } from './regions.ts';

export type Account = {
  readonly kind: 'account';
  readonly sellerId: string;
  readonly marketplaces: readonly Marketplace[];
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  readonly endpoint: string;
  readonly loginEndpoint: string;
};
export type AmazonCredentials = Account | { readonly kind: 'unusable'; readonly problem: string };

const unusable = (problem: string): AmazonCredentials => ({ kind: 'unusable', problem });

export function readCredentials(credentials: Credentials): AmazonCredentials {
  const read = (key: string): string => (credentials[key] ?? '').trim();
  const sellerId = read('sellerId');
  if (!/^[A-Z0-9]{8,20}$/.test(sellerId)) {
    return unusable('Fill in the merchant token: capital letters and digits, such as A2EXAMPLE1234.');
  }
  const marketplaces = readMarketplaces(read('countries'));
  if (typeof marketplaces === 'string') return unusable(marketplaces);
  const [clientId, clientSecret, refreshToken] = [
    read('clientId'),
    read('clientSecret'),
    read('refreshToken'),
  ];
  if (clientId === '' || clientSecret === '' || refreshToken === '') {
    return unusable('Fill in the client ID, the client secret and the refresh token of your app.');
  }
  const region = marketplaces[0]?.region ?? 'na';
  // Rehearsal shops answer on another address; the egress guard decides whether it may be used.
  const rehearsal = read('apiBase').replace(/\/+$/, '');
  return {
    kind: 'account',
    sellerId,
    marketplaces,
    clientId,
    clientSecret,
    refreshToken,
    endpoint: rehearsal === '' ? ENDPOINTS[region] : rehearsal,
    loginEndpoint: rehearsal === '' ? LOGIN_ENDPOINT : rehearsal,
  };
}

function readMarketplaces(text: string): readonly Marketplace[] | string {
  const countries = [...new Set(text.toUpperCase().split(/[^A-Z]+/))].filter((country) => country !== '');
  if (countries.length === 0) return 'Fill in the countries you sell in, such as US, CA.';
  const found: Marketplace[] = [];
  for (const country of countries) {
    const known = MARKETPLACES.find((one) => one.country === (country === 'GB' ? 'UK' : country));
    if (known === undefined) {
      const all = MARKETPLACES.map((one) => one.country).join(', ');
      return `"${country.slice(0, 20)}" is not a country of Amazon known here. These are: ${all}.`;
    }
    found.push(known);
  }
  if (new Set(found.map(({ region }) => region)).size > 1) {
    return 'These countries are in different regions of Amazon. Connect each region as a store of its own.';
  }
  return found;
}
