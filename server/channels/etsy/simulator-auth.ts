// Keys, tokens and limits of the simulated Etsy. A refresh token is good once.

import { randomBytes } from 'node:crypto';
import type { SimulationAnswer, SimulationRequest } from '../simulation-server.ts';
import { DAY_IS_SPENT, Refusal, refuse, SECOND_IS_SPENT } from './simulator-answers.ts';
import type { Shop } from './simulator-memory.ts';
import { SHOP } from './simulator-render.ts';

// Of a shop that exists only in this process; they open nothing.
export const APP = { keystring: 'rehearsalkeystring', sharedSecret: 'rehearsalsecret' };
export const SCOPES = ['listings_r', 'listings_w', 'transactions_r', 'shops_r'];

const ACCESS_LIFE_S = 3_600;
const REFRESH_LIFE_S = 90 * 24 * 3_600;

const newToken = (): string => `${SHOP.userId}.${randomBytes(16).toString('hex')}`;

/** A person allows the app access once more. */
export function grant(shop: Shop): string {
  const token = newToken();
  shop.memory.refreshTokens.set(token, shop.now() + REFRESH_LIFE_S);
  return token;
}

export function issueTokens(shop: Shop, request: SimulationRequest): SimulationAnswer {
  const form = new URLSearchParams(request.body);
  if (form.get('grant_type') !== 'refresh_token') throw refuse(400, 'unsupported_grant_type');
  if (form.get('client_id') !== APP.keystring) throw refuse(400, 'invalid_client');
  const { accessTokens, refreshTokens } = shop.memory;
  const given = form.get('refresh_token') ?? '';
  const endsAt = refreshTokens.get(given) ?? 0;
  refreshTokens.delete(given);
  if (endsAt <= shop.now()) throw refuse(400, 'invalid_grant');
  const token = newToken();
  accessTokens.set(token, shop.now() + ACCESS_LIFE_S);
  const body = {
    access_token: token,
    token_type: 'Bearer',
    expires_in: ACCESS_LIFE_S,
    refresh_token: grant(shop),
  };
  return { status: 200, body };
}

export function checkCaller(shop: Shop, { headers }: SimulationRequest): void {
  if (headers['x-api-key'] !== `${APP.keystring}:${APP.sharedSecret}`) {
    throw refuse(403, 'API key not found or not active, or incorrect shared secret for API key.');
  }
  const token = /^Bearer (.+)$/.exec(headers['authorization'] ?? '')?.[1] ?? '';
  if ((shop.memory.accessTokens.get(token) ?? 0) > shop.now()) return;
  const body = { error: 'invalid_token', error_description: 'access token is expired' };
  throw new Refusal({ status: 401, body });
}

export type Limits = { readonly perSecond: number; readonly perDay: number };

const BLOCK_MS = 2 * 3_600_000;
const BLOCKS_OF_DAY = 12;

/**
 * Counts calls in whole seconds and in the last twelve blocks of two hours; throws the 429, else answers the
 * headers.
 */
export function createMeter(limits: Limits, now: () => Date): () => Readonly<Record<string, string>> {
  let second = { at: 0, calls: 0 };
  let blocks: { readonly at: number; calls: number }[] = [];
  return () => {
    const ms = now().getTime();
    const at = Math.floor(ms / 1_000);
    if (second.at !== at) second = { at, calls: 0 };
    const block = Math.floor(ms / BLOCK_MS);
    blocks = blocks.filter((one) => one.at > block - BLOCKS_OF_DAY);
    const today = blocks.reduce((sum, { calls }) => sum + calls, 0);
    if (today >= limits.perDay) throw new Refusal(DAY_IS_SPENT);
    if (second.calls >= limits.perSecond) throw new Refusal(SECOND_IS_SPENT);
    second.calls += 1;
    const last = blocks.at(-1);
    if (last?.at === block) last.calls += 1;
    else blocks.push({ at: block, calls: 1 });
    return {
      'x-limit-per-second': String(limits.perSecond),
      'x-remaining-this-second': String(limits.perSecond - second.calls),
      'x-limit-per-day': String(limits.perDay),
      'x-remaining-today': String(limits.perDay - today - 1),
    };
  };
}
