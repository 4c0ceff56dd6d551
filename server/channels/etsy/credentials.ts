// The credentials of an Etsy store, or what is wrong with them in one sentence.

import type { Credentials } from '../manifest.ts';

export type EtsyCredentials =
  | {
      readonly kind: 'usable';
      readonly keystring: string;
      /** Of the header x-api-key. */
      readonly apiKey: string;
      /** Where the API is, without a slash at the end. */
      readonly api: string;
      readonly tokenUrl: string;
    }
  | { readonly kind: 'unusable'; readonly problem: string };

const API = 'https://openapi.etsy.com';
const TOKEN_PATH = '/v3/public/oauth/token';

export function readCredentials(credentials: Credentials): EtsyCredentials {
  const [keystring = '', sharedSecret = '', refreshToken = ''] = [
    'keystring',
    'sharedSecret',
    'refreshToken',
  ].map((key) => (credentials[key] ?? '').trim());
  if (keystring === '' || sharedSecret === '') {
    return {
      kind: 'unusable',
      problem: 'Fill in the keystring and the shared secret of your app, from etsy.com/developers/your-apps.',
    };
  }
  if (refreshToken === '') {
    return { kind: 'unusable', problem: 'Fill in the refresh token that Etsy gave your app for this shop.' };
  }
  // Rehearsal shops answer on another address; the egress guard decides whether it may be used.
  const api = (credentials['apiBase'] ?? API).replace(/\/+$/, '');
  return {
    kind: 'usable',
    keystring,
    apiKey: `${keystring}:${sharedSecret}`,
    api,
    tokenUrl: api + TOKEN_PATH,
  };
}
