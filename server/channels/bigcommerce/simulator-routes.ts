// The routes of the simulated store, below `/stores/{hash}`.

import type { SimulationAnswer, SimulationRequest } from '../simulation-server.ts';
import { answer, noContent, Refusal, refuse } from './simulator-answers.ts';
import * as catalog from './simulator-catalog.ts';
import * as hooks from './simulator-hooks.ts';
import * as inventory from './simulator-inventory.ts';
import type { Shop } from './simulator-memory.ts';
import * as orders from './simulator-orders.ts';
import type { Settling } from './simulator-stock.ts';

export type RouteContext = {
  readonly shop: Shop;
  readonly settling: Settling;
  readonly accessToken: string;
  readonly storeHash: string;
  readonly poison: inventory.Poison;
  /** The scopes the API account has, as the connect form lists them. */
  readonly scopes: ReadonlySet<Scope>;
};

export const SCOPES = ['products', 'inventory', 'locations', 'orders', 'information'] as const;
export type Scope = (typeof SCOPES)[number];

type Call = RouteContext & {
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** The number in the path. */
  readonly id: number;
};
type Route = { readonly scope: Scope | null; readonly handle: (call: Call) => SimulationAnswer };

const ROUTES: Readonly<Record<string, Route>> = {
  'GET /v2/store': {
    scope: 'information',
    handle: () =>
      answer(200, { id: 'rehearsal', name: 'Rehearsal Store', store_id: 1025646, default_channel_id: 1 }),
  },
  'GET /v3/settings/inventory': {
    scope: 'information',
    handle: ({ shop, query }) => inventory.inventorySettings(shop, query),
  },
  'GET /v3/catalog/products': {
    scope: 'products',
    handle: ({ shop, query }) => catalog.listProducts(shop, query),
  },
  'GET /v3/catalog/variants': {
    scope: 'products',
    handle: ({ shop, query }) => catalog.listVariants(shop, query),
  },
  'GET /v3/inventory/locations': {
    scope: 'locations',
    handle: ({ shop, query }) => inventory.listLocations(shop, query),
  },
  'GET /v3/inventory/items': {
    scope: 'inventory',
    handle: ({ shop, settling, query }) => inventory.listItems(shop, settling, query),
  },
  'PUT /v3/inventory/adjustments/absolute': {
    scope: 'inventory',
    handle: ({ shop, settling, body, poison }) => inventory.adjustAbsolute(shop, settling, body, poison),
  },
  'GET /v2/orders': { scope: 'orders', handle: ({ shop, query }) => orders.listOrders(shop, query) },
  'GET /v2/orders/#': {
    scope: 'orders',
    handle: ({ shop, id, query }) => orders.getOrder(shop, id, query),
  },
  'GET /v2/orders/#/products': {
    scope: 'orders',
    handle: ({ shop, id, query }) => orders.getOrderProducts(shop, id, query),
  },
  'GET /v3/orders/payment_actions/refunds': {
    scope: 'orders',
    handle: ({ shop, query }) => orders.listRefunds(shop, query),
  },
  'GET /v3/hooks': { scope: null, handle: ({ shop, query }) => hooks.listHooks(shop, query) },
  'POST /v3/hooks': { scope: null, handle: ({ shop, body }) => hooks.createHook(shop, body) },
  'PUT /v3/hooks/#': { scope: null, handle: ({ shop, id, body }) => hooks.updateHook(shop, id, body) },
  'DELETE /v3/hooks/#': { scope: null, handle: ({ shop, id }) => hooks.deleteHook(shop, id) },
};

const STORE_PATH = /^\/stores\/([^/]+)(\/.*)$/;

export const routeName = ({ method, url }: SimulationRequest): string =>
  `${method} ${(STORE_PATH.exec(url.pathname)?.[2] ?? url.pathname).replace(/\/\d+(?=\/|$)/g, '/#')}`;

export const unauthorized = (): Refusal =>
  refuse(
    401,
    'Unauthorized - the v3 Auth client ID or token in the request are not a valid combination for this store.',
  );

export function route(context: RouteContext, request: SimulationRequest): SimulationAnswer {
  try {
    return find(context, request);
  } catch (problem) {
    if (problem instanceof Refusal) return problem.answer;
    throw problem;
  }
}

function find(context: RouteContext, request: SimulationRequest): SimulationAnswer {
  const [, storeHash] = STORE_PATH.exec(request.url.pathname) ?? [];
  if (storeHash !== context.storeHash || request.headers['x-auth-token'] !== context.accessToken) {
    throw unauthorized();
  }
  if (request.headers['accept'] !== 'application/json') return noContent();
  const found = ROUTES[routeName(request)];
  if (found === undefined) throw refuse(404, 'The route is not found, check the URL');
  if (found.scope !== null && !context.scopes.has(found.scope)) {
    throw refuse(403, "You don't have a required scope to access the endpoint");
  }
  const id = Number(/\/(\d+)(?=\/|$)/.exec(request.url.pathname.slice('/stores/'.length))?.[1] ?? 0);
  return found.handle({ ...context, query: request.url.searchParams, body: readBody(request), id });
}

function readBody({ body }: SimulationRequest): Readonly<Record<string, unknown>> {
  if (body === '') return {};
  try {
    return JSON.parse(body) as Readonly<Record<string, unknown>>;
  } catch {
    throw refuse(400, 'Input is invalid.');
  }
}
