// A simulated eBay account on the loopback: OAuth, REST and Trading, with the published limits and the two worlds of listings.

import { createConsentDesk } from '../simulation-consent.ts';
import { createFaultBoard } from '../simulation-faults.ts';
import { restoreMemory, saveMemory } from '../simulation-memory.ts';
import {
  type SimulationAnswer,
  type SimulationRequest,
  startSimulationServer,
} from '../simulation-server.ts';
import { createWebhookCourier } from '../simulation-webhooks.ts';
import type { SimulatedShop, SimulatorOptions } from '../simulator.ts';
import {
  CLIENT,
  CODE_LIFE_MS,
  CONSENT_PATH,
  INVALID_GRANT,
  isLive,
  issueToken,
  showConsent,
  TOKEN_PATH,
} from './simulator-auth.ts';
import { createSimulatedFeeds, FEED_PATH } from './simulator-feed.ts';
import {
  createMemory,
  type ShopMemory,
  type SimulatedEbayOrder,
  type SimulatedListing,
} from './simulator-memory.ts';
import { ATTEMPTS_MAX, createAttemptBook, createNotifier, type Notifier } from './simulator-notifications.ts';
import { answerRest, refusal } from './simulator-rest.ts';
import { createRevise, type WriteRecord } from './simulator-revise.ts';
import { createShopActions, type ShopActions } from './simulator-shop.ts';
import { answerTrading, callOf, revise as reviseListings, tradingFailure } from './simulator-trading.ts';
import { childrenOf } from './xml.ts';

const TRADING_PATH = '/ws/api.dll';
/** Real retries wait longer. */
const RETRY_DELAY_MS = 5;

/** What this account can do beyond what every simulated shop can. */
export type EbaySimulatedShop = SimulatedShop & {
  /** How this account differs from others. */
  readonly behave: (change: Partial<Switches>) => void;
  /** Every token that was issued ends now. */
  readonly endTokens: () => void;
  /** A buyer closes the account, and eBay tells everybody who may hold something of it. */
  readonly deleteBuyer: (username: string) => void;
  readonly order: (orderId: string) => SimulatedEbayOrder;
  readonly listing: (itemId: string) => SimulatedListing;
} & Pick<ShopActions, 'offerAlso'>;

type Switches = {
  outOfStockControl: boolean;
  onlyOneSkuACall: boolean;
  removesUnsoldAtZero: boolean;
  withheldTopics: readonly string[];
  hasAlertEmail: boolean;
  feedsHang: boolean;
  feedsRefused: boolean;
  countsRevisions: boolean;
};

export type EbaySimulatorOptions = SimulatorOptions & {
  readonly legacyOnly?: boolean;
  /** The accepted address behind the RuName; whatever address of this machine comes with the person when not given. */
  readonly redirectUris?: readonly string[];
};

export async function startEbaySimulator(options: EbaySimulatorOptions): Promise<EbaySimulatedShop> {
  const now = options.now ?? (() => new Date());
  const memory: ShopMemory =
    options.memory === undefined
      ? createMemory()
      : { ...createMemory(), ...restoreMemory<ShopMemory>(options.memory) };
  const faults = createFaultBoard();
  const writes: WriteRecord[] = [];
  const limits = options.limits ?? true;
  const switches: Switches = {
    outOfStockControl: true,
    onlyOneSkuACall: false,
    removesUnsoldAtZero: false,
    withheldTopics: [],
    hasAlertEmail: true,
    feedsHang: false,
    feedsRefused: false,
    countsRevisions: limits,
  };
  const lists = createLists(memory);
  const rules = {
    memory,
    now,
    ...lists,
    changed: () => {
      lists.forget();
      options.onChange?.();
    },
    limits,
    writes,
    legacyOnly: options.legacyOnly ?? false,
    outOfStockControl: () => switches.outOfStockControl,
    onlyOneSkuACall: () => switches.onlyOneSkuACall,
    removesUnsoldAtZero: () => switches.removesUnsoldAtZero,
    withheldTopics: () => switches.withheldTopics,
    hasAlertEmail: () => switches.hasAlertEmail,
    consent: createConsentDesk({
      now,
      codeLifeMs: CODE_LIFE_MS,
      ...(options.redirectUris === undefined ? {} : { redirectUris: options.redirectUris }),
    }),
  };
  const courier = createWebhookCourier({
    faults,
    attempts: ATTEMPTS_MAX,
    retryDelayMs: RETRY_DELAY_MS,
    onAttempt: createAttemptBook(memory),
  });
  const notifier = createNotifier(rules, () => courier);
  const revise = createRevise({ ...rules, countsRevisions: () => switches.countsRevisions });
  const feeds = createSimulatedFeeds({
    memory,
    now,
    limits,
    revise: (message) => reviseListings({ ...rules, revise }, childrenOf(message, 'InventoryStatus')),
    feedsHang: () => switches.feedsHang,
    feedsRefused: () => switches.feedsRefused,
  });
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
      if (pathname === CONSENT_PATH) return showConsent(rules, request.url.searchParams);
      if (pathname === TOKEN_PATH) return issueToken(rules, request);
      const caller = callerOf(memory, request, now());
      if (caller === null) return refuseToken(request);
      if (pathname.startsWith('/commerce/notification/')) {
        return notifier.answer(request, caller === 'application');
      }
      if (caller === 'application')
        return refusal(403, 1100, 'Insufficient permissions to fulfill the request.');
      if (pathname === TRADING_PATH) {
        if (isOverLimit('trading')) return tradingFailure(callOf(request), 518, 'Call usage limit reached.');
        return answerTrading({ ...rules, revise }, request);
      }
      if (pathname.startsWith(FEED_PATH)) {
        return isOverLimit('feed') ? refusal(429, 2001, 'Too many requests') : feeds(request);
      }
      const group = pathname.startsWith('/sell/fulfillment/') ? 'fulfillment' : 'inventory';
      if (isOverLimit(group)) return refusal(429, 2001, 'Too many requests');
      return answerRest({ ...rules, revise }, request);
    },
  });
  return {
    ...announced(createShopActions(memory, rules), notifier),
    port: server.port,
    credentials: {
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      ruName: CLIENT.ruName,
      refreshToken: CLIENT.refresh,
      apiBase: server.address,
    },
    behave: (change) => void Object.assign(switches, change),
    endTokens: () => memory.tokens.clear(),
    deleteBuyer: (username) =>
      notifier.tell('MARKETPLACE_ACCOUNT_DELETION', { username, userId: username, eiasToken: 'none' }),
    order: (orderId) => existing(memory.orders.get(orderId)),
    listing: (itemId) => existing(memory.listings.get(itemId)),
    setFault: faults.set,
    clearFaults: faults.clear,
    writes: () => writes,
    requests: server.requests,
    webhooksSettled: courier.settled,
    save: () => saveMemory(memory),
    close: async () => {
      await courier.stop();
      await server.close();
    },
  };
}

/** The lists that are shown page by page, made anew only after a change. */
function createLists(memory: ShopMemory) {
  let active: readonly SimulatedListing[] | null = null;
  let skus: readonly string[] | null = null;
  return {
    active: () => {
      active ??= [...memory.listings.values()].filter(({ hasEnded }) => !hasEnded);
      return active;
    },
    inventorySkus: () => {
      skus ??= [...memory.inventory.keys()];
      return skus;
    },
    forget: () => {
      active = null;
      skus = null;
    },
  };
}

/** What happens is told to whoever has ordered it. */
function announced(actions: ShopActions, { tell }: Notifier): ShopActions {
  const listing = (remoteId: string): void =>
    tell('LISTING', { listing: { listingId: remoteId.split('~')[0] } });
  const order = (topic: string, orderId: string): void =>
    tell(topic, { user: { userId: 'rehearsalUser1' }, order: { orderId } });
  return {
    ...actions,
    addProduct: (product) => {
      const remoteId = actions.addProduct(product);
      listing(remoteId);
      return remoteId;
    },
    removeProduct: (remoteId) => {
      actions.removeProduct(remoteId);
      listing(remoteId);
    },
    changeProduct: (remoteId, change) => {
      actions.changeProduct(remoteId, change);
      listing(remoteId);
    },
    buy: (lines) => {
      const placed = actions.buy(lines);
      order('ORDER_CONFIRMATION', placed.remoteId);
      return placed;
    },
    fulfil: (orderId, lines) => {
      actions.fulfil(orderId, lines);
      order('ITEM_MARKED_SHIPPED', orderId);
    },
    cancel: (orderId) => {
      actions.cancel(orderId);
      order('ORDER_CANCELLATION_ACTIVITY', orderId);
    },
  };
}

function existing<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new RangeError('The simulated account has no such thing.');
  return thing;
}

const WRITING: ReadonlySet<string> = new Set([
  'POST /sell/inventory/v1/bulk_update_price_quantity',
  'ReviseInventoryStatus',
  'POST /sell/feed/v1/task',
  'POST /sell/feed/v1/task/{taskId}/upload_file',
  'POST /commerce/notification/v1/destination',
  'POST /commerce/notification/v1/subscription',
]);

const nameOf = (request: SimulationRequest): string =>
  request.url.pathname === TRADING_PATH
    ? callOf(request)
    : `${request.method} ${request.url.pathname
        .replace(/\/order\/[^/]+/, '/order/{orderId}')
        .replace(/\/task\/[^/]+/, '/task/{taskId}')}`;

// ---- tokens -----------------------------------------------------------------------------------------------------

/** Whose token it is; null when it is no live one. */
function callerOf(
  { tokens, applicationTokens }: ShopMemory,
  request: SimulationRequest,
  now: Date,
): 'seller' | 'application' | null {
  const token =
    request.url.pathname === TRADING_PATH
      ? request.headers['x-ebay-api-iaf-token']
      : request.headers['authorization']?.replace(/^Bearer /, '');
  if (isLive(tokens, token, now)) return 'seller';
  return isLive(applicationTokens, token, now) ? 'application' : null;
}

const refuseToken = (request: SimulationRequest): SimulationAnswer =>
  request.url.pathname === TRADING_PATH
    ? tradingFailure(callOf(request), 21916984, 'Invalid IAF token.')
    : refusal(401, 1001, 'Invalid access token');

// ---- limits -----------------------------------------------------------------------------------------------------

const CALLS_A_DAY = { trading: 5_000, fulfillment: 100_000, feed: 100_000, inventory: 2_000_000 } as const;

function createDailyCounter(now: () => Date, limits: boolean): (group: keyof typeof CALLS_A_DAY) => boolean {
  const counts = new Map<string, number>();
  return (group) => {
    const key = `${group} ${now().toISOString().slice(0, 10)}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return limits && count > CALLS_A_DAY[group];
  };
}
