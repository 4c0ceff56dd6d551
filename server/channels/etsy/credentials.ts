// The credentials of an Etsy store, or what is wrong with them in one sentence.

import type { Credentials } from '../manifest.ts';

/** The app that asks, before any shop has allowed it in. */
export type EtsyApp = {
  readonly kind: 'usable';
  readonly keystring: string;
  /** Of the header x-api-key. */
  readonly apiKey: string;
  /** Where the API is, without a slash at the end. */
  readonly api: string;
  readonly tokenUrl: string;
  /** Where a person allows the app access. */
  readonly consentUrl: string;
};
type Unusable = { readonly kind: 'unusable'; readonly problem: string };
export type EtsyCredentials = EtsyApp | Unusable;

const API = 'https://openapi.etsy.com';
const SITE = 'https://www.etsy.com';
const TOKEN_PATH = '/v3/public/oauth/token';
const CONSENT_PATH = '/oauth/connect';

/** Whole, as a store is opened with. */
export function readCredentials(credentials: Credentials): EtsyCredentials {
  const app = readApp(credentials);
  if (app.kind === 'unusable' || read(credentials, 'refreshToken') !== '') return app;
  return { kind: 'unusable', problem: 'Fill in the refresh token that Etsy gave your app for this shop.' };
}

export function readApp(credentials: Credentials): EtsyCredentials {
  const [keystring, sharedSecret] = [read(credentials, 'keystring'), read(credentials, 'sharedSecret')];
  if (keystring === '' || sharedSecret === '') {
    return {
      kind: 'unusable',
      problem: 'Fill in the keystring and the shared secret of your app, from etsy.com/developers/your-apps.',
    };
  }
  // Rehearsal shops answer on another address; the egress guard decides whether it may be used.
  const rehearsal = read(credentials, 'apiBase').replace(/\/+$/, '');
  const api = rehearsal === '' ? API : rehearsal;
  return {
    kind: 'usable',
    keystring,
    apiKey: `${keystring}:${sharedSecret}`,
    api,
    tokenUrl: api + TOKEN_PATH,
    consentUrl: (rehearsal === '' ? SITE : rehearsal) + CONSENT_PATH,
  };
}

const read = (credentials: Credentials, key: string): string => (credentials[key] ?? '').trim();
