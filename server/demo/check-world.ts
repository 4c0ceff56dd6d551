// The world of the unattended check: rehearsal shops in this process, and the server in another one that can be killed.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { ChannelDefinition } from '../channels/channel.ts';
import { type ChannelManifest, paceOf } from '../channels/manifest.ts';
import { atPaceOf } from '../channels/pace.ts';
import type { SimulatedShop } from '../channels/simulator.ts';
import { type ApiAccess, type ApiClient, createApiClient } from './api-client.ts';
import { CATALOGUE, ODDITIES, REHEARSAL_PACE } from './catalogue.ts';
import { createGate } from './check-report.ts';

export type CheckedShop = {
  readonly channel: string;
  readonly name: string;
  readonly shop: SimulatedShop;
  /** What the channel says of itself, at the pace of the rehearsal. */
  readonly manifest: ChannelManifest;
  readonly pace: number;
  /** Set once it is connected. */
  storeId: string;
};

export type CheckWorld = {
  readonly shops: readonly CheckedShop[];
  readonly api: () => ApiClient;
  /** What the Inventory tab of the workbook shows for a SKU, by column; null when it has no row. */
  readonly inventoryRow: (sku: string) => Promise<Readonly<Record<string, unknown>> | null>;
  /** kill -9. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly close: () => Promise<void>;
};

const SERVER = fileURLToPath(new URL('./check-server.ts', import.meta.url));
const API_CALLS_PER_MINUTE = 280;
/** More products than one batch of any channel, so that a push can be killed in its middle. */
const EXTRA_PRODUCTS = 300;
export const extraSku = (index: number): string => `EXTRA-${String(index).padStart(3, '0')}`;
export const extraSkus = Array.from({ length: EXTRA_PRODUCTS }, (_, index) => extraSku(index));

/** What a scene makes a bundle of; its components have no other warehouse than the first. */
export const BUNDLES = [{ bundle: 'GIFTBOX', component: 'SCARF', units: 2 }] as const;

export async function openCheckWorld(
  definitions: readonly ChannelDefinition[],
  dataDir: string,
): Promise<CheckWorld> {
  const shops: CheckedShop[] = [];
  for (const [index, definition] of definitions.entries()) {
    const { id, label } = definition.manifest;
    const shop = await definition.simulator({ port: 0, pace: REHEARSAL_PACE });
    for (const product of index === 0 ? [...CATALOGUE, ...ODDITIES] : CATALOGUE) shop.addProduct(product);
    for (const sku of extraSkus) shop.addProduct({ sku, title: `Extra ${sku}`, quantity: 5 });
    const { credentials } = shop;
    const { manifest } = atPaceOf(definition, credentials);
    const pace = paceOf(credentials);
    shops.push({ channel: id, name: `Rehearsal ${label}`, shop, manifest, pace, storeId: '' });
  }
  let child: ChildProcess | null = null;
  let api: ApiClient | null = null;
  let workbookUrl = '';
  let port = '0';
  const start = async (): Promise<void> => {
    child = fork(SERVER, [dataDir, port], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const [message] = (await Promise.race([once(child, 'message'), failWhenItEnds(child)])) as [
      ApiAccess & { readonly workbookUrl: string },
    ];
    api = createApiClient(message, createGate(API_CALLS_PER_MINUTE));
    workbookUrl = message.workbookUrl;
    // After a kill it is found where it was, as a real server is: stores go on delivering there.
    port = new URL(message.url).port;
  };
  await start();
  return {
    shops,
    start,
    api: () => {
      if (api === null) throw new Error('The server of the check is not running.');
      return api;
    },
    inventoryRow: (sku) => readInventoryRow(workbookUrl, sku),
    kill: () => end(child, 'SIGKILL'),
    close: async () => {
      await end(child, 'SIGTERM');
      for (const { shop } of shops) await shop.close();
    },
  };
}

async function failWhenItEnds(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`The server of the check ended with code ${code} before it was ready.`);
}

async function end(child: ChildProcess | null, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** More than the check has products. */
const ROWS_AT_ONCE = 1_000;
const PAGE_TOKEN = /name="page-token" content="([^"]+)"/;
const TABS = z.object({ tabs: z.array(z.object({ id: z.int(), name: z.string(), rows: z.int() })) });
const ROWS = z.object({
  tab: z.object({ columns: z.array(z.object({ column: z.int(), key: z.string().nullable() })) }),
  rows: z.array(z.object({ cells: z.array(z.unknown()) })),
});

async function readInventoryRow(url: string, sku: string): Promise<Readonly<Record<string, unknown>> | null> {
  const tabs = TABS.parse(await (await fetch(`${url}tabs`)).json());
  const tab = tabs.tabs.find(({ name }) => name === 'Inventory');
  if (tab === undefined) return null;
  const wanted = Array.from({ length: Math.min(tab.rows - 1, ROWS_AT_ONCE) }, (_, index) => index + 2);
  // As the page in a browser asks: with the token that was sent along with it.
  const page = await (await fetch(url)).text();
  const token = PAGE_TOKEN.exec(page)?.[1] ?? '';
  const answer = await fetch(`${url}rows`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(url).origin, 'x-page-token': token },
    body: JSON.stringify({ tabId: tab.id, rows: wanted }),
  });
  const { tab: shape, rows } = ROWS.parse(await answer.json());
  const keys = shape.columns.map(({ column, key }) => [key ?? '', column - 1] as const);
  const records = rows.map(({ cells }) =>
    Object.fromEntries(keys.map(([key, index]) => [key, cells[index]])),
  );
  return records.find((record) => record['sku'] === sku) ?? null;
}
