// Many quantities as one feed, one feed at a time, whatever gets lost on the way.

import { describe, expect, it } from '@jest/globals';
import type { TestSession } from '../../../test/support/channel-session.ts';
import { watchingChanges } from '../../net/change-permission.ts';
import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelHttp } from '../../net/channel-http.ts';
import type { LastTold, PushResult, PushTarget } from '../channel.ts';
import { amazon } from './index.ts';
import { PATCH_MAX } from './manifest.ts';
import {
  MINUTE_MS,
  open,
  openSession,
  quantityOf,
  requestsFor,
  stopShopsAfterEach,
  type World,
} from './test-support/world.ts';

stopShopsAfterEach();

describe('feeds', () => {
  const many = PATCH_MAX + 5;
  async function openMany(): Promise<
    World & {
      readonly pushAll: (quantity: number, session?: TestSession) => Promise<readonly PushResult[]>;
    }
  > {
    const world = await open();
    const skus = Array.from({ length: many }, (_, number) => `SKU-${number}`);
    for (const sku of skus) world.shop.addProduct({ sku, title: sku, quantity: 1 });
    const pushAll = (quantity: number, session = world.session) =>
      amazon.open(session).setAvailable(
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

  it('a feed that Amazon is too busy to take has changed nothing, though its document was handed in', async () => {
    const world = await openMany();
    const http: ChannelHttp = {
      ...world.session.http,
      send: async (request, judge) => {
        if (request.operation === 'createFeed') throw new ChannelError('throttled', 'Slow down.');
        return world.session.http.send(request, judge);
      },
    };
    const changes: string[] = [];
    const watch = { mayChange: async () => true, onChange: () => void changes.push('changed') };
    await expect(
      watchingChanges(watch, () => world.pushAll(7, { ...world.session, http })),
    ).rejects.toMatchObject({ kind: 'throttled' });
    expect(requestsFor(world, 'createFeedDocument')).toBe(1);
    expect(changes).toEqual([]);
  });

  it('an answer to createFeed that is lost is recognised: one feed runs, and its report is read', async () => {
    const world = await openMany();
    world.shop.refusedSkus.add('SKU-17');
    world.shop.setFault('timeoutAfter', 1);
    const results = await world.pushAll(7);
    expect(results.filter(({ kind }) => kind !== 'accepted')).toEqual([
      expect.objectContaining({ remoteId: 'SKU-17', kind: 'rejected' }),
    ]);
    expect(requestsFor(world, 'createFeed')).toBe(1);
    expect(requestsFor(world, 'getFeeds')).toBe(1);
  });

  it('a process that is killed before it hears the number of its feed leaves enough for the next one to find it', async () => {
    const world = await openMany();
    world.shop.setFault('timeoutAfter', 1);
    let last = world.session.savedCredentials();
    const dying = Object.assign(openSession(last, world.now), {
      saveCredentials: async (changed: typeof last) => {
        if ((changed['feedUnderWay'] ?? '').endsWith('?')) last = changed;
        else if (last['feedUnderWay'] !== undefined) throw new Error('killed');
        else last = changed;
      },
      alone: async <Result>(work: (fresh: typeof last) => Promise<Result>) => work(last),
    });
    await expect(world.pushAll(7, dying)).rejects.toThrow('killed');
    expect(last['feedUnderWay']).toMatch(/ \?$/);
    world.shop.rules.feedLooks = 0;
    const results = await world.pushAll(7, openSession(last, world.now));
    expect(kinds(results)).toEqual(new Set(['accepted']));
    expect(requestsFor(world, 'createFeed')).toBe(1);
  });

  it('a feed that never reached Amazon is given up after a minute, and sent then', async () => {
    const world = await openMany();
    await world.channel.readAvailable([{ remoteId: 'SKU-1', handle: 'DEFAULT' }]);
    const lost = Object.assign(openSession(world.session.savedCredentials(), world.now), {
      http: {
        ...world.session.http,
        send: async (request: Parameters<typeof world.session.http.send>[0], judge?: never) => {
          if (request.operation === 'createFeed') throw new ChannelError('transient', 'It was lost.');
          return world.session.http.send(request, judge);
        },
      },
    });
    expect(kinds(await world.pushAll(7, lost))).toEqual(new Set(['unknown']));
    world.pass(MINUTE_MS);
    const next = openSession(lost.savedCredentials(), world.now);
    expect(kinds(await world.pushAll(7, next))).toEqual(new Set(['accepted']));
    expect(requestsFor(world, 'createFeed')).toBe(1);
  });

  /** Amazon works on a feed, and the process that sent it is killed: what is left is its credentials. */
  async function killedAfterFeed() {
    const world = await openMany();
    world.shop.rules.feedLooks = 1_000;
    expect(kinds(await world.pushAll(7))).toEqual(new Set(['unknown']));
    const session = openSession(world.session.savedCredentials(), world.now);
    return { ...world, session, pushAll: (quantity: number) => world.pushAll(quantity, session) };
  }

  it('a killed process’s feed is waited for: nothing is sent beside it, and its end is read', async () => {
    const world = await killedAfterFeed();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(kinds(await world.pushAll(7))).toEqual(new Set(['unknown']));
    }
    world.shop.rules.feedLooks = 3;
    expect(kinds(await world.pushAll(7))).toEqual(new Set(['accepted']));
    expect(requestsFor(world, 'createFeed')).toBe(1);
    expect(world.session.savedCredentials()['feedUnderWay']).toBe('');
  });

  it('while a feed is under way, what it is not about goes by PATCH, and what it is about waits', async () => {
    const world = await openMany();
    world.shop.addProduct({ sku: 'URGENT', title: 'URGENT', quantity: 5 });
    world.shop.rules.feedLooks = 1_000;
    await world.pushAll(7);
    const target = (remoteId: string) => ({ remoteId, handle: 'DEFAULT', quantity: 0, expected: null });
    const channel = amazon.open(world.session);
    const results = await channel.setAvailable([target('URGENT'), target('SKU-3')], 'key');
    expect(results.map(({ kind }) => kind)).toEqual(['accepted', 'unknown']);
    expect(world.shop.writes().map(({ remoteId }) => remoteId)).toEqual(['URGENT']);
  });

  it('many that are accepted and not live yet are read back once, not again and again', async () => {
    const world = await openMany();
    world.shop.showQuantitiesAfter(5 * MINUTE_MS);
    expect(kinds(await world.pushAll(7))).toEqual(new Set(['unknown']));
    const pages = Math.ceil(many / 20);
    expect(requestsFor(world, 'searchListingsItems')).toBe(2 * pages);
    world.pass(5 * MINUTE_MS);
    expect(kinds(await world.pushAll(7))).toEqual(new Set(['accepted']));
    expect(requestsFor(world, 'createFeed')).toBe(1);
    expect(quantityOf(world, 'SKU-0')).toBe(7);
  });

  describe('that hang', () => {
    const target = (remoteId: string, quantity: number): PushTarget => ({
      remoteId,
      handle: 'DEFAULT',
      quantity,
      expected: 1,
    });
    async function pushOne(session: TestSession, remoteId: string, quantity: number, lastTold?: LastTold) {
      const told = lastTold === undefined ? {} : { lastTold };
      const [result] = await amazon
        .open(session)
        .setAvailable([{ ...target(remoteId, quantity), ...told }], 'key');
      return result;
    }
    /** Amazon has worked on a feed that says 7 of each for half an hour, and the SKU was lowered to 0 around it. */
    async function loweredAroundFeed() {
      const world = await openMany();
      world.shop.rules.feedLooks = Number.POSITIVE_INFINITY;
      await world.pushAll(7);
      world.pass(31 * MINUTE_MS);
      const lowered = await pushOne(world.session, 'SKU-3', 0);
      return { ...world, lowered };
    }

    it('are passed by after half an hour: the fewest units first, by PATCH, and no second feed', async () => {
      const world = await killedAfterFeed();
      world.pass(31 * MINUTE_MS);
      const targets = Array.from({ length: many }, (_, number) => target(`SKU-${number}`, many - number + 1));
      const channel = amazon.open(world.session);
      await channel.setAvailable(targets, 'key');
      const late = (): readonly string[] =>
        targets
          .filter(({ remoteId, quantity }) => quantityOf(world, remoteId) !== quantity)
          .map(({ remoteId }) => remoteId);
      expect(late()).toEqual(['SKU-0', 'SKU-1', 'SKU-2', 'SKU-3', 'SKU-4']);
      await channel.setAvailable(targets, 'key');
      expect(late()).toEqual([]);
      expect(requestsFor(world, 'createFeed')).toBe(1);
    });

    it('may undo what went around them: it is shown at once, and owed all the same', async () => {
      const world = await loweredAroundFeed();
      expect(quantityOf(world, 'SKU-3')).toBe(0);
      expect(world.lowered).toMatchObject({ kind: 'unknown', takesTime: true });
      world.pass(24 * 60 * MINUTE_MS);
      expect(await pushOne(world.session, 'SKU-3', 0)).toMatchObject({ kind: 'unknown', takesTime: true });
      expect(world.shop.writes()).toHaveLength(1);
    });

    it('leave what they are not about alone: that is told as ever', async () => {
      const world = await loweredAroundFeed();
      world.shop.addProduct({ sku: 'OTHER', title: 'OTHER', quantity: 1 });
      expect(await pushOne(world.session, 'OTHER', 6)).toMatchObject({ kind: 'accepted' });
    });

    it.each([0, 5])(
      'and end later have their older numbers put right, shown after %i minutes',
      async (minutes) => {
        const world = await loweredAroundFeed();
        world.shop.showQuantitiesAfter(minutes * MINUTE_MS);
        world.pass(60 * MINUTE_MS);
        world.shop.rules.feedLooks = 0;
        await pushOne(world.session, 'SKU-3', 0);
        world.pass(minutes * MINUTE_MS);
        expect(quantityOf(world, 'SKU-3')).toBe(minutes === 0 ? 0 : 7);
        expect(await pushOne(world.session, 'SKU-3', 0)).toMatchObject({ kind: 'unknown', takesTime: true });
        world.pass(minutes * MINUTE_MS);
        expect(quantityOf(world, 'SKU-3')).toBe(0);
        world.pass(20 * MINUTE_MS);
        expect(await pushOne(world.session, 'SKU-3', 0)).toMatchObject({ kind: 'accepted' });
      },
    );

    it('are known to another process, until what they said must be shown', async () => {
      const world = await loweredAroundFeed();
      const lastTold = { quantity: 0, at: world.now(), isConfirmed: false };
      const pushByAnother = () =>
        pushOne(openSession(world.session.savedCredentials(), world.now), 'SKU-3', 0, lastTold);
      world.pass(5 * MINUTE_MS);
      expect(await pushByAnother()).toMatchObject({ kind: 'unknown', takesTime: true });
      world.shop.rules.feedLooks = 0;
      world.shop.showQuantitiesAfter(5 * MINUTE_MS);
      for (let look = 0; look < 2; look += 1) {
        expect(await pushByAnother()).toMatchObject({ kind: 'unknown', takesTime: true });
        world.pass(MINUTE_MS);
      }
      expect(world.session.savedCredentials()['feedUnderWay']).not.toBe('');
    });
  });

  it('a feed whose report cannot be read leaves every outcome unknown, and does not stop the next push', async () => {
    const world = await openMany();
    const { http } = world.session;
    const send: typeof http.send = async (request, judge) => {
      const answer = await http.send(request, judge);
      return request.answerAs === 'bytes' ? { ...answer, text: 'no archive' } : answer;
    };
    const session = Object.assign(openSession(world.session.savedCredentials(), world.now), {
      http: { ...http, send },
    });
    expect(kinds(await world.pushAll(7, session))).toEqual(new Set(['unknown']));
    world.pass(16 * MINUTE_MS);
    expect(kinds(await world.pushAll(7, session))).toEqual(new Set(['accepted']));
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
