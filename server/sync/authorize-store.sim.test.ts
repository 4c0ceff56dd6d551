// Connecting by redirect: a state is good once, for a quarter of an hour, for its channel; what comes back connects a store or
// renews its access. With a channel made here, and with every channel of the registry that asks for access at its shop.

import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { pino } from 'pino';
import { type StoreId, toStoreId } from '../../shared/model/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { aListing } from '../../test/support/scripted-store.ts';
import type { Channel, ChannelDefinition } from '../channels/channel.ts';
import type { Credentials } from '../channels/manifest.ts';
import { channels } from '../channels/registry.ts';
import { PERSON_SAYS_NO } from '../channels/simulation-consent.ts';
import type { SimulatedShop } from '../channels/simulator.ts';
import { ChannelError } from '../net/channel-error.ts';
import { createChannelHttps } from '../net/channel-https.ts';
import { createMemoryLimiters } from '../net/limiter.ts';
import { createVault } from '../secrets/vault.ts';
import { authorizeStore } from './authorize-store.ts';
import type { SyncContext } from './context.ts';
import { type FinishParts, finishAuthorization } from './finish-authorization.ts';
import { createStoreOpener, type StoreOpenerParts, tryingHttp, tryOpen } from './open-store.ts';
import { pullListings } from './pull-listings.ts';

const HOME = 'http://127.0.0.1:8080';
const START = new Date('2026-11-02T10:00:00Z');
const MINUTE_MS = 60_000;

let database: TestDatabase;
let clock = START.getTime();
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql`delete from stores`.execute(database.db);
  await sql`delete from authorizations`.execute(database.db);
  clock = START.getTime();
});

const now = (): Date => new Date(clock);

function openWorld(definitions: readonly ChannelDefinition[], publicUrl: string | null = HOME) {
  const vault = createVault([randomBytes(32)]);
  const limiters = createMemoryLimiters(() => new Date());
  const https = createChannelHttps({ now: () => new Date(), limiters, allowLoopback: true });
  const opener: StoreOpenerParts = {
    db: database.db,
    now,
    holder: 'test',
    definitionOf: (id) => definitions.find(({ manifest }) => manifest.id === id) ?? null,
    httpFor: (definition, credentials, bucket) => https(definition.manifest, credentials, bucket),
    encrypt: vault.encrypt,
    decrypt: vault.decrypt,
  };
  const woken: string[] = [];
  const context: SyncContext = {
    db: database.db,
    now,
    random: Math.random,
    pause: async () => undefined,
    log: pino({ level: 'silent' }),
    holder: 'test',
    publicUrl: () => publicUrl,
    openStore: createStoreOpener(opener),
    wake: async (name, storeId) => void woken.push(`${name} ${storeId ?? ''}`),
  };
  const parts: FinishParts = {
    definitionOf: opener.definitionOf,
    tryOpen: (definition, credentials, keep) => tryOpen(opener, definition, credentials, keep),
    checkAddress: async () => null,
    encrypt: vault.encrypt,
    decrypt: vault.decrypt,
    httpFor: (definition, credentials) => tryingHttp(opener, definition, credentials),
  };
  return {
    context,
    woken,
    begin: (channel: string, credentials: Credentials, more: { name?: string; storeId?: string } = {}) =>
      authorizeStore(context, parts, { channel, credentials, ...more }),
    finish: (channel: string, query: Readonly<Record<string, string>>) =>
      finishAuthorization(context, parts, { channel, query }),
  };
}

const storeCount = async (): Promise<number> =>
  (await database.db.selectFrom('stores').select('id').execute()).length;

// ---- a channel made here ---------------------------------------------------------------------------------------

const KEYS = { app: 'app-1', token: 'good' };
let shopOfToken: Map<string, readonly string[]>;

/** Its page answers nothing; the test plays the person. A code is "yes" and the verifier must fit the challenge. */
function playedChannel(id = 'played'): ChannelDefinition {
  let challenge = '';
  const field = { help: 'It stands in the settings of the shop.', secret: false, required: true };
  const open = ({ credentials }: { credentials: Credentials }): Channel => {
    const known = shopOfToken.get(credentials['token'] ?? '');
    const nothing = (): never => {
      throw new ChannelError('auth', 'The token does not work.');
    };
    return {
      check: async () => ({
        storeName: 'Played shop',
        findings: known === undefined ? [{ level: 'blocker', message: 'The token does not work.' }] : [],
        locations: [],
      }),
      listListings: async () => ({
        listings: (known ?? nothing()).map((remoteId) => aListing(remoteId, remoteId)),
        next: null,
      }),
      listOrders: async () => ({ orders: [], next: null }),
      readOrders: async () => [],
      readAvailable: async (listings) =>
        listings.map(({ remoteId, handle }) => ({
          remoteId,
          handle,
          reading: known?.includes(remoteId) === true ? { kind: 'quantity', quantity: 1 } : { kind: 'gone' },
        })),
      setAvailable: async () => [],
    };
  };
  return {
    manifest: {
      id,
      label: 'Played',
      credentialFields: [
        { ...field, key: 'app', label: 'App' },
        { ...field, key: 'token', label: 'Token', secret: true },
      ],
      settingFields: [],
      capabilities: {
        compareAndSet: true,
        locations: false,
        drafts: false,
        webhooks: false,
        quantityMax: 1_000,
        ordersByUpdate: true,
      },
      limits: { rate: { kind: 'concurrency', requestsAtOnce: 1 }, pushBatchMax: 10, requestTimeoutMs: 1_000 },
      rhythm: { ordersFastestMs: 10_000, listingsEveryMs: 600_000, ordersOverlapMs: 0 },
      hosts: [],
    },
    open,
    authorization: {
      needs: ['app'],
      gives: ['token'],
      start: ({ state, redirectUri, codeChallenge, credentials }) => {
        challenge = codeChallenge;
        const query = new URLSearchParams({ state, redirectUri, app: credentials['app'] ?? '' });
        return `https://played.example/allow?${query}`;
      },
      finish: async ({ credentials, query, codeVerifier, redirectUri }) => {
        const fits = createHash('sha256').update(codeVerifier).digest('base64url') === challenge;
        if (!fits || redirectUri !== `${HOME}/connect/${id}/callback`)
          throw new Error('The question was another.');
        if (query['code'] === undefined) throw new ChannelError('rejected', 'The shop sent no code.');
        return { ...credentials, token: query['code'] };
      },
    },
    simulator: () => Promise.reject(new Error('Played by the test.')),
  };
}
beforeEach(() => {
  shopOfToken = new Map([
    ['good', ['A', 'B']],
    ['good-again', ['A', 'B', 'C']],
    ['other-shop', ['X']],
  ]);
});

const stateOf = (url: string | null | undefined): string =>
  new URL(url ?? '').searchParams.get('state') ?? '';

async function begun(more: { name?: string; storeId?: string } = {}) {
  const world = openWorld([playedChannel(), playedChannel('second')]);
  const answer = await world.begin('played', { app: KEYS.app }, more);
  return { ...world, answer, state: stateOf(answer?.url) };
}
const NOT_VALID = { kind: 'refused', message: expect.stringMatching(/used up or too old.*start again/) };

describe('the state', () => {
  test('a person who says yes has a connected store, its sync off, under the shop’s own name', async () => {
    const { finish, state, woken } = await begun();
    const outcome = await finish('played', { state, code: KEYS.token });
    expect(outcome).toMatchObject({ kind: 'connected', name: 'Played shop', findings: [] });
    const [store] = await database.db.selectFrom('stores').select(['sync_on', 'name']).execute();
    expect(store).toEqual({ sync_on: false, name: 'Played shop' });
    expect(woken.map((one) => one.split(' ')[0])).toContain('pull-listings');
  });

  test('reused: the second time it is worth nothing', async () => {
    const { finish, state } = await begun();
    await finish('played', { state, code: KEYS.token });
    expect(await finish('played', { state, code: KEYS.token })).toMatchObject(NOT_VALID);
    expect(await storeCount()).toBe(1);
  });

  test('brought by ten at once: one gets in', async () => {
    const { finish, state } = await begun();
    const all = await Promise.all(
      Array.from({ length: 10 }, () => finish('played', { state, code: KEYS.token })),
    );
    expect(all.filter(({ kind }) => kind === 'connected')).toHaveLength(1);
  });

  test.each(['', 'guessed', 'a'.repeat(43)])('wrong (%j): refused', async (state) => {
    const { finish } = await begun();
    expect(await finish('played', { state, code: KEYS.token })).toMatchObject(NOT_VALID);
    expect(await storeCount()).toBe(0);
  });

  test('expired after fifteen minutes', async () => {
    const { finish, state, answer } = await begun();
    expect(Date.parse(answer?.expiresAt ?? '')).toBe(START.getTime() + 15 * MINUTE_MS);
    clock += 15 * MINUTE_MS;
    expect(await finish('played', { state, code: KEYS.token })).toMatchObject(NOT_VALID);
  });

  test('of another channel: refused, and used up', async () => {
    const { finish, state } = await begun();
    expect(await finish('second', { state, code: KEYS.token })).toMatchObject(NOT_VALID);
    expect(await finish('played', { state, code: KEYS.token })).toMatchObject(NOT_VALID);
  });

  test('denied by the person: said so, nothing kept', async () => {
    const { finish, state } = await begun();
    expect(await finish('played', { state, error: 'access_denied' })).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/not allowed.*nothing was changed/),
    });
    expect(await storeCount()).toBe(0);
  });

  test('the shop refuses the exchange: its sentence', async () => {
    const { finish, state } = await begun();
    expect(await finish('played', { state })).toMatchObject({ message: 'The shop sent no code.' });
  });

  test('credentials that do not work connect nothing, and say what is missing', async () => {
    const { finish, state } = await begun();
    expect(await finish('played', { state, code: 'unknown' })).toMatchObject({
      kind: 'refused',
      findings: [{ level: 'blocker', message: 'The token does not work.' }],
    });
    expect(await storeCount()).toBe(0);
  });

  test('neither state nor what was typed is in the database in the open', async () => {
    const { state } = await begun();
    const rows = JSON.stringify(await database.db.selectFrom('authorizations').selectAll().execute());
    expect(rows).not.toContain(state);
    expect(rows).not.toContain(KEYS.app);
  });
});

describe('before the person is sent away', () => {
  const refusal = async (world: ReturnType<typeof openWorld>, channel: string, credentials: Credentials) => {
    const answer = await world.begin(channel, credentials);
    expect(answer).toMatchObject({ url: null, expiresAt: null });
    return answer?.message;
  };
  test('what is needed must be typed', async () => {
    expect(await refusal(openWorld([playedChannel()]), 'played', {})).toMatch(/^Fill in App\./);
  });
  test('a field the channel does not have is refused', async () => {
    const typed = { app: 'a', strange: 'b' };
    expect(await refusal(openWorld([playedChannel()]), 'played', typed)).toMatch(/no field "strange"/);
  });
  test('without a public address the keys have to be pasted', async () => {
    expect(await refusal(openWorld([playedChannel()], null), 'played', KEYS)).toMatch(/PUBLIC_URL/);
  });
  test('a channel without such a page says so', async () => {
    const { authorization: _none, ...pasted } = playedChannel();
    expect(await refusal(openWorld([pasted]), 'played', KEYS)).toMatch(/no page for this/);
  });
  test('an unknown channel and a taken name are refused', async () => {
    const { begin, finish, state } = await begun({ name: 'Mine' });
    await finish('played', { state, code: KEYS.token });
    expect((await begin('nobody', {}))?.url).toBeNull();
    expect((await begin('played', { app: 'a' }, { name: 'Mine' }))?.message).toMatch(/already/);
  });
  test('an unknown store is none', async () => {
    expect(await openWorld([playedChannel()]).begin('played', {}, { storeId: 'nobody' })).toBeNull();
  });
});

describe('renewing the access of a store', () => {
  async function ended() {
    const world = await begun();
    const outcome = await world.finish('played', { state: world.state, code: KEYS.token });
    const storeId: StoreId = outcome.kind === 'refused' ? toStoreId('none') : outcome.storeId;
    await pullListings(world.context, storeId);
    await sql`update stores set health = 'reconnect', health_message = 'The token ended.'`.execute(
      database.db,
    );
    // Nothing needs to be typed again.
    const answer = await world.begin('played', {}, { storeId });
    return { ...world, storeId, state: stateOf(answer?.url) };
  }

  test('the store is the same, with the new token, and well', async () => {
    const { context, finish, state, storeId } = await ended();
    const outcome = await finish('played', { state, code: 'good-again' });
    expect(outcome).toMatchObject({ kind: 'renewed', storeId, name: 'Played shop' });
    expect(await storeCount()).toBe(1);
    const store = await context.openStore(storeId);
    expect(store?.session.credentials).toEqual({ app: KEYS.app, token: 'good-again' });
    const row = await database.db.selectFrom('stores').select('health').executeTakeFirstOrThrow();
    expect(row.health).toBe('ok');
  });

  test('a token refresh that began before in another process does not write the old access over the new', async () => {
    const { context, finish, state, storeId } = await ended();
    const other = (await context.openStore(storeId))?.session;
    let shopAnswers = (): void => undefined;
    const answer = new Promise<void>((resolve) => {
      shopAnswers = resolve;
    });
    const begun = new Promise<void>((resolve) => {
      void other
        ?.alone(async (fresh) => {
          resolve();
          await answer;
          await other.saveCredentials({ ...fresh, token: 'refreshed from the old one' });
        })
        .catch(() => undefined);
    });
    await begun;
    const renewal = finish('played', { state, code: 'good-again' });
    const tookNoNotice = await Promise.race([renewal.then(() => true), pause(500).then(() => false)]);
    shopAnswers();
    expect(await renewal).toMatchObject({ kind: 'renewed' });
    expect(tookNoNotice).toBe(false);
    expect((await context.openStore(storeId))?.session.credentials['token']).toBe('good-again');
  });

  test('the account of another shop is not taken: its listings are others', async () => {
    const { context, finish, state, storeId } = await ended();
    expect(await finish('played', { state, code: 'other-shop' })).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/another shop than Played shop/),
    });
    expect((await context.openStore(storeId))?.session.credentials['token']).toBe(KEYS.token);
  });
});

// ---- every channel that has such a page ------------------------------------------------------------------------

const byRedirect = channels.filter(({ authorization }) => authorization !== undefined);

test('some channels are connected by redirect', () => expect(byRedirect.length).toBeGreaterThan(0));

describe.each(byRedirect.map((definition) => [definition.manifest.label, definition] as const))(
  '%s',
  (_label, definition) => {
    const { id } = definition.manifest;
    let shop: SimulatedShop;
    beforeEach(async () => {
      shop = await definition.simulator({ port: 0, now, limits: false });
      shop.addProduct({ sku: 'A', title: 'A', quantity: 5 });
    });
    afterEach(() => shop.close());

    async function asked() {
      const world = openWorld([definition]);
      const gives = definition.authorization?.gives ?? [];
      const typed = Object.fromEntries(
        Object.entries(shop.credentials).filter(([key]) => !gives.includes(key)),
      );
      const answer = await world.begin(id, typed);
      if (answer?.url == null) throw new Error(answer?.message);
      return { ...world, url: answer.url };
    }
    /** A person's browser: what the shop's page sends it back with. */
    async function visit(url: string): Promise<URL> {
      const answer = await fetch(url, { redirect: 'manual' });
      const location = answer.headers.get('location');
      if (location === null) throw new Error(`The shop's page answered ${answer.status}.`);
      return new URL(location);
    }
    const queryOf = (address: URL) => Object.fromEntries(address.searchParams);

    test('yes: back at exactly our address, and the store can be read', async () => {
      const { url, finish, context } = await asked();
      const back = await visit(url);
      expect(back.origin + back.pathname).toBe(`${HOME}/connect/${id}/callback`);
      const outcome = await finish(id, queryOf(back));
      expect(outcome).toMatchObject({ kind: 'connected' });
      if (outcome.kind === 'refused') return;
      await pullListings(context, outcome.storeId);
      const listed = await database.db.selectFrom('listings').select('sku').execute();
      expect(listed.map(({ sku }) => sku)).toEqual(['A']);
    });

    test('no: nothing is connected', async () => {
      const { url, finish } = await asked();
      const back = await visit(`${url}&${PERSON_SAYS_NO.name}=${PERSON_SAYS_NO.value}`);
      expect(await finish(id, queryOf(back))).toMatchObject({ kind: 'refused' });
      expect(await storeCount()).toBe(0);
    });

    test('a code that was used already connects nothing, even with a fresh state', async () => {
      const first = await asked();
      const back = queryOf(await visit(first.url));
      await first.finish(id, back);
      const second = await asked();
      const fresh = queryOf(await visit(second.url));
      const stolen = { ...back, state: fresh['state'] ?? '' };
      expect(await second.finish(id, stolen)).toMatchObject({ kind: 'refused' });
      expect(await storeCount()).toBe(1);
    });

    test('a code asked for by somebody else’s question is not ours to use', async () => {
      const theirs = queryOf(await visit((await asked()).url));
      const ours = await asked();
      const fresh = queryOf(await visit(ours.url));
      const outcome = await ours.finish(id, { ...theirs, state: fresh['state'] ?? '' });
      // Without PKCE the shop cannot tell; then the single use of state and code is what protects.
      const pkce = new URL(ours.url).searchParams.has('code_challenge');
      expect(outcome.kind).toBe(pkce ? 'refused' : 'connected');
    });

    test('neither the shop’s page nor a refusal names a secret', async () => {
      const { url, finish } = await asked();
      const secrets = definition.manifest.credentialFields
        .filter(({ secret }) => secret)
        .map(({ key }) => shop.credentials[key] ?? '')
        .filter((value) => value !== '');
      const back = queryOf(await visit(url));
      shop.setFault('revoked');
      const outcome = await finish(id, back);
      for (const secret of secrets) {
        expect(decodeURIComponent(url)).not.toContain(secret);
        expect(JSON.stringify(outcome)).not.toContain(secret);
      }
    });
  },
);
