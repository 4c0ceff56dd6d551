// OAuth 1.0a, one-legged, HMAC-SHA256: how WooCommerce wants requests signed over plain HTTP. The result goes
// into the query, because many hosts drop the Authorization header.

import { createHmac, randomBytes } from 'node:crypto';

export type OAuthKeys = { readonly consumerKey: string; readonly consumerSecret: string };

export function signedUrl(request: { method: string; url: string }, keys: OAuthKeys, now: Date): string {
  const url = new URL(request.url);
  const added: readonly (readonly [string, string])[] = [
    ['oauth_consumer_key', keys.consumerKey],
    ['oauth_nonce', randomBytes(16).toString('hex')],
    ['oauth_signature_method', 'HMAC-SHA256'],
    ['oauth_timestamp', String(Math.floor(now.getTime() / 1000))],
  ];
  const parameters = [...url.searchParams, ...added];
  const signature = oauthSignature(request.method, url, parameters, keys.consumerSecret);
  const query = [...parameters, ['oauth_signature', signature] as const]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
  return `${url.origin}${url.pathname}?${query}`;
}

/** `parameters`: all of them but the signature itself, in any order. */
export function oauthSignature(
  method: string,
  url: URL,
  parameters: readonly (readonly [string, string])[],
  consumerSecret: string,
  algorithm = 'sha256',
): string {
  const normal = parameters
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const base = [method.toUpperCase(), encode(`${url.origin}${url.pathname}`), encode(normal)].join('&');
  return createHmac(algorithm, `${consumerSecret}&`).update(base).digest('base64');
}

/** RFC 3986, stricter than encodeURIComponent. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
