// A simulated Amazon account on the loopback: the operations this channel uses, with Amazon's rules, delays and usage plans.

import { createConsentDesk } from '../simulation-consent.ts';
import { createFaultBoard } from '../simulation-faults.ts';
import { restoreMemory, saveMemory } from '../simulation-memory.ts';
import {
  type SimulationAnswer,
  type SimulationRequest,
  startSimulationServer,
} from '../simulation-server.ts';
import type { SimulatedShop, SimulatorOptions } from '../simulator.ts';
import type { OperationName } from './operations.ts';
import { createDocumentDesk, createRules, type DocumentRules } from './simulator-documents.ts';
import {
  APPLICATION_ID,
  accessDenied,
  createUsagePlans,
  errorAnswer,
  type Found,
  findOperation,
  issueToken,
  LOGIN,
  nameOf,
  revoked,
  SELLER_ID,
  showConsent,
  throttled,
  tokenProblem,
} from './simulator-http.ts';
import {
  getItem,
  patchItem,
  type QuantityWrite,
  searchItems,
  US,
  type Writing,
} from './simulator-listings.ts';
import { type AccountMemory, createMemory, type SimulatedAmazonOrder, settle } from './simulator-memory.ts';
import { getOrder, searchOrders } from './simulator-orders.ts';
import { createQueueStandIn, QUEUE_KEY, type QueueStandIn } from './simulator-queue.ts';
import { createShopActions, listingOf } from './simulator-shop.ts';

type Actions = ReturnType<typeof createShopActions>;

export type AmazonSimulatorOptions = SimulatorOptions & {
  /** The app is published; a draft when not given. */
  readonly isPublished?: boolean;
  /** The redirect addresses registered with the app; any of this machine's when not given. */
  readonly redirectUris?: readonly string[];
};

const CODE_LIFE_MS = 5 * 60_000;

/** What this shop can do beyond what every simulated shop can. */
export type AmazonSimulatedShop = SimulatedShop &
  Pick<Actions, 'buyPending' | 'pay' | 'replace' | 'requestCancel'> & {
    readonly rules: DocumentRules;
    /** The seller's own message queue. */
    readonly queue: Pick<QueueStandIn, 'put' | 'size'>;
    /** How long after it was accepted a quantity is shown; 0 is at once. */
    readonly showQuantitiesAfter: (ms: number) => void;
    /** The handling time that lives beside the quantity; null once it was wiped. */
    readonly handlingDaysOf: (sku: string) => number | null;
    /** SKUs whose quantity Amazon calls invalid. */
    readonly refusedSkus: Set<string>;
    /** Operations the app lacks the role for. */
    readonly denied: Set<OperationName>;
    /** What x-amzn-RateLimit-Limit says for all operations; null leaves it out. */
    readonly announceRate: (requestsPerSecond: number | null) => void;
    readonly endTokens: () => void;
  };

export async function startAmazonSimulator(options: AmazonSimulatorOptions): Promise<AmazonSimulatedShop> {
  const now = options.now ?? (() => new Date());
  const memory: AccountMemory = {
    ...createMemory(),
    ...(options.memory === undefined ? {} : restoreMemory<AccountMemory>(options.memory)),
  };
  const changed = (): void => options.onChange?.();
  const faults = createFaultBoard();
  const pace = options.pace ?? 1;
  const plans = createUsagePlans(now, options.limits ?? true, pace);
  const writes: QuantityWrite[] = [];
  const consent = createConsentDesk({
    now,
    codeLifeMs: CODE_LIFE_MS,
    ...(options.redirectUris === undefined ? {} : { redirectUris: options.redirectUris }),
  });
  const denied = new Set<OperationName>();
  const refusedSkus = new Set<string>();
  let liveAfterMs = 0;
  let announcedRate: number | null = null;
  let address = '';
  const writing: Writing = { memory, now, writes, liveAfterMs: () => liveAfterMs, refusedSkus, changed };
  const rules = createRules();
  const desk = createDocumentDesk(writing, rules, () => address);

  const queue = createQueueStandIn(now);
  const tell = (order: SimulatedAmazonOrder): void => {
    if (faults.take('loseWebhooks')) return;
    for (let time = faults.take('repeatWebhooks') ? 2 : 1; time > 0; time -= 1) {
      queue.tellOrderChange(order.id, order.fulfilledBy === 'MERCHANT');
    }
  };

  function run({ name, path }: Found, request: SimulationRequest): SimulationAnswer {
    const isOfAnother = 'sellerId' in path && path['sellerId'] !== SELLER_ID;
    if (denied.has(name) || isOfAnother) return accessDenied();
    const id = (key: string): string => path[key] ?? '';
    switch (name) {
      case 'searchOrders':
        return searchOrders(memory, request, now(), pace);
      case 'getOrder':
        return getOrder(memory, id('orderId'), request);
      case 'searchListingsItems':
        return searchItems(memory, request);
      case 'getListingsItem':
        return getItem(memory, id('sku'));
      case 'patchListingsItem':
        return patchItem(writing, id('sku'), request);
      case 'createReport':
        return desk.createReport(request);
      case 'getReport':
        return desk.getReport(id('reportId'));
      case 'getReportDocument':
        return desk.getReportDocument(id('reportDocumentId'));
      case 'createFeedDocument':
        return desk.createFeedDocument();
      case 'createFeed':
        return desk.createFeed(request);
      case 'getFeed':
        return desk.getFeed(id('feedId'));
      case 'getFeeds':
        return desk.getFeeds(request);
      case 'getFeedDocument':
        return desk.getFeedDocument(id('feedDocumentId'));
      case 'getDestinations':
        return queue.notifications.getDestinations();
      case 'createDestination':
        return queue.notifications.createDestination(request);
      case 'getSubscription':
        return queue.notifications.getSubscription();
      case 'createSubscription':
        return queue.notifications.createSubscription(request);
      case 'getMarketplaceParticipations':
        return PARTICIPATIONS;
    }
  }

  function handle(request: SimulationRequest): SimulationAnswer | Promise<SimulationAnswer> {
    settle(memory, now());
    const { pathname } = request.url;
    if (queue.isCall(request)) return queue.call(request);
    if (pathname === '/apps/authorize/consent') {
      return showConsent(consent, request.url.searchParams, options.isPublished !== true);
    }
    if (pathname === '/auth/o2/token') {
      const answer = issueToken(memory, consent, request, now());
      changed();
      return answer;
    }
    if (pathname.startsWith('/documents/')) {
      const stored = desk.storage(request);
      return Buffer.isBuffer(stored) ? { status: 200, headers: OCTETS, body: stored } : stored;
    }
    const found = findOperation(request);
    if (found === null) return errorAnswer(404, 'NotFound', 'Resource not found.');
    const refusal = tokenProblem(memory, request, found.name, now()) ?? plans.take(found.name);
    const answer = refusal ?? run(found, request);
    if (announcedRate === null) return answer;
    return { ...answer, headers: { ...answer.headers, 'x-amzn-ratelimit-limit': String(announcedRate) } };
  }

  const server = await startSimulationServer({
    port: options.port,
    latencyMs: options.latencyMs ?? 0,
    faults,
    nameOf,
    throttled,
    revoked,
    changes: (request) => ['patchListingsItem', 'createFeed'].includes(nameOf(request)),
    handle,
  });
  address = server.address;
  return {
    ...createShopActions({ memory, now, changed, tell }),
    port: server.port,
    credentials: {
      sellerId: SELLER_ID,
      countries: 'US',
      ...LOGIN,
      applicationId: APPLICATION_ID,
      ...(options.isPublished === true ? { publishedApp: 'yes' } : {}),
      queueUrl: queue.urlAt(server.address),
      ...QUEUE_KEY,
      secretRotatedOn: now().toISOString().slice(0, 10),
      apiBase: server.address,
      ...(pace === 1 ? {} : { rehearsalPace: String(pace) }),
    },
    shelf: () => {
      settle(memory, now());
      return [...memory.listings.values()].map(({ sku, title, quantity }) => ({
        remoteId: sku,
        sku,
        title,
        quantity,
      }));
    },
    rules,
    queue: { put: queue.put, size: queue.size },
    denied,
    refusedSkus,
    showQuantitiesAfter: (ms) => {
      liveAfterMs = ms;
    },
    handlingDaysOf: (sku) => listingOf(memory, sku).handlingDays,
    announceRate: (rate) => {
      announcedRate = rate;
    },
    endTokens: () => memory.tokens.clear(),
    setFault: faults.set,
    clearFaults: faults.clear,
    writes: () => writes,
    requests: server.requests,
    webhooksSettled: async () => undefined,
    save: () => saveMemory(memory),
    close: server.close,
  };
}

const OCTETS = { 'content-type': 'application/octet-stream' };

const PARTICIPATIONS: SimulationAnswer = {
  status: 200,
  body: {
    payload: [
      {
        marketplace: {
          id: US,
          countryCode: 'US',
          name: 'Amazon.com',
          defaultCurrencyCode: 'USD',
          defaultLanguageCode: 'en_US',
          domainName: 'www.amazon.com',
        },
        participation: { isParticipating: true, hasSuspendedListings: false },
        storeName: 'Rehearsal Shop',
      },
    ],
  },
};
