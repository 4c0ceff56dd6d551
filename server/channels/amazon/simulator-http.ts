// Around the operations of the simulated Amazon: Login with Amazon, tokens, roles, usage plans, and how Amazon says no.

import { randomBytes } from 'node:crypto';
import { type ConsentDesk, errorPage } from '../simulation-consent.ts';
import type { SimulationAnswer, SimulationRequest } from '../simulation-server.ts';
import { OPERATIONS, type OperationName } from './operations.ts';
import type { AccountMemory } from './simulator-memory.ts';

// Of an account that exists only in this process; they open nothing.
export const SELLER_ID = 'A2REHEARSAL01';
export const APPLICATION_ID = 'amzn1.sp.solution.rehearsal';
export const LOGIN = {
  clientId: 'amzn1.application-oa2-client.rehearsal',
  clientSecret: 'amzn1.oa2-cs.v1.rehearsal',
  refreshToken: 'Atzr|rehearsal',
};
const APP_SCOPE = 'sellingpartnerapi::notifications';
const APP_TOKEN = 'Atc|';
const APP_OPERATIONS: readonly string[] = ['getDestinations', 'createDestination'];
const TOKEN_LIFE_MS = 3_600_000;

export const errorAnswer = (
  status: number,
  code: string,
  message: string,
  details = '',
): SimulationAnswer => ({ status, body: { errors: [{ code, message, details }] } });

export const invalidInput = (details: string): SimulationAnswer =>
  errorAnswer(400, 'InvalidInput', 'Invalid Input', details);
export const notFound = (): SimulationAnswer => errorAnswer(404, 'NOT_FOUND', 'Resource not found.');

const DENIED = 'Access to requested resource is denied.';
export const accessDenied = (): SimulationAnswer => errorAnswer(403, 'Unauthorized', DENIED);

export const revoked = ({ url }: SimulationRequest): SimulationAnswer =>
  url.pathname === '/auth/o2/token'
    ? {
        status: 400,
        body: {
          error: 'invalid_grant',
          error_description: 'The request has an invalid grant parameter : refresh_token.',
        },
      }
    : errorAnswer(
        403,
        'Unauthorized',
        DENIED,
        'The access token you provided is revoked, malformed or invalid.',
      );

/** Amazon sends no Retry-After; a client must survive one that makes no sense all the same. */
const RETRY_AFTER_VALUES = [undefined, '-5', 'tomorrow', '31536000', '0'];
export function throttled(turn: number): SimulationAnswer {
  const retryAfter = RETRY_AFTER_VALUES[turn % RETRY_AFTER_VALUES.length];
  const answer = quotaExceeded();
  return retryAfter === undefined ? answer : { ...answer, headers: { 'retry-after': retryAfter } };
}
const quotaExceeded = (): SimulationAnswer =>
  errorAnswer(429, 'QuotaExceeded', 'You exceeded your quota for the requested resource.');

// ---- tokens ---------------------------------------------------------------------------------------------------

const refuseGrant = (error: string): SimulationAnswer => ({
  status: error === 'invalid_client' ? 401 : 400,
  body: { error },
});

/** Login with Amazon. */
export function issueToken(
  memory: AccountMemory,
  consent: ConsentDesk,
  request: SimulationRequest,
  now: Date,
): SimulationAnswer {
  const form = new URLSearchParams(request.body);
  if (form.get('client_id') !== LOGIN.clientId || form.get('client_secret') !== LOGIN.clientSecret) {
    return refuseGrant('invalid_client');
  }
  switch (form.get('grant_type')) {
    case 'refresh_token':
      if (form.get('refresh_token') !== LOGIN.refreshToken) return refuseGrant('invalid_grant');
      break;
    case 'client_credentials':
      if (form.get('scope') !== APP_SCOPE) return refuseGrant('invalid_scope');
      return appToken(memory, now);
    case 'authorization_code': {
      const [code = '', redirectUri = ''] = [form.get('code') ?? '', form.get('redirect_uri') ?? ''];
      if (!consent.redeem({ code, redirectUri, codeVerifier: null })) return refuseGrant('invalid_grant');
      break;
    }
    default:
      return refuseGrant('unsupported_grant_type');
  }
  const token = `Atza|${randomBytes(24).toString('base64url')}`;
  memory.tokens.set(token, new Date(now.getTime() + TOKEN_LIFE_MS).toISOString());
  return {
    status: 200,
    body: {
      access_token: token,
      refresh_token: LOGIN.refreshToken,
      token_type: 'bearer',
      expires_in: TOKEN_LIFE_MS / 1_000,
    },
  };
}

/** Good for the app's own things only, without any seller. */
function appToken(memory: AccountMemory, now: Date): SimulationAnswer {
  const token = `${APP_TOKEN}${randomBytes(24).toString('base64url')}`;
  memory.tokens.set(token, new Date(now.getTime() + TOKEN_LIFE_MS).toISOString());
  return {
    status: 200,
    body: { access_token: token, token_type: 'bearer', expires_in: TOKEN_LIFE_MS / 1_000 },
  };
}

/** Seller Central's page where a person allows an app in. */
export function showConsent(
  consent: ConsentDesk,
  query: URLSearchParams,
  isDraft: boolean,
): SimulationAnswer {
  if (query.get('application_id') !== APPLICATION_ID) return errorPage('There is no such app.');
  // The codes that the real page shows.
  if (isDraft && query.get('version') !== 'beta') return errorPage('MD1000');
  if (!isDraft && query.has('version')) return errorPage('MD1000');
  return consent.ask({
    query,
    redirectUri: query.get('redirect_uri'),
    codeChallenge: null,
    granted: (code) => ({ spapi_oauth_code: code, selling_partner_id: SELLER_ID }),
    denied: { error: 'access_denied' },
  });
}

/** Null: the token is good. */
export function tokenProblem(
  memory: AccountMemory,
  request: SimulationRequest,
  name: OperationName,
  now: Date,
): SimulationAnswer | null {
  const token = request.headers['x-amz-access-token'] ?? '';
  const endsAt = memory.tokens.get(token);
  if (endsAt === undefined) return revoked(request);
  if (token.startsWith(APP_TOKEN) !== APP_OPERATIONS.includes(name)) return accessDenied();
  if (endsAt > now.toISOString()) return null;
  return errorAnswer(403, 'Unauthorized', DENIED, 'The access token you provided has expired.');
}

// ---- operations -----------------------------------------------------------------------------------------------

export type Found = { readonly name: OperationName; readonly path: Readonly<Record<string, string>> };

const PATTERNS = Object.entries(OPERATIONS).map(([name, { method, path }]) => ({
  name: name as OperationName,
  method,
  pattern: new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

export function findOperation({ method, url }: SimulationRequest): Found | null {
  for (const one of PATTERNS) {
    const match = one.method === method ? one.pattern.exec(url.pathname) : null;
    if (match === null) continue;
    const path = Object.entries(match.groups ?? {}).map(([key, text]) => [key, decodeURIComponent(text)]);
    return { name: one.name, path: Object.fromEntries(path) };
  }
  return null;
}

export const nameOf = (request: SimulationRequest): string =>
  findOperation(request)?.name ??
  (request.headers['x-amz-target'] as string | undefined) ??
  (request.url.pathname.startsWith('/documents/') ? 'document' : request.url.pathname);

/** A list in the query, as Swagger's `csv`: only the commas that stand unescaped part it. */
export function listIn(request: SimulationRequest, key: string): readonly string[] {
  const raw = new RegExp(`[?&]${key}=([^&]*)`).exec(request.url.search)?.[1] ?? '';
  // A comma inside a value parts it as well once it is decoded, whether it was escaped or not.
  return raw === '' ? [] : decodeURIComponent(raw).split(',');
}

// ---- usage plans ----------------------------------------------------------------------------------------------

const FEEDS_PER_WINDOW = 5;
const FEED_WINDOW_MS = 5 * 60_000;
/** What is published for feeds in general; the window above holds for feeds of listings besides. */
const PUBLISHED: Partial<
  Record<OperationName, { readonly requestsPerSecond: number; readonly burst: number }>
> = {
  createFeed: { requestsPerSecond: 0.0083, burst: 15 },
};

export type UsagePlans = { readonly take: (name: OperationName) => SimulationAnswer | null };

export function createUsagePlans(now: () => Date, isOn: boolean, pace = 1): UsagePlans {
  const buckets = new Map<OperationName, { left: number; atMs: number }>();
  let feeds: number[] = [];
  return {
    take: (name) => {
      if (!isOn) return null;
      const nowMs = now().getTime();
      const plan = PUBLISHED[name] ?? OPERATIONS[name];
      const bucket = buckets.get(name) ?? { left: plan.burst, atMs: nowMs };
      const refilled = bucket.left + ((nowMs - bucket.atMs) / 1_000) * plan.requestsPerSecond * pace;
      const left = Math.min(plan.burst, refilled);
      feeds = feeds.filter((at) => at > nowMs - FEED_WINDOW_MS / pace);
      const isRefused = left < 1 || (name === 'createFeed' && feeds.length >= FEEDS_PER_WINDOW);
      buckets.set(name, { left: isRefused ? left : left - 1, atMs: nowMs });
      if (isRefused) return quotaExceeded();
      if (name === 'createFeed') feeds.push(nowMs);
      return null;
    },
  };
}
