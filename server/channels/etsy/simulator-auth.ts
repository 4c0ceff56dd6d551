// Keys, tokens and limits of the simulated Etsy. A refresh token is good once.

import { randomBytes } from 'node:crypto';
import { type ConsentDesk, errorPage } from '../simulation-consent.ts';
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

const refuseGrant = (error: string): Refusal => refuse(400, error);

export function issueTokens(shop: Shop, consent: ConsentDesk, request: SimulationRequest): SimulationAnswer {
  const form = new URLSearchParams(request.body);
  if (form.get('client_id') !== APP.keystring) throw refuseGrant('invalid_client');
  switch (form.get('grant_type')) {
    case 'authorization_code':
      redeemCode(consent, form);
      break;
    case 'refresh_token':
      useUp(shop, form.get('refresh_token') ?? '');
      break;
    default:
      throw refuseGrant('unsupported_grant_type');
  }
  const token = newToken();
  shop.memory.accessTokens.set(token, shop.now() + ACCESS_LIFE_S);
  const body = {
    access_token: token,
    token_type: 'Bearer',
    expires_in: ACCESS_LIFE_S,
    refresh_token: grant(shop),
  };
  return { status: 200, body };
}

function useUp({ memory, now }: Shop, refreshToken: string): void {
  const endsAt = memory.refreshTokens.get(refreshToken) ?? 0;
  memory.refreshTokens.delete(refreshToken);
  if (endsAt <= now()) throw refuseGrant('invalid_grant');
}

// ---- the page where a person allows the app in ------------------------------------------------------------

const DENIED = { error: 'access_denied', error_description: 'The user denied the request' };

/** Etsy's /oauth/connect. */
export function showConsent(consent: ConsentDesk, query: URLSearchParams): SimulationAnswer {
  if (query.get('client_id') !== APP.keystring) return errorPage('There is no app with this keystring.');
  if (query.get('response_type') !== 'code') return errorPage('The response type is not supported.');
  if ((query.get('scope') ?? '') === '') return errorPage('The scope is missing.');
  const codeChallenge = query.get('code_challenge') ?? '';
  if (codeChallenge === '' || query.get('code_challenge_method') !== 'S256') {
    return errorPage('A code challenge by S256 is needed.');
  }
  const redirectUri = query.get('redirect_uri') ?? '';
  return consent.ask({ query, redirectUri, codeChallenge, granted: (code) => ({ code }), denied: DENIED });
}

function redeemCode(consent: ConsentDesk, form: URLSearchParams): void {
  const [code, redirectUri, codeVerifier] = ['code', 'redirect_uri', 'code_verifier'].map(
    (name) => form.get(name) ?? '',
  );
  if (
    !consent.redeem({ code: code ?? '', redirectUri: redirectUri ?? '', codeVerifier: codeVerifier ?? '' })
  ) {
    throw refuseGrant('invalid_grant');
  }
}

// ---- calls ----------------------------------------------------------------------------------------------

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
