// A simulated eBay account on the loopback: OAuth, REST and Trading, with the published limits and the two worlds of listings.

import { randomUUID } from 'node:crypto';
import { createFaultBoard } from '../simulation-faults.ts';
import { restoreMemory, saveMemory } from '../simulation-memory.ts';
import {
  type SimulationAnswer,
  type SimulationRequest,
  startSimulationServer,
} from '../simulation-server.ts';
import type { SimulatedShop, SimulatorOptions } from '../simulator.ts';
import {
  createMemory,
  type ShopMemory,
  type SimulatedEbayOrder,
  type SimulatedListing,
} from './simulator-memory.ts';
import { answerRest, refusal } from './simulator-rest.ts';
import { createRevise, type WriteRecord } from './simulator-revise.ts';
import { createShopActions } from './simulator-shop.ts';
import { answerTrading, callOf, tradingFailure } from './simulator-trading.ts';

const CLIENT = {
  id: 'Rehearsal-App-PRD-1',
  secret: 'PRD-rehearsal-cert',
  refresh: 'v^1.1#rehearsal-refresh',
};
const TOKEN_SECONDS = 7_200;
const TOKEN_PATH = '/identity/v1/oauth2/token';
const TRADING_PATH = '/ws/api.dll';

/** What this account can do beyond what every simulated shop can. */
export type EbaySimulatedShop = SimulatedShop & {
  /** How this account differs from others. */
  readonly behave: (change: Partial<Switches>) => void;
  /** Every token that was issued ends now. */
  readonly endTokens: () => void;
  readonly order: (orderId: string) => SimulatedEbayOrder;
  readonly listing: (itemId: string) => SimulatedListing;
};

type Switches = {
  outOfStockControl: boolean;
  onlyOneSkuACall: boolean;
  removesUnsoldAtZero: boolean;
};

export type EbaySimulatorOptions = SimulatorOptions & { readonly legacyOnly?: boolean };

export async function startEbaySimulator(options: EbaySimulatorOptions): Promise<EbaySimulatedShop> {
  const now = options.now ?? (() => new Date());
  const memory = options.memory === undefined ? createMemory() : restoreMemory<ShopMemory>(options.memory);
  const faults = createFaultBoard();
  const writes: WriteRecord[] = [];
  const switches: Switches = { outOfStockControl: true, onlyOneSkuACall: false, removesUnsoldAtZero: false };
  const limits = options.limits ?? true;
  const rules = {
    memory,
    now,
    changed: () => options.onChange?.(),
    limits,
    writes,
    legacyOnly: options.legacyOnly ?? false,
    outOfStockControl: () => switches.outOfStockControl,
    onlyOneSkuACall: () => switches.onlyOneSkuACall,
    removesUnsoldAtZero: () => switches.removesUnsoldAtZero,
  };
  const revise = createRevise(rules);
  const isOverLimit = createDailyCounter(now, limits);
  const server = await startSimulationServer({
    port: options.port,
    latencyMs: options.latencyMs ?? 0,
    faults,
    nameOf,
    changes: (request) => WRITING.has(nameOf(request)),
    throttled: () => refusal(429, 2001, 'Too many requests'),
    revoked: (request) => (request.url.pathname === TOKEN_PATH ? INVALID_GRANT : refuseToken(request)),
    handle: (request) => {
      const { pathname } = request.url;
      if (pathname === TOKEN_PATH) return issueToken(rules, request);
      if (!isKnownToken(memory, request, now())) return refuseToken(request);
      if (pathname === TRADING_PATH) {
        if (isOverLimit('trading')) return tradingFailure(callOf(request), 518, 'Call usage limit reached.');
        return answerTrading({ ...rules, revise }, request);
      }
      const group = pathname.startsWith('/sell/fulfillment/') ? 'fulfillment' : 'inventory';
      if (isOverLimit(group)) return refusal(429, 2001, 'Too many requests');
      return answerRest({ ...rules, revise }, request);
    },
  });
  return {
    ...createShopActions(memory, rules),
    port: server.port,
    credentials: {
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      refreshToken: CLIENT.refresh,
      apiBase: server.address,
    },
    behave: (change) => void Object.assign(switches, change),
    endTokens: () => memory.tokens.clear(),
    order: (orderId) => existing(memory.orders.get(orderId)),
    listing: (itemId) => existing(memory.listings.get(itemId)),
    setFault: faults.set,
    clearFaults: faults.clear,
    writes: () => writes,
    requests: server.requests,
    webhooksSettled: async () => undefined,
    save: () => saveMemory(memory),
    close: server.close,
  };
}

function existing<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new RangeError('The simulated account has no such thing.');
  return thing;
}

const WRITING: ReadonlySet<string> = new Set([
  'POST /sell/inventory/v1/bulk_update_price_quantity',
  'ReviseInventoryStatus',
]);

const nameOf = (request: SimulationRequest): string =>
  request.url.pathname === TRADING_PATH
    ? callOf(request)
    : `${request.method} ${request.url.pathname.replace(/\/order\/[^/]+/, '/order/{orderId}')}`;

// ---- tokens -----------------------------------------------------------------------------------------------------

const INVALID_GRANT: SimulationAnswer = {
  status: 400,
  body: { error: 'invalid_grant', error_description: 'The refresh token is invalid.' },
};
const INVALID_CLIENT: SimulationAnswer = {
  status: 401,
  body: { error: 'invalid_client', error_description: 'Client authentication failed.' },
};

type TokenRules = { readonly memory: ShopMemory; readonly now: () => Date; readonly changed: () => void };

function issueToken({ memory, now, changed }: TokenRules, request: SimulationRequest): SimulationAnswer {
  const basic = Buffer.from(`${CLIENT.id}:${CLIENT.secret}`, 'utf8').toString('base64');
  if (request.headers['authorization'] !== `Basic ${basic}`) return INVALID_CLIENT;
  const form = new URLSearchParams(request.body);
  if (form.get('grant_type') !== 'refresh_token' || form.get('refresh_token') !== CLIENT.refresh) {
    return INVALID_GRANT;
  }
  const token = `v^1.1#access-${randomUUID()}`;
  memory.tokens.set(token, new Date(now().getTime() + TOKEN_SECONDS * 1_000).toISOString());
  changed();
  // No refresh token in the answer: it stays the one it was.
  return {
    status: 200,
    body: { access_token: token, expires_in: TOKEN_SECONDS, token_type: 'User Access Token' },
  };
}

function isKnownToken(memory: ShopMemory, request: SimulationRequest, now: Date): boolean {
  const token =
    request.url.pathname === TRADING_PATH
      ? request.headers['x-ebay-api-iaf-token']
      : request.headers['authorization']?.replace(/^Bearer /, '');
  const endsAt = memory.tokens.get(token ?? '');
  return endsAt !== undefined && new Date(endsAt) > now;
}

const refuseToken = (request: SimulationRequest): SimulationAnswer =>
  request.url.pathname === TRADING_PATH
    ? tradingFailure(callOf(request), 21916984, 'Invalid IAF token.')
    : refusal(401, 1001, 'Invalid access token');

// ---- limits -----------------------------------------------------------------------------------------------------

const CALLS_A_DAY = { trading: 5_000, fulfillment: 100_000, inventory: 2_000_000 } as const;

function createDailyCounter(now: () => Date, limits: boolean): (group: keyof typeof CALLS_A_DAY) => boolean {
  const counts = new Map<string, number>();
  return (group) => {
    const key = `${group} ${now().toISOString().slice(0, 10)}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return limits && count > CALLS_A_DAY[group];
  };
}
