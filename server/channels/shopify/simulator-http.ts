// Around the GraphQL of the simulated shop: tokens, and the answers that HTTP itself gives.

import { randomBytes } from 'node:crypto';
import type { SimulationAnswer, SimulationRequest } from '../simulation-server.ts';
import { throttledAnswer } from './simulator-graphql.ts';
import type { ShopMemory } from './simulator-memory.ts';

// Of a shop that exists only in this process; they open nothing.
export const CLIENT = { id: 'rehearsal-client', secret: 'rehearsal-client-secret' };
export const PASTED_TOKEN = 'shpat_rehearsal';
const TOKEN_LIFE_MS = 24 * 3_600_000;
export const SCOPES = [
  'read_products',
  'write_inventory',
  'read_locations',
  'read_orders',
  'read_all_orders',
  'read_merchant_managed_fulfillment_orders',
  'read_returns',
];

export const NOT_FOUND: SimulationAnswer = { status: 404, body: { errors: 'Not Found' } };
export const INVALID_TOKEN: SimulationAnswer = {
  status: 401,
  body: { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' },
};
const TOO_MANY: readonly SimulationAnswer[] = ['2.0', '-5', 'tomorrow', '31536000', '0'].map(
  (retryAfter) => ({
    status: 429,
    headers: { 'retry-after': retryAfter },
    body: { errors: 'Exceeded the limit. Reduce request rates to resume uninterrupted service.' },
  }),
);

/** GraphQL says it inside HTTP 200, what stands before it by status 429; a client must understand both. */
export function throttled(turn: number, { url }: SimulationRequest): SimulationAnswer {
  const isGraphql = url.pathname.endsWith('/graphql.json');
  if (isGraphql && turn % 2 === 0) return throttledAnswer(50, 0);
  return TOO_MANY[turn % TOO_MANY.length] ?? INVALID_TOKEN;
}

export function issueToken(
  memory: ShopMemory,
  request: SimulationRequest,
  now: Date,
  changed: () => void,
): SimulationAnswer {
  const form = new URLSearchParams(request.body);
  if (form.get('grant_type') !== 'client_credentials') {
    return { status: 400, body: { error: 'unsupported_grant_type' } };
  }
  if (form.get('client_id') !== CLIENT.id || form.get('client_secret') !== CLIENT.secret) {
    return { status: 400, body: { error: 'application_cannot_be_found' } };
  }
  const token = `shpat_${randomBytes(16).toString('hex')}`;
  memory.tokens.set(token, new Date(now.getTime() + TOKEN_LIFE_MS).toISOString());
  changed();
  return {
    status: 200,
    body: { access_token: token, scope: SCOPES.join(','), expires_in: TOKEN_LIFE_MS / 1_000 - 1 },
  };
}

export function isKnownToken(memory: ShopMemory, request: SimulationRequest, now: Date): boolean {
  const token = request.headers['x-shopify-access-token'] ?? '';
  return token === PASTED_TOKEN || new Date(memory.tokens.get(token) ?? 0).getTime() > now.getTime();
}

export function nameOf(request: SimulationRequest): string {
  if (request.url.pathname.startsWith('/bulk/')) return '/bulk';
  if (!request.url.pathname.endsWith('/graphql.json')) return request.url.pathname;
  return /"operationName":"(\w+)"/.exec(request.body)?.[1] ?? 'graphql';
}
