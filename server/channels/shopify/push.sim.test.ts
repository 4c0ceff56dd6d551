// What is special about pushing to Shopify: locations, shelves, shared stock, burnt keys, big batches.

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestSession } from '../../../test/support/channel-session.ts';
import type { Channel, PushTarget, StoreSettings } from '../channel.ts';
import { shopify } from './index.ts';
import { type ShopifySimulatedShop, startShopifySimulator } from './simulator.ts';

let shop: ShopifySimulatedShop;
beforeEach(async () => {
  shop = await startShopifySimulator({ port: 0, limits: false });
});
afterEach(() => shop.close());

const open = (settings: Partial<StoreSettings> = {}): Channel =>
  shopify.open(createTestSession({ credentials: shop.credentials, settings }));

async function target(channel: Channel, quantity: number, expected: number | null): Promise<PushTarget> {
  const { listings } = await channel.listListings({ updatedFrom: null }, null);
  const [listing] = listings;
  if (listing === undefined) throw new Error('The shop lists nothing.');
  return { remoteId: listing.remoteId, handle: listing.handle, quantity, expected };
}

const mainLocation = async (): Promise<string> => {
  const { locations } = await open().check();
  return locations[0]?.id ?? '';
};

describe('an item that is not stocked at the location', () => {
  it('is put on its shelf, then set', async () => {
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 3 });
    shop.stockAt(product, await mainLocation(), null);
    const channel = open();
    expect(await channel.setAvailable([await target(channel, 8, 3)], 'k1')).toMatchObject([
      { kind: 'accepted' },
    ]);
    expect(shop.stockOf(product)?.available).toBe(8);
    expect(shop.requests()['Activate']).toBe(1);
  });

  it('is refused with what to do when the location is gone for good', async () => {
    shop.addProduct({ sku: 'A', title: 'A', quantity: 3 });
    const channel = open({ locationIds: ['gid://shopify/Location/4'] });
    expect(await channel.setAvailable([await target(channel, 8, 3)], 'k1')).toMatchObject([
      { kind: 'rejected', message: expect.stringContaining('Check the location') },
    ]);
  });
});

describe('F15: every number is told at its own location', () => {
  const places = async () => [await mainLocation(), shop.addLocation('Second')] as const;

  it('two locations of one listing are told, compared and answered each by itself', async () => {
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 6 });
    const [first, second] = await places();
    shop.stockAt(product, second, 4);
    const channel = open({ locationIds: [first, second] });
    const listing = await target(channel, 0, null);
    expect(
      (
        await channel.readAvailable([
          { ...listing, locationId: second },
          { ...listing, locationId: first },
        ])
      ).map(({ locationId, reading }) => [locationId, reading]),
    ).toEqual(
      expect.arrayContaining([
        [first, { kind: 'quantity', quantity: 6 }],
        [second, { kind: 'quantity', quantity: 4 }],
      ]),
    );
    const results = await channel.setAvailable(
      [
        { ...listing, locationId: first, quantity: 9, expected: 6 },
        { ...listing, locationId: second, quantity: 1, expected: 5 },
      ],
      'k1',
    );
    expect(results).toMatchObject([
      { locationId: first, kind: 'accepted' },
      { locationId: second, kind: 'stale', observed: 4 },
    ]);
    expect([shop.stockOf(product, first)?.available, shop.stockOf(product, second)?.available]).toEqual([
      9, 4,
    ]);
  });

  it('a location that is gone is refused; the other one is told', async () => {
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 6 });
    const first = await mainLocation();
    const channel = open();
    const listing = await target(channel, 0, null);
    const gone = 'gid://shopify/Location/4';
    expect(
      await channel.setAvailable(
        [
          { ...listing, locationId: gone, quantity: 9, expected: null },
          { ...listing, locationId: first, quantity: 8, expected: 6 },
        ],
        'k1',
      ),
    ).toMatchObject([
      { locationId: gone, kind: 'rejected' },
      { locationId: first, kind: 'accepted' },
    ]);
    expect(shop.stockOf(product)?.available).toBe(8);
  });

  it('an item is put on the shelf of a second location when there is something to sell there', async () => {
    const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 6 });
    const [, second] = await places();
    const channel = open();
    const listing = { ...(await target(channel, 0, null)), locationId: second };
    expect(await channel.setAvailable([{ ...listing, quantity: 0, expected: null }], 'k0')).toMatchObject([
      { kind: 'accepted' },
    ]);
    expect(shop.requests()['Activate']).toBeUndefined();
    expect(await channel.setAvailable([{ ...listing, quantity: 7, expected: 0 }], 'k1')).toMatchObject([
      { kind: 'accepted' },
    ]);
    expect(shop.stockOf(product, second)?.available).toBe(7);
  });
});

it('without a chosen location, only the first that fulfils online orders is read and set', async () => {
  const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 6 });
  const second = shop.addLocation('Second');
  shop.stockAt(product, second, 4);
  const channel = open();
  const [reading] = await channel.readAvailable([await target(channel, 0, null)]);
  expect(reading?.reading).toEqual({ kind: 'quantity', quantity: 6 });
  await channel.setAvailable([await target(channel, 9, 6)], 'k1');
  expect([shop.stockOf(product)?.available, shop.stockOf(product, second)?.available]).toEqual([9, 4]);
});

it('a bundle is refused in the words of Shopify, and is not listed as pushable', async () => {
  const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 6 });
  shop.makeBundle(product);
  const channel = open();
  const { listings } = await channel.listListings({ updatedFrom: null }, null);
  expect(listings[0]?.notPushable).toMatch(/bundle/);
  expect(await channel.setAvailable([await target(channel, 9, 6)], 'k1')).toMatchObject([
    { kind: 'rejected' },
  ]);
});

it('two variants that share one stock are written once, and must agree', async () => {
  shop.addProduct({ sku: 'A', title: 'A', quantity: 6 });
  const channel = open();
  const one = await target(channel, 9, 6);
  const twin = { ...one, remoteId: 'gid://shopify/ProductVariant/42' };
  expect(await channel.setAvailable([one, { ...twin, quantity: 8 }], 'k1')).toMatchObject([
    { kind: 'rejected' },
    { kind: 'rejected' },
  ]);
  expect(await channel.setAvailable([one, twin], 'k2')).toMatchObject([
    { kind: 'accepted' },
    { kind: 'accepted', remoteId: twin.remoteId },
  ]);
  expect(shop.writes()).toHaveLength(1);
});

it('the same attempt again, key and all, wipes no sale in between although its first key is burnt', async () => {
  const [kept, gone] = ['A', 'B'].map((sku) => shop.addProduct({ sku, title: sku, quantity: 5 }));
  const channel = open();
  const { listings } = await channel.listListings({ updatedFrom: null }, null);
  const targets = listings.map(({ remoteId, handle }) => ({ remoteId, handle, quantity: 7, expected: 5 }));
  shop.removeProduct(gone ?? '');
  const kinds = async () => (await channel.setAvailable(targets, 'same-key')).map(({ kind }) => kind);
  expect(await kinds()).toEqual(['accepted', 'gone']);
  shop.buy([{ remoteId: kept ?? '', quantity: 1 }]);
  expect(await kinds()).toEqual(['stale', 'gone']);
  expect(shop.stockOf(kept ?? '')?.available).toBe(6);
});

it('a handle that is not of Shopify spoils nothing for the others', async () => {
  shop.addProduct({ sku: 'A', title: 'A', quantity: 6 });
  const channel = open();
  const good = await target(channel, 9, 6);
  const results = await channel.setAvailable([{ ...good, handle: 'nonsense' }, good], 'k1');
  expect(results.map(({ kind }) => kind)).toEqual(['rejected', 'accepted']);
});

it('answers that were lost for good leave "unknown" for what is open and keep what is known', async () => {
  const gone = shop.addProduct({ sku: 'A', title: 'A', quantity: 5 });
  shop.addProduct({ sku: 'B', title: 'B', quantity: 5 });
  const channel = open();
  const { listings } = await channel.listListings({ updatedFrom: null }, null);
  const targets = listings.map(({ remoteId, handle }) => ({ remoteId, handle, quantity: 7, expected: 5 }));
  await channel.readAvailable(listings);
  shop.removeProduct(gone);
  const before = shop.requests()['SetAvailable'] ?? 0;
  const pushing = channel.setAvailable(targets, 'k1');
  while ((shop.requests()['SetAvailable'] ?? 0) === before) await new Promise(setImmediate);
  shop.setFault('serverError');
  const results = await pushing.catch((problem: unknown) => problem);
  // The fault may strike before or after the first answer; what was answered must not be lost either way.
  if (Array.isArray(results)) expect(results.map(({ kind }) => kind)).toEqual(['gone', 'unknown']);
  else expect(results).toMatchObject({ kind: 'transient' });
});
