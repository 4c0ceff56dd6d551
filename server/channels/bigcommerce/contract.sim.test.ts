// Our requests, the simulated store's answers and the official examples against the official descriptions.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import type * as z from 'zod';
import { SPECS_MISSING, specsDirectory } from '../../../test/support/specs.ts';
import type { ChannelRequest, ChannelResponse } from '../../net/channel-http.ts';
import { linesIn } from './complete-orders.ts';
import { bigcommerce } from './index.ts';
import { mapProduct } from './map-listing.ts';
import { mapOrder } from './map-order.ts';
import { refusalOf } from './refusal.ts';
import {
  hookShape,
  lineShape,
  locationShape,
  orderShape,
  productShape,
  storeShape,
  variantShape,
} from './shapes.ts';
import { OPEN_STATUSES, STATUS } from './status.ts';
import { startStore, stopStoresAfterEach } from './test-support/store.ts';
import { webhook } from './webhook.ts';

stopStoresAfterEach();

const specs = specsDirectory();
const folder = join(specs ?? '', 'bigcommerce');

// ---- the official descriptions --------------------------------------------------------------------------------

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** OpenAPI 3.0's dialect to JSON Schema's: null where it may be null, bounds as numbers; and references written out. */
function toJsonSchema(document: Node, value: unknown, depth = 0): unknown {
  if (Array.isArray(value)) return value.map((one) => toJsonSchema(document, one, depth + 1));
  if (!isNode(value)) return value;
  const reference = value['$ref'];
  if (typeof reference === 'string') return toJsonSchema(document, lookUp(document, reference), depth + 1);
  const { example, examples, format, exclusiveMaximum, ...kept } = value;
  const schema: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(kept)) schema[key] = toJsonSchema(document, one, depth + 1);
  if (exclusiveMaximum === true) {
    schema['exclusiveMaximum'] = schema['maximum'];
    delete schema['maximum'];
  }
  const mayBeNull = value['nullable'] === true || value['x-nullable'] === true;
  delete schema['nullable'];
  if (mayBeNull && typeof schema['type'] === 'string') schema['type'] = [schema['type'], 'null'];
  return schema;
}

function lookUp(document: Node, reference: string): unknown {
  const steps = reference.replace(/^#\//, '').split('/');
  return steps.reduce<unknown>(
    (node, step) => (isNode(node) ? node[step.replace(/~1/g, '/').replace(/~0/g, '~')] : undefined),
    document,
  );
}

const documents = new Map<string, Node>();
function documentOf(file: string): Node {
  const known = documents.get(file) ?? (parse(readFileSync(join(folder, 'openapi', file), 'utf8')) as Node);
  documents.set(file, known);
  return known;
}

/** Path below the store → the file that describes it, and the path there. */
const DESCRIBED: readonly (readonly [RegExp, string, string])[] = [
  [/^\/v2\/store$/, 'store_information.v2.yml', '/store'],
  [/^\/v2\/orders$/, 'orders.v2.oas2.yml', '/orders'],
  [/^\/v2\/orders\/\d+$/, 'orders.v2.oas2.yml', '/orders/{order_id}'],
  [/^\/v2\/orders\/\d+\/products$/, 'orders.v2.oas2.yml', '/orders/{order_id}/products'],
  [/^\/v3\/orders\/payment_actions\/refunds$/, 'orders.v3.yml', '/orders/payment_actions/refunds'],
  [/^\/v3\/catalog\/products$/, 'products_catalog.v3.yml', '/catalog/products'],
  [/^\/v3\/catalog\/variants$/, 'product-variants_catalog.v3.yml', '/catalog/variants'],
  [/^\/v3\/inventory\/items$/, 'inventory.v3.yml', '/inventory/items'],
  [/^\/v3\/inventory\/locations$/, 'locations.v3.yml', '/inventory/locations'],
  [/^\/v3\/inventory\/adjustments\/absolute$/, 'inventory.v3.yml', '/inventory/adjustments/absolute'],
  [/^\/v3\/settings\/inventory$/, 'settings.v3.yml', '/settings/inventory'],
  [/^\/v3\/hooks$/, 'webhooks.v3.yml', '/hooks'],
  [/^\/v3\/hooks\/\d+$/, 'webhooks.v3.yml', '/hooks/{webhook_id}'],
];

type Operation = {
  readonly name: string;
  readonly parameters: readonly Node[];
  readonly requestSchema: unknown;
  readonly answerSchema: (status: number) => unknown;
};

function operationOf(request: ChannelRequest): Operation {
  const path = new URL(request.url).pathname.replace(/^\/stores\/[^/]+/, '');
  const [, file = '', where = ''] = DESCRIBED.find(([pattern]) => pattern.test(path)) ?? [];
  if (file === '') throw new Error(`${path} is not described.`);
  const document = documentOf(file);
  const shared = lookUp(document, `#/paths/${where.replace(/\//g, '~1')}`) as Node;
  const operation = shared[request.method.toLowerCase()] as Node;
  const flat = (value: unknown): unknown => toJsonSchema(document, value);
  const jsonOf = (value: unknown): unknown => {
    const content = (isNode(value) ? value['content'] : undefined) as Node | undefined;
    const media = content?.['application/json'] ?? content?.['application/problem+json'];
    return isNode(media) ? media['schema'] : undefined;
  };
  return {
    name: `${request.method} ${where}`,
    parameters: flat([
      ...((shared['parameters'] ?? []) as unknown[]),
      ...((operation['parameters'] ?? []) as unknown[]),
    ]) as readonly Node[],
    requestSchema: jsonOf(flat(operation['requestBody'])),
    answerSchema: (status) => jsonOf((flat(operation['responses']) as Node)[String(status)]),
  };
}

const problemsOf = (schema: unknown, value: unknown): readonly string[] => {
  if (schema === undefined) return [];
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema as object);
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};

/** Our query: known names, and values of the described kind. Sorting says its direction in prose: `id:asc`. */
function queryProblems(url: URL, { parameters, name }: Operation): readonly string[] {
  return [...url.searchParams].flatMap(([key, text]) => {
    const parameter = parameters.find((one) => one['in'] === 'query' && one['name'] === key);
    if (parameter === undefined) return [`${name} has no parameter ${key}`];
    const schema = parameter['schema'] as Node;
    const parts = schema['type'] === 'array' || key.endsWith(':in') ? text.split(',') : [text];
    const kind = (schema['type'] === 'array' ? schema['items'] : schema) as Node;
    return parts.flatMap((part) => {
      const plain = key === 'sort' ? part.replace(/:(asc|desc)$/, '') : part;
      const isNumber = kind['type'] === 'integer' || kind['type'] === 'number';
      return problemsOf(kind, isNumber ? Number(plain) : plain).map((why) => `${key}=${part} ${why}`);
    });
  });
}

// ---- a whole day ----------------------------------------------------------------------------------------------

type Exchange = { readonly request: ChannelRequest; readonly response: ChannelResponse };

/** Everything the channel can ask of a store that has something of everything. */
async function exchangesOfAWholeDay(): Promise<readonly Exchange[]> {
  const { shop, session, now } = await startStore();
  const seen: Exchange[] = [];
  const http: typeof session.http = {
    ...session.http,
    send: async (request, judge) => {
      const response = await session.http.send(request, judge);
      seen.push({ request, response });
      return response;
    },
  };
  const watched = { ...session, credentials: session.credentials, http };
  const channel = bigcommerce.open(watched);
  shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
  shop.addProduct({ sku: 'B', title: 'M', group: 'Jeans', quantity: 50 });
  shop.addProduct({ sku: 'C', title: 'C', quantity: 5, tracked: false });
  const { listings } = await channel.listListings({ updatedFrom: now() }, null);
  const sellable = listings.filter(({ tracked }) => tracked);
  const lines = sellable.map(({ remoteId }) => ({ remoteId, quantity: 2 }));
  const order = shop.buy(lines);
  shop.fulfil(order.remoteId, [{ lineId: order.lines[0]?.lineId ?? '', quantity: 1 }]);
  shop.refund(order.remoteId, [{ lineId: order.lines[1]?.lineId ?? '', quantity: 1 }], { restock: true });
  const pickup = shop.placeOrder(lines, { pickupLocationId: 1 });
  const digital = shop.placeOrder(lines, { type: 'digital' });
  const certificate = shop.placeOrder(lines, { type: 'giftcertificate' });
  await channel.listOrders({ kind: 'updated', from: now() }, null);
  await channel.listOrders({ kind: 'open' }, null);
  await channel.readOrders([order, pickup, digital, certificate].map(({ remoteId }) => remoteId));
  await channel.readOrders([order.remoteId]);
  await channel.readOrders(['999']);
  const targets = listings.map(({ remoteId, handle }) => ({ remoteId, handle, quantity: 3, expected: null }));
  await channel.setAvailable(targets, 'key');
  shop.setPoison(() => 'Item with variant_id 106 is tracked by product, please update stock by product id');
  await channel.setAvailable(
    targets.map((target) => ({ ...target, quantity: 4 })),
    'other key',
  );
  for (let round = 0; round < 2; round += 1) {
    await webhook.register(watched, 'http://127.0.0.1:9/hook', 'secret');
  }
  await webhook.register(watched, 'http://127.0.0.1:9/other', 'secret');
  await channel.check();
  return seen;
}

const DEPARTURES = [
  // A store that has no hooks yet answers an empty list; the description asks for one at least.
  /^\/data must NOT have fewer than 1 items/,
  // "null for complex products", says the description’s text; its type does not.
  /^\/data\/\d+\/base_variant_id must be integer/,
  // "null indicates that a particular field has not been overridden on a channel level", says the answer's text.
  /^\/data\/(update_stock_behavior|edit_order_stock_adjustment|refund_order_stock_adjustment) must be /,
];

if (specs === null) it.todo(SPECS_MISSING);
else
  describe('official descriptions', () => {
    it('every request of ours and every answer of the simulated store fits them', async () => {
      const names = new Set<string>();
      for (const { request, response } of await exchangesOfAWholeDay()) {
        const operation = operationOf(request);
        names.add(operation.name);
        expect(queryProblems(new URL(request.url), operation)).toEqual([]);
        expect(request.headers).toMatchObject({
          accept: 'application/json',
          'content-type': 'application/json',
        });
        if (request.body !== undefined) {
          expect(problemsOf(operation.requestSchema, JSON.parse(request.body))).toEqual([]);
        }
        if (response.text === '') continue;
        const problems = problemsOf(operation.answerSchema(response.status), JSON.parse(response.text));
        const unknown = problems.filter((text) => !DEPARTURES.some((known) => known.test(text)));
        expect({ of: operation.name, status: response.status, unknown }).toEqual({
          of: operation.name,
          status: response.status,
          unknown: [],
        });
      }
      expect([...names].sort()).toEqual([
        'DELETE /hooks/{webhook_id}',
        'GET /catalog/products',
        'GET /catalog/variants',
        'GET /hooks',
        'GET /inventory/items',
        'GET /inventory/locations',
        'GET /orders',
        'GET /orders/payment_actions/refunds',
        'GET /orders/{order_id}',
        'GET /settings/inventory',
        'GET /store',
        'POST /hooks',
        'PUT /inventory/adjustments/absolute',
      ]);
    });

    it('a planted mistake is found: the descriptions are really asked', () => {
      const send = (method: ChannelRequest['method'], path: string): ChannelRequest => ({
        method,
        url: `https://api.bigcommerce.com/stores/a${path}`,
        repeatable: false,
      });
      const absolute = operationOf(send('PUT', '/v3/inventory/adjustments/absolute'));
      const item = { location_id: 1, variant_id: 2 };
      expect(problemsOf(absolute.requestSchema, { items: [item] })).not.toEqual([]);
      expect(problemsOf(absolute.requestSchema, { items: [{ ...item, quantity: 1.5 }] })).not.toEqual([]);
      const orders = send('GET', '/v2/orders?min_date=1&sort=name');
      expect(queryProblems(new URL(orders.url), operationOf(orders))).toHaveLength(2);
    });

    it('the statuses are the official ones, by their ids', () => {
      const statuses = example('orders-get-order-statuses-response-200-response') as {
        readonly id: number;
        readonly name: string;
      }[];
      const named = Object.entries(STATUS).map(([name, id]) => [id, name.toLowerCase()]);
      const official = statuses.map(({ id, name }) => [id, name.replace(/ |Required/g, '').toLowerCase()]);
      expect(new Map(named as [number, string][])).toEqual(new Map(official as [number, string][]));
      expect(OPEN_STATUSES.every((id) => statuses.some((status) => status.id === id))).toBe(true);
    });

    const files = readdirSync(join(folder, 'examples'));
    const read: readonly (readonly [RegExp, z.ZodType])[] = [
      [/^orders-(get|put|post)-orders(-order-id)?-response-200/, orderShape],
      [/^orders-get-orders-order-id-products-response/, lineShape],
      [/^products-catalog-(get|put)-catalog-products-product-id-response-200/, productShape],
      [/^product-variants-catalog-.*response-200/, variantShape],
      [/^webhooks-(get|put|delete)-hooks-webhook-id-response-200/, hookShape],
      [/^store-information-get-store-response/, storeShape],
      [/^locations-(put|post)-inventory-locations-request/, locationShape.partial()],
    ];
    it.each(files.filter((file) => read.some(([pattern]) => pattern.test(file))))(
      'the official example %s is read',
      (file) => {
        const shape = read.find(([pattern]) => pattern.test(file))?.[1];
        const body = example(file.replace(/\.json$/, ''));
        const data = isNode(body) && 'data' in body ? body['data'] : body;
        const items = Array.isArray(data) ? data : [data];
        expect(items.length).toBeGreaterThan(0);
        for (const item of items) expect(shape?.safeParse(item).error).toBeUndefined();
      },
    );

    it.each(files.filter((file) => /-response-4\d\d-/.test(file)))(
      'the official refusal %s is read',
      (file) => {
        const body = example(file.replace(/\.json$/, ''));
        const status = Number(/-response-(4\d\d)-/.exec(file)?.[1]);
        const refusal = refusalOf({ status, headers: {}, text: JSON.stringify(body) });
        expect(refusal.message).toMatch(/^[A-Z].*\.$/s);
        if (isNode(body) && typeof body['title'] === 'string') expect(refusal.said).toContain(body['title']);
      },
    );

    it('the official order, its lines and its product become what they say', () => {
      const order = orderShape.parse(example('orders-get-orders-order-id-response-200-response'));
      const lines = (example('orders-get-orders-order-id-products-response-200-response') as unknown[]).map(
        (line) => lineShape.parse(line),
      );
      expect(linesIn(order)).toBeNull();
      const snapshot = mapOrder(
        {
          order,
          lines: lines.map((line) => ({ ...line, locationId: null })),
          refunds: [],
          products: new Map(),
          rules: { takes: 'placed', followsEdits: true, givesBack: true },
        },
        { drafts: false, locationIds: [], options: {} },
      );
      expect(snapshot).toMatchObject({
        remoteId: '218',
        placedAt: new Date('2019-03-05T21:40:11Z'),
        updatedAt: new Date('2019-03-11T15:17:25Z'),
        state: 'open',
        channelState: 'Awaiting Payment',
        lines: [
          { sku: 'S-ORAN', counts: { ordered: 1 } },
          { sku: 'ABS', counts: { ordered: 1 } },
        ],
      });
      const { data } = example('products-catalog-get-catalog-products-product-id-response-200-example') as {
        readonly data: unknown;
      };
      const product = productShape.parse(data);
      const variant = variantShape.parse({ id: 1, product_id: product.id, sku: 'V' });
      expect(mapProduct(product, [variant])).toMatchObject([
        { remoteId: '1', sku: 'V', title: product.name },
      ]);
    });

    it('links instead of lines, as without the include, are told from lines', () => {
      const consignments = example(
        'orders-get-orders-order-id-consignments-response-200-pickup-consignments',
      );
      const order = orderShape.parse({ id: 1, status_id: 7, consignments });
      expect(linesIn(order)).toBeNull();
    });
  });

function example(name: string): unknown {
  const file = readFileSync(join(folder, 'examples', `${name}.json`), 'utf8');
  return (JSON.parse(file) as { readonly body: unknown }).body;
}
