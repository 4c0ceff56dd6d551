// Tokens that are good once, permissions, and the limits of a key.

import { describe, expect, it } from '@jest/globals';
import { allListings, rehearse, stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import { createTestSession, type TestSession } from '../../../test/support/channel-session.ts';
import type { ChannelRequest } from '../../net/channel-http.ts';
import { ordersEveryMs } from '../../sync/store-settings.ts';
import { AGAIN_PER_DAY } from './again-budget.ts';
import { etsy } from './index.ts';
import { KEPT_FOR_ORDERS } from './manifest.ts';
import type { EtsySimulatedShop } from './simulator.ts';

stopShopsAfterEach();

const TOKEN = 'POST /v3/public/oauth/token';
const HOUR_MS = 3_600_000;

describe('a refresh token that is good once', () => {
  it('the new pair is stored before it is used', async () => {
    const { shop, session } = await rehearse(etsy);
    const plain = session();
    const happened: string[] = [];
    const channel = etsy.open({
      ...plain,
      credentials: plain.credentials,
      saveCredentials: async (changed) => {
        happened.push(
          `saved ${changed['refreshToken'] === plain.credentials['refreshToken'] ? 'old' : 'new'}`,
        );
        await plain.saveCredentials(changed);
      },
      http: {
        ...plain.http,
        send: (request: ChannelRequest, judge) => {
          happened.push(new URL(request.url).pathname.endsWith('token') ? 'token' : 'call');
          return plain.http.send(request, judge);
        },
      },
    });
    await channel.listListings({ updatedFrom: null }, null);
    expect(happened.slice(0, 3)).toEqual(['token', 'saved new', 'call']);
    expect(shop.requests()[TOKEN]).toBe(1);
  });

  it('two processes of one store use one refresh, and the next one goes on with the rotated token', async () => {
    const { shop, clock, session } = await rehearse(etsy);
    const shared = session();
    const open = () => etsy.open(shared);
    await Promise.all([allListings(open()), allListings(open()), allListings(open())]);
    expect(shop.requests()[TOKEN]).toBe(1);
    clock.advance(2 * HOUR_MS);
    await allListings(open());
    clock.advance(2 * HOUR_MS);
    await allListings(open());
    expect(shop.requests()[TOKEN]).toBe(3);
  });

  it('a pair that could not be stored is stored at the next use, and not asked for again', async () => {
    const { shop, session } = await rehearse(etsy);
    const plain = session();
    let isDown = true;
    const channel = etsy.open({
      ...plain,
      credentials: plain.credentials,
      saveCredentials: (changed) =>
        isDown ? Promise.reject(new Error('no database')) : plain.saveCredentials(changed),
    });
    await expect(allListings(channel)).rejects.toThrow('no database');
    isDown = false;
    expect(await allListings(channel)).toEqual([]);
    expect(shop.requests()[TOKEN]).toBe(1);
    expect(plain.savedCredentials()['accessToken']).toEqual(expect.any(String));
  });

  it('an access token that Etsy ended early is renewed without a word', async () => {
    const { shop, channel } = await rehearse(etsy);
    const opened = channel();
    await allListings(opened);
    (shop as EtsySimulatedShop).endTokens();
    expect(await allListings(opened)).toEqual([]);
    expect(shop.requests()[TOKEN]).toBe(2);
  });
});

describe('check', () => {
  it('a missing permission is named', async () => {
    const { channel } = await rehearse(etsy, { scopes: ['listings_r', 'shops_r'] } as object);
    expect((await channel().check()).findings).toEqual([
      { level: 'blocker', message: expect.stringContaining('listings_w, transactions_r') },
    ]);
  });

  it('holiday mode is told', async () => {
    const { channel } = await rehearse(etsy, { isVacation: true } as object);
    expect((await channel().check()).findings).toEqual([
      { level: 'warning', message: expect.stringContaining('holiday') },
    ]);
  });

  it('the end of the refresh token is told two weeks ahead', async () => {
    const { shop, clock } = await rehearse(etsy);
    const plain = createTestSession({ credentials: shop.credentials, now: clock.now });
    await etsy.open(plain).check();
    const inDays = (days: number) => new Date(clock.now().getTime() + days * 24 * HOUR_MS).toISOString();
    const checkWith = async (refreshTokenEndsAt: string) => {
      const credentials = { ...plain.savedCredentials(), refreshTokenEndsAt };
      return (await etsy.open(createTestSession({ credentials, now: clock.now })).check()).findings;
    };
    expect(await checkWith(inDays(80))).toEqual([]);
    expect(await checkWith(inDays(9))).toEqual([
      { level: 'warning', message: expect.stringContaining('9 days') },
    ]);
  });
});

describe('limits', () => {
  it('an app that may do less than documented is paced by what Etsy says', async () => {
    const published = { perSecond: 3, perDay: 10_000 };
    const { shop } = await rehearse(etsy, { limits: true, published } as object);
    const observed: object[] = [];
    const plain = createTestSession({
      credentials: shop.credentials,
      now: () => new Date('2026-11-02T10:00:00Z'),
    });
    const http = { ...plain.http, observe: (seen: object) => void observed.push(seen) };
    await etsy.open({ ...plain, credentials: plain.credentials, http }).listOrders({ kind: 'open' }, null);
    expect(observed).toContainEqual({ kind: 'window', requestsLeft: expect.any(Number), resetMs: 1_000 });
  });

  it('a day’s quota that is spent is a long wait, not an error of the store', async () => {
    const { shop } = await rehearse(etsy, {
      limits: true,
      published: { perSecond: 1_000, perDay: 3 },
    } as object);
    const session = createTestSession({
      credentials: shop.credentials,
      now: () => new Date('2026-11-02T10:00:00Z'),
    });
    const failure = await allListings(etsy.open(session)).catch((problem: unknown) => problem);
    expect(failure).toMatchObject({ kind: 'throttled' });
  });

  it.each([
    ['what is documented', 10_000, KEPT_FOR_ORDERS],
    ['half of that, as new apps may', 5_000, KEPT_FOR_ORDERS],
    ['very little', 100, 50],
  ])(
    'with %s for a day, stock stops by Etsy’s own count where orders need the rest',
    async (_what, perDay, kept) => {
      const { shop, session } = await rehearse(etsy);
      const product = shop.addProduct({ sku: 'A', title: 'A', quantity: 5 });
      let left = kept;
      const plain = session();
      const http: TestSession['http'] = {
        ...plain.http,
        send: (request, judge = () => ({ kind: 'fine' })) =>
          plain.http.send(request, (response) => {
            const told = { 'x-remaining-today': String(left), 'x-limit-per-day': String(perDay) };
            return judge({ ...response, headers: { ...response.headers, ...told } });
          }),
      };
      const channel = etsy.open({ ...plain, credentials: plain.credentials, http });
      const push = () =>
        channel.setAvailable([{ remoteId: product, handle: 'A', quantity: 5, expected: 5 }], 'key');
      // By each answer, so that the first push hears of it for the second.
      await push();
      await push();
      left -= 1;
      await push();
      await expect(push()).rejects.toMatchObject({
        kind: 'throttled',
        message: expect.stringMatching(/orders/),
      });
      expect((await channel.listOrders({ kind: 'open' }, null)).orders).toEqual([]);
    },
  );

  it('whatever is pushed or listed, a part of the day is left to orders at their rhythm', () => {
    const { rate, operations } = etsy.manifest.limits;
    const day = (limit: typeof rate | undefined) =>
      limit?.kind === 'window' ? (limit.requestsPerDay ?? 0) : 0;
    const kept = day(rate) - day(operations?.['stock and listings']);
    expect(kept).toBe(KEPT_FOR_ORDERS);
    const settings = {
      drafts: false,
      locationIds: [],
      options: {},
      onDrift: 'hold',
      ordersEveryMs: null,
    } as const;
    // An app that Etsy has not looked at serves five shops at most.
    for (const sharing of [1, 2, 3, 4, 5]) {
      const everyMs = ordersEveryMs(settings, etsy, { forAllMs: null, sharing });
      const rhythm = (2 * 24 * HOUR_MS) / everyMs;
      const tokens = 24;
      expect(sharing * (rhythm + tokens + AGAIN_PER_DAY)).toBeLessThanOrEqual(kept);
    }
  });
});
