// Our requests, the simulated shop's answers and the official examples against the official descriptions.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { createTestSession } from '../../../test/support/channel-session.ts';
import { SPECS_MISSING, specsDirectory } from '../../../test/support/specs.ts';
import type { ChannelRequest, ChannelResponse } from '../../net/channel-http.ts';
import { woocommerce } from './index.ts';
import { orderShape, productShape, refundShape, variationShape, webhookShape } from './shapes.ts';
import { startWooCommerceSimulator, type WooCommerceSimulatedShop } from './simulator.ts';
import { recording } from './test-support/recordings.ts';

type Parameter = { readonly enum?: readonly string[]; readonly maximum?: number };
type Schema = {
  readonly item_schema: object;
  readonly collection_params: Readonly<Record<string, Parameter>>;
};
const specs = specsDirectory();
const schema = (name: string): Schema =>
  JSON.parse(readFileSync(join(specs ?? '', `woocommerce/schema/${name}.schema.json`), 'utf8'));

// WordPress' dialect: types that JSON Schema does not have, and null wherever something does not exist (as recorded).
function toJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toJsonSchema);
  if (typeof value !== 'object' || value === null) return value;
  const { type, properties, items, enum: choices } = value as Record<string, unknown>;
  const kept = {
    ...(properties === undefined ? {} : { properties: eachToJsonSchema(properties as object) }),
    ...(items === undefined ? {} : { items: toJsonSchema(items) }),
    ...(choices === undefined ? {} : { enum: choices }),
  };
  if (typeof type !== 'string' || type === 'mixed') return kept;
  return { ...kept, type: [type === 'date-time' ? 'string' : type, 'null'] };
}

const eachToJsonSchema = (properties: object): object =>
  Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, toJsonSchema(one)]));

type Validate = (value: unknown) => readonly string[];

function validator(name: string): Validate {
  const item = toJsonSchema(schema(name).item_schema) as { properties: Record<string, unknown> };
  // Observed in 10.5: a variation says "parent" where the schema says true or false.
  if ('manage_stock' in item.properties) item.properties['manage_stock'] = { enum: [true, false, 'parent'] };
  const validate = new Ajv({ strict: false, allErrors: true }).compile(item);
  return (value) =>
    validate(value) ? [] : (validate.errors ?? []).map((one) => `${one.instancePath} ${one.message}`);
}

const running: WooCommerceSimulatedShop[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((shop) => shop.close()));
});

type Exchange = { readonly request: ChannelRequest; readonly response: ChannelResponse };

/** Everything the channel can ask of a shop that has something of everything. */
async function exchangesOfAWholeDay(): Promise<readonly Exchange[]> {
  const now = (): Date => new Date('2026-11-23T03:44:00Z');
  const shop = await startWooCommerceSimulator({ port: 0, now });
  running.push(shop);
  const seen: Exchange[] = [];
  const test = createTestSession({ credentials: shop.credentials, now });
  const http: typeof test.http = {
    ...test.http,
    send: async (request, judge) => {
      const response = await test.http.send(request, judge);
      seen.push({ request, response });
      return response;
    },
  };
  const session = { ...test, credentials: test.credentials, http };
  const channel = woocommerce.open(session);
  const variations = [
    { sku: null, quantity: 'parent' as const },
    { sku: 'TEE-S', quantity: 5 },
  ];
  shop.addFamily({ name: 'Tee', sku: 'TEE', quantity: 40, variations });
  shop.addProduct({ sku: 'A', title: 'A', quantity: 50 });
  const { listings } = await channel.listListings({ updatedFrom: new Date(0) }, null);
  const order = shop.buy(listings.slice(1).map(({ remoteId }) => ({ remoteId, quantity: 1 })));
  shop.refund(order.remoteId, [{ lineId: order.lines[0]?.lineId ?? '', quantity: 1 }], { restock: true });
  await channel.listOrders({ kind: 'updated', from: new Date(0) }, null);
  await channel.listOrders({ kind: 'open' }, null);
  await channel.readOrders([order.remoteId, '999']);
  const targets = listings.map(({ remoteId, handle }) => ({ remoteId, handle, quantity: 3, expected: null }));
  await channel.setAvailable(targets, 'key');
  await woocommerce.webhook?.register(session, 'http://127.0.0.1:9/hook', 'secret');
  await channel.check();
  return seen;
}

const SCHEMAS: readonly (readonly [RegExp, string])[] = [
  [/\/reports\/|\/settings\/|\/system_status|wp-json\/$/, ''],
  [/\/variations/, 'variations'],
  [/\/products/, 'products'],
  [/\/refunds/, 'order-refunds'],
  [/\/orders/, 'orders'],
  [/\/webhooks/, 'webhooks'],
];

function queryProblems(url: URL, name: string): readonly string[] {
  const parameters = schema(name).collection_params;
  return [...url.searchParams].flatMap(([key, text]) => {
    if (key === '_fields') return [];
    const parameter = parameters[key];
    const isWrong =
      parameter === undefined ||
      parameter.enum?.includes(text) === false ||
      Number(text) > (parameter.maximum ?? Number.POSITIVE_INFINITY);
    return isWrong ? [`${url.pathname}?${key}=${text}`] : [];
  });
}

function bodyProblems(request: ChannelRequest, validate: Validate): readonly string[] {
  if (request.body === undefined) return [];
  const { create = [], update = [] } = JSON.parse(request.body) as { create?: object[]; update?: object[] };
  return [...create, ...update].flatMap((item) => {
    const isWhole = !('stock_quantity' in item) || Number.isInteger(item.stock_quantity);
    return [...validate(item), ...(isWhole ? [] : ['stock_quantity is no whole number'])];
  });
}

function answerProblems(response: ChannelResponse, validate: Validate): readonly string[] {
  if (response.status >= 300) return [];
  const body = JSON.parse(response.text);
  const items: unknown[] = Array.isArray(body) ? body : (body.update ?? [body]);
  return items.flatMap(validate);
}

const EXAMPLES: readonly (readonly [RegExp, { readonly parse: (value: unknown) => unknown }])[] = [
  [/^products__/, productShape],
  [/^product-variations__/, variationShape],
  [/^orders__/, orderShape],
  [/^order-refunds__/, refundShape],
  [/^webhooks__/, webhookShape],
];

if (specs === null) it.todo(SPECS_MISSING);
else
  describe('official descriptions', () => {
    it('every request of ours and every answer of the simulated shop fits the schemas', async () => {
      const seen = await exchangesOfAWholeDay();
      const names = new Set<string>();
      for (const { request, response } of seen) {
        const url = new URL(request.url);
        const name = SCHEMAS.find(([pattern]) => pattern.test(url.pathname))?.[1] ?? '';
        if (name === '') continue;
        names.add(name);
        const validate = validator(name);
        expect(queryProblems(url, name)).toEqual([]);
        expect(bodyProblems(request, validate)).toEqual([]);
        expect(answerProblems(response, validate)).toEqual([]);
      }
      expect([...names].sort()).toEqual(['order-refunds', 'orders', 'products', 'variations', 'webhooks']);
    });

    // Where the real shop itself departs from its schema; we read neither.
    const DEPARTURES = [/shipping_class_id must be string/, /line_items\/\d+\/image\/id must be integer/];
    it.each([
      ['products-12-get-simple', 'products'],
      ['products-15-get-variation', 'variations'],
      ['orders-D5-get-order', 'orders'],
      ['orders-D2-partial-refund-restock', 'order-refunds'],
      ['webhooks-01-create-order-updated', 'webhooks'],
    ])('the real answer %s fits them as we read them', (name, which) => {
      const problems = validator(which)(recording(name).response?.body);
      expect(problems.filter((text) => !DEPARTURES.some((known) => known.test(text)))).toEqual([]);
    });

    const folder = join(specs, 'woocommerce/examples');
    const examples = readdirSync(folder).filter((file) => EXAMPLES.some(([pattern]) => pattern.test(file)));
    it.each(examples)('the official example %s is read', (file) => {
      const shape = EXAMPLES.find(([pattern]) => pattern.test(file))?.[1];
      const { body } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      const items = ['create', 'update', 'delete'].flatMap((name) => body[name] ?? []);
      if (Array.isArray(body)) items.push(...body);
      else if (body.id !== undefined) items.push(body);
      expect(items.length).toBeGreaterThan(0);
      for (const item of items) expect(() => shape?.parse(item)).not.toThrow();
    });
  });
