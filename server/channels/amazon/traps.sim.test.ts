// What the facts call a trap, each against the simulated account: tokens, orders, listings, quantities, limits.

import { afterEach, describe, expect, it } from '@jest/globals';
import { allListings, allOrders } from '../../../test/contract/rehearsal.ts';
import { createTestSession, type TestSession } from '../../../test/support/channel-session.ts';
import { createChannelHttp } from '../../net/create-channel-http.ts';
import { createMemoryLimiters } from '../../net/limiter.ts';
import type { Channel, PushResult } from '../channel.ts';
import type { Credentials } from '../manifest.ts';
import { amazon } from './index.ts';
import { manifest, PATCH_MAX } from './manifest.ts';
import { OPERATION_LIMITS } from './operations.ts';
import { type AmazonSimulatedShop, startAmazonSimulator } from './simulator.ts';

const START = Date.parse('2026-11-23T10:00:00Z');
const MINUTE_MS = 60_000;

type World = {
  readonly shop: AmazonSimulatedShop;
  readonly session: TestSession;
  readonly channel: Channel;
  readonly pass: (ms: number) => void;
  readonly now: () => Date;
};
const running: AmazonSimulatedShop[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((shop) => shop.close()));
});

async function open(credentials: Credentials = {}): Promise<World> {
  let nowMs = START;
  const now = (): Date => new Date(nowMs);
  const shop = await startAmazonSimulator({ port: 0, now, limits: false });
  running.push(shop);
  const session = createTestSession({ credentials: { ...shop.credentials, ...credentials }, now });
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { shop, session, channel: amazon.open(session), pass, now };
}

const push = async (
  { channel }: World,
  remoteId: string,
  quantity: number,
  expected: number | null = null,
): Promise<PushResult | undefined> => {
  const [result] = await channel.setAvailable([{ remoteId, handle: 'DEFAULT', quantity, expected }], 'key');
  return result;
};
const quantityOf = ({ shop }: World, sku: string): number | undefined =>
  shop.shelf().find((one) => one.sku === sku)?.quantity;
const requestsFor = ({ shop }: World, name: string): number => shop.requests()[name] ?? 0;

describe('tokens', () => {
  it('one token serves all calls for an hour, and every opening of the store', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
    await allListings(world.channel);
    await amazon.open(world.session).readAvailable([{ remoteId: 'A', handle: 'DEFAULT' }]);
    expect(requestsFor(world, '/auth/o2/token')).toBe(1);
    world.pass(56 * MINUTE_MS);
    await world.channel.readAvailable([{ remoteId: 'A', handle: 'DEFAULT' }]);
    expect(requestsFor(world, '/auth/o2/token')).toBe(2);
  });

  it('many calls at once fetch one token between them', async () => {
    const world = await open();
    const read = () => amazon.open(world.session).readOrders(['111-0000000-0000000']);
    await Promise.all([read(), read(), read(), read()]);
    expect(requestsFor(world, '/auth/o2/token')).toBe(1);
  });

  it('a token that ended early is renewed once and the call goes through', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
    await allListings(world.channel);
    world.shop.endTokens();
    expect(await allListings(world.channel)).toHaveLength(1);
    expect(requestsFor(world, '/auth/o2/token')).toBe(2);
  });

  it('403 can also mean a missing role: then it says so and no new token is fetched', async () => {
    const world = await open();
    world.shop.denied.add('searchOrders');
    const failure = world.channel.listOrders({ kind: 'open' }, null);
    await expect(failure).rejects.toMatchObject({ kind: 'auth', message: expect.stringContaining('role') });
    expect(requestsFor(world, '/auth/o2/token')).toBe(1);
  });
});

describe('the check', () => {
  const messages = async (world: World): Promise<readonly string[]> =>
    (await world.channel.check()).findings.map(({ level, message }) => `${level}: ${message}`);

  it.each([
    ['2026-11-01', []],
    ['2026-08-24', [expect.stringMatching(/^warning: The client secret ends in 89 days/)]],
    ['2026-05-28', [expect.stringMatching(/^warning: The client secret ends in 1 day\./)]],
    ['2026-01-01', [expect.stringMatching(/^warning: The client secret has ended/)]],
    ['', [expect.stringMatching(/^warning: Amazon ends a client secret 180 days/)]],
    ['last May', [expect.stringMatching(/^warning: "last May" is not a day/)]],
  ])('a client secret made on "%s" is warned of from 90 days before its end', async (madeOn, expected) => {
    expect(await messages(await open({ secretRotatedOn: madeOn }))).toEqual(expected);
  });

  it.each(['searchOrders', 'searchListingsItems'] as const)(
    'a missing role for %s is a blocker',
    async (name) => {
      const world = await open();
      world.shop.denied.add(name);
      expect(await messages(world)).toEqual([expect.stringMatching(/^blocker: Amazon refuses .*role/)]);
    },
  );

  it('the role for the name of the shop is not needed', async () => {
    const world = await open();
    world.shop.denied.add('getMarketplaceParticipations');
    expect(await world.channel.check()).toMatchObject({ storeName: 'Amazon A2REHEARSAL01', findings: [] });
  });

  it.each([
    ['US, DE', /different regions/],
    ['Atlantis', /not a country/],
    ['', /Fill in the countries/],
    ['CA', /does not sell in CA/],
  ])('the countries "%s" are found out', async (countries, sentence) => {
    expect(await messages(await open({ countries }))).toEqual([expect.stringMatching(sentence)]);
  });

  it('a merchant token of somebody else is a blocker', async () => {
    expect(await messages(await open({ sellerId: 'A2SOMEBODY99' }))).toEqual([
      expect.stringMatching(/merchant token/),
    ]);
  });
});

describe('orders', () => {
  it('are searched only up to two minutes ago, and what comes later is read the next time', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const from = world.now();
    world.shop.buy([{ remoteId: 'A', quantity: 1 }]);
    world.pass(MINUTE_MS);
    expect(await allOrders(world.channel, { kind: 'updated', from })).toEqual([]);
    world.pass(2 * MINUTE_MS);
    expect(await allOrders(world.channel, { kind: 'updated', from })).toHaveLength(1);
  });

  it('no page says that more was read than is true: not before its stretch is read to the end, never beyond it', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 1_000 });
    const from = world.now();
    for (let count = 0; count < 150; count += 1) world.shop.buy([{ remoteId: 'A', quantity: 1 }]);
    world.pass(60 * 3_600_000);
    const upTo: string[] = [];
    let page: string | null = null;
    do {
      const answer = await world.channel.listOrders({ kind: 'updated', from }, page);
      upTo.push(answer.readUpTo?.toISOString() ?? 'nothing');
      page = answer.next;
    } while (page !== null);
    expect(upTo).toEqual([
      '2026-11-23T10:00:00.000Z',
      '2026-11-24T10:00:00.000Z',
      '2026-11-25T10:00:00.000Z',
      '2026-11-25T21:57:50.000Z',
    ]);
  });

  it('a pending order is booked in full, though Amazon calls none of its units unfulfilled', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const { remoteId } = world.shop.buyPending([{ remoteId: 'A', quantity: 3 }]);
    const [pending] = await world.channel.readOrders([remoteId]);
    const open3 = { ordered: 3, fulfilled: 0, released: 0, writtenOff: 0, restocked: 0 };
    expect(pending).toMatchObject({ order: { channelState: 'PENDING', lines: [{ counts: open3 }] } });
    world.shop.pay(remoteId);
    const [paid] = await world.channel.readOrders([remoteId]);
    expect(paid).toMatchObject({ order: { channelState: 'UNSHIPPED', lines: [{ counts: open3 }] } });
  });

  it('part of an order is sent, dated by its package, and the rest cancelled', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const { remoteId, lines } = world.shop.buy([{ remoteId: 'A', quantity: 4 }]);
    world.shop.fulfil(remoteId, [{ lineId: lines[0]?.lineId ?? '', quantity: 1 }]);
    const counts = async () => {
      const [reading] = await world.channel.readOrders([remoteId]);
      return reading?.kind === 'order' ? reading.order.lines[0] : undefined;
    };
    expect(await counts()).toMatchObject({
      counts: { ordered: 4, fulfilled: 1, released: 0 },
      dated: [{ count: 'fulfilled', quantity: 1, at: world.now() }],
    });
    world.shop.cancel(remoteId);
    expect(await counts()).toMatchObject({ counts: { ordered: 4, fulfilled: 1, released: 3 } });
  });

  it('a buyer who asks for a cancellation has not cancelled', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const { remoteId } = world.shop.buy([{ remoteId: 'A', quantity: 2 }]);
    world.shop.requestCancel(remoteId);
    const [reading] = await world.channel.readOrders([remoteId]);
    expect(reading).toMatchObject({
      order: { state: 'open', lines: [{ counts: { ordered: 2, released: 0 } }] },
    });
  });

  it('a replacement is an order of its own and takes stock again', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const first = world.shop.buy([{ remoteId: 'A', quantity: 2 }]);
    world.shop.fulfil(first.remoteId);
    const second = world.shop.replace(first.remoteId);
    const [reading] = await world.channel.readOrders([second.remoteId]);
    expect(reading).toMatchObject({
      order: { state: 'open', lines: [{ counts: { ordered: 2, fulfilled: 0 } }] },
    });
  });

  it('an order that Amazon sends is not searched for, and read by its id it moves nothing', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'FBA', title: 'FBA', quantity: 10, tracked: false });
    const from = world.now();
    const { remoteId } = world.shop.buy([{ remoteId: 'FBA', quantity: 2 }]);
    world.pass(5 * MINUTE_MS);
    expect(await allOrders(world.channel, { kind: 'updated', from })).toEqual([]);
    const [reading] = await world.channel.readOrders([remoteId]);
    expect(reading).toMatchObject({ order: { lines: [{ ignoredBecause: expect.stringContaining('FBA') }] } });
  });

  it('a refund of money does not put anything back on sale', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    const { remoteId, lines } = world.shop.buy([{ remoteId: 'A', quantity: 2 }]);
    world.shop.fulfil(remoteId);
    world.shop.refund(remoteId, [{ lineId: lines[0]?.lineId ?? '', quantity: 1 }], { restock: true });
    const [reading] = await world.channel.readOrders([remoteId]);
    expect(reading).toMatchObject({ order: { lines: [{ counts: { fulfilled: 2, restocked: 0 } }] } });
  });
});

describe('listings', () => {
  it('a report that takes its time gives the worker back, and the same report is read later', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
    world.shop.rules.reportLooks = 6;
    await expect(allListings(world.channel)).rejects.toMatchObject({
      kind: 'throttled',
      retryAfterMs: 30_000,
    });
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

  it('more than 1,000 changes are not searched but read with the report', async () => {
    const world = await open();
    for (let count = 0; count < 1_100; count += 1) {
      world.shop.addProduct({ sku: `SKU-${count}`, title: `Product ${count}`, quantity: 1 });
    }
    expect(new Set((await allListings(world.channel, world.now())).map(({ sku }) => sku)).size).toBe(1_100);
    expect(requestsFor(world, 'createReport')).toBe(1);
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

describe('quantities', () => {
  it('a quantity is merged: the handling time beside it stays', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
    expect(await push(world, 'A', 6)).toMatchObject({ kind: 'accepted' });
    expect(world.shop.handlingDaysOf('A')).toBe(2);
  });

  it('a listing kept by Amazon is never written to, whatever is asked', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'FBA', title: 'FBA', quantity: 10, tracked: false });
    const [listing] = await allListings(world.channel);
    expect(listing).toMatchObject({ tracked: false, notPushable: expect.stringContaining('FBA') });
    // Also where our listing is older than the change to FBA.
    for (const handle of ['AMAZON', 'DEFAULT']) {
      const [result] = await world.channel.setAvailable(
        [{ remoteId: 'FBA', handle, quantity: 3, expected: null }],
        'key',
      );
      expect(result).toMatchObject({ kind: 'untracked' });
    }
    expect(world.shop.writes()).toEqual([]);
  });

  it('INVALID inside HTTP 200 is a refusal with Amazon’s own words', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
    world.shop.refusedSkus.add('A');
    const message = 'The quantity does not fit this offer.';
    expect(await push(world, 'A', 6)).toMatchObject({ kind: 'rejected', message });
    expect(quantityOf(world, 'A')).toBe(1);
  });

  it('accepted is not live: until Amazon shows it the outcome is unknown, and it is not sent again meanwhile', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    world.shop.showQuantitiesAfter(5 * MINUTE_MS);
    expect(await push(world, 'A', 15, 10)).toMatchObject({
      kind: 'unknown',
      message: expect.stringMatching(/show/),
    });
    world.pass(MINUTE_MS);
    expect(await push(world, 'A', 15, 10)).toMatchObject({ kind: 'unknown' });
    expect(world.shop.writes()).toHaveLength(1);
    world.pass(5 * MINUTE_MS);
    expect(await push(world, 'A', 15, 10)).toMatchObject({ kind: 'accepted' });
    expect(world.shop.writes()).toHaveLength(1);
  });

  it('a quantity that Amazon accepted and dropped is sent again after a quarter of an hour', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    world.shop.showQuantitiesAfter(60 * MINUTE_MS);
    await push(world, 'A', 15, 10);
    world.shop.editQuantity('A', 10); // dropped
    world.shop.showQuantitiesAfter(0);
    world.pass(16 * MINUTE_MS);
    expect(await push(world, 'A', 15, 10)).toMatchObject({ kind: 'accepted' });
    expect(quantityOf(world, 'A')).toBe(15);
  });

  it('a newer number goes out at once while an older one is on its way, even back to what is shown', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    world.shop.showQuantitiesAfter(5 * MINUTE_MS);
    await push(world, 'A', 15, 10);
    await push(world, 'A', 10, 10);
    world.pass(6 * MINUTE_MS);
    expect(quantityOf(world, 'A')).toBe(10);
    expect(world.shop.writes().map(({ quantity }) => quantity)).toEqual([15, 10]);
  });

  it('the last unit, sold a minute ago, is not put up again although no order shows it yet', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
    world.shop.buy([{ remoteId: 'A', quantity: 1 }]);
    world.pass(MINUTE_MS);
    expect(await push(world, 'A', 3, 1)).toMatchObject({ kind: 'unknown' });
    expect(quantityOf(world, 'A')).toBe(0);
    world.pass(2 * MINUTE_MS);
    expect(await push(world, 'A', 3, 1)).toMatchObject({ kind: 'stale', observed: 0 });
  });

  it('lowering does not wait for that', async () => {
    const world = await open();
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 10 });
    world.shop.buy([{ remoteId: 'A', quantity: 1 }]);
    expect(await push(world, 'A', 2, 10)).toMatchObject({ kind: 'stale', observed: 9 });
    expect(await push(world, 'A', 2, 9)).toMatchObject({ kind: 'accepted' });
  });

  it('a SKU sold in two countries of a region is written once', async () => {
    const world = await open({ countries: 'US, CA' });
    world.shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
    expect(await allListings(world.channel)).toHaveLength(1);
    expect(requestsFor(world, 'createReport')).toBe(2);
    await push(world, 'A', 6);
    expect(world.shop.writes()).toHaveLength(1);
  });
});

describe('feeds', () => {
  const many = PATCH_MAX + 5;
  async function openMany(): Promise<
    World & { readonly pushAll: (quantity: number) => Promise<readonly PushResult[]> }
  > {
    const world = await open();
    const skus = Array.from({ length: many }, (_, number) => `SKU-${number}`);
    for (const sku of skus) world.shop.addProduct({ sku, title: sku, quantity: 1 });
    const pushAll = (quantity: number) =>
      amazon.open(world.session).setAvailable(
        skus.map((remoteId) => ({ remoteId, handle: 'DEFAULT', quantity, expected: null })),
        'key',
      );
    return { ...world, pushAll };
  }
  const kinds = (results: readonly PushResult[]) => new Set(results.map(({ kind }) => kind));

  it(`${many} quantities go as one feed, and not one by PATCH`, async () => {
    const world = await openMany();
    expect(kinds(await world.pushAll(7))).toEqual(new Set(['accepted']));
    expect(requestsFor(world, 'createFeed')).toBe(1);
    expect(requestsFor(world, 'patchListingsItem')).toBe(0);
  });

  it('the report about a feed is read message by message: one refusal leaves the others accepted', async () => {
    const world = await openMany();
    world.shop.refusedSkus.add('SKU-17');
    const results = await world.pushAll(7);
    expect(results.filter(({ kind }) => kind !== 'accepted')).toEqual([
      expect.objectContaining({
        remoteId: 'SKU-17',
        kind: 'rejected',
        message: 'The quantity does not fit this offer.',
      }),
    ]);
  });

  /** The answer to createFeed comes, and the process is killed: the account works on, what is left is its credentials. */
  async function killedAfterFeed() {
    const world = await openMany();
    world.shop.setFault('timeoutAfter', 1);
    await expect(world.pushAll(7)).rejects.toMatchObject({ kind: 'transient' });
    const feedUnderWay = `${world.now().toISOString()} 2`;
    const credentials = { ...world.session.savedCredentials(), feedUnderWay };
    const session = createTestSession({ credentials, now: world.now });
    const pushAll = (quantity: number, own = session) =>
      amazon.open(own).setAvailable(
        Array.from({ length: many }, (_, number) => ({
          remoteId: `SKU-${number}`,
          handle: 'DEFAULT',
          quantity,
          expected: null,
        })),
        'key',
      );
    return { ...world, session, credentials, pushAll };
  }

  it('a killed process’s feed is waited for: nothing is sent beside it, and its end is read', async () => {
    const world = await killedAfterFeed();
    world.shop.rules.feedLooks = 3;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(kinds(await world.pushAll(7))).toEqual(new Set(['unknown']));
    }
    expect(kinds(await world.pushAll(7))).toEqual(new Set(['accepted']));
    expect(requestsFor(world, 'createFeed')).toBe(1);
    expect(world.session.savedCredentials()['feedUnderWay']).toBe('');
  });

  it('while a feed is under way, what it is not about goes by PATCH, and what it is about waits', async () => {
    const world = await openMany();
    world.shop.addProduct({ sku: 'URGENT', title: 'URGENT', quantity: 5 });
    world.shop.setFault('timeoutAfter', 1);
    await expect(world.pushAll(7)).rejects.toMatchObject({ kind: 'transient' });
    world.shop.rules.feedLooks = 1_000;
    const credentials = {
      ...world.session.savedCredentials(),
      feedUnderWay: `${world.now().toISOString()} 2`,
    };
    const channel = amazon.open({ ...world.session, credentials });
    const target = (remoteId: string) => ({ remoteId, handle: 'DEFAULT', quantity: 0, expected: null });
    const results = await channel.setAvailable([target('URGENT'), target('SKU-3')], 'key');
    expect(results.map(({ kind }) => kind)).toEqual(['accepted', 'unknown']);
    expect(world.shop.writes().map(({ remoteId }) => remoteId)).toEqual(['URGENT']);
  });

  it('a feed that hangs for half an hour is passed by: the fewest units first, by PATCH, and no second feed', async () => {
    const world = await killedAfterFeed();
    world.shop.rules.feedLooks = 1_000;
    world.pass(31 * MINUTE_MS);
    const targets = Array.from({ length: many }, (_, number) => ({
      remoteId: `SKU-${number}`,
      handle: 'DEFAULT',
      quantity: many - number + 1,
      expected: null,
    }));
    const results = await amazon.open(world.session).setAvailable(targets, 'key');
    const late = results.filter(({ kind }) => kind !== 'accepted').map(({ remoteId }) => remoteId);
    expect(late).toEqual(['SKU-0', 'SKU-1', 'SKU-2', 'SKU-3', 'SKU-4']);
    expect(requestsFor(world, 'createFeed')).toBe(1);
  });

  it('a feed that Amazon gave up leaves every outcome unknown, and the next numbers go by PATCH', async () => {
    const world = await openMany();
    world.shop.rules.feedEnd = 'FATAL';
    expect(kinds(await world.pushAll(7))).toEqual(new Set(['unknown']));
    world.pass(16 * MINUTE_MS);
    const results = await world.pushAll(7);
    expect(results.filter(({ kind }) => kind === 'accepted')).toHaveLength(PATCH_MAX);
    expect(results.filter(({ kind }) => kind === 'unknown')).toHaveLength(many - PATCH_MAX);
  });
});

describe('limits', () => {
  it('each operation keeps its own: a search of orders that must wait does not hold up a push', async () => {
    const now = () => new Date();
    const shop = await startAmazonSimulator({ port: 0, now });
    running.push(shop);
    shop.addProduct({ sku: 'A', title: 'A', quantity: 1 });
    const limiters = createMemoryLimiters(now);
    const retried: string[] = [];
    const base = createTestSession({ credentials: shop.credentials, now });
    const channel = amazon.open({
      ...base,
      http: createChannelHttp({
        limiter: limiters('store', manifest.limits.rate),
        operationLimiter: (name) => limiters(`store ${name}`, OPERATION_LIMITS[name] ?? manifest.limits.rate),
        egress: { allowLoopback: true, hosts: [] },
        timeoutMs: 5_000,
        now,
        onRetry: ({ reason }) => retried.push(reason),
      }),
    });
    for (let search = 0; search < 20; search += 1) await channel.listOrders({ kind: 'open' }, null);
    await expect(channel.listOrders({ kind: 'open' }, null)).rejects.toMatchObject({ kind: 'throttled' });
    const [result] = await channel.setAvailable(
      [{ remoteId: 'A', handle: 'DEFAULT', quantity: 4, expected: 1 }],
      'key',
    );
    expect(result).toMatchObject({ kind: 'accepted' });
    expect(retried).toEqual([]);
    expect(shop.requests()['searchOrders']).toBe(20);
  });

  it('a lower rate that Amazon names for this account is obeyed, and never a higher one than is published', async () => {
    const world = await open();
    const seen: unknown[] = [];
    const http = { ...world.session.http, observe: (state: unknown) => void seen.push(state) };
    const channel = amazon.open({ ...world.session, credentials: world.shop.credentials, http });
    const read = () => channel.readAvailable([{ remoteId: 'A', handle: 'DEFAULT' }]);
    for (const rate of [0.5, 0.5, 50]) {
      world.shop.announceRate(rate);
      await read();
    }
    const observed = { kind: 'rate', operation: 'searchListingsItems' };
    expect(seen).toEqual([
      { ...observed, restorePointsPerSecond: 0.5 },
      { ...observed, restorePointsPerSecond: 5 },
    ]);
  });
});
