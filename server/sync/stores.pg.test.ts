// A store's life: connected, opened with its secrets, changed, shown, disconnected; and the explanation of a number.

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { toStoreId } from '../../shared/model/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  createScriptedWorld,
  type ScriptedStore,
  type ScriptedWorld,
} from '../../test/support/scripted-store.ts';
import { skuOf, syncSteps } from '../../test/support/sync-steps.ts';
import type { ChannelDefinition, CheckReport } from '../channels/channel.ts';
import { explainSku } from '../listings/explain.ts';
import { ChannelError } from '../net/channel-error.ts';
import { createVault } from '../secrets/vault.ts';
import { type ConnectParts, connectStore } from './connect-store.ts';
import { keepWebhooks } from './keep-webhooks.ts';
import { createStoreOpener, tryOpen } from './open-store.ts';
import { pullOrders } from './pull-orders.ts';
import { pushAvailable } from './push-available.ts';
import { changeSettings, disconnectStore, ordersEveryMs } from './store-settings.ts';
import { readStoreViews } from './store-views.ts';

let database: TestDatabase;
let world: ScriptedWorld;
const steps = () => syncSteps(database.db, () => world);
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql`delete from stores`.execute(database.db);
  await sql`delete from activity`.execute(database.db);
  world = createScriptedWorld(database.db, new Date('2026-03-01T10:00:00Z'));
});

const vault = createVault([randomBytes(32)]);

/** The scripted channel, with a form to fill in. */
async function definition(): Promise<ChannelDefinition> {
  const store = await world.context.openStore((await world.addStore('template')).id);
  if (store === null) throw new Error('The scripted store cannot be opened.');
  await sql`delete from stores where id = 'template'`.execute(database.db);
  const field = { help: 'It stands in the settings of the shop.', secret: false, required: true };
  return {
    ...store.definition,
    manifest: {
      ...store.definition.manifest,
      credentialFields: [
        { ...field, key: 'address', label: 'Shop address', kind: 'url' },
        { ...field, key: 'token', label: 'Token', secret: true },
      ],
      settingFields: [
        { key: 'mode', label: 'Mode', help: '', initial: 'a', choices: [{ value: 'a', label: 'Plain' }] },
      ],
    },
  };
}

const WELL: CheckReport = { storeName: 'Shop', findings: [], locations: [] };
const CREDENTIALS = { address: 'https://shop.example', token: 'secret-token' };

function partsOf(
  scripted: ChannelDefinition,
  check: () => Promise<CheckReport> = async () => WELL,
): ConnectParts {
  return {
    definitionOf: (channel) => (channel === 'scripted' ? scripted : null),
    tryOpen: (_definition, credentials) => {
      tried.push(credentials);
      return { check } as ReturnType<ConnectParts['tryOpen']>;
    },
    checkAddress: async (_definition, _field, address) =>
      address.includes('127.0.0.1') ? 'This address is not on the public internet.' : null,
    encrypt: vault.encrypt,
  };
}
const tried: unknown[] = [];

const connect = async (changes: object, check?: () => Promise<CheckReport>) =>
  connectStore(world.context, partsOf(await definition(), check), {
    channel: 'scripted',
    name: 'My shop',
    credentials: CREDENTIALS,
    ...changes,
  });

test('R23: a connected store has sync off, its listings and webhooks are asked for at once, its secrets are sealed', async () => {
  const outcome = await connect({
    credentials: { address: ' https://shop.example ', token: 'secret-token\n' },
  });
  if (outcome.kind !== 'connected') throw new Error('refused');
  const row = await database.db.selectFrom('stores').selectAll().executeTakeFirstOrThrow();
  expect(row).toMatchObject({ name: 'My shop', sync_on: false, channel: 'scripted' });
  expect(`${row.credentials}${row.webhook_secret}`).not.toContain('secret-token');
  expect(world.woken).toEqual([`pull-listings ${row.id}`, `keep-webhooks ${row.id}`]);
  expect(tried.at(-1)).toEqual(CREDENTIALS);

  const parts = {
    db: database.db,
    definitionOf: partsOf(await definition()).definitionOf,
    httpFor: () => ({ send: () => Promise.reject(new Error('no network')), observe: () => undefined }),
    ...vault,
    now: world.now,
    holder: 'test',
  };
  const open = createStoreOpener(parts);
  const store = await open(outcome.storeId);
  expect(store?.session.credentials).toEqual(CREDENTIALS);
  expect(store?.webhookSecret).toMatch(/^[\w-]{43}$/);
  await store?.session.saveCredentials({ token: 'refreshed' });
  expect((await open(outcome.storeId))?.session.credentials).toEqual({ ...CREDENTIALS, token: 'refreshed' });
  expect(await store?.session.alone(async (fresh) => fresh['token'])).toBe('refreshed');
  expect(await open(toStoreId('unknown'))).toBeNull();
  expect(tryOpen(parts, await definition(), CREDENTIALS)).toBeDefined();
  // A token that is good once: the store is kept with the one that the trial was given in its place.
  const rotating: ChannelDefinition = {
    ...(await definition()),
    open: (session) =>
      ({
        check: async () => {
          await session.alone((fresh) => session.saveCredentials({ ...fresh, token: 'rotated' }));
          return WELL;
        },
      }) as ReturnType<ChannelDefinition['open']>,
  };
  const rotated = await connectStore(
    world.context,
    {
      ...partsOf(rotating),
      tryOpen: (one, credentials, keep) => tryOpen(parts, one, credentials, keep),
    },
    { channel: 'scripted', name: 'Rotating', credentials: CREDENTIALS },
  );
  if (rotated.kind !== 'connected') throw new Error('refused');
  expect((await open(rotated.storeId))?.session.credentials).toEqual({ ...CREDENTIALS, token: 'rotated' });
  // The secrets of one store do not open as those of another.
  await sql`insert into stores (id, channel, name, credentials, webhook_secret, settings)
    select 'swapped', channel, 'Swapped', credentials, webhook_secret, settings from stores
    where id = ${outcome.storeId}`.execute(database.db);
  await expect(open(toStoreId('swapped'))).rejects.toThrow('belongs to something else');
});

test.each([
  [{ channel: 'mars' }, 'There is no channel "mars".'],
  [{ name: '  ' }, 'Give the store a name.'],
  [{ name: ' Taken ' }, 'There is a store "Taken" already. Choose another name.'],
  [{ credentials: { ...CREDENTIALS, extra: 'x' } }, 'Scripted has no field "extra".'],
  [{ credentials: { ...CREDENTIALS, token: ' ' } }, 'Fill in Token. It stands in the settings of the shop.'],
  [
    { credentials: { ...CREDENTIALS, address: 'http://127.0.0.1/' } },
    'Shop address: This address is not on the public internet.',
  ],
])('connecting with %j is refused in a sentence and stores nothing', async (changes, message) => {
  const parts = partsOf(await definition());
  await world.addStore('Taken', { syncOn: false });
  const request = { channel: 'scripted', name: 'My shop', credentials: CREDENTIALS, ...changes };
  const outcome = await connectStore(world.context, parts, request);
  expect(outcome).toEqual({ kind: 'refused', findings: [{ level: 'blocker', message }] });
  expect(await database.db.selectFrom('stores').select('id').execute()).toEqual([{ id: 'Taken' }]);
});

test('credentials that do not work, or a shop that does not answer, are refused with what the shop said', async () => {
  const blocker = { level: 'blocker', message: 'The token is wrong.' } as const;
  expect(await connect({}, async () => ({ ...WELL, findings: [blocker] }))).toEqual({
    kind: 'refused',
    findings: [blocker],
  });
  const silent = await connect({}, () => Promise.reject(new ChannelError('transient', 'No answer.')));
  expect(silent.findings[0]?.message).toBe('The shop could not be read: No answer.');
});

test.each([
  [{ options: { speed: 'fast' } }, 'Scripted has no setting "speed".'],
  [{ options: { mode: 'b' } }, 'Mode: choose one of Plain.'],
  [{ ordersEveryMs: 5_000 }, 'Scripted allows an order pull every 10 s at the fastest.'],
  [{ ordersEveryMs: 7_200_000 }, 'Orders are pulled at least once an hour.'],
  [{ name: ' ' }, 'Give the store a name.'],
  [{ name: 'Other' }, 'There is a store "Other" already. Choose another name.'],
])('the settings %j are refused in a sentence', async (request, message) => {
  const scripted = await definition();
  await world.addStore('Other');
  const store = await world.addStore('settings');
  const before = await steps().storeRow(store);
  const answer = await changeSettings(world.context, scripted, store.id, request);
  expect(answer).toEqual({ accepted: false, message });
  expect(await steps().storeRow(store)).toEqual(before);
});

test('one setting of a channel is changed, the others stay as they are; the store shows them all', async () => {
  const scripted = await definition();
  const store = await world.addStore('options');
  const choices = ['a', 'b'].map((value) => ({ value, label: value.toUpperCase() }));
  const settingFields = ['first', 'second'].map((key) => ({
    key,
    label: key,
    help: '',
    choices,
    initial: 'a',
  }));
  const known = { ...scripted, manifest: { ...scripted.manifest, settingFields } };
  await changeSettings(world.context, known, store.id, { options: { first: 'b' } });
  await changeSettings(world.context, known, store.id, { options: { second: 'b' } });
  await changeSettings(world.context, known, store.id, { onDrift: 'hold' });
  const [view] = await readStoreViews(database.db, () => known, store.id);
  expect(view).toMatchObject({ onDrift: 'hold', options: { first: 'b', second: 'b' } });
});

test('R28, R29: drafts are refused where the channel has none; turned on they are read at once', async () => {
  const scripted = await definition();
  const store = await world.addStore('drafts');
  const capabilities = { ...scripted.manifest.capabilities, drafts: false };
  const without = { ...scripted, manifest: { ...scripted.manifest, capabilities } };
  const refusal = await changeSettings(world.context, without, store.id, { drafts: true });
  expect(refusal.message).toBe('Scripted has no draft listings.');
  await changeSettings(world.context, scripted, store.id, { drafts: true });
  expect(world.woken).toContain('pull-listings drafts');
  expect((await steps().storeRow(store)).listings_complete_at).toBeNull();
});

test('orders are pulled as fast as the channel allows, or slower as set; stores that it counts together share that', async () => {
  const scripted = await definition();
  const settings = {
    drafts: false,
    locationIds: [],
    options: {},
    onDrift: 'hold',
    ordersEveryMs: null,
  } as const;
  const every = (own: number | null, forAllMs: number | null, sharing = 1): number =>
    ordersEveryMs({ ...settings, ordersEveryMs: own }, scripted, { forAllMs, sharing });
  expect(every(null, null)).toBe(10_000);
  expect(every(null, 600_000)).toBe(600_000);
  expect(every(30_000, 600_000)).toBe(30_000);
  expect(every(1, 5_000)).toBe(10_000);
  expect(every(null, null, 3)).toBe(30_000);
  expect(every(15_000, null, 3)).toBe(30_000);
  // Ten minutes at most, however many there are.
  expect(every(null, null, 100)).toBe(600_000);
});

test('a listing held for drift goes on when the setting no longer holds it, and its trouble is over', async () => {
  const scripted = await definition();
  const store = await steps().settledStore('held', ['HELD'], { onDrift: 'hold' });
  store.shelf.set('held-HELD', 7);
  await steps().set('HELD', 49);
  await pushAvailable(world.context, store.id);
  expect(store.shelf.get('held-HELD')).toBe(7);
  await changeSettings(world.context, scripted, store.id, { onDrift: 'overwrite' });
  await pushAvailable(world.context, store.id);
  expect(store.shelf.get('held-HELD')).toBe(49);
  expect((await steps().activity()).filter(({ message }) => message.includes('shows 7'))).toMatchObject([
    { resolved: true },
  ]);
});

test('disconnecting releases what its open orders booked; the ledger, its listings elsewhere and their numbers stay', async () => {
  const store = await steps().settledStore('leaving', ['LEAVING']);
  const other = await steps().settledStore('staying', ['LEAVING']);
  const sent = steps().sell(store, 'LEAVING', 4);
  steps().change(store, sent.remoteId, { fulfilled: 4 });
  steps().sell(store, 'LEAVING', 3);
  await pullOrders(world.context, store.id);
  store.before = () => {
    throw new ChannelError('auth', 'The token was revoked.');
  };
  await expect(pullOrders(world.context, store.id)).rejects.toThrow('revoked');
  const answer = await disconnectStore(world.context, store.id);
  expect(answer.message).toBe(
    'leaving is disconnected. Its listings keep the numbers they show now. 3 units booked by its open orders were released.',
  );
  expect(await steps().stock('LEAVING')).toBe('46/0/46');
  expect(world.woken).toContain('push-available staying');
  await pushAvailable(world.context, other.id);
  expect(other.shelf.get('staying-LEAVING')).toBe(46);
  const explained = await explainSku(database.db, skuOf('LEAVING'));
  expect(explained?.moves.map((move) => move.cause)).toContain('fulfilled');
  expect(explained?.listings).toHaveLength(1);
  const open = (await steps().activity()).filter(
    (entry) => entry.level === 'needs-person' && !entry.resolved,
  );
  expect(open).toEqual([]);
  expect(await disconnectStore(world.context, store.id)).toEqual({
    accepted: false,
    message: 'This store is gone already.',
  });
});

test('R75: a store shows its syncs, what is owed, its problems and the next hard refresh', async () => {
  const scripted = await definition();
  const store: ScriptedStore = await steps().settledStore('view', ['VIEW1', 'VIEW2']);
  await steps().set('VIEW1', 3);
  await sql`update stores set listings_refreshed_at = '2026-03-01T10:00:00Z'`.execute(database.db);
  const [view, ...others] = await readStoreViews(database.db, () => scripted, store.id);
  expect(others).toEqual([]);
  expect(view).toMatchObject({
    name: 'view',
    channelLabel: 'Scripted',
    syncOn: true,
    health: 'ok',
    listings: 2,
    owed: 1,
    problems: 0,
    nextListingsRefreshAt: '2026-03-01T14:00:00.000Z',
    warehouses: [{ locationId: '', warehouseId: 'main', name: 'Main' }],
  });
});

test('webhooks: a channel without any, and a server without an address, say so in the store', async () => {
  const store = await world.addStore('hooks');
  await keepWebhooks(world.context, store.id);
  expect((await steps().storeRow(store)).webhook_health).toBe('off: Scripted has none.');
});

test('explain: the moves add up to what is in stock, the bookings to what is booked, and the sentence derives the number', async () => {
  const store = await steps().settledStore('explain', ['EXPLAIN']);
  const sent = steps().sell(store, 'EXPLAIN', 4);
  steps().change(store, sent.remoteId, { fulfilled: 3 });
  steps().sell(store, 'EXPLAIN', 2);
  await pullOrders(world.context, store.id);
  await steps().set('EXPLAIN', 5, 'add');
  const answer = await explainSku(database.db, skuOf('EXPLAIN'));
  expect(answer).toMatchObject({ inStock: 52, booked: 3, available: 49, movesLeftOff: 0 });
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  expect(sum((answer?.moves ?? []).map((move) => move.inStockChange))).toBe(52);
  expect(sum((answer?.moves ?? []).map((move) => move.bookedChange))).toBe(3);
  expect(sum((answer?.bookings ?? []).map((booking) => booking.booked))).toBe(3);
  expect(answer?.sentence).toContain('52 in stock − 3 booked by open orders = 49 available');
  expect(answer?.listings).toMatchObject([{ shouldShow: 49, lastTold: 50, owed: true }]);
});

test('explain: unset is not 0, oversold is named, an unknown SKU has no explanation', async () => {
  const store = await steps().settledStore('short', ['SHORT']);
  steps().sell(store, 'SHORT', 60);
  await pullOrders(world.context, store.id);
  expect((await explainSku(database.db, skuOf('SHORT')))?.sentence).toContain(
    '10 more were sold than there are',
  );
  await sql`insert into products (sku) values ('UNSET')`.execute(database.db);
  expect(await explainSku(database.db, skuOf('UNSET'))).toMatchObject({ inStock: null, available: null });
  expect(await explainSku(database.db, skuOf('UNKNOWN'))).toBeNull();
});
