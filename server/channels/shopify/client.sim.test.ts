// Connecting to Shopify: both kinds of credentials, token renewal, permissions, locations, version, cost limit.

import { afterEach, expect, it } from '@jest/globals';
import { createTestSession } from '../../../test/support/channel-session.ts';
import type { LimitObservation } from '../../net/channel-http.ts';
import type { Channel, ChannelSession } from '../channel.ts';
import { shopify } from './index.ts';
import {
  type ShopifySimulatedShop,
  type ShopifySimulatorOptions,
  startShopifySimulator,
} from './simulator.ts';

const HOUR_MS = 3_600_000;
const TOKEN_ROUTE = '/admin/oauth/access_token';
const shops: ShopifySimulatedShop[] = [];
afterEach(async () => {
  await Promise.all(shops.splice(0).map((shop) => shop.close()));
});

async function start(options: Partial<ShopifySimulatorOptions> = {}): Promise<ShopifySimulatedShop> {
  const shop = await startShopifySimulator({ port: 0, limits: false, ...options });
  shops.push(shop);
  return shop;
}
const open = (session: ChannelSession): Channel => shopify.open(session);
/** One request: what changed since then, which is everything. */
const read = (channel: Channel) => channel.listListings({ updatedFrom: new Date(0) }, null);

it('a pasted token works without asking for another', async () => {
  const shop = await start();
  await read(open(createTestSession({ credentials: shop.pastedCredentials })));
  expect(shop.requests()[TOKEN_ROUTE]).toBeUndefined();
});

it('client credentials: one token serves all channels of the store, and is kept with its credentials', async () => {
  const shop = await start();
  const session = createTestSession({ credentials: shop.credentials });
  await Promise.all([read(open(session)), read(open(session)), read(open(session))]);
  await read(open(createTestSession({ credentials: session.savedCredentials() })));
  expect(shop.requests()[TOKEN_ROUTE]).toBe(1);
  expect(session.savedCredentials()).toMatchObject(shop.credentials);
});

it('client credentials: the token is renewed before its 24 hours are over', async () => {
  let at = Date.parse('2026-11-02T10:00:00Z');
  const now = () => new Date(at);
  const shop = await start({ now });
  const channel = open(createTestSession({ credentials: shop.credentials, now }));
  await read(channel);
  at += 22 * HOUR_MS;
  await read(channel);
  expect(shop.requests()[TOKEN_ROUTE]).toBe(1);
  at += 1.5 * HOUR_MS;
  await read(channel);
  expect(shop.requests()[TOKEN_ROUTE]).toBe(2);
});

it('client credentials: a token that ended early is replaced without a word', async () => {
  const shop = await start();
  const channel = open(createTestSession({ credentials: shop.credentials }));
  await read(channel);
  shop.endTokens();
  await read(channel);
  expect(shop.requests()[TOKEN_ROUTE]).toBe(2);
});

it.each([
  ['another host', 'shop.example.com'],
  ['an address with a path', 'my-shop.myshopify.com/admin'],
  ['a host that only ends like it', 'evil.com#.myshopify.com'],
  ['nothing', ''],
])('%s is no shop address, and nothing is sent', async (_what, address) => {
  const shop = await start();
  const report = await open(
    createTestSession({ credentials: { ...shop.credentials, shop: address } }),
  ).check();
  expect(report.findings).toEqual([
    { level: 'blocker', message: expect.stringContaining('my-shop.myshopify.com') },
  ]);
  expect(shop.requests()).toEqual({});
});

const messages = async (shop: ShopifySimulatedShop, locationIds: readonly string[] = []) => {
  const session = createTestSession({ credentials: shop.credentials, settings: { locationIds } });
  const { findings } = await open(session).check();
  return findings.map(({ level, message }) => `${level}: ${message}`);
};

it('a shop with all permissions and one location has nothing to find', async () => {
  expect(await messages(await start())).toEqual([]);
});

it('missing permissions are named', async () => {
  const shop = await start({ scopes: ['read_products', 'read_inventory'] });
  expect(await messages(shop)).toEqual([expect.stringMatching(/^blocker: .*write_inventory, read_orders/)]);
});

it('with several locations the permission to read which one sends an order is asked for', async () => {
  const scopes = ['read_products', 'write_inventory', 'read_orders', 'read_all_orders', 'read_returns'];
  const shop = await start({ scopes });
  expect(await messages(shop)).toEqual([]);
  const second = shop.addLocation('Second place');
  expect(await messages(shop, [second])).toContainEqual(
    expect.stringMatching(/^warning: .*read_merchant_managed_fulfillment_orders/),
  );
});

it('without that permission an order names no location until it is sent, and is read all the same', async () => {
  const scopes = ['read_products', 'write_inventory', 'read_orders', 'read_all_orders', 'read_returns'];
  const shop = await start({ scopes });
  const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 5 });
  const second = shop.addLocation('Second place');
  shop.stockAt(product, second, 5);
  const { remoteId } = shop.buy([{ remoteId: product, quantity: 2 }]);
  const channel = shopify.open(createTestSession({ credentials: shop.credentials }));
  const placeOf = async () => {
    const [reading] = await channel.readOrders([remoteId]);
    return reading?.kind === 'order' ? reading.order.lines.map(({ locationId }) => locationId) : [];
  };
  expect(await placeOf()).toEqual([null]);
  shop.fulfil(remoteId, undefined, second);
  expect(await placeOf()).toEqual([second]);
});

it('without read_all_orders it is said that older orders cannot be read', async () => {
  const shop = await start({ scopes: ['read_products', 'write_inventory', 'read_orders', 'read_returns'] });
  expect(await messages(shop)).toEqual([expect.stringMatching(/^warning: .*60 days.*read_all_orders/)]);
});

it('an answer in another API version is found', async () => {
  expect(await messages(await start({ answeredVersion: '2027-01' }))).toEqual([
    expect.stringMatching(/^warning: .*2027-01 .*2026-10/),
  ]);
});

it('stock at locations that are not ours is warned of; a chosen location that is gone blocks', async () => {
  const shop = await start();
  const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
  const second = shop.addLocation('Second place');
  shop.stockAt(product, second, 4);
  expect(await messages(shop)).toEqual([
    expect.stringMatching(/^warning: This shop has 2 locations. Say for each which warehouse serves it/),
  ]);
  expect(await messages(shop, [second])).toEqual([
    expect.stringMatching(/^warning: Customers can also buy.*"Shop location"/),
  ]);
  expect(await messages(shop, ['gid://shopify/Location/5', second])).toEqual([
    expect.stringMatching(/^blocker: A chosen location/),
    expect.stringMatching(/^warning: .*"Shop location"/),
  ]);
});

it('every answer tells the limiter what is left in the bucket', async () => {
  const shop = await start({ limits: true });
  const observed: LimitObservation[] = [];
  const session = createTestSession({ credentials: shop.credentials });
  const observe = (state: LimitObservation) => {
    observed.push(state);
    session.http.observe(state);
  };
  await read(open({ ...session, http: { ...session.http, observe } }));
  expect(observed).toEqual([
    { kind: 'cost', availablePoints: 1_965, maximumPoints: 2_000, restorePointsPerSecond: 100 },
  ]);
});

it('an empty bucket answers THROTTLED inside HTTP 200; the request is done once its points are there', async () => {
  const shop = await start({ limits: true });
  const channel = open(createTestSession({ credentials: shop.credentials }));
  let calls = 0;
  // Faster than the bucket fills: sooner or later a call costs two requests.
  while ((shop.requests()['ListVariants'] ?? 0) === calls) {
    expect(await read(channel)).toEqual({ listings: [], next: null });
    calls += 1;
  }
  expect(calls).toBeGreaterThan(2_000 / 35);
  expect(shop.requests()['ListVariants']).toBe(calls + 1);
});
