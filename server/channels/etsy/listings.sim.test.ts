// Reading all listings while the shop goes on: nothing is missed, and no call is wasted.

import { describe, expect, it } from '@jest/globals';
import { allListings, rehearse, stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import type { Channel } from '../channel.ts';
import { etsy } from './index.ts';

stopShopsAfterEach();

async function open() {
  const { shop, channel } = await rehearse(etsy);
  return { shop, opened: channel(), requests: (name: string): number => shop.requests()[name] ?? 0 };
}

describe('lists', () => {
  it('a listing that goes off sale while listings are read is met all the same', async () => {
    const { shop, opened } = await open();
    const ids = Array.from({ length: 150 }, (_, number) =>
      shop.addProduct({ sku: `SKU-${number}`, title: `Product ${number}`, quantity: 5 }),
    );
    const seen = new Set<string>();
    let pages = 0;
    for (let page: string | null = null; pages === 0 || page !== null; pages += 1) {
      const answer: Awaited<ReturnType<Channel['listListings']>> = await opened.listListings(
        { updatedFrom: null },
        page,
      );
      for (const { remoteId } of answer.listings) seen.add(remoteId);
      page = answer.next;
      // The oldest stands on the second page of active listings; what is on the first moves up meanwhile.
      if (pages === 1) for (const id of [ids[0], ids[149], ids[148]]) shop.editQuantity(id ?? '', 0);
    }
    expect(seen.size).toBe(150);
  });

  it('pages are read side by side, and states that are empty cost a call each: 2,500 listings are 30 calls', async () => {
    const { shop, opened, requests } = await open();
    for (let number = 0; number < 2_500; number += 1)
      shop.addProduct({ sku: `SKU-${number}`, title: `Product ${number}`, quantity: 5 });
    expect(new Set((await allListings(opened)).map(({ sku }) => sku)).size).toBe(2_500);
    // 26 pages of 100 that begin with the last one of the page before, three states without any, and one call to count.
    expect(requests('GET /shops/SHOP/listings')).toBe(30);
  });

  it('listings that vanish from pages read side by side shift nothing out of sight', async () => {
    const { shop, opened } = await open();
    const ids = Array.from({ length: 1_500 }, (_, number) =>
      shop.addProduct({ sku: `SKU-${number}`, title: `Product ${number}`, quantity: 5 }),
    );
    const seen = new Set<string>();
    let pages = 0;
    for (let page: string | null = null; pages === 0 || page !== null; pages += 1) {
      const answer: Awaited<ReturnType<Channel['listListings']>> = await opened.listListings(
        { updatedFrom: null },
        page,
      );
      for (const { remoteId } of answer.listings) seen.add(remoteId);
      page = answer.next;
      // What was read already disappears, and all that follows moves up by as many.
      if (pages === 2) for (const id of ids.slice(-120, -20)) shop.removeProduct(id);
    }
    expect(ids.filter((id) => !seen.has(id))).toEqual([]);
  });

  it('a list that Etsy ends at 12,000 is an error, never a short list', async () => {
    const { shop, channel } = await rehearse(etsy, { offsetMax: 12_000 } as object);
    for (let number = 0; number < 12_500; number += 1)
      shop.addProduct({ sku: `${number}`, title: 'A', quantity: 1 });
    await expect(allListings(channel())).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('could not be read'),
    });
  });
});
