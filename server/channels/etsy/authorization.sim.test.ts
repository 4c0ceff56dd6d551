// Connecting at Etsy: the person says yes or no there, and the code that comes back is good once, soon, for this address
// and for us alone.

import { describe, expect, it } from '@jest/globals';
import { allListings, rehearse, stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import { createTestSession } from '../../../test/support/channel-session.ts';
import type { Credentials } from '../manifest.ts';
import { challengeOf } from '../simulation-consent.ts';
import { etsy } from './index.ts';

stopShopsAfterEach();

const redirectUri = 'http://127.0.0.1:8080/connect/etsy/back';
const CODE_VERIFIER = 'a-verifier-of-forty-three-letters-or-more-012345';
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
const authorization = etsy.authorization;
if (authorization === undefined) throw new Error('Etsy is connected by redirect.');

async function begin(options: object = {}) {
  const rehearsal = await rehearse(etsy, options);
  const { refreshToken: _none, ...typed } = rehearsal.shop.credentials as Credentials & {
    refreshToken: string;
  };
  const request = { credentials: typed, redirectUri, state: 'state-1' };
  const address = authorization?.start({ ...request, codeChallenge: challengeOf(CODE_VERIFIER) }) ?? '';
  const session = createTestSession({ credentials: typed, now: rehearsal.clock.now });
  const visit = async (change = ''): Promise<Record<string, string> | number> => {
    const answer = await fetch(address + change, { redirect: 'manual' });
    const location = answer.headers.get('location');
    return location === null ? answer.status : Object.fromEntries(new URL(location).searchParams);
  };
  const finish = (query: object, change: object = {}) =>
    authorization?.finish({
      ...request,
      query: query as Record<string, string>,
      codeVerifier: CODE_VERIFIER,
      http: session.http,
      now: rehearsal.clock.now(),
      ...change,
    });
  return { ...rehearsal, address, visit, finish, typed };
}

describe('connecting at Etsy', () => {
  it('a person who says yes comes back with a code, and the shop can be read with what it is traded for', async () => {
    const { shop, clock, visit, finish } = await begin();
    shop.addProduct({ sku: 'A', title: 'A', quantity: 5 });
    const query = await visit();
    expect(query).toEqual({ code: expect.any(String), state: 'state-1' });
    const credentials = (await finish(query as object)) ?? {};
    const channel = etsy.open(createTestSession({ credentials, now: clock.now }));
    expect(await allListings(channel)).toHaveLength(1);
    // The first access token came with it: no refresh was used up for that.
    expect(shop.requests()['POST /v3/public/oauth/token']).toBe(1);
    expect((await channel.check()).findings).toEqual([]);
  });

  it('the address says who asks, for what, and proves who may use the code; it holds no secret', async () => {
    const { address, typed } = await begin();
    expect(Object.fromEntries(new URL(address).searchParams)).toEqual({
      response_type: 'code',
      client_id: typed['keystring'],
      redirect_uri: redirectUri,
      scope: 'listings_r listings_w transactions_r shops_r',
      state: 'state-1',
      code_challenge: challengeOf(CODE_VERIFIER),
      code_challenge_method: 'S256',
    });
    expect(address).not.toContain(typed['sharedSecret']);
    const real = { keystring: 'k', sharedSecret: 's' };
    const start = authorization.start({ credentials: real, redirectUri, state: 's', codeChallenge: 'c' });
    expect(start).toMatch(/^https:\/\/www\.etsy\.com\/oauth\/connect\?/);
  });

  it('a person who says no comes back with that, in words', async () => {
    const { visit, finish } = await begin();
    const query = await visit('&answer=no');
    expect(query).toMatchObject({ error: 'access_denied', state: 'state-1' });
    await expect(finish(query as object)).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/did not allow/),
    });
  });

  it('a code is good once', async () => {
    const { visit, finish } = await begin();
    const query = (await visit()) as object;
    await finish(query);
    await expect(finish(query)).rejects.toMatchObject({ kind: 'auth' });
  });

  it.each([
    ['another state', { state: 'state-2' }],
    ['another PKCE verifier', { codeVerifier: `${CODE_VERIFIER}-of-somebody-else` }],
    ['another callback address', { redirectUri: `${redirectUri}/` }],
  ])('%s is refused', async (_what, change) => {
    const { visit, finish } = await begin();
    const query = (await visit()) as object;
    await expect(finish(query, change)).rejects.toMatchObject({
      message: expect.stringMatching(/start again/),
    });
  });

  it('a code that waited too long is refused', async () => {
    const { clock, visit, finish } = await begin();
    const query = (await visit()) as object;
    clock.advance(11 * MINUTE_MS);
    await expect(finish(query)).rejects.toMatchObject({ kind: 'auth' });
  });

  it('an answer that is lost is not asked for twice: the code is used up either way', async () => {
    const { shop, visit, finish } = await begin();
    const query = (await visit()) as object;
    shop.setFault('timeoutAfter', 1);
    await expect(finish(query)).rejects.toMatchObject({ kind: 'transient' });
    expect(shop.requests()['POST /v3/public/oauth/token']).toBe(1);
  });

  it('an address that is not the app’s leads to no redirect at all', async () => {
    const { visit } = await begin({ redirectUris: ['https://stock.example/connect/etsy/back'] });
    expect(await visit()).toBe(400);
  });

  it('without keystring and secret nobody is sent anywhere', () => {
    const nothing = { credentials: {}, redirectUri, state: 's', codeChallenge: 'c' };
    expect(() => authorization.start(nothing)).toThrow(/keystring/);
    const keys = etsy.manifest.credentialFields.map(({ key }) => key);
    for (const key of [...authorization.needs, ...authorization.gives]) expect(keys).toContain(key);
  });
});

describe('the end of access', () => {
  it('is 90 days after the last use, and moves with every use', async () => {
    const { clock, visit, finish } = await begin();
    const connectedAt = clock.now().getTime();
    const credentials = (await finish((await visit()) as object)) ?? {};
    expect(etsy.accessEnds?.(credentials)?.at.getTime()).toBe(connectedAt + 90 * DAY_MS);
    clock.advance(30 * DAY_MS);
    const session = createTestSession({ credentials, now: clock.now });
    await allListings(etsy.open(session));
    const end = etsy.accessEnds?.(session.savedCredentials());
    expect(end).toMatchObject({
      at: new Date(connectedAt + 120 * DAY_MS),
      message: expect.stringMatching(/connect the shop again/),
    });
  });

  it('is not known of a token that was pasted and never used', () => {
    expect(etsy.accessEnds?.({ keystring: 'k', sharedSecret: 's', refreshToken: '1.x' })).toBeNull();
  });
});
