// A seventh channel is one folder and one line: a toy channel passes the battery, is connected, sells and is told numbers by the
// unchanged product beside the others; and nothing outside the channels' folders knows a channel by name.

import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { channels as shipped } from '../../server/channels/registry.ts';
import type { SimulatedShop } from '../../server/channels/simulator.ts';
import { createChannelHttps } from '../../server/net/channel-https.ts';
import { createDatabaseLimiters } from '../../server/net/limiter-in-database.ts';
import { createVault } from '../../server/secrets/vault.ts';
import { type ConnectParts, connectStore } from '../../server/sync/connect-store.ts';
import type { SyncContext } from '../../server/sync/context.ts';
import { createStoreOpener, type StoreOpenerParts, tryOpen } from '../../server/sync/open-store.ts';
import { pullListings } from '../../server/sync/pull-listings.ts';
import { pullOrders } from '../../server/sync/pull-orders.ts';
import { pushAvailable } from '../../server/sync/push-available.ts';
import { setSync } from '../../server/sync/set-sync.ts';
import { readStoreViews } from '../../server/sync/store-views.ts';
import type { StoreId } from '../../shared/model/ids.ts';
import { channelBattery } from '../contract/channel-battery.ts';
import { submitAdjustments } from '../support/adjustments.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { channels } from './registry.ts';
import { toy } from './toy/index.ts';

channelBattery(toy);

describe('the unchanged product', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  function openWorld(): { readonly context: SyncContext; readonly connecting: ConnectParts } {
    const vault = createVault([randomBytes(32)]);
    const now = (): Date => new Date();
    const limiters = createDatabaseLimiters(database.db);
    const https = createChannelHttps({ now, limiters, allowLoopback: true });
    const opener: StoreOpenerParts = {
      db: database.db,
      now,
      holder: 'test',
      definitionOf: (id) => channels.find(({ manifest }) => manifest.id === id) ?? null,
      httpFor: (definition, credentials, bucket) => https(definition.manifest, credentials, bucket),
      encrypt: vault.encrypt,
      decrypt: vault.decrypt,
    };
    const context: SyncContext = {
      db: database.db,
      now,
      random: Math.random,
      pause: async () => undefined,
      log: pino({ level: 'silent' }),
      holder: 'test',
      publicUrl: () => null,
      openStore: createStoreOpener(opener),
      wake: async () => undefined,
    };
    const connecting: ConnectParts = {
      definitionOf: opener.definitionOf,
      tryOpen: (definition, credentials, keep) => tryOpen(opener, definition, credentials, keep),
      checkAddress: async () => null,
      encrypt: vault.encrypt,
    };
    return { context, connecting };
  }

  test('an order in the toy shop lowers every other shop; an adjustment is in all of them', async () => {
    const { context, connecting } = openWorld();
    // Those that list orders late, or let them be searched seldom, take minutes for it; that is tried elsewhere.
    const quick = channels.filter(
      ({ manifest: { capabilities, rhythm } }) =>
        capabilities.ordersListedAfterMs === undefined && rhythm.ordersAgainAfterMs === undefined,
    );
    const stores: { id: string; storeId: StoreId; shop: SimulatedShop; product: string }[] = [];
    for (const definition of quick) {
      const shop = await definition.simulator({ port: 0 });
      const product = shop.addProduct({ sku: 'BALL', title: 'Ball', quantity: 50 });
      const { id, label } = definition.manifest;
      const { credentials } = shop;
      const outcome = await connectStore(context, connecting, { channel: id, name: label, credentials });
      if (outcome.kind === 'refused') throw new Error(JSON.stringify(outcome.findings));
      const { storeId } = outcome;
      await pullListings(context, storeId);
      await setSync(context, storeId, { on: true, opening: stores.length === 0 ? 'copy' : 'keep' });
      await pullOrders(context, storeId);
      stores.push({ id, storeId, shop, product });
    }
    const shown = () => stores.map(({ shop }) => shop.shelf()[0]?.quantity);
    const pushAll = async () => {
      for (const { storeId } of stores) await pushAvailable(context, storeId);
    };
    const toyStore = stores.find(({ id }) => id === 'toy');
    if (toyStore === undefined) throw new Error('The toy shop is not connected.');
    toyStore.shop.buy([{ remoteId: toyStore.product, quantity: 4 }]);
    await pullOrders(context, toyStore.storeId);
    await pushAll();
    expect(shown()).toEqual(stores.map(() => 46));
    const row = { rowId: 'r', sku: 'BALL', warehouse: null, action: 'set', quantity: 30, seen: null };
    const rows = [{ ...row, reason: 'stock take', note: '' }];
    await submitAdjustments(database.db, rows, { actor: 'test', at: context.now() });
    await pushAll();
    expect(shown()).toEqual(stores.map(() => 26));
    const views = await readStoreViews(database.db, connecting.definitionOf);
    expect(views.find(({ channel }) => channel === 'toy')).toMatchObject({
      channelLabel: 'Toy shop',
      health: 'ok',
      fullPush: { calls: 1 },
    });
    for (const { shop } of stores) await shop.close();
  }, 60_000);
});

describe('nothing outside the channels’ folders knows a channel by name', () => {
  const ROOT = fileURLToPath(new URL('../..', import.meta.url));
  const names = shipped.map(({ manifest }) => manifest.id);
  const spoken = new RegExp(`\\b(${names.join('|')})\\b`, 'i');
  const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '$1');
  const own = new RegExp(`^server/channels/((${names.join('|')})/|registry\\.ts$)`);

  async function sources(): Promise<readonly string[]> {
    const files: string[] = [];
    for (const folder of ['server', 'shared', 'addon']) {
      for (const name of await readdir(join(ROOT, folder), { recursive: true })) {
        const file = `${folder}/${name}`;
        if (/\.(ts|html|sql)$/.test(file) && !/\.test\.ts$|test-support|\/dist\//.test(file))
          files.push(file);
      }
    }
    return files;
  }

  test('no source but the channels’ own and their lines in the registry', async () => {
    const files = (await sources()).filter((file) => !own.test(file));
    expect(files.length).toBeGreaterThan(100);
    const naming: string[] = [];
    for (const file of files) {
      if (spoken.test(withoutComments(await readFile(join(ROOT, file), 'utf8')))) naming.push(file);
    }
    expect(naming).toEqual([]);
  });

  test('a planted name would be found', () => {
    expect(spoken.test(withoutComments(`if (channel === '${names[0]}') return;`))).toBe(true);
    expect(spoken.test(withoutComments(`// ${names[0]} is only spoken of\nsetSync();`))).toBe(false);
  });

  test('each channel has one line that brings it in and its place in the list', async () => {
    const registry = withoutComments(await readFile(join(ROOT, 'server/channels/registry.ts'), 'utf8'));
    for (const name of names) {
      expect(registry.split('\n').filter((one) => one.includes(`'./${name}/index.ts'`))).toHaveLength(1);
    }
  });
});
