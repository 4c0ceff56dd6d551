// A simulated Shopify shop on the loopback: real GraphQL over HTTP with the rules, limits and webhooks of the real one.

import { randomBytes } from 'node:crypto';
import {
  buildSchema,
  type DocumentNode,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql';
import { createFaultBoard } from '../simulation-faults.ts';
import {
  type SimulationAnswer,
  type SimulationRequest,
  startSimulationServer,
} from '../simulation-server.ts';
import { createWebhookCourier } from '../simulation-webhooks.ts';
import type { SimulatedShop, SimulatorOptions } from '../simulator.ts';
import { API_VERSION } from './manifest.ts';
import {
  BUCKET_POINTS,
  createCostBucket,
  QUERY_COST_MAX,
  RESTORE_PER_SECOND,
  requestedCost,
} from './simulator-cost.ts';
import type { QuantityWrite } from './simulator-inventory.ts';
import {
  createMemory,
  gid,
  levelKey,
  restoreMemory,
  type ShopMemory,
  saveMemory,
} from './simulator-memory.ts';
import { createRoot } from './simulator-resolvers.ts';
import { SCHEMA } from './simulator-schema.ts';
import { createShopActions, type ShopActions } from './simulator-shop.ts';
import { publish } from './simulator-webhooks.ts';

const SHOP = { name: 'Rehearsal Shop', domain: 'rehearsal-shop.myshopify.com' };
// Of a shop that exists only in this process; they open nothing.
const CLIENT = { id: 'rehearsal-client', secret: 'rehearsal-client-secret' };
const PASTED_TOKEN = 'shpat_rehearsal';
const TOKEN_LIFE_MS = 24 * 3_600_000;
/** The first try and eight more; the real shop spreads them over four hours. */
const DELIVERY_ATTEMPTS = 9;
const DELIVERY_RETRY_MS = 5;
const FAILURES_UNTIL_REMOVED = 8;
const SCOPES = ['read_products', 'write_inventory', 'read_locations', 'read_orders', 'read_all_orders'];

/** What this shop can do beyond what every simulated shop can. */
export type ShopifySimulatedShop = SimulatedShop &
  Pick<
    ShopActions,
    'addLocation' | 'buy' | 'cancelFulfilment' | 'fulfil' | 'note' | 'refund' | 'stockAt' | 'stockOf'
  > & {
    readonly cancel: ShopActions['cancel'];
    readonly pastedCredentials: Readonly<Record<string, string>>;
    readonly subscriptions: () => readonly { readonly topic: string; readonly uri: string }[];
    /** Marks a listing as a bundle whose stock the shop works out itself. */
    readonly makeBundle: (remoteId: string) => void;
    /** Every token that was issued ends now. */
    readonly endTokens: () => void;
  };

export type ShopifySimulatorOptions = SimulatorOptions & {
  readonly scopes?: readonly string[];
  /** What X-Shopify-API-Version says. */
  readonly answeredVersion?: string;
};

const schema: GraphQLSchema = buildSchema(SCHEMA);

export async function startShopifySimulator(options: ShopifySimulatorOptions): Promise<ShopifySimulatedShop> {
  const now = options.now ?? (() => new Date());
  const memory = options.memory === undefined ? createMemory() : restoreMemory(options.memory);
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
  const root = createRoot(memory, events, writes, { ...SHOP, scopes: options.scopes ?? SCOPES });
  const bucket = createCostBucket(now, options.limits ?? true);
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

function shelf(memory: ShopMemory) {
  const places = [...memory.locations.values()].filter((one) => one.isActive && one.fulfillsOnlineOrders);
  return [...memory.variants.values()].map((variant) => ({
    remoteId: gid('ProductVariant', variant.id),
    sku: variant.sku,
    title: memory.products.get(variant.productId)?.title ?? variant.title,
    quantity: places.reduce(
      (sum, { id }) => sum + (memory.levels.get(levelKey(variant.itemId, id))?.available ?? 0),
      0,
    ),
  }));
}

// ---- answers of the HTTP level ----------------------------------------------------------------------------------

const NOT_FOUND: SimulationAnswer = { status: 404, body: { errors: 'Not Found' } };
const INVALID_TOKEN: SimulationAnswer = {
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
function throttled(turn: number, { url }: SimulationRequest): SimulationAnswer {
  const isGraphql = url.pathname.endsWith('/graphql.json');
  if (isGraphql && turn % 2 === 0) return throttledAnswer(50, 0);
  return TOO_MANY[turn % TOO_MANY.length] ?? INVALID_TOKEN;
}

const costExtension = (requested: number, actual: number | null, available: number) => ({
  cost: {
    requestedQueryCost: requested,
    actualQueryCost: actual,
    throttleStatus: {
      maximumAvailable: BUCKET_POINTS,
      currentlyAvailable: available,
      restoreRate: RESTORE_PER_SECOND,
    },
  },
});
const throttledAnswer = (requested: number, available: number): SimulationAnswer => ({
  status: 200,
  body: {
    errors: [
      {
        message: 'Throttled',
        extensions: { code: 'THROTTLED', documentation: 'https://shopify.dev/api/usage/rate-limits' },
      },
    ],
    extensions: costExtension(requested, null, available),
  },
});

function issueToken(
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

function isKnownToken(memory: ShopMemory, request: SimulationRequest, now: Date): boolean {
  const token = request.headers['x-shopify-access-token'] ?? '';
  return token === PASTED_TOKEN || new Date(memory.tokens.get(token) ?? 0).getTime() > now.getTime();
}

function nameOf(request: SimulationRequest): string {
  if (!request.url.pathname.endsWith('/graphql.json')) return request.url.pathname;
  return /"operationName":"(\w+)"/.exec(request.body)?.[1] ?? 'graphql';
}

// ---- GraphQL --------------------------------------------------------------------------------------------------

/** Documents are few and always the same: each is parsed and validated once. */
const known = new Map<string, DocumentNode | readonly GraphQLError[]>();

function readDocument(text: string): DocumentNode | readonly GraphQLError[] {
  const before = known.get(text);
  if (before !== undefined) return before;
  let result: DocumentNode | readonly GraphQLError[];
  try {
    const document = parse(text);
    const problems = validate(schema, document);
    result = problems.length > 0 ? problems : document;
  } catch (problem) {
    result = [problem as GraphQLError];
  }
  known.set(text, result);
  return result;
}

type GraphqlBody = { readonly query?: string; readonly variables?: Readonly<Record<string, unknown>> };

function runGraphql(
  root: object,
  bucket: ReturnType<typeof createCostBucket>,
  request: SimulationRequest,
): SimulationAnswer {
  let body: GraphqlBody;
  try {
    body = JSON.parse(request.body) as GraphqlBody;
  } catch {
    return { status: 400, body: { errors: { query: 'Required parameter missing or invalid' } } };
  }
  const document = readDocument(body.query ?? '');
  if (!('kind' in document)) return { status: 200, body: { errors: document } };
  const variableValues = body.variables ?? {};
  const cost = requestedCost(schema, document, variableValues);
  if (cost > QUERY_COST_MAX) {
    const message = `Query cost is ${cost}, which exceeds the single query max cost limit (${QUERY_COST_MAX}).`;
    return { status: 200, body: { errors: [{ message, extensions: { code: 'MAX_COST_EXCEEDED' } }] } };
  }
  if (!bucket.take(cost)) return throttledAnswer(cost, bucket.left());
  const result = execute({ schema, document, rootValue: root, variableValues });
  if (result instanceof Promise || !('errors' in result || 'data' in result)) {
    return { status: 500, body: 'The simulator answers at once or not at all.' };
  }
  const { data, errors } = result as { data?: unknown; errors?: readonly GraphQLError[] };
  if (data === undefined) {
    const problems = (errors ?? []).map(({ message }) => ({
      message,
      extensions: { code: 'INVALID_VARIABLE' },
    }));
    return { status: 200, body: { errors: problems } };
  }
  const extensions = costExtension(cost, cost, bucket.left());
  return { status: 200, body: errors === undefined ? { data, extensions } : { errors, data, extensions } };
}
