// A catalogue above 25,000 variants is fetched as one file, and page by page when the file cannot be had.

import { afterEach, expect, it } from '@jest/globals';
import { createTestSession } from '../../../test/support/channel-session.ts';
import { BULK_FROM } from './bulk-listings.ts';
import { shopify } from './index.ts';
import { type ShopifySimulatedShop, startShopifySimulator } from './simulator.ts';

let shop: ShopifySimulatedShop;
afterEach(() => shop.close());

let at: number;
const slept: number[] = [];

async function large(count: number, limits = false): Promise<readonly string[]> {
  at = Date.parse('2026-11-02T10:00:00Z');
  slept.length = 0;
  shop = await startShopifySimulator({ port: 0, limits, now: () => new Date(at) });
  return Array.from({ length: count }, (_, index) =>
    shop.addProduct({ sku: `S-${index}`, title: `Größe ${index} 漢`, quantity: 1 }),
  );
}

async function readAll(updatedFrom: Date | null = null) {
  const session = {
    ...createTestSession({ credentials: shop.credentials, now: () => new Date(at) }),
    sleep: async (ms: number) => {
      slept.push(ms);
      at += ms;
    },
  };
  const channel = shopify.open(session);
  const found = new Map<string, string>();
  let page: string | null = null;
  do {
    const answer = await channel.listListings({ updatedFrom }, page);
    for (const { remoteId, sku, title } of answer.listings) found.set(remoteId, `${sku} ${title}`);
    page = answer.next;
  } while (page !== null);
  return found;
}

const PAGES = Math.ceil(BULK_FROM / 250);

it('a large catalogue comes as one file, in pieces, with every letter and digit', async () => {
  const ids = await large(BULK_FROM);
  shop.addProduct({ sku: 'DRAFT', title: 'Draft', quantity: 1, state: 'draft' });
  const found = await readAll();
  expect([...found.keys()].sort()).toEqual([...ids].sort());
  expect(found.get(ids[12_345] ?? '')).toBe('S-12345 Größe 12345 漢');
  expect(shop.requests()).toMatchObject({ ListVariants: 1, CountVariants: 1, StartBulk: 1, ReadBulk: 1 });
  expect(shop.requests()['/bulk']).toBeGreaterThan(2);
});

it('while Shopify writes the file it is asked less and less often, by the session’s clock', async () => {
  await large(BULK_FROM, true);
  expect((await readAll()).size).toBe(BULK_FROM);
  expect(slept).toEqual([1_000, 2_000, 4_000, 8_000, 15_000]);
});

it('a file that breaks off proves nothing: the catalogue is read page by page', async () => {
  await large(BULK_FROM);
  shop.failNextBulk();
  expect((await readAll()).size).toBe(BULK_FROM);
  expect(shop.requests()['ListVariants']).toBe(PAGES);
  expect(shop.requests()['/bulk']).toBeUndefined();
});

it('with five files being written for this app already, pages are read at once', async () => {
  await large(BULK_FROM);
  shop.occupyBulk(5);
  expect((await readAll()).size).toBe(BULK_FROM);
  expect(shop.requests()).toMatchObject({ StartBulk: 1, ListVariants: PAGES });
});

it('a smaller catalogue, and what changed, are read page by page', async () => {
  await large(300);
  expect((await readAll()).size).toBe(300);
  expect((await readAll(new Date(at))).size).toBe(300);
  expect(shop.requests()).toMatchObject({ CountVariants: 1, ListVariants: 4 });
  expect(shop.requests()['StartBulk']).toBeUndefined();
});
