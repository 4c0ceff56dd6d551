// The routes of the simulated shop.

import type { SimulationAnswer, SimulationRequest } from '../simulation-server.ts';
import { answer, noRoute, refuse } from './simulator-answers.ts';
import * as hooks from './simulator-hooks.ts';
import { trim } from './simulator-list.ts';
import type { Shop } from './simulator-memory.ts';
import * as orders from './simulator-orders.ts';
import * as products from './simulator-products.ts';
import { renderHook } from './simulator-render.ts';

export type RouteContext = {
  readonly shop: Shop;
  readonly version: string;
  readonly ownStatuses: readonly string[];
  readonly hasCron: boolean;
  /** The optional feature Order Fulfillments is on. */
  readonly tellsParcels: boolean;
};

type Call = RouteContext & {
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly isForced: boolean;
  /** The numbers in the path, in order. */
  readonly ids: readonly number[];
};

type Handler = (call: Call) => SimulationAnswer | Promise<SimulationAnswer>;

const first = ({ ids }: Call): number => ids[0] ?? 0;
const second = ({ ids }: Call): number => ids[1] ?? 0;

const ROUTES: Readonly<Record<string, Handler>> = {
  'GET ': ({ query }) => answer(200, trim(INDEX, query)),
  'GET /wc/v3': ({ query }) => answer(200, trim({ namespace: 'wc/v3' }, query)),
  'GET /wc/v3/system_status': ({ version, hasCron, query }) =>
    answer(
      200,
      trim({ environment: { version, wp_version: '6.9.1', wp_cron: hasCron }, settings: {} }, query),
    ),
  'GET /wc/v3/settings/products/woocommerce_manage_stock': ({ shop }) =>
    answer(200, {
      id: 'woocommerce_manage_stock',
      label: 'Manage stock',
      type: 'checkbox',
      default: 'yes',
      value: shop.memory.countsStock ? 'yes' : 'no',
      group_id: 'products',
    }),
  'GET /wc/v3/products': ({ shop, query }) => products.listProducts(shop, query),
  'GET /wc/v3/variations': ({ shop, version, query }) => {
    if (isBefore(version, 10, 3)) throw noRoute();
    return products.listVariations(shop, null, query);
  },
  'POST /wc/v3/products/batch': ({ shop, body, query }) => products.batch(shop, null, body, query),
  'GET /wc/v3/products/#': (call) => products.getProduct(call.shop, first(call), call.query),
  'PUT /wc/v3/products/#': (call) => products.putProduct(call.shop, first(call), call.body, call.query),
  'GET /wc/v3/products/#/variations': (call) => products.listVariations(call.shop, first(call), call.query),
  'POST /wc/v3/products/#/variations/batch': (call) =>
    products.batch(call.shop, first(call), call.body, call.query),
  'GET /wc/v3/products/#/variations/#': (call) =>
    products.getVariation(call.shop, first(call), second(call), call.query),
  'PUT /wc/v3/products/#/variations/#': (call) =>
    products.putVariation(call.shop, [first(call), second(call)], call.body, call.query),
  'GET /wc/v3/orders': ({ shop, ownStatuses, query }) => orders.listOrders(shop, ownStatuses, query),
  'POST /wc/v3/orders': ({ shop, body }) => orders.createOrder(shop, body),
  'POST /wc/v3/orders/batch': ({ shop, body }) => orders.batchOrders(shop, body),
  'GET /wc/v3/orders/#': (call) => orders.getOrder(call.shop, first(call), call.query),
  'PUT /wc/v3/orders/#': (call) => orders.putOrder(call.shop, first(call), call.body),
  'DELETE /wc/v3/orders/#': (call) => orders.deleteOrder(call.shop, first(call), call.isForced),
  'GET /wc/v3/orders/#/refunds': (call) => orders.listRefunds(call.shop, first(call), call.query),
  'GET /wc/v3/orders/#/fulfillments': (call) => {
    if (!call.tellsParcels) throw noRoute();
    return orders.listParcels(call.shop, first(call));
  },
  'POST /wc/v3/orders/#/refunds': (call) => orders.createRefund(call.shop, first(call), call.body),
  'GET /wc/v3/refunds': ({ shop, query }) => orders.listRefunds(shop, null, query),
  'GET /wc/v3/reports/orders/totals': ({ shop, ownStatuses }) => orders.listTotals(shop, ownStatuses),
  'GET /wc/v3/webhooks': ({ shop, query }) => hooks.listHooks(shop, query),
  'POST /wc/v3/webhooks': async ({ shop, body }) => {
    const hook = hooks.createHook(shop, body) as { id: number };
    await hooks.ping(String(body['delivery_url']), hook.id);
    return answer(201, hook);
  },
  'POST /wc/v3/webhooks/batch': async ({ shop, body }) => {
    const before = new Set(shop.memory.hooks.keys());
    const result = hooks.batchHooks(shop, body);
    const added = [...shop.memory.hooks.values()].filter(({ id }) => !before.has(id));
    for (const hook of added) await hooks.ping(hook.deliveryUrl, hook.id);
    return result;
  },
  'GET /wc/v3/webhooks/#': (call) => answer(200, renderHook(hooks.findHook(call.shop, first(call)))),
  'PUT /wc/v3/webhooks/#': (call) => answer(200, hooks.updateHook(call.shop, first(call), call.body)),
  'DELETE /wc/v3/webhooks/#': (call) => hooks.deleteHook(call.shop, first(call), call.isForced),
};

const INDEX = {
  name: 'Rehearsal Shop',
  gmt_offset: -5,
  timezone_string: 'America/New_York',
  namespaces: ['wc/v3', 'wp/v2'],
};

export const routeName = (path: string): string =>
  path
    .replace(/\/+$/, '')
    .replace(/^\/wp-json/, '')
    .replace(/\/\d+(?=\/|$)/g, '/#');

export async function route(
  context: RouteContext,
  request: SimulationRequest,
  path: string,
  body: Readonly<Record<string, unknown>>,
): Promise<SimulationAnswer> {
  const { searchParams: query } = request.url;
  const name = routeName(path);
  const handler = ROUTES[`${request.method} ${name}`];
  if (handler === undefined) throw noRoute();
  const ids = [...path.matchAll(/\/(\d+)(?=\/|$)/g)].map((match) => Number(match[1]));
  const isForced = query.get('force') === 'true' || body['force'] === true;
  if (body === null || typeof body !== 'object')
    throw refuse(400, 'rest_invalid_json', 'Invalid JSON body passed.');
  return handler({ ...context, query, body, isForced, ids });
}

function isBefore(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor < major || (ownMajor === major && ownMinor < minor);
}
