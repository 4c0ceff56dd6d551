// Battery: reading listings.

import { expect, it } from '@jest/globals';
import type { ChannelDefinition } from '../../server/channels/channel.ts';
import { allListings, listingOf, rehearse } from './rehearsal.ts';

/** More than any shop lets a client page through in one list. */
const MANY = 25_100;
/** More than one page in every shop. */
const PAGES_OF_LISTINGS = 620;

export function listingBattery(definition: ChannelDefinition): void {
  const skuIsIdentity = definition.manifest.capabilities.skuIsIdentity === true;
  it('R9: a listing comes with its SKU exactly as it is in the store, or with none', async () => {
    const { shop, channel } = await rehearse(definition);
    const everySku = ['BLUEJEANSM', '00123', ' padded ', '=1+1', '__proto__', null];
    const skus = everySku.filter((sku) => sku !== null || !skuIsIdentity);
    const ids = skus.map((sku, index) => shop.addProduct({ sku, title: `Product ${index}`, quantity: 1 }));
    const listings = await allListings(channel());
    expect(new Map(listings.map(({ remoteId, sku }) => [remoteId, sku]))).toEqual(
      new Map(ids.map((id, index) => [id, skus[index]])),
    );
  });

  it('variants of one product are listings of their own, told apart by their titles', async () => {
    const { shop, channel } = await rehearse(definition);
    shop.addProduct({ sku: 'JEANS-M', title: 'M', group: 'Jeans', quantity: 1 });
    shop.addProduct({ sku: 'JEANS-L', title: 'L', group: 'Jeans', quantity: 2 });
    const listings = await allListings(channel());
    expect(listings.map(({ sku }) => sku).sort()).toEqual(['JEANS-L', 'JEANS-M']);
    expect(new Set(listings.map(({ title }) => title)).size).toBe(2);
    expect(listings.every(({ title }) => title.includes('Jeans'))).toBe(true);
  });

  if (definition.manifest.capabilities.drafts) {
    it('drafts are listed only when the setting says so', async () => {
      const { shop, channel } = await rehearse(definition);
      const onSale = shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
      const draft = shop.addProduct({ sku: 'D', title: 'D', quantity: 1, state: 'draft' });
      const withoutDrafts = await allListings(channel());
      expect(withoutDrafts.map(({ remoteId }) => remoteId)).toEqual([onSale]);
      const withDrafts = await allListings(channel({ settings: { drafts: true } }));
      expect(new Map(withDrafts.map(({ remoteId, state }) => [remoteId, state]))).toEqual(
        new Map([
          [onSale, 'active'],
          [draft, 'draft'],
        ]),
      );
    });
  }

  it('a listing whose stock the store does not count says so', async () => {
    const { shop, channel } = await rehearse(definition);
    const counted = shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
    const uncounted = shop.addProduct({ sku: 'B', title: 'B', quantity: 1, tracked: false });
    expect((await listingOf(channel(), counted)).tracked).toBe(true);
    expect((await listingOf(channel(), uncounted)).tracked).toBe(false);
  });

  it('listings changed since a time include every one changed at or after it', async () => {
    const { shop, clock, channel } = await rehearse(definition);
    const changed = shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
    shop.addProduct({ sku: 'B', title: 'B', quantity: 1 });
    clock.advance(3_600_000);
    shop.changeProduct(changed, skuIsIdentity ? { title: 'A2' } : { sku: 'A2' });
    const listings = await allListings(channel(), clock.now());
    const found = listings.find(({ remoteId }) => remoteId === changed);
    expect(skuIsIdentity ? found?.title : found?.sku).toBe('A2');
  });

  it('what a customer sees is what readAvailable reads; a removed listing is gone', async () => {
    const { shop, channel } = await rehearse(definition);
    const kept = shop.addProduct({ sku: 'A', title: 'A', quantity: 7 });
    const removed = shop.addProduct({ sku: 'B', title: 'B', quantity: 1 });
    const uncounted = shop.addProduct({ sku: 'C', title: 'C', quantity: 1, tracked: false });
    const opened = channel();
    const listings = await allListings(opened);
    shop.buy([{ remoteId: kept, quantity: 2 }]);
    shop.removeProduct(removed);
    const readings = await opened.readAvailable(listings);
    expect(new Map(readings.map(({ remoteId, reading }) => [remoteId, reading]))).toEqual(
      new Map<string, object>([
        [kept, { kind: 'quantity', quantity: 5 }],
        [removed, { kind: 'gone' }],
        [uncounted, { kind: 'untracked' }],
      ]),
    );
  });

  it('no listing is missed when the list shifts between two pages', async () => {
    const { shop, channel } = await rehearse(definition);
    const ids = Array.from({ length: PAGES_OF_LISTINGS }, (_, number) =>
      shop.addProduct({ sku: `SKU-${number}`, title: `Product ${number}`, quantity: 1 }),
    );
    const opened = channel();
    const seen = new Set<string>();
    const removed = new Set<string>();
    let page: string | null = null;
    do {
      const answer = await opened.listListings({ updatedFrom: null }, page);
      for (const { remoteId } of answer.listings) seen.add(remoteId);
      // What was read already disappears, so that the rest moves up; something new comes in.
      if (removed.size === 0 && seen.size > 0) {
        for (const remoteId of [...seen].slice(0, 3)) {
          shop.removeProduct(remoteId);
          removed.add(remoteId);
        }
        shop.addProduct({ sku: 'NEW', title: 'New', quantity: 1 });
      }
      page = answer.next;
    } while (page !== null);
    expect(ids.filter((id) => !seen.has(id) && !removed.has(id))).toEqual([]);
  });

  it(`${MANY} listings are read to the last one, each once`, async () => {
    const { shop, channel } = await rehearse(definition);
    for (let number = 0; number < MANY; number += 1) {
      shop.addProduct({ sku: `SKU-${number}`, title: `Product ${number}`, quantity: number });
    }
    const listings = await allListings(channel());
    expect(listings.length).toBe(MANY);
    expect(new Set(listings.map(({ remoteId }) => remoteId)).size).toBe(MANY);
  }, 120_000);
}
