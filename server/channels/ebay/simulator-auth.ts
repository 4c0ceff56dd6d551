// Signing in at the simulated eBay, and its tokens: a code is good once and for five minutes, a refresh token for 18 months.

import { randomUUID } from 'node:crypto';
import { type ConsentDesk, errorPage } from '../simulation-consent.ts';
import type { SimulationAnswer, SimulationRequest } from '../simulation-server.ts';
import { SCOPES } from './manifest.ts';
import type { ShopMemory } from './simulator-memory.ts';

// Of an account that exists only in this process; they open nothing.
export const CLIENT = {
  id: 'Rehearsal-App-PRD-1',
  secret: 'PRD-rehearsal-cert',
  refresh: 'v^1.1#rehearsal-refresh',
  ruName: 'Rehearsal_Seller-Rehearsal-App-PRD-abcdef',
};
export const TOKEN_PATH = '/identity/v1/oauth2/token';
export const CONSENT_PATH = '/oauth2/authorize';
export const CODE_LIFE_MS = 5 * 60_000;
const TOKEN_SECONDS = 7_200;
const REFRESH_SECONDS = 47_304_000;

export type AuthRules = {
  readonly memory: ShopMemory;
  readonly now: () => Date;
  readonly changed: () => void;
  readonly consent: ConsentDesk;
};

export const INVALID_GRANT: SimulationAnswer = refuse(
  'invalid_grant',
  'the provided authorization grant is invalid or was issued to another client',
);

function refuse(error: string, text: string, status = 400): SimulationAnswer {
  return { status, body: { error, error_description: text } };
}

/** The page where the seller agrees. What is wrong with the application is told there, and nobody is sent back. */
export function showConsent({ consent }: AuthRules, query: URLSearchParams): SimulationAnswer {
  if (query.get('client_id') !== CLIENT.id) return errorPage('The client id is not known.');
  if (query.get('redirect_uri') !== CLIENT.ruName)
    return errorPage('The RuName is not one of this application.');
  if (query.get('response_type') !== 'code') return errorPage('The response type is not supported.');
  const asked = (query.get('scope') ?? '').split(' ');
  if (asked.some((scope) => !SCOPES.some((known) => known === scope))) {
    return errorPage('The scope is not granted to this application.');
  }
  return consent.ask({
    query,
    redirectUri: query.get('accept_url'),
    codeChallenge: null,
    granted: (code) => ({ code, expires_in: String(CODE_LIFE_MS / 1_000) }),
    denied: { error: 'access_denied' },
  });
}

export function issueToken(rules: AuthRules, request: SimulationRequest): SimulationAnswer {
  const basic = Buffer.from(`${CLIENT.id}:${CLIENT.secret}`, 'utf8').toString('base64');
  if (request.headers['authorization'] !== `Basic ${basic}`) {
    return refuse('invalid_client', 'client authentication failed', 401);
  }
  const form = new URLSearchParams(request.body);
  switch (form.get('grant_type')) {
    case 'refresh_token':
      return renewed(rules, form.get('refresh_token') ?? '');
    case 'authorization_code':
      return redeemed(rules, form);
    case 'client_credentials': {
      if (form.get('scope') !== SCOPES[0]) return refuse('invalid_scope', 'the requested scope is invalid');
      const token = newToken(rules, rules.memory.applicationTokens);
      return issued({ access_token: token, token_type: 'Application Access Token' });
    }
    default:
      return refuse('unsupported_grant_type', 'grant type in request is not supported');
  }
}

const issued = (body: object): SimulationAnswer => ({
  status: 200,
  body: { expires_in: TOKEN_SECONDS, ...body },
});

function newToken({ now, changed }: AuthRules, tokens: Map<string, string>): string {
  const token = `v^1.1#access-${randomUUID()}`;
  tokens.set(token, new Date(now().getTime() + TOKEN_SECONDS * 1_000).toISOString());
  changed();
  return token;
}

/** No refresh token in the answer: it stays the one it was. */
function renewed(rules: AuthRules, refresh: string): SimulationAnswer {
  const { memory, now } = rules;
  const endsAt = memory.refreshTokens.get(refresh);
  const isKnown = refresh === CLIENT.refresh || (endsAt !== undefined && new Date(endsAt) > now());
  if (!isKnown) return INVALID_GRANT;
  return issued({ access_token: newToken(rules, memory.tokens), token_type: 'User Access Token' });
}

function redeemed(rules: AuthRules, form: URLSearchParams): SimulationAnswer {
  const isOurs = form.get('redirect_uri') === CLIENT.ruName;
  // Used up, whatever comes of it.
  const isGood = rules.consent.redeem({
    code: form.get('code') ?? '',
    redirectUri: null,
    codeVerifier: null,
  });
  if (!isOurs || !isGood) return INVALID_GRANT;
  const refresh = `v^1.1#refresh-${randomUUID()}`;
  const endsAt = new Date(rules.now().getTime() + REFRESH_SECONDS * 1_000);
  rules.memory.refreshTokens.set(refresh, endsAt.toISOString());
  return issued({
    access_token: newToken(rules, rules.memory.tokens),
    token_type: 'User Access Token',
    refresh_token: refresh,
    refresh_token_expires_in: REFRESH_SECONDS,
  });
}

export function isLive(tokens: ReadonlyMap<string, string>, token: string | undefined, now: Date): boolean {
  const endsAt = tokens.get(token ?? '');
  return endsAt !== undefined && new Date(endsAt) > now;
}
