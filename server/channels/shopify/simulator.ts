// A simulated Shopify shop on the loopback: real GraphQL over HTTP with the rules, limits and webhooks of the real one.

import { createFaultBoard } from '../simulation-faults.ts';
import { restoreMemory, saveMemory } from '../simulation-memory.ts';
import { startSimulationServer } from '../simulation-server.ts';
import { createWebhookCourier } from '../simulation-webhooks.ts';
import type { SimulatedShop, SimulatorOptions } from '../simulator.ts';
import { API_VERSION } from './manifest.ts';
import { createBulkDesk } from './simulator-bulk.ts';
import { createCostBucket } from './simulator-cost.ts';
import { runGraphql } from './simulator-graphql.ts';
import {
  CLIENT,
  INVALID_TOKEN,
  isKnownToken,
  issueToken,
  NOT_FOUND,
  nameOf,
  PASTED_TOKEN,
  SCOPES,
  throttled,
} from './simulator-http.ts';
import type { QuantityWrite } from './simulator-inventory.ts';
import { createMemory, gid, levelKey, type ShopMemory } from './simulator-memory.ts';
import { createRoot } from './simulator-resolvers.ts';
import { createShopActions, type ShopActions } from './simulator-shop.ts';
import { publish } from './simulator-webhooks.ts';

const SHOP = { name: 'Rehearsal Shop', domain: 'rehearsal-shop.myshopify.com' };
/** The first try and eight more; the real shop spreads them over four hours. */
const DELIVERY_ATTEMPTS = 9;
const DELIVERY_RETRY_MS = 5;
const FAILURES_UNTIL_REMOVED = 8;

/** What this shop can do beyond what every simulated shop can. */
export type ShopifySimulatedShop = SimulatedShop &
  Pick<
    ShopActions,
    | 'addLocation'
    | 'buy'
    | 'cancelFulfilment'
    | 'fulfil'
    | 'locationName'
    | 'moveLine'
    | 'note'
    | 'refund'
    | 'returnUnits'
    | 'shareItem'
    | 'stockAt'
    | 'stockOf'
  > & {
    readonly cancel: ShopActions['cancel'];
    readonly pastedCredentials: Readonly<Record<string, string>>;
    readonly subscriptions: () => readonly { readonly topic: string; readonly uri: string }[];
    /** Marks a listing as a bundle whose stock the shop works out itself. */
    readonly makeBundle: (remoteId: string) => void;
    /** Every token that was issued ends now. */
    readonly endTokens: () => void;
    /** So many files of catalogues are being written for this app all the time. */
    readonly occupyBulk: (count: number) => void;
    /** The next file breaks off in the middle. */
    readonly failNextBulk: () => void;
  };

export type ShopifySimulatorOptions = SimulatorOptions & {
  readonly scopes?: readonly string[];
  /** What X-Shopify-API-Version says. */
  readonly answeredVersion?: string;
};

export async function startShopifySimulator(options: ShopifySimulatorOptions): Promise<ShopifySimulatedShop> {
  const now = options.now ?? (() => new Date());
  const memory = options.memory === undefined ? createMemory() : remembered(options.memory);
  const faults = createFaultBoard();
  const writes: QuantityWrite[] = [];
  const changed = (): void => options.onChange?.();
  const courier = createWebhookCourier({
    faults,
    attempts: DELIVERY_ATTEMPTS,
    retryDelayMs: DELIVERY_RETRY_MS,
    onAttempt: ({ subscriptionId }, accepted) => {
      const subscription = memory.subscriptions.get(subscriptionId);
      if (subscription === undefined) return false;
      subscription.failures = accepted ? 0 : subscription.failures + 1;
      if (subscription.failures < FAILURES_UNTIL_REMOVED) return true;
      memory.subscriptions.delete(subscriptionId);
      changed();
      return false;
    },
  });
  const events = {
    now,
    changed,
    emit: (topic: string, body: object) =>
      publish(memory, courier, { domain: SHOP.domain, clientSecret: CLIENT.secret, now: now() }, topic, body),
  };
  const actions = createShopActions(memory, events);
  const limited = options.limits ?? true;
  const bulk = createBulkDesk(memory, { now, limited, address: () => server.address });
  const shop = { ...SHOP, scopes: options.scopes ?? SCOPES };
  const root = createRoot(memory, events, writes, shop, bulk);
  const bucket = createCostBucket(now, limited);
  const version = options.answeredVersion ?? API_VERSION;
  const server = await startSimulationServer({
    port: options.port,
    latencyMs: options.latencyMs ?? 0,
    faults,
    nameOf,
    revoked: () => INVALID_TOKEN,
    throttled,
    changes: ({ body }) => body.includes('"query":"mutation'),
    handle: (request) => {
      if (request.url.pathname === '/admin/oauth/access_token')
        return issueToken(memory, request, now(), changed);
      if (request.url.pathname.startsWith('/bulk/')) return bulk.download(request);
      if (!/^\/admin\/api\/\d{4}-\d{2}\/graphql\.json$/.test(request.url.pathname)) return NOT_FOUND;
      if (!isKnownToken(memory, request, now())) return INVALID_TOKEN;
      const answer = runGraphql(root, bucket, request);
      return { ...answer, headers: { ...answer.headers, 'x-shopify-api-version': version } };
    },
  });
  const address = { shop: SHOP.domain, apiBase: server.address };
  return {
    ...actions,
    port: server.port,
    credentials: { ...address, clientId: CLIENT.id, clientSecret: CLIENT.secret },
    pastedCredentials: { ...address, accessToken: PASTED_TOKEN, clientSecret: CLIENT.secret },
    shelf: () => shelf(memory),
    subscriptions: () => [...memory.subscriptions.values()].map(({ topic, uri }) => ({ topic, uri })),
    makeBundle: (remoteId) => {
      const variant = [...memory.variants.values()].find(({ id }) => gid('ProductVariant', id) === remoteId);
      if (variant !== undefined) variant.requiresComponents = true;
    },
    endTokens: () => memory.tokens.clear(),
    occupyBulk: bulk.occupy,
    failNextBulk: bulk.failNext,
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

function titleOf(
  memory: ShopMemory,
  variant: { readonly productId: string; readonly title: string },
): string {
  const product = memory.products.get(variant.productId)?.title ?? '';
  return variant.title === 'Default Title' ? product : `${product} - ${variant.title}`;
}

function shelf(memory: ShopMemory) {
  const places = [...memory.locations.values()].filter((one) => one.isActive && one.fulfillsOnlineOrders);
  return [...memory.variants.values()].map((variant) => ({
    remoteId: gid('ProductVariant', variant.id),
    sku: variant.sku,
    title: titleOf(memory, variant),
    quantity: places.reduce(
      (sum, { id }) => sum + (memory.levels.get(levelKey(variant.itemId, id))?.available ?? 0),
      0,
    ),
  }));
}

/** A memory that was saved before returns existed has none. */
function remembered(saved: unknown): ShopMemory {
  const memory = restoreMemory<ShopMemory>(saved);
  for (const [id, order] of memory.orders) memory.orders.set(id, { ...order, returns: order.returns ?? [] });
  return memory;
}
