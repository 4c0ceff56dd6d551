// Our requests, the stand-in's answers and the official examples against eBay's official descriptions.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import { createTestSession } from '../../../test/support/channel-session.ts';
import { SPECS_MISSING, specsDirectory } from '../../../test/support/specs.ts';
import type { ChannelRequest, ChannelResponse } from '../../net/channel-http.ts';
import type { WebhookRequest } from '../channel.ts';
import { ebay } from './index.ts';
import { bulkItemsShape, bulkUpdateShape, offersShape } from './inventory.ts';
import { readActiveList } from './item.ts';
import { FEED_FROM } from './manifest.ts';
import { orderShape, shipmentsShape } from './map-order.ts';
import { startEbaySimulator } from './simulator.ts';
import { outcomeOf, refusedByTrading } from './trading-refusal.ts';
import { find, parseXml } from './xml.ts';

const specs = specsDirectory();
const DESCRIPTIONS = [
  'sell_inventory_v1',
  'sell_fulfillment_v1',
  'commerce_identity_v1',
  'commerce_notification_v1',
  'sell_feed_v1',
];

type Exchange = { readonly request: ChannelRequest; readonly response: ChannelResponse };
const running: { readonly close: () => Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((shop) => shop.close()));
});

/** Everything the channel can ask of an account that has something of everything. */
async function exchangesOfAWholeDay(): Promise<readonly Exchange[]> {
  const now = (): Date => new Date('2026-11-23T03:44:00Z');
  const shop = await startEbaySimulator({ port: 0, now });
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
  const channel = ebay.open({ ...test, http });
  const ids = [
    shop.addProduct({ sku: 'MUG-1', title: 'Mug', quantity: 9 }),
    shop.addProduct({ sku: 'TEE-S', title: 'S', group: 'Tee', quantity: 9 }),
    shop.addProduct({ sku: 'BAG 1', title: 'Bag', quantity: 9 }),
  ];
  const order = shop.buy(ids.map((remoteId) => ({ remoteId, quantity: 2 })));
  shop.fulfil(order.remoteId, [{ lineId: order.lines[0]?.lineId ?? '', quantity: 1 }]);
  const cancelled = shop.buy([{ remoteId: ids[0] ?? '', quantity: 1 }]);
  shop.cancel(cancelled.remoteId);
  const { listings } = await channel.listListings({ updatedFrom: null }, null);
  await channel.listOrders({ kind: 'updated', from: new Date(0) }, null);
  await channel.listOrders({ kind: 'open' }, null);
  await channel.readOrders([order.remoteId, '27-9-9']);
  const targets = listings.map((listing) => ({ ...listing, quantity: 3, expected: null }));
  shop.removeProduct(ids[0] ?? '');
  await channel.setAvailable(targets.slice(0, 1), 'key');
  shop.addProduct({ sku: 'MUG-1', title: 'Mug', quantity: 9 });
  const again = await channel.listListings({ updatedFrom: null }, null);
  await channel.setAvailable(
    again.listings.map((listing) => ({ ...listing, quantity: 3, expected: null })),
    'key',
  );
  await channel.check();
  return seen;
}

/** Hundreds of numbers as a file, and notifications ordered, switched off, ordered again and checked. */
async function exchangesOfFilesAndNotifications(): Promise<readonly Exchange[]> {
  const now = (): Date => new Date('2026-11-23T03:44:00Z');
  const shop = await startEbaySimulator({ port: 0, now, legacyOnly: true });
  const seen: Exchange[] = [];
  const session = createTestSession({ credentials: shop.credentials, now });
  const http: typeof session.http = {
    ...session.http,
    send: async (request, judge) => {
      const response = await session.http.send(request, judge);
      seen.push({ request, response });
      return response;
    },
  };
  const noting = { ...session, http };
  const deliveries: WebhookRequest[] = [];
  const { webhook } = ebay;
  if (webhook === undefined) throw new Error('eBay has notifications.');
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const isChallenge = incoming.method === 'GET';
      const query = Object.fromEntries(new URL(incoming.url ?? '', address).searchParams);
      const answer = webhook.answerChallenge?.(query, address, { own: 'own', credentials: {} });
      if (!isChallenge) {
        const header = String(incoming.headers['x-ebay-signature']);
        deliveries.push({ headers: { 'x-ebay-signature': header }, rawBody: Buffer.concat(chunks) });
      }
      outgoing.writeHead(isChallenge ? 200 : 500).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/store-1`;
  running.push(shop, { close: () => new Promise((resolve) => server.close(() => resolve())) });
  await webhook.register(noting, address, 'own');
  for (let number = 0; number < FEED_FROM; number += 1) {
    shop.addProduct({ sku: `S-${number}`, title: 'Thing', quantity: 1 });
  }
  await shop.webhooksSettled();
  const secrets = { own: 'own', credentials: {}, session: noting };
  if (deliveries[0] === undefined || !(await webhook.verify(deliveries[0], secrets))) {
    throw new Error('No delivery was proved.');
  }
  await webhook.register(noting, address, 'own');
  const channel = ebay.open(noting);
  const { listings } = await channel.listListings({ updatedFrom: null }, null);
  await channel.setAvailable(
    listings.map((listing) => ({ ...listing, quantity: 3, expected: null })),
    'key',
  );
  return seen;
}

type Operation = {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
};
type Content = Readonly<Record<string, { readonly schema: object }>>;
type Description = {
  readonly servers: readonly [{ readonly variables: { readonly basePath: { readonly default: string } } }];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

const read = (path: string) => JSON.parse(readFileSync(join(specs ?? '', 'ebay', path), 'utf8'));

const description = (name: string): Description => read(`oas3/${name}_oas3.json`);

type Found = { readonly name: string; readonly operation: Operation };

function operationOf(descriptions: ReadonlyMap<string, Description>, request: ChannelRequest): Found | null {
  const { pathname } = new URL(request.url);
  for (const [name, { servers, paths }] of descriptions) {
    const base = servers[0].variables.basePath.default;
    for (const [path, operations] of Object.entries(paths)) {
      const pattern = new RegExp(`^${base}${path.replace(/\{[^}]+\}/g, '[^/]+')}$`);
      const operation = operations[request.method.toLowerCase()];
      if (operation !== undefined && pattern.test(pathname)) return { name, operation };
    }
  }
  return null;
}

// eBay writes `format` and `xml` words that JSON Schema does not know.
function compile(name: string, whole: Description, schema: object): ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(whole, name);
  return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', `"${name}#/`)) as object);
}

const problemsOf = (validate: ValidateFunction, value: unknown): readonly string[] =>
  validate(value) ? [] : (validate.errors ?? []).map((one) => `${one.instancePath} ${one.message}`);

const schemaOf = (content: Content | undefined): object | undefined => content?.['application/json']?.schema;

if (specs === null) it.todo(SPECS_MISSING);
else
  describe('official descriptions', () => {
    const descriptions = new Map(DESCRIPTIONS.map((name) => [name, description(name)]));

    /** Answers what was asked, once every exchange was found to fit. */
    function heldToDescriptions(exchanges: readonly Exchange[]): readonly string[] {
      const asked = new Set<string>();
      for (const { request, response } of exchanges) {
        const { pathname, searchParams } = new URL(request.url);
        if (pathname === '/ws/api.dll' || pathname.includes('/oauth2/')) continue;
        const found = operationOf(descriptions, request);
        if (found === null) throw new Error(`eBay describes no ${request.method} ${pathname}.`);
        const { name, operation } = found;
        asked.add(
          `${request.method} ${pathname.replace(/27-\d+-\d+/, '{orderId}').replace(/\/(task-\d+|public_key\/[\w-]+|\w+\/11\d{10})/, '/{id}')} ${response.status}`,
        );
        const whole = descriptions.get(name) as Description;
        const known = (operation.parameters ?? []).filter((one) => one.in === 'query').map((one) => one.name);
        expect(known).toEqual(expect.arrayContaining([...searchParams.keys()]));
        const sent = schemaOf(operation.requestBody?.content);
        if (sent !== undefined && request.body !== undefined) {
          expect(request.headers?.['content-type']).toBe('application/json');
          expect(problemsOf(compile(name, whole, sent), JSON.parse(request.body ?? ''))).toEqual([]);
        }
        expect(Object.keys(operation.responses)).toContain(String(response.status));
        const answered = schemaOf(
          (operation.responses[response.status] ?? operation.responses['200'])?.content,
        );
        if (answered === undefined) continue;
        expect(problemsOf(compile(name, whole, answered), JSON.parse(response.text))).toEqual([]);
      }
      return [...asked].sort();
    }

    it('every REST request of ours and every answer of the stand-in fits the descriptions', async () => {
      expect(heldToDescriptions(await exchangesOfAWholeDay())).toEqual([
        'GET /commerce/identity/v1/user/ 200',
        'GET /sell/fulfillment/v1/order 200',
        'GET /sell/fulfillment/v1/order/{orderId} 404',
        'GET /sell/fulfillment/v1/order/{orderId}/shipping_fulfillment 200',
        'GET /sell/inventory/v1/inventory_item 200',
        'GET /sell/inventory/v1/offer 200',
        'GET /sell/inventory/v1/offer 404',
        'POST /sell/inventory/v1/bulk_get_inventory_item 200',
        'POST /sell/inventory/v1/bulk_get_inventory_item 207',
        'POST /sell/inventory/v1/bulk_update_price_quantity 200',
      ]);
    });

    it('files and notifications fit the descriptions, requests and answers', async () => {
      expect(heldToDescriptions(await exchangesOfFilesAndNotifications())).toEqual([
        'GET /commerce/notification/v1/destination 200',
        'GET /commerce/notification/v1/subscription 200',
        'GET /commerce/notification/v1/topic 200',
        'GET /commerce/notification/v1/{id} 200',
        'GET /sell/feed/v1/task/{id} 200',
        'GET /sell/feed/v1/task/{id}/download_result_file 200',
        'GET /sell/inventory/v1/inventory_item 200',
        'POST /commerce/notification/v1/destination 201',
        'POST /commerce/notification/v1/subscription 201',
        'POST /sell/feed/v1/task 202',
        'POST /sell/feed/v1/task/{id}/upload_file 200',
        'PUT /commerce/notification/v1/{id} 204',
      ]);
    });

    const examples: Record<string, string> = read('examples/trading.xml-samples.json');

    it('our Trading requests are those of the samples', async () => {
      const seen = (await exchangesOfAWholeDay()).filter(({ request }) =>
        request.url.endsWith('/ws/api.dll'),
      );
      const bodies = seen.map(({ request }) => request.body ?? '');
      expect(bodies).toContain(examples['GetMyeBaySelling.request']);
      const names = (text: string | undefined): string[] =>
        [...new Set([...(text ?? '').matchAll(/<(\w+)/g)].map(([, name]) => name ?? ''))].sort();
      const revise = bodies.find((body) => body.includes('<ReviseInventoryStatusRequest'));
      expect(names(revise)).toEqual(names(examples['ReviseInventoryStatus.request']));
      for (const { request } of seen) {
        expect(request.headers).toMatchObject({
          'x-ebay-api-siteid': '0',
          'x-ebay-api-compatibility-level': '1477',
          'x-ebay-api-iaf-token': expect.stringMatching(/./),
        });
      }
    });

    it('the Trading samples are read: units sold are not available', () => {
      const list = parseXml(examples['GetMyeBaySelling.response'] ?? '');
      if (list === null) throw new Error('The sample is not well-formed.');
      expect(refusedByTrading(list)).toBeNull();
      const { items, pageCount, entryCount } = readActiveList(list);
      expect([pageCount, entryCount]).toEqual([1, 2]);
      expect(items.map(({ itemId, sku, available }) => [itemId, sku, available])).toEqual([
        ['110000000001', 'MUG-01', 7],
        ['110000000002', null, 4],
      ]);
      expect(items[1]?.variations).toEqual([{ sku: 'TEE-S-RED', key: 'Size=S', label: 'S', available: 4 }]);
      const error = parseXml(examples['ReviseInventoryStatus.error'] ?? '');
      if (error === null) throw new Error('The sample is not well-formed.');
      expect(outcomeOf(error)).toMatchObject({ kind: 'rejected', message: expect.stringMatching(/SKU/) });
      expect(
        find(parseXml(examples['ReviseInventoryStatus.response'] ?? ''), 'InventoryStatus'),
      ).not.toBeNull();
    });

    it('the REST examples are read', () => {
      const body = (name: string) => read(`examples/${name}.json`).body;
      expect(
        body('getOrders.statuses.response').orders.map((one: unknown) => orderShape.parse(one)),
      ).toHaveLength(4);
      expect(shipmentsShape.parse(body('getShippingFulfillments.response')).fulfillments).toHaveLength(1);
      expect(offersShape.parse(body('getOffers.response')).offers?.[0]).toMatchObject({
        offerId: '36445435465',
        listing: { listingId: '110000000001' },
      });
      const { response_207: partly } = read('examples/bulkUpdatePriceQuantity.json');
      expect(bulkUpdateShape.parse(partly).responses?.map(({ statusCode }) => statusCode)).toEqual([
        200, 400,
      ]);
      const responses = body('getInventoryItems.response').inventoryItems.map((inventoryItem: object) => ({
        sku: 'x',
        statusCode: 200,
        inventoryItem,
      }));
      expect(bulkItemsShape.parse({ responses }).responses).toHaveLength(2);
    });
  });
