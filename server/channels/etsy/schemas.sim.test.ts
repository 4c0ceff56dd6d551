// Our requests, the simulated shop's answers and the given examples against the official description of the
// API.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import { createTestSession } from '../../../test/support/channel-session.ts';
import { SPECS_MISSING, specsDirectory } from '../../../test/support/specs.ts';
import type { ChannelRequest, ChannelResponse } from '../../net/channel-http.ts';
import type { Channel, PushTarget } from '../channel.ts';
import { bodyOf } from './document.ts';
import { etsy } from './index.ts';
import { mapListing } from './map-listing.ts';
import { mapReceipt } from './map-order.ts';
import { inventoryShape, listingsShape, receiptsShape } from './shapes.ts';
import { type EtsySimulatedShop, startEtsySimulator } from './simulator.ts';
import { productsOf } from './stock.ts';

type Parameter = {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
  readonly schema: object;
};
type Operation = {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
};
type Description = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
};

const specs = specsDirectory();
const readSpec = (file: string) => JSON.parse(readFileSync(join(specs ?? '', 'etsy', file), 'utf8'));

/** OpenAPI 3.0 as JSON Schema: `nullable` becomes a type, and what we send may hold nothing unknown. */
function toJsonSchema(value: unknown, isClosed: boolean): unknown {
  if (Array.isArray(value)) return value.map((one) => toJsonSchema(one, isClosed));
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, format, example, ...rest } = value as Record<string, unknown>;
  const made = Object.fromEntries(
    Object.entries(rest).map(([key, one]) => [key, toJsonSchema(one, isClosed)]),
  );
  if (isClosed && 'properties' in made) made['additionalProperties'] = false;
  return nullable === true ? { anyOf: [made, { type: 'null' }] } : made;
}

const running: EtsySimulatedShop[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((shop) => shop.close()));
});

type Exchange = { readonly request: ChannelRequest; readonly response: ChannelResponse };

const targetsOf = async (channel: Channel, quantity: number): Promise<PushTarget[]> => {
  const targets: PushTarget[] = [];
  for (let page: string | null = null; ; ) {
    const answer: Awaited<ReturnType<Channel['listListings']>> = await channel.listListings(
      { updatedFrom: null },
      page,
    );
    const { listings } = answer;
    targets.push(
      ...listings.map((one) => ({ remoteId: one.remoteId, handle: one.handle, quantity, expected: null })),
    );
    page = answer.next;
    if (page === null) return targets;
  }
};

/** Everything the channel can ask of a shop that has something of everything. */
async function exchangesOfAWholeDay(): Promise<readonly Exchange[]> {
  const now = (): Date => new Date('2026-11-23T03:44:00Z');
  const shop = await startEtsySimulator({ port: 0, now });
  running.push(shop);
  const seen: Exchange[] = [];
  const options = { renewSoldOut: 'yes' };
  const test = createTestSession({ credentials: shop.credentials, now, settings: { options } });
  const http: typeof test.http = {
    ...test.http,
    send: async (request, judge) => {
      const response = await test.http.send(request, judge);
      seen.push({ request, response });
      return response;
    },
  };
  const channel = etsy.open({ ...test, http });
  shop.addProduct({ sku: 'A', title: 'A', quantity: 5 });
  shop.addProduct({ sku: 'M', title: 'M', group: 'Jeans', quantity: 3 });
  shop.addProduct({ sku: 'FILE', title: 'File', quantity: 3, tracked: false });
  shop.addListing('Three ways', 3, [{ sku: 'T', quantity: 2, values: ['S', 'Red', 'Wool'] }]);
  const order = shop.buy([{ remoteId: shop.shelf()[0]?.remoteId ?? '', quantity: 5 }]);
  shop.fulfil(order.remoteId);
  shop.refund(order.remoteId, [{ lineId: order.lines[0]?.lineId ?? '', quantity: 1 }], { restock: false });
  shop.cancel(shop.buy([{ remoteId: shop.shelf()[1]?.remoteId ?? '', quantity: 1 }]).remoteId);
  for (const query of [{ kind: 'updated', from: new Date(0) }, { kind: 'open' }] as const) {
    const first = await channel.listOrders(query, null);
    if (first.next !== null) await channel.listOrders(query, first.next);
  }
  await channel.readOrders([order.remoteId, '999']);
  const targets = await targetsOf(channel, 7);
  await channel.setAvailable([...targets, { remoteId: '9', handle: '', quantity: 1, expected: null }], 'key');
  await channel.setAvailable(
    targets.map((target) => ({ ...target, quantity: 0 })),
    'key',
  );
  await channel.setAvailable(targets, 'key');
  await channel.readAvailable(targets);
  await channel.check();
  return seen;
}

if (specs === null) it.todo(SPECS_MISSING);
else
  describe('official description', () => {
    const description: Description = readSpec('openapi-3.0.0.json');
    const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false });
    const components = toJsonSchema(description.components, false);
    const compiled = new Map<string, ValidateFunction>();
    function problems(schema: object, value: unknown, isClosed: boolean): readonly string[] {
      const key = JSON.stringify([schema, isClosed]);
      const validate =
        compiled.get(key) ?? ajv.compile({ ...(toJsonSchema(schema, isClosed) as object), components });
      compiled.set(key, validate);
      return validate(value)
        ? []
        : (validate.errors ?? []).map((one) => `${one.instancePath} ${one.message}`);
    }
    const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '(\\d+)')}$`),
        operation,
      })),
    );
    const operationOf = ({ method, url }: ChannelRequest): Operation | undefined =>
      operations.find((one) => one.method === method && one.pattern.test(new URL(url).pathname))?.operation;

    function queryProblems({ url }: ChannelRequest, operation: Operation): readonly string[] {
      const parameters = (operation.parameters ?? []).filter((one) => one.in === 'query');
      const { searchParams } = new URL(url);
      const missing = parameters.filter((one) => one.required && !searchParams.has(one.name));
      const wrong = [...searchParams].flatMap(([name, text]) => {
        const schema = parameters.find((one) => one.name === name)?.schema as
          | { type: string; items?: { type: string } }
          | undefined;
        if (schema === undefined) return [`unknown ${name}`];
        const parse = (type: string | undefined, one: string): unknown =>
          type === 'integer' ? Number(one) : type === 'boolean' ? one === 'true' : one;
        const value =
          schema.type === 'array'
            ? text.split(',').map((one) => parse(schema.items?.type, one))
            : parse(schema.type, text);
        return problems(schema, value, true).map((problem) => `${name}${problem}`);
      });
      return [...missing.map((one) => `missing ${one.name}`), ...wrong];
    }

    function bodyProblems({ body, headers }: ChannelRequest, operation: Operation): readonly string[] {
      if (body === undefined) return operation.requestBody === undefined ? [] : ['no body'];
      const type = headers?.['content-type'] ?? '';
      const schema = operation.requestBody?.content[type]?.schema;
      if (schema === undefined) return [`no body of the type ${type}`];
      const value = type.endsWith('json') ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
      return problems(schema, value, true);
    }

    it('every request of ours and every answer of the simulated shop fits it', async () => {
      const used = new Set<string>();
      for (const { request, response } of await exchangesOfAWholeDay()) {
        if (request.url.endsWith('/v3/public/oauth/token')) continue;
        const operation = operationOf(request);
        if (operation === undefined) throw new Error(`${request.method} ${request.url} is not described.`);
        used.add(`${operation.operationId} ${response.status}`);
        expect(queryProblems(request, operation)).toEqual([]);
        expect(bodyProblems(request, operation)).toEqual([]);
        const schema = operation.responses[response.status]?.content?.['application/json']?.schema;
        if (schema === undefined)
          throw new Error(`${operation.operationId} does not answer ${response.status}.`);
        const answer = JSON.parse(response.text);
        // Described as an object without properties; nobody has recorded the real answer.
        if (operation.operationId !== 'tokenScopes') expect(problems(schema, answer, false)).toEqual([]);
      }
      expect([...used].sort()).toEqual([
        'getListingsByShop 200',
        'getListingsInventoryByListingIds 200',
        'getListingsInventoryByListingIds 404',
        'getMe 200',
        'getShop 200',
        'getShopReceipt 200',
        'getShopReceipt 404',
        'getShopReceipts 200',
        'tokenScopes 200',
        'updateListing 200',
        'updateListingInventory 200',
      ]);
    });

    it('the example inventory with one other quantity is the example of what is sent', () => {
      const inventory = inventoryShape.parse(readSpec('examples/getListingInventory.response.json').body);
      const changed = productsOf(inventory).find(({ sku }) => sku === 'TEE-S-RED');
      if (changed === undefined) throw new Error('The example has another SKU.');
      const body = bodyOf(inventory, new Map([[changed, 3]]));
      expect(body).toEqual(readSpec('examples/updateListingInventory.request.json').body);
    });

    it('the example listings are read, each variation as a listing of its own', () => {
      const { results } = listingsShape.parse(
        readSpec('examples/getListingsByShop.includes-Inventory.response.json').body,
      );
      const listings = results.flatMap(mapListing);
      expect(new Set(listings.map(({ remoteId }) => remoteId)).size).toBe(listings.length);
      expect(listings.find(({ sku }) => sku === 'TEE-M-RED')).toMatchObject({
        remoteId: '1100000001/100=1102&200=10',
        title: 'Listing 1100000001 - M, Red',
        notPushable: null,
      });
    });

    it('the example receipts are read in every state', () => {
      const { results } = receiptsShape.parse(readSpec('examples/getShopReceipts.response.json').body);
      const orders = results.map(mapReceipt);
      expect(orders.map(({ state, channelState }) => [channelState.toLowerCase(), state])).toEqual(
        results.map(({ status }) => [status, status === 'canceled' ? 'cancelled' : 'open']),
      );
      expect(orders.length).toBeGreaterThan(4);
      expect(orders[0]?.lines[0]).toMatchObject({ sku: 'TEE-S-RED', counts: { ordered: 2, fulfilled: 0 } });
      expect(orders[1]?.lines[0]?.counts.fulfilled).toBe(orders[1]?.lines[0]?.counts.ordered);
    });

    it('the limits of the manifest are the documented ones', () => {
      const { profiles, quantity_max_per_offering: quantityMax } = readSpec('rate-limits.json');
      const { qps, qpd } = profiles.documented_default;
      expect(etsy.manifest.limits.rate).toEqual({
        kind: 'window',
        requests: qps,
        perMs: 1_000,
        requestsPerDay: qpd,
      });
      expect(etsy.manifest.capabilities.quantityMax).toBe(quantityMax);
    });
  });
