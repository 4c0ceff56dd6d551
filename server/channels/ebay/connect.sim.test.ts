// Connecting: tokens, what they may do, and the settings that would end a listing; and the walk over all listings.

import { expect, it } from '@jest/globals';
import { allListings, stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import type { ChannelRequest } from '../../net/channel-http.ts';
import { ebay } from './index.ts';
import { rehearseEbay } from './test-support/rehearse-ebay.ts';

stopShopsAfterEach();

const TOKEN = 'POST /identity/v1/oauth2/token';
const DAY_MS = 24 * 3_600_000;

it('one token serves many calls, is renewed before it ends, and the refresh token is never wiped', async () => {
  const { shop, clock, session } = await rehearseEbay();
  const test = session();
  for (let round = 0; round < 3; round += 1) await ebay.open(test).readOrders(['27-1-1']);
  expect(shop.requests()[TOKEN]).toBe(1);
  const first = test.savedCredentials();
  expect(first['refreshToken']).toBe(shop.credentials['refreshToken']);
  clock.advance(7_200_000 - 4 * 60_000);
  await ebay.open(test).readOrders(['27-1-1']);
  expect(shop.requests()[TOKEN]).toBe(2);
  expect(test.savedCredentials()['accessToken']).not.toBe(first['accessToken']);
});

it('calls at the same time fetch one token', async () => {
  const { shop, session } = await rehearseEbay();
  const test = session();
  await Promise.all([1, 2, 3].map(() => ebay.open(test).readOrders(['27-1-1'])));
  expect(shop.requests()[TOKEN]).toBe(1);
});

it('a token refused before its time is renewed once, for REST and for Trading', async () => {
  const { shop, session } = await rehearseEbay();
  shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
  const opened = ebay.open(session());
  await allListings(opened);
  shop.endTokens();
  expect(await allListings(opened)).toHaveLength(1); // Trading comes first
  shop.endTokens();
  expect(await opened.readOrders(['27-1-1'])).toEqual([{ kind: 'gone', remoteId: '27-1-1' }]);
  expect(shop.requests()[TOKEN]).toBe(3);
});

it.each([
  [60, []],
  [20, ['ends in 20 days']],
  [-1, ['has ended']],
])('a refresh token that ends in %p days is told ahead of time', async (days, words) => {
  const { shop, clock, channel } = await rehearseEbay();
  const endsAt = new Date(clock.now().getTime() + days * DAY_MS);
  const credentials = { ...shop.credentials, refreshTokenEndsOn: endsAt.toISOString() };
  const { findings } = await channel({ credentials }).check();
  expect(findings).toEqual(
    words.map((text) => ({ level: 'warning', message: expect.stringContaining(text) })),
  );
});

it('a date that is none is told', async () => {
  const { shop, channel } = await rehearseEbay();
  const { findings } = await channel({
    credentials: { ...shop.credentials, refreshTokenEndsOn: 'next spring' },
  }).check();
  expect(findings).toEqual([{ level: 'warning', message: expect.stringContaining('could not be read') }]);
});

it('out-of-stock control that is off is told: 0 would end a listing', async () => {
  const { shop, channel } = await rehearseEbay();
  shop.behave({ outOfStockControl: false });
  const { storeName, findings } = await channel().check();
  expect(storeName).toBe('rehearsal_seller');
  expect(findings).toEqual([
    { level: 'warning', message: expect.stringMatching(/Out-of-stock control is off.*ends a listing/) },
  ]);
});

it('without out-of-stock control a listing told 0 has ended, and reads as gone', async () => {
  const { shop, channel } = await rehearseEbay({ legacyOnly: true });
  shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
  shop.behave({ outOfStockControl: false });
  const opened = channel();
  const [listing] = await allListings(opened);
  if (listing === undefined) throw new Error('The listing is not listed.');
  await opened.setAvailable([{ ...listing, quantity: 0, expected: 1 }], 'key');
  expect(await opened.readAvailable([listing])).toMatchObject([{ reading: { kind: 'gone' } }]);
});

it('listings that end while the pages are read do not hide others', async () => {
  const { shop, channel } = await rehearseEbay();
  const ids = Array.from({ length: 450 }, (_, number) =>
    shop.addProduct({ sku: `S-${number}`, title: 'S', quantity: 1 }),
  );
  const opened = channel();
  const first = await opened.listListings({ updatedFrom: null }, null);
  for (const id of ids.slice(0, 5)) shop.removeProduct(id);
  const seen = new Set(first.listings.map(({ remoteId }) => remoteId));
  for (let { next } = first; next !== null; ) {
    const page = await opened.listListings({ updatedFrom: null }, next);
    for (const { remoteId } of page.listings) seen.add(remoteId);
    next = page.next;
  }
  expect(ids.filter((id) => !seen.has(id))).toEqual([]);
});

it('a SKU that the Inventory API cannot even take does not hide its neighbours', async () => {
  const { shop, channel } = await rehearseEbay();
  shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
  shop.addProduct({ sku: 'x'.repeat(60), title: 'B', quantity: 1 });
  const listings = await allListings(channel());
  expect(listings.map(({ handle }) => handle.split(':')[0])).toEqual(['inventory', 'trading']);
});

it('calls to Trading and for orders are counted against the day’s limits of their own', async () => {
  const { shop, clock, session } = await rehearseEbay();
  const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 5 });
  shop.buy([{ remoteId: product, quantity: 1 }]);
  const seen: ChannelRequest[] = [];
  const test = session();
  const http: typeof test.http = {
    ...test.http,
    send: (request, judge) => {
      seen.push(request);
      return test.http.send(request, judge);
    },
  };
  const opened = ebay.open({ ...test, http });
  await allListings(opened);
  await opened.listOrders({ kind: 'updated', from: clock.now() }, null);
  const operations = new Map(seen.map(({ url, operation }) => [new URL(url).pathname, operation]));
  expect(operations).toEqual(
    new Map([
      ['/identity/v1/oauth2/token', undefined],
      ['/ws/api.dll', 'trading'],
      ['/sell/inventory/v1/inventory_item', undefined],
      ['/sell/fulfillment/v1/order', 'orders'],
    ]),
  );
  expect(Object.keys(ebay.manifest.limits.operations ?? {})).toEqual([
    'trading',
    'orders',
    'feed',
    'notifications',
  ]);
});

it('a pull of thousands of listings takes a call for every 200 listings in each world, and none for each listing', async () => {
  const { shop, channel } = await rehearseEbay();
  for (let number = 0; number < 2_450; number += 1) {
    const world = number % 3 === 0 ? { group: `Group ${number % 7}` } : {};
    shop.addProduct({ sku: `S-${number}`, title: `Thing ${number}`, quantity: 1, ...world });
  }
  const listings = await allListings(channel());
  expect(new Set(listings.map(({ remoteId }) => remoteId)).size).toBe(2_450);
  const worlds = listings.map(({ sku, handle }) => [Number(sku?.slice(2)) % 3 === 0, handle.split(':')[0]]);
  expect(worlds.every(([isGrouped, world]) => world === (isGrouped ? 'trading' : 'inventory'))).toBe(true);
  const requests = shop.requests();
  const items = shop.shelf().filter(({ remoteId }) => !remoteId.includes('~')).length;
  expect(requests['GetMyeBaySelling']).toBe(Math.ceil((items + 7) / 200));
  expect(requests['GET /sell/inventory/v1/inventory_item']).toBe(Math.ceil(items / 200));
  expect(requests['POST /sell/inventory/v1/bulk_get_inventory_item']).toBeUndefined();
});

it('few listings beside a large inventory are looked up by their SKUs', async () => {
  const { shop, channel } = await rehearseEbay();
  for (let number = 0; number < 2_000; number += 1) {
    const remoteId = shop.addProduct({ sku: `S-${number}`, title: 'Thing', quantity: 1 });
    if (number >= 5) shop.listing(remoteId).hasEnded = true;
  }
  shop.addProduct({ sku: 'LAST', title: 'Thing', quantity: 1 });
  expect(await allListings(channel())).toHaveLength(6);
  const requests = shop.requests();
  // The first pages, side by side; not the hundreds behind them.
  expect(requests['GET /sell/inventory/v1/inventory_item']).toBe(7);
  expect(requests['POST /sell/inventory/v1/bulk_get_inventory_item']).toBe(1);
});

it('the offers of a SKU are asked for once a day, however often its number is told', async () => {
  const { shop, clock, session } = await rehearseEbay();
  const id = shop.addProduct({ sku: 'A', title: 'A', quantity: 9 });
  const channel = ebay.open(session());
  const [listing] = await allListings(channel);
  if (listing === undefined) throw new Error('The listing is missing.');
  const tell = (quantity: number) => channel.setAvailable([{ ...listing, quantity, expected: null }], 'key');
  for (const quantity of [8, 7, 6]) expect(await tell(quantity)).toMatchObject([{ kind: 'accepted' }]);
  expect(shop.requests()['GET /sell/inventory/v1/offer']).toBe(1);
  // What customers see is always read anew.
  shop.buy([{ remoteId: id, quantity: 2 }]);
  expect(await channel.readAvailable([listing])).toMatchObject([{ reading: { quantity: 4 } }]);
  expect(shop.requests()['GET /sell/inventory/v1/offer']).toBe(2);
  clock.advance(25 * 3_600_000);
  await tell(5);
  expect(shop.requests()['GET /sell/inventory/v1/offer']).toBe(3);
});
