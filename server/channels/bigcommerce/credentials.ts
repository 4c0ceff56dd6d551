// The credentials of a BigCommerce store: where its API is, and what is wrong with them in one sentence.

import type { Credentials } from '../manifest.ts';

export type BigCommerceCredentials =
  | { readonly kind: 'usable'; readonly address: string; readonly accessToken: string }
  | { readonly kind: 'unusable'; readonly problem: string };

const ORIGIN = 'https://api.bigcommerce.com';
/** The API path as it is shown, with or without its version, or the store's hash alone. */
const API_PATH = /^(?:https:\/\/api\.bigcommerce\.com)?\/?(?:stores\/)?([a-z0-9]+)(?:\/v[23])?\/*$/i;

export function readCredentials(credentials: Credentials): BigCommerceCredentials {
  const path = (credentials['apiPath'] ?? '').trim();
  const storeHash = API_PATH.exec(path)?.[1];
  if (storeHash === undefined) {
    return {
      kind: 'unusable',
      problem: `"${path.slice(0, 80)}" is not an API path. Copy it from the API account, such as ${ORIGIN}/stores/abc123/v3/.`,
    };
  }
  const accessToken = (credentials['accessToken'] ?? '').trim();
  if (accessToken === '') {
    return {
      kind: 'unusable',
      problem: 'Fill in the access token of your API account (Settings › Store-level API accounts).',
    };
  }
  // Rehearsal shops answer on another address; the egress guard decides whether it may be used.
  const origin = (credentials['apiBase'] ?? ORIGIN).replace(/\/+$/, '');
  return { kind: 'usable', address: `${origin}/stores/${storeHash}`, accessToken };
}

/** A rehearsal shop delivers to this machine; BigCommerce itself only over https on its usual port. */
export const isRehearsal = (credentials: Credentials): boolean => (credentials['apiBase'] ?? '') !== '';
