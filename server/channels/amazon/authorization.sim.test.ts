// Connecting at Amazon: the person says yes or no in Seller Central, and the code that comes back is good once and for five
// minutes.

import { describe, expect, it } from '@jest/globals';
import { allListings, rehearse, stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import { createTestSession } from '../../../test/support/channel-session.ts';
import { amazon } from './index.ts';

stopShopsAfterEach();

const redirectUri = 'http://127.0.0.1:8080/connect/amazon/back';
const DAY_MS = 24 * 3_600_000;
const authorization = amazon.authorization;
if (authorization === undefined) throw new Error('Amazon is connected by redirect.');

async function begin(options: object = {}, typed: Readonly<Record<string, string>> = {}) {
  const rehearsal = await rehearse(amazon, options);
  const { refreshToken: _none, sellerId: _unknown, ...rest } = rehearsal.shop.credentials;
  const credentials: Record<string, string> = { ...rest, ...typed } as Record<string, string>;
  const request = { credentials, redirectUri, state: 'state-1' };
  const address = authorization?.start({ ...request, codeChallenge: 'not used' }) ?? '';
  const session = createTestSession({ credentials, now: rehearsal.clock.now });
  const visit = async (change = ''): Promise<Record<string, string> | string> => {
    const answer = await fetch(address + change, { redirect: 'manual' });
    const location = answer.headers.get('location');
    return location === null ? answer.text() : Object.fromEntries(new URL(location).searchParams);
  };
  const finish = (query: object | string, change: object = {}) =>
    authorization?.finish({
      ...request,
      query: query as Record<string, string>,
      codeVerifier: 'not used',
      http: session.http,
      now: rehearsal.clock.now(),
      ...change,
    });
  return { ...rehearsal, address, visit, finish };
}

describe('connecting at Amazon', () => {
  it('a person who says yes comes back with code and account, and the store can be read with what they give', async () => {
    const { shop, clock, visit, finish } = await begin();
    shop.addProduct({ sku: 'A', title: 'A', quantity: 5 });
    const query = await visit();
    expect(query).toEqual({
      spapi_oauth_code: expect.any(String),
      selling_partner_id: expect.any(String),
      state: 'state-1',
    });
    const credentials = (await finish(query)) ?? {};
    expect(credentials).toMatchObject({ sellerId: shop.credentials['sellerId'] });
    const channel = amazon.open(createTestSession({ credentials, now: clock.now }));
    expect(await allListings(channel)).toHaveLength(1);
    expect((await channel.check()).findings).toEqual([]);
  });

  it('a draft app says so, a published one does not: Amazon refuses either the other way round', async () => {
    const draft = await begin();
    expect(new URL(draft.address).searchParams.get('version')).toBe('beta');
    const published = await begin({ isPublished: true });
    expect(new URL(published.address).searchParams.has('version')).toBe(false);
    expect(await published.visit()).toMatchObject({ state: 'state-1' });
    const wrong = await begin({ isPublished: true }, { publishedApp: '' });
    expect(await wrong.visit()).toContain('MD1000');
  });

  it.each([
    ['US, CA', 'https://sellercentral.amazon.com/'],
    ['DE, FR', 'https://sellercentral-europe.amazon.com/'],
    ['NL', 'https://sellercentral.amazon.nl/'],
    ['JP', 'https://sellercentral.amazon.co.jp/'],
  ])('sellers in %s log in at %s', (countries, start) => {
    const credentials = { countries, clientId: 'c', clientSecret: 'secret', applicationId: 'a' };
    const address = authorization.start({ credentials, redirectUri, state: 's', codeChallenge: '' });
    expect(address.startsWith(`${start}apps/authorize/consent?application_id=a&state=s&`)).toBe(true);
    expect(address).not.toContain('secret');
  });

  it('countries of two regions are refused before anybody is sent anywhere: one yes is good for one region', () => {
    const credentials = { countries: 'US, DE', clientId: 'c', clientSecret: 's', applicationId: 'a' };
    const start = () => authorization.start({ credentials, redirectUri, state: 's', codeChallenge: '' });
    expect(start).toThrow(/different regions/);
  });

  it('a person who says no comes back without a code, which is told in words', async () => {
    const { visit, finish } = await begin();
    await expect(finish(await visit('&answer=no'))).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/not allowed in/),
    });
  });

  it('a code is good once', async () => {
    const { visit, finish } = await begin();
    const query = await visit();
    await finish(query);
    await expect(finish(query)).rejects.toMatchObject({
      kind: 'auth',
      message: expect.stringMatching(/once/),
    });
  });

  it('a code is good for five minutes', async () => {
    const { clock, visit, finish } = await begin();
    const query = await visit();
    clock.advance(5 * 60_000);
    await expect(finish(query)).rejects.toMatchObject({ kind: 'auth' });
  });

  it.each([
    ['another state', { state: 'state-2' }],
    ['another redirect address', { redirectUri: `${redirectUri}/` }],
  ])('%s is refused', async (_what, change) => {
    const { visit, finish } = await begin();
    await expect(finish(await visit(), change)).rejects.toThrow(/Start again/);
  });

  it('a redirect address that is not registered leads nowhere', async () => {
    const { visit } = await begin({ redirectUris: ['https://stock.example/back'] });
    expect(await visit()).toContain('not one of this app');
  });

  it('the yes of another account than the merchant token names connects nothing', async () => {
    const { visit, finish, shop } = await begin({}, { sellerId: 'A2SOMEBODYELSE' });
    await expect(finish(await visit())).rejects.toThrow(/another seller account/);
    expect(shop.requests()['/auth/o2/token']).toBeUndefined();
  });

  it('everything that is needed and given is a field of the connect form', () => {
    const keys = amazon.manifest.credentialFields.map(({ key }) => key);
    for (const key of [...authorization.needs, ...authorization.gives]) expect(keys).toContain(key);
  });
});

describe('the end of access', () => {
  it('is the end of the client secret, 180 days after it was made, with what to click', () => {
    expect(amazon.accessEnds?.({ secretRotatedOn: '2026-11-01' })).toEqual({
      at: new Date('2027-04-30T00:00:00Z'),
      message: expect.stringMatching(/Develop Apps .*rotate the secret/),
    });
  });

  it('or a year after the person said yes, when the secret lives longer', async () => {
    const { clock, visit, finish } = await begin();
    const credentials = (await finish(await visit())) ?? {};
    const at = new Date(clock.now().getTime() + 365 * DAY_MS);
    expect(amazon.accessEnds?.({ ...credentials, secretRotatedOn: '' })).toEqual({
      at,
      message: expect.stringMatching(/365 days/),
    });
    const made = clock.now().toISOString().slice(0, 10);
    expect(amazon.accessEnds?.({ ...credentials, secretRotatedOn: made })?.at.getTime()).toBeLessThan(
      at.getTime(),
    );
  });

  it('is not known where no day is', () => {
    expect(amazon.accessEnds?.({})).toBeNull();
    expect(amazon.accessEnds?.({ secretRotatedOn: 'last May' })).toBeNull();
  });
});
