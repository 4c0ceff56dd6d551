// Listings by report, and by search when there is none.

import { describe, expect, it } from '@jest/globals';
import { allListings } from '../../../test/contract/rehearsal.ts';
import { amazon } from './index.ts';
import { open, openSession, push, requestsFor, stopShopsAfterEach } from './test-support/world.ts';

stopShopsAfterEach();

describe('listings', () => {
  it('a report that takes its time gives the worker back, and the same report is read later', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
    world.shop.rules.reportLooks = 5;
    const later = (channel = amazon.open(world.session)) =>
      allListings(channel).catch((wait: unknown) => wait);
    expect(await later(world.channel)).toMatchObject({ kind: 'throttled', retryAfterMs: 2_000 });
    world.pass(10 * 60_000);
    expect(await later()).toMatchObject({ kind: 'throttled', retryAfterMs: 20_000 });
    expect(await allListings(amazon.open(world.session))).toHaveLength(1);
    expect(requestsFor(world, 'createReport')).toBe(1);
  });

  it.each(['CANCELLED', 'FATAL'] as const)(
    'a report that ends %s is no empty shop: a search reads all, past its 1,000',
    async (end) => {
      const world = await open();
      for (let count = 0; count < 2_345; count += 1) {
        world.shop.addProduct({ sku: `SKU-${count}`, title: `Product ${count}`, quantity: 1 });
        world.pass(1_000);
      }
      world.shop.rules.reportEnd = end;
      const listings = await allListings(world.channel);
      expect(new Set(listings.map(({ remoteId }) => remoteId)).size).toBe(2_345);
    },
  );

  it('a reading that another opening of the store began does not seem complete where no report is to be had', async () => {
    const world = await open();
    for (let count = 0; count < 2_001; count += 1)
      world.shop.addProduct({ sku: `SKU-${count}`, title: 'Mug', quantity: 1 });
    const { next } = await world.channel.listListings({ updatedFrom: null }, null);
    world.shop.rules.reportEnd = 'FATAL';
    const other = amazon.open(world.session);
    await expect(other.listListings({ updatedFrom: null }, next)).rejects.toMatchObject({
      kind: 'transient',
    });
  });

  it('more than 1,000 changes are not searched but read with the report', async () => {
    const world = await open();
    for (let count = 0; count < 1_100; count += 1) {
      world.shop.addProduct({ sku: `SKU-${count}`, title: `Product ${count}`, quantity: 1 });
    }
    expect(new Set((await allListings(world.channel, world.now())).map(({ sku }) => sku)).size).toBe(1_100);
    expect(requestsFor(world, 'createReport')).toBe(1);
  });

  describe('a report out of Amazon’s cache, five hours old', () => {
    async function openCached(made: number) {
      const world = await open();
      for (let count = 0; count < 50; count += 1) {
        world.shop.addProduct({ sku: `OLD-${count}`, title: 'Old', quantity: 1 });
        world.pass(60_000);
      }
      world.shop.rules.reportMadeAt = world.now();
      world.pass(60_000);
      for (let count = 0; count < made; count += 1) {
        world.shop.addProduct({ sku: `NEW-${count}`, title: 'New', quantity: 1 });
        world.pass(1_000);
      }
      world.pass(5 * 3_600_000);
      return world;
    }

    it.each([0, 1, 45])(
      'lacks no listing, were %i made since then: the newest are searched',
      async (made) => {
        const world = await openCached(made);
        const skus = (await allListings(world.channel)).map(({ sku }) => sku);
        expect(skus).toHaveLength(50 + made);
        expect(new Set(skus).size).toBe(50 + made);
        expect(requestsFor(world, 'searchListingsItems')).toBe(made === 0 ? 1 : Math.ceil(made / 20) + 1);
      },
    );

    it('is not believed where more were made since than a search can be paged through', async () => {
      const world = await openCached(1_234);
      expect(new Set((await allListings(world.channel)).map(({ sku }) => sku)).size).toBe(1_284);
    });
  });

  it('a report in another language is read by the place of its columns', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'Becher', quantity: 1 });
    world.shop.rules.reportHeader = Array.from({ length: 29 }, (_, index) => `Spalte ${index}`).join('\t');
    expect(await allListings(world.channel)).toMatchObject([{ sku: 'A', title: 'Becher', state: 'active' }]);
  });

  it('a report is read compressed and not, and a web page in its place is not taken for one', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'ÄÖ-中', title: 'Größe 3', quantity: 1 });
    for (const isCompressed of [true, false]) {
      world.shop.rules.isCompressed = isCompressed;
      expect(await allListings(world.channel)).toMatchObject([{ sku: 'ÄÖ-中', title: 'Größe 3' }]);
    }
  });

  it('a report of more than 20 MiB is read', async () => {
    const world = await open();
    for (let count = 0; count < 50; count += 1)
      world.shop.addProduct({ sku: `SKU-${count}`, title: `Größe ${count}`, quantity: 1 });
    world.shop.rules.reportDescription = 'x'.repeat(500_000);
    world.shop.rules.isCompressed = false;
    const listings = await allListings(world.channel);
    expect(listings).toHaveLength(50);
    expect(listings[49]).toMatchObject({ sku: 'SKU-49', title: 'Größe 49' });
    expect(requestsFor(world, 'createReport')).toBe(1);
  });

  it.each(['too large', 'no archive', 'without its columns'])(
    'a report that cannot be read is no empty shop, and does not stop the reading: %s',
    async (how) => {
      const world = await open();
      for (let count = 0; count < 30; count += 1)
        world.shop.addProduct({ sku: `SKU-${count}`, title: 'Mug', quantity: 1 });
      if (how === 'without its columns') world.shop.rules.reportHeader = 'something\telse';
      const { http } = world.session;
      const send: typeof http.send = async (request, judge) => {
        if (request.answerAs !== 'bytes') return http.send(request, judge);
        if (how === 'too large') return http.send({ ...request, answerBytesMax: 10 }, judge);
        const answer = await http.send(request, judge);
        return how === 'no archive' ? { ...answer, text: 'no archive' } : answer;
      };
      const session = Object.assign(openSession(world.session.savedCredentials(), world.now), {
        http: { ...http, send },
      });
      const skus = (await allListings(amazon.open(session))).map(({ sku }) => sku);
      expect(new Set(skus).size).toBe(30);
    },
  );

  it('a SKU with a comma, a slash or blanks is read like any other', async () => {
    const world = await open();
    const skus = ['A,B', 'BAG/TOTE', ' padded ', 'A', '50%', 'A?B#C'];
    for (const [index, sku] of skus.entries())
      world.shop.addProduct({ sku, title: sku, quantity: index + 3 });
    const listings = skus.map((remoteId) => ({ remoteId, handle: 'DEFAULT' }));
    const readings = await world.channel.readAvailable(listings);
    expect(readings.map(({ reading }) => reading)).toEqual(
      skus.map((_sku, index) => ({ kind: 'quantity', quantity: index + 3 })),
    );
    for (const sku of skus) expect(await push(world, sku, 9)).toMatchObject({ kind: 'accepted' });
  });
});
