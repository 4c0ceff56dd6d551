// The traps of BigCommerce's catalogue and of what a look at the store must find, against the simulated store.

import { describe, expect, it } from '@jest/globals';
import { readCredentials } from './credentials.ts';
import { bigcommerce } from './index.ts';
import { manifest } from './manifest.ts';
import { listingsOf, startStore, stopStoresAfterEach } from './test-support/store.ts';

stopStoresAfterEach();

describe('one number for all variants of a product (inventory_tracking "product")', () => {
  it('variants without SKUs sell as their product: the product is the listing', async () => {
    const { shop, channel } = await startStore({ lagMs: 0 });
    const family = shop.addFamily({ name: 'Tee', sku: 'TEE', quantity: 40, variantSkus: ['', ''] });
    const listings = await listingsOf(channel);
    const whole = listings.find(({ sku }) => sku === 'TEE');
    expect(whole).toMatchObject({
      remoteId: `product-${family.productId}`,
      notPushable: null,
      tracked: true,
    });
    for (const id of family.variantIds) {
      expect(listings.find(({ remoteId }) => remoteId === id)).toMatchObject({
        sku: null,
        notPushable: expect.stringContaining('TEE'),
      });
    }
    const target = {
      remoteId: whole?.remoteId ?? '',
      handle: whole?.handle ?? '',
      quantity: 33,
      expected: 40,
    };
    expect(await channel.setAvailable([target], 'one')).toMatchObject([{ kind: 'accepted' }]);
    const order = shop.buy([{ remoteId: family.variantIds[0] ?? '', quantity: 2 }]);
    const [reading] = await channel.readOrders([order.remoteId]);
    expect(reading).toMatchObject({
      order: { lines: [{ sku: 'TEE', listingRemoteId: whole?.remoteId, taken: 2 }] },
    });
    expect(await channel.readAvailable([target])).toMatchObject([{ reading: { quantity: 31 } }]);
  });

  it('several SKUs on one number cannot all be right: none is pushed, and the sentence says what to click', async () => {
    const { shop, channel } = await startStore();
    shop.addFamily({ name: 'Tee', sku: '', quantity: 40, variantSkus: ['TEE-S', 'TEE-M'] });
    const listings = await listingsOf(channel);
    expect(listings).toHaveLength(3);
    for (const listing of listings) {
      expect(listing.notPushable).toMatch(/TEE-S, TEE-M.*Track inventory by variant/);
    }
  });
});

it('a hidden product is a listing that is not active', async () => {
  const { shop, channel } = await startStore();
  shop.addProduct({ sku: 'A', title: 'A', quantity: 1, state: 'inactive' });
  expect(await listingsOf(channel)).toMatchObject([{ sku: 'A', state: 'inactive' }]);
});

it('facts 3.2: changes are asked for with a full time, since a date alone gets the time of the request', async () => {
  const { shop, channel, now, advance } = await startStore();
  shop.addProduct({ sku: 'EARLY', title: 'A', quantity: 1 });
  advance(3_600_000);
  shop.addProduct({ sku: 'LATE', title: 'B', quantity: 1 });
  const from = now();
  advance(3_600_000);
  const { listings } = await channel.listListings({ updatedFrom: from }, null);
  expect(listings.map(({ sku }) => sku)).toEqual(['LATE']);
});

it('a product deleted between two pages shifts nothing', async () => {
  const { shop, channel } = await startStore();
  const ids = Array.from({ length: 260 }, (_, index) =>
    shop.addProduct({ sku: `S${index}`, title: 'A', quantity: 1 }),
  );
  const first = await channel.listListings({ updatedFrom: null }, null);
  shop.removeProduct(ids[3] ?? '');
  const second = await channel.listListings({ updatedFrom: null }, first.next);
  const skus = [...first.listings, ...second.listings].map(({ sku }) => sku);
  expect(new Set(skus).size).toBe(260);
});

describe('a look at the store', () => {
  it('an API account without a scope is told which ones it lacks', async () => {
    const { shop, channel } = await startStore({ scopes: ['information', 'products', 'orders'] });
    const { findings } = await channel.check();
    expect(findings).toEqual([
      { level: 'blocker', message: expect.stringMatching(/Store Locations.*Store Inventory \(modify\)/) },
    ]);
    expect(shop.writes()).toEqual([]);
  });

  it('facts 3.4: stock settings that fight with ours are findings, each with where to change it', async () => {
    const { shop, channel } = await startStore();
    expect((await channel.check()).findings).toEqual([]);
    shop.setInventorySettings({
      update_stock_behavior: 'order_completed_or_shipped',
      edit_order_stock_adjustment: false,
      refund_order_stock_adjustment: false,
    });
    const { findings } = await channel.check();
    expect(findings.map(({ level }) => level)).toEqual(['warning', 'warning', 'warning']);
    for (const { message } of findings) expect(message).toContain('Settings › Inventory');
  });

  it('another location that sells is a warning until it is chosen; a closed one is a blocker', async () => {
    const { shop, channel, open } = await startStore();
    const second = shop.addLocation('Shop in town');
    expect((await channel.check()).findings).toMatchObject([
      { level: 'warning', message: expect.stringContaining('2 locations. Say for each which warehouse') },
    ]);
    expect((await open({ locationIds: ['1'] }).check()).findings).toMatchObject([
      { level: 'warning', message: expect.stringContaining('"Shop in town"') },
    ]);
    expect((await open({ locationIds: ['1', String(second)] }).check()).findings).toEqual([]);
    expect((await open({ locationIds: ['1', String(second), '9'] }).check()).findings).toMatchObject([
      { level: 'blocker' },
    ]);
  });

  it.each([
    ['https://api.bigcommerce.com/stores/abc123/v3/', 'https://api.bigcommerce.com/stores/abc123'],
    ['https://api.bigcommerce.com/stores/abc123/v2', 'https://api.bigcommerce.com/stores/abc123'],
    ['abc123', 'https://api.bigcommerce.com/stores/abc123'],
  ])('the API path %s is understood', (apiPath, address) => {
    expect(readCredentials({ apiPath, accessToken: 't' })).toMatchObject({ kind: 'usable', address });
  });

  it.each([
    'https://evil.example/stores/abc123/v3/',
    'https://api.bigcommerce.com@evil.example/stores/a',
    'abc/../def',
    '',
  ])('"%s" is no API path', (apiPath) => {
    expect(readCredentials({ apiPath, accessToken: 't' })).toMatchObject({ kind: 'unusable' });
  });
});

describe('the quota (facts 3.7)', () => {
  it('the request above 150 within 30 seconds is refused, and every answer says what is left', async () => {
    const { shop } = await startStore({ limits: true });
    const url = `${shop.credentials['apiBase']}/stores/rehearsal/v2/store`;
    const headers = { accept: 'application/json', 'x-auth-token': 'rehearsal-token' };
    const answers = [];
    for (let call = 0; call < 151; call += 1) answers.push(await fetch(url, { headers }));
    expect(manifest.limits.rate).toEqual({ kind: 'window', requests: 150, perMs: 30_000 });
    expect(answers.map(({ status }) => status)).toEqual([...Array(150).fill(200), 429]);
    expect(answers[0]?.headers.get('x-rate-limit-requests-left')).toBe('149');
    expect(answers[150]?.headers.get('x-rate-limit-time-reset-ms')).toBe('30000');
  });

  it('what an answer says about the quota reaches the limiter, the plan’s size too', async () => {
    const { session } = await startStore({ limits: true, quota: 450 });
    const seen: unknown[] = [];
    const observed = {
      ...session,
      credentials: session.credentials,
      http: { ...session.http, observe: (state: unknown) => seen.push(state) },
    };
    await bigcommerce.open(observed).listOrders({ kind: 'updated', from: new Date(0) }, null);
    const whole = { requests: 450, perMs: 30_000 };
    expect(seen).toEqual([{ kind: 'window', requestsLeft: 449, resetMs: 30_000, whole }]);
  });
});
