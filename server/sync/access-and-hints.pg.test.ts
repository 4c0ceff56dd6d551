// Access that ends is told in time and in one message; hints from a mailbox are stored before they are taken out of it.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { aListing, createScriptedWorld, type ScriptedWorld } from '../../test/support/scripted-store.ts';
import { syncSteps } from '../../test/support/sync-steps.ts';
import type { Finding, PulledHints } from '../channels/channel.ts';
import { ChannelError } from '../net/channel-error.ts';
import { keepAccess } from './keep-access.ts';
import { keepPlaces } from './keep-places.ts';
import { keepWebhooks } from './keep-webhooks.ts';
import { pullHints } from './pull-hints.ts';
import { pullListings } from './pull-listings.ts';

const DAY_MS = 24 * 3_600_000;

let database: TestDatabase;
let world: ScriptedWorld;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql`delete from stores`.execute(database.db);
  await sql`delete from activity`.execute(database.db);
  world = createScriptedWorld(database.db, new Date('2026-03-01T10:00:00Z'));
});
const steps = () => syncSteps(database.db, () => world);

describe('access that ends', () => {
  const END = { at: new Date('2026-06-01T00:00:00Z'), message: 'Sign in at the shop again.' };
  let end: typeof END | null;
  const open = async () => {
    end = END;
    return world.addStore('shop', { accessEnds: () => end });
  };
  const daysBefore = (days: number): void =>
    world.pass(END.at.getTime() - days * DAY_MS - world.now().getTime());

  test('is told 30, 7 and 1 days ahead, in one message that is renewed each time', async () => {
    const { id } = await open();
    const said: (string | undefined)[] = [];
    for (const days of [60, 31, 30, 29, 20, 8, 7, 6, 2, 1, 0.5]) {
      daysBefore(days);
      await keepAccess(world.context, id);
      said.push((await steps().activity()).map(({ level, message }) => `${level}: ${message}`).join());
    }
    const sentence = (left: string) =>
      `shop: the access ends on 2026-06-01, within ${left}. Sign in at the shop again.`;
    expect([...new Set(said)]).toEqual([
      '',
      `warning: ${sentence('30 days')}`,
      `needs-person: ${sentence('7 days')}`,
      `needs-person: ${sentence('a day')}`,
    ]);
    const row = await database.db.selectFrom('activity').select('times').executeTakeFirstOrThrow();
    expect(row.times).toBe(3);
  });

  test('stands with the store, and the message is over once access is renewed', async () => {
    const store = await open();
    daysBefore(5);
    await keepAccess(world.context, store.id);
    expect(await steps().storeRow(store)).toMatchObject({
      access_ends_at: END.at,
      access_message: expect.stringMatching(/within 7 days/),
    });
    end = { ...END, at: new Date('2027-06-01T00:00:00Z') };
    await keepAccess(world.context, store.id);
    expect(await steps().activity()).toMatchObject([{ resolved: true }]);
    expect(await steps().storeRow(store)).toMatchObject({ access_message: '' });
    end = null;
    await keepAccess(world.context, store.id);
    expect(await steps().storeRow(store)).toMatchObject({ access_ends_at: null });
  });
});

describe('hints in a mailbox', () => {
  /** A queue that gives a message again until it is acknowledged. */
  async function mailbox(messages: string[], break_: { at?: 'pull' | 'acknowledge' } = {}) {
    const pull = async (): Promise<PulledHints> => {
      if (break_.at === 'pull') throw new ChannelError('auth', 'The queue cannot be read.');
      const taken = messages.slice(0, 2);
      return {
        hints: taken.map((remoteId) => ({ kind: 'order', remoteId })),
        acknowledge: async () => {
          if (break_.at === 'acknowledge') throw new Error('The process was killed.');
          messages.splice(0, taken.length);
        },
      };
    };
    return world.addStore('shop', { pullHints: pull });
  }
  const stored = async (): Promise<readonly string[]> => {
    const rows = await database.db.selectFrom('inbox').select('remote_id').orderBy('id').execute();
    return rows.map((row) => row.remote_id);
  };

  test('are all stored, taken out, and followed', async () => {
    const messages = ['1', '2', '3', '4', '5'];
    const { id } = await mailbox(messages);
    await pullHints(world.context, id);
    expect(await stored()).toEqual(['1', '2', '3', '4', '5']);
    expect(messages).toEqual([]);
    expect(world.woken).toContain(`process-inbox ${id}`);
    const store = await database.db.selectFrom('stores').select('webhook_health').executeTakeFirstOrThrow();
    expect(store.webhook_health).toBe('on');
  });

  test('killed between storing and taking out: nothing is lost, something is said twice', async () => {
    const messages = ['1', '2'];
    const broken: { at?: 'acknowledge' } = { at: 'acknowledge' };
    const { id } = await mailbox(messages, broken);
    await expect(pullHints(world.context, id)).rejects.toThrow('killed');
    expect(await stored()).toEqual(['1', '2']);
    delete broken.at;
    await pullHints(world.context, id);
    expect(await stored()).toEqual(['1', '2', '1', '2']);
    expect(messages).toEqual([]);
  });

  test('a mailbox that cannot be read is shown, and is no trouble of the store', async () => {
    const store = await mailbox([], { at: 'pull' });
    await pullHints(world.context, store.id);
    await keepWebhooks(world.context, store.id);
    expect(await steps().storeRow(store)).toMatchObject({
      webhook_health: 'off: The queue cannot be read.',
      health: 'ok',
    });
  });
});

test('listings changed since the last pull are asked for by the store’s own clock', async () => {
  const store = await world.addStore('shop');
  const asked: (Date | null)[] = [];
  // A shop whose clock is an hour behind ours.
  const late = (ms: number): Date => new Date(world.now().getTime() - 3_600_000 + ms);
  store.listings.set('A', aListing('A', 'CLOCK-A', { updatedAt: late(0) }));
  const open = world.context.openStore;
  const context = {
    ...world.context,
    openStore: async (storeId: typeof store.id) => {
      const opened = await open(storeId);
      if (opened === null) return null;
      const channel: typeof opened.channel = {
        ...opened.channel,
        listListings: (query, page) => {
          asked.push(query.updatedFrom);
          return opened.channel.listListings(query, page);
        },
      };
      return { ...opened, channel };
    },
  };
  await pullListings(context, store.id);
  store.listings.set('B', aListing('B', 'CLOCK-B', { updatedAt: late(1_000) }));
  world.pass(60_000);
  await pullListings(context, store.id);
  const known = await database.db.selectFrom('listings').select('remote_id').execute();
  expect(known.map((row) => row.remote_id).sort()).toEqual(['A', 'B']);
  expect(asked[0]).toBeNull();
  const behindMs = world.now().getTime() - (asked[1]?.getTime() ?? 0);
  expect(behindMs).toBeGreaterThan(3_600_000);
});

describe('units that may be counted in the wrong warehouse', () => {
  test('are told of while the store works, once, and are over when the shop lets us read them', async () => {
    let findings: readonly Finding[] = [
      { level: 'warning', message: 'Which location sends an order cannot be read.', concerns: 'warehouses' },
      { level: 'warning', message: 'Orders older than 60 days cannot be read.' },
    ];
    const locations = [
      { id: 'north', name: 'North' },
      { id: 'south', name: 'South' },
    ];
    const store = await world.addStore('places', { locations, findings: () => findings });
    const message = 'places: Which location sends an order cannot be read.';
    await keepPlaces(world.context, store.id);
    await keepPlaces(world.context, store.id);
    expect(await steps().activity()).toEqual([{ level: 'warning', message, resolved: false }]);
    await sql`update activity set resolved_at = now()`.execute(database.db);
    await keepPlaces(world.context, store.id);
    expect(await steps().activity()).toEqual([{ level: 'warning', message, resolved: true }]);
    await sql`update activity set resolved_at = null`.execute(database.db);
    findings = [];
    await keepPlaces(world.context, store.id);
    expect(await steps().activity()).toEqual([{ level: 'warning', message, resolved: true }]);
  });
});
