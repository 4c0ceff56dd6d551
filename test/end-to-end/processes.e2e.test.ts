// The server as it is really started: from the terminal, as one process or as web and worker, told to stop, told nonsense.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { channels } from '../../server/channels/registry.ts';
import { createApiClient } from '../../server/demo/api-client.ts';
import { until } from '../../server/demo/check-report.ts';
import { createApiKey } from '../../server/http/api-keys.ts';
import { createVault } from '../../server/secrets/vault.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const MAIN = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
const PATIENCE_MS = 20_000;

let database: TestDatabase;
let dataDir: string;
const started: ChildProcess[] = [];
beforeEach(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'stocksheet-processes-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

type Started = { readonly child: ChildProcess; readonly said: () => string };

function start(words: readonly string[], environment: Readonly<Record<string, string>>): Started {
  const child = spawn(process.execPath, [MAIN, ...words], {
    env: { PATH: process.env['PATH'], DATA_DIR: dataDir, LOG_LEVEL: 'error', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  return { child, said: () => said };
}

const exitOf = async ({ child }: Started): Promise<number | null> =>
  child.exitCode ?? ((await once(child, 'exit'))[0] as number | null);

test('a web and a worker process share the work: what one takes in, the other pushes', async () => {
  const definition = channels.find(({ manifest }) => manifest.capabilities.webhooks);
  if (definition === undefined) throw new Error('No channel has webhooks.');
  const shop = await definition.simulator({ port: 0 });
  try {
    const listing = shop.addProduct({ sku: 'SHARED', title: 'Shared', quantity: 5 });
    const masterKey = randomBytes(32);
    const environment = {
      DATABASE_URL: database.url,
      MASTER_KEY: masterKey.toString('base64'),
      ALLOW_LOOPBACK_STORES: 'true',
      PORT: '0',
      ADMIN_PASSWORD: 'a long password',
    };
    const web = start(['web'], environment);
    const worker = start(['worker'], environment);
    expect(await until(() => web.said().includes('answers at'), PATIENCE_MS)).toBe(true);
    expect(await until(() => worker.said().includes('working through its jobs'), PATIENCE_MS)).toBe(true);
    const url = /answers at (\S+)/.exec(web.said())?.[1] ?? '';
    const key = await createApiKey(database.db, createVault([masterKey]), 'test');
    const api = createApiClient({ url, ...key });
    const { store } = await api.connect(definition.manifest.id, 'Shop', shop.credentials);
    const storeId = store?.id ?? '';
    const listed = async () => (await api.stores()).stores.some((view) => view.listings === 1);
    expect(await until(listed, PATIENCE_MS)).toBe(true);
    await api.turnOn(storeId);
    const imported = async () => (await api.explain('SHARED')).inStock === 5;
    expect(await until(imported, PATIENCE_MS)).toBe(true);
    const row = {
      sku: 'SHARED',
      warehouse: null,
      action: 'set',
      quantity: 12,
      seen: null,
      reason: '',
      note: '',
    };
    await api.submitRows('adjustments', [{ rowId: 'row-1', cells: row }]);
    const shown = () => shop.shelf().find(({ remoteId }) => remoteId === listing)?.quantity === 12;
    expect(await until(shown, PATIENCE_MS)).toBe(true);
    const admin = { authorization: `Basic ${Buffer.from('me:a long password').toString('base64')}` };
    let metrics = '';
    // The store shows it a moment before it is written down.
    const settled = async () => {
      metrics = await (await fetch(`${url}/metrics`, { headers: admin })).text();
      return metrics.includes('stocksheet_listings_owed{store="Shop"} 0');
    };
    expect(await until(settled, PATIENCE_MS)).toBe(true);
    expect(metrics).toMatch(/stocksheet_change_to_store_seconds\{quantile="0.95"\} \d/);
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    expect((await fetch(`${url}/admin/queues`, { headers: admin })).status).toBe(200);
    expect(await (await fetch(`${url}/ready`)).json()).toMatchObject({ ready: true });
    worker.child.kill('SIGTERM');
    web.child.kill('SIGTERM');
    expect([await exitOf(worker), await exitOf(web)]).toEqual([0, 0]);
  } finally {
    await shop.close();
  }
}, 90_000);

test('the local workbook opens by the printed address only, and that stays over a new start', async () => {
  // What a proxy on this machine passes on comes from 127.0.0.1 and, with nginx's defaults, names 127.0.0.1 as the host.
  const environment = { DATABASE_URL: database.url, PORT: '0', PUBLIC_URL: 'https://stock.example.com' };
  const secrets = [];
  for (const turn of ['first', 'second']) {
    const server = start(['web'], environment);
    expect([turn, await until(() => server.said().includes('/workbook/'), PATIENCE_MS)]).toEqual([
      turn,
      true,
    ]);
    const printed = new URL(/workbook is used: (\S+)/.exec(server.said())?.[1] ?? '');
    for (const path of ['/', '/workbook', '/workbook/', '/workbook/guess/']) {
      const page = await fetch(new URL(path, printed));
      expect([path, page.status]).toEqual([path, 403]);
      const text = await page.text();
      expect(text).toContain('the address that Stocksheet printed when it started');
      expect(text).not.toContain('page-token');
    }
    expect((await fetch(new URL('/workbook/tabs', printed))).status).toBe(403);
    const page = await fetch(printed);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('page-token')]);
    const forwarded = await fetch(printed, { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(forwarded.status).toBe(403);
    secrets.push(printed.pathname);
    server.child.kill('SIGTERM');
    await exitOf(server);
  }
  expect(secrets[0]).toBe(secrets[1]);
}, 90_000);

test('wrong settings are all told at once, each with its remedy', async () => {
  const server = start([], { PORT: 'many', ORDERS_EVERY_SECONDS: '1', MASTER_KEY: 'short' });
  expect(await exitOf(server)).toBe(2);
  for (const name of ['PORT', 'ORDERS_EVERY_SECONDS', 'MASTER_KEY'])
    expect(server.said()).toContain(`${name} must be`);
});

test('a port that is taken is named, and the process ends', async () => {
  const taken = createServer();
  taken.listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const server = start(['web'], { DATABASE_URL: database.url, PORT: String(port) });
  expect(await exitOf(server)).toBe(1);
  expect(server.said()).toContain(`Port ${port} is in use by another program`);
  taken.close();
});

test('an unknown part is refused with the parts there are', async () => {
  const server = start(['wbe'], {});
  expect(await exitOf(server)).toBe(2);
  expect(server.said()).toContain('Name web or worker');
});
