// One token for an hour, and a check that tells ahead what will end.

import { describe, expect, it } from '@jest/globals';
import { allListings } from '../../../test/contract/rehearsal.ts';
import { amazon } from './index.ts';
import { MINUTE_MS, open, requestsFor, stopShopsAfterEach, type World } from './test-support/world.ts';

stopShopsAfterEach();

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
