// Who asks: a simulated shop over plain HTTP believes OAuth 1.0a signatures only, each nonce once.

import type { SimulationRequest } from '../simulation-server.ts';
import { oauthSignature } from './oauth.ts';
import { type Refusal, refuse } from './simulator-answers.ts';

export type ShopKey = {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly permission: 'read' | 'write' | 'read_write';
};

const TIMESTAMP_WINDOW_MS = 15 * 60_000;

const authError = (message: string): Refusal => refuse(401, 'woocommerce_rest_authentication_error', message);

export function createGate(keys: readonly ShopKey[], now: () => Date) {
  const nonces = new Map<string, number>();

  function checkNonce(nonce: string, timestampMs: number): void {
    if (Math.abs(now().getTime() - timestampMs) > TIMESTAMP_WINDOW_MS) throw authError('Invalid timestamp.');
    if (nonces.has(nonce)) throw authError('Invalid nonce - nonce has already been used.');
    for (const [old, at] of nonces) if (now().getTime() - at > TIMESTAMP_WINDOW_MS) nonces.delete(old);
    nonces.set(nonce, timestampMs);
  }

  return (request: SimulationRequest): void => {
    const { searchParams } = request.url;
    // Basic and keys in the query are not even looked at without TLS: such a request comes from nobody.
    if (!searchParams.has('oauth_consumer_key')) throw nobody(request);
    const key = keys.find(({ consumerKey }) => consumerKey === searchParams.get('oauth_consumer_key'));
    if (key === undefined) throw authError('Consumer key is invalid.');
    const signed = [...searchParams].filter(([name]) => name !== 'oauth_signature');
    const algorithm = searchParams.get('oauth_signature_method') === 'HMAC-SHA1' ? 'sha1' : 'sha256';
    const expected = oauthSignature(request.method, request.url, signed, key.consumerSecret, algorithm);
    if (expected !== searchParams.get('oauth_signature')) {
      throw authError('Invalid signature - provided signature does not match.');
    }
    checkNonce(searchParams.get('oauth_nonce') ?? '', Number(searchParams.get('oauth_timestamp')) * 1000);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (isRead && key.permission === 'write') {
      throw authError('The API key provided does not have read permissions.');
    }
    if (!isRead && key.permission === 'read') {
      throw authError('The API key provided does not have write permissions.');
    }
  };
}

export function nobody(request: SimulationRequest): Refusal {
  if (request.method === 'GET') {
    return refuse(401, 'woocommerce_rest_cannot_view', 'Sorry, you cannot list resources.');
  }
  if (request.url.pathname.endsWith('/batch')) {
    const message = 'Sorry, you are not allowed to batch manipulate this resource.';
    return refuse(401, 'woocommerce_rest_cannot_batch', message);
  }
  const message = 'Sorry, you are not allowed to edit this resource.';
  return refuse(401, 'woocommerce_rest_cannot_edit', message);
}
