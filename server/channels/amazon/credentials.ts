// The credentials of an Amazon store: the account and the marketplaces they stand for, or what is wrong in one sentence.

import type { Credentials } from '../manifest.ts';
import { ENDPOINTS, LOGIN_ENDPOINT, MARKETPLACES, type Marketplace } from './regions.ts';

/** The app that asks, before any account has allowed it in. */
export type AmazonApp = {
  readonly marketplaces: readonly Marketplace[];
  readonly clientId: string;
  readonly clientSecret: string;
  readonly endpoint: string;
  readonly loginEndpoint: string;
  /** Where a person allows the app in. */
  readonly sellerCentral: string;
};
export type Account = AmazonApp & {
  readonly kind: 'account';
  readonly sellerId: string;
  readonly refreshToken: string;
};
type Unusable = { readonly kind: 'unusable'; readonly problem: string };
export type AmazonCredentials = Account | Unusable;

const unusable = (problem: string): Unusable => ({ kind: 'unusable', problem });

/** Whole, as a store is opened with. */
export function readCredentials(credentials: Credentials): AmazonCredentials {
  const sellerId = read(credentials, 'sellerId');
  if (!/^[A-Z0-9]{8,20}$/.test(sellerId)) {
    return unusable('Fill in the merchant token: capital letters and digits, such as A2EXAMPLE1234.');
  }
  const app = readApp(credentials);
  if (app.kind === 'unusable') return app;
  const refreshToken = read(credentials, 'refreshToken');
  if (refreshToken === '') return unusable(KEYS_MISSING);
  return { ...app.app, kind: 'account', sellerId, refreshToken };
}

const KEYS_MISSING = 'Fill in the client ID, the client secret and the refresh token of your app.';

export function readApp(
  credentials: Credentials,
): { readonly kind: 'app'; readonly app: AmazonApp } | Unusable {
  const marketplaces = readMarketplaces(read(credentials, 'countries'));
  if (typeof marketplaces === 'string') return unusable(marketplaces);
  const [clientId, clientSecret] = [read(credentials, 'clientId'), read(credentials, 'clientSecret')];
  if (clientId === '' || clientSecret === '') return unusable(KEYS_MISSING);
  const [first] = marketplaces;
  // Rehearsal shops answer on another address; the egress guard decides whether it may be used.
  const rehearsal = read(credentials, 'apiBase').replace(/\/+$/, '');
  const at = (real: string): string => (rehearsal === '' ? real : rehearsal);
  const app: AmazonApp = {
    marketplaces,
    clientId,
    clientSecret,
    endpoint: at(ENDPOINTS[first?.region ?? 'na']),
    loginEndpoint: at(LOGIN_ENDPOINT),
    sellerCentral: at(first?.sellerCentral ?? ''),
  };
  return { kind: 'app', app };
}

const read = (credentials: Credentials, key: string): string => (credentials[key] ?? '').trim();

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
