// Signing in at eBay: the person agrees or declines there, and the code that comes back is good once, soon, and for this
// application alone.

import { describe, expect, it } from '@jest/globals';
import { allListings, stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import { createTestSession } from '../../../test/support/channel-session.ts';
import { ebay } from './index.ts';
import { rehearseEbay } from './test-support/rehearse-ebay.ts';

stopShopsAfterEach();

const redirectUri = 'http://127.0.0.1:8080/connect/ebay/callback';
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
const TOKEN = 'POST /identity/v1/oauth2/token';
const { authorization } = ebay;
if (authorization === undefined) throw new Error('eBay is connected by redirect.');

async function begin(options: Parameters<typeof rehearseEbay>[0] = {}) {
  const rehearsal = await rehearseEbay(options);
  const { refreshToken: _none, ...typed } = rehearsal.shop.credentials;
  const request = { credentials: typed, redirectUri, state: 'state-1' };
  const address = authorization?.start({ ...request, codeChallenge: 'unused' }) ?? '';
  const session = createTestSession({ credentials: typed, now: rehearsal.clock.now });
  const visit = async (change: (query: URLSearchParams) => void = () => undefined) => {
    const changed = new URL(address);
    change(changed.searchParams);
    const answer = await fetch(changed, { redirect: 'manual' });
    const location = answer.headers.get('location');
    if (location === null) return { status: String(answer.status) };
    return Object.fromEntries(new URL(location).searchParams);
  };
  const finish = (query: Readonly<Record<string, string>>, change: object = {}) =>
    authorization?.finish({
      ...request,
      query,
      codeVerifier: 'unused',
      http: session.http,
      now: rehearsal.clock.now(),
      ...change,
    });
  return { ...rehearsal, address, visit, finish, typed };
}

describe('signing in at eBay', () => {
  it('whoever agrees comes back with a code, and the account can be read with what it is traded for', async () => {
    const { shop, clock, visit, finish } = await begin();
    shop.addProduct({ sku: 'A', title: 'A', quantity: 5 });
    const query = await visit();
    expect(query).toEqual({ code: expect.any(String), state: 'state-1', expires_in: '300' });
    const credentials = (await finish(query)) ?? {};
    const session = createTestSession({ credentials, now: clock.now });
    expect(await allListings(ebay.open(session))).toHaveLength(1);
    expect(shop.requests()[TOKEN]).toBe(1);
    // And the refresh token that came with it serves once the first access token has ended.
    clock.advance(3 * 60 * MINUTE_MS);
    expect((await ebay.open(session).check()).findings).toEqual([]);
    expect(shop.requests()[TOKEN]).toBe(2);
  });

  it('the RuName stands where others have the address; the page learns no secret', async () => {
    const { address, typed } = await begin();
    expect(Object.fromEntries(new URL(address).searchParams)).toMatchObject({
      client_id: typed['clientId'],
      redirect_uri: typed['ruName'],
      response_type: 'code',
      state: 'state-1',
      scope: expect.stringContaining('https://api.ebay.com/oauth/api_scope/sell.inventory'),
    });
    expect(address).not.toContain(typed['clientSecret']);
    const { apiBase: _none, ...real } = typed;
    const start = authorization.start({ credentials: real, redirectUri, state: 's', codeChallenge: '' });
    expect(start).toMatch(/^https:\/\/auth\.ebay\.com\/oauth2\/authorize\?/);
    expect(start).not.toContain('callback');
  });

  it('whoever declines comes back with that, in words', async () => {
    const { visit, finish } = await begin();
    const query = await visit((parameters) => parameters.set('answer', 'no'));
    expect(query).toEqual({ error: 'access_denied', state: 'state-1' });
    await expect(finish(query)).rejects.toMatchObject({ message: expect.stringMatching(/did not agree/) });
  });

  it('a code is good once', async () => {
    const { visit, finish } = await begin();
    const query = await visit();
    await finish(query);
    await expect(finish(query)).rejects.toMatchObject({ message: expect.stringMatching(/again/) });
  });

  it('a code is good for five minutes', async () => {
    const { clock, visit, finish } = await begin();
    const query = await visit();
    clock.advance(5 * MINUTE_MS);
    await expect(finish(query)).rejects.toMatchObject({ kind: 'auth' });
  });

  it('a state that is not ours uses no code up', async () => {
    const { shop, visit, finish } = await begin();
    await expect(finish(await visit(), { state: 'state-2' })).rejects.toMatchObject({ kind: 'rejected' });
    expect(shop.requests()[TOKEN]).toBeUndefined();
  });

  it.each([
    ['the RuName', { ruName: 'Somebody-Else-PRD' }, /RuName/],
    ['the Cert ID', { clientSecret: 'PRD-another' }, /Cert ID/],
  ])('%s of another application is refused', async (_what, change, words) => {
    const { visit, finish, typed } = await begin();
    const wrong = finish(await visit(), { credentials: { ...typed, ...change } });
    await expect(wrong).rejects.toMatchObject({ kind: 'auth', message: expect.stringMatching(words) });
  });

  it.each([
    ['another RuName', 'redirect_uri'],
    ['another App ID', 'client_id'],
    ['a scope the keyset does not have', 'scope'],
  ])('with %s nobody is sent back', async (_what, name) => {
    const { visit } = await begin();
    expect(await visit((query) => query.set(name, 'another'))).toEqual({ status: '400' });
  });

  it('whoever comes back goes to the accepted address of the RuName and nowhere else', async () => {
    const { visit } = await begin({ redirectUris: ['https://stock.example/connect/ebay/callback'] });
    expect(await visit()).toEqual({ status: '400' });
  });

  it('without keyset and RuName nobody is sent anywhere', () => {
    const nothing = { credentials: {}, redirectUri, state: 's', codeChallenge: '' };
    expect(() => authorization.start(nothing)).toThrow(/RuName/);
    const keys = ebay.manifest.credentialFields.map(({ key }) => key);
    for (const key of [...authorization.needs, ...authorization.gives]) expect(keys).toContain(key);
  });
});

describe('the end of access', () => {
  it('is 18 months after signing in', async () => {
    const { clock, visit, finish } = await begin();
    const credentials = (await finish(await visit())) ?? {};
    const days = ((ebay.accessEnds?.(credentials)?.at.getTime() ?? 0) - clock.now().getTime()) / DAY_MS;
    expect(days).toBeGreaterThan(546);
    expect(days).toBeLessThan(548);
    expect(ebay.accessEnds?.(credentials)?.message).toMatch(/Sign in with eBay/);
  });

  it('is not known of a refresh token that was pasted without its date', async () => {
    const { shop } = await begin();
    expect(ebay.accessEnds?.(shop.credentials)).toBeNull();
    expect(ebay.accessEnds?.({ refreshTokenEndsOn: 'next year' })).toBeNull();
  });
});
