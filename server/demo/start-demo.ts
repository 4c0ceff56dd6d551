// The demo: rehearsal shops in this process, the server beside them, the shops connected and turned on the first time, and
// customers at a pace one can watch.

import { join } from 'node:path';
import { channels } from '../channels/registry.ts';
import type { Config } from '../config.ts';
import { ROLES, startStocksheet } from '../start.ts';
import { createRehearsal, type Rehearsal } from '../workbook/rehearsal.ts';
import { type ApiClient, createApiClient } from './api-client.ts';
import { until } from './check-report.ts';
import { startCustomers } from './customers.ts';
import { openRehearsalShops, openStall, type RehearsalShop } from './rehearsal-shops.ts';

const CUSTOMERS_EVERY_MS = 8_000;
const PATIENCE_MS = 60_000;

export async function startDemo(config: Config, say: (text: string) => void) {
  const folder = join(config.dataDir, 'shops');
  const shops = await openRehearsalShops(channels, folder);
  const stall = await openStall(channels, folder);
  const customers = startCustomers(
    shops.map(({ shop }) => shop),
    { everyMs: CUSTOMERS_EVERY_MS, random: Math.random },
  );
  customers.letBuy(false);
  const rehearsal = createRehearsal(
    [
      ...shops.map((shop) => rehearsed(shop, shop.channel)),
      ...(stall === null ? [] : [{ ...rehearsed(stall, 'stall'), keys: stall.keys }]),
    ],
    customers,
  );
  const stocksheet = await startStocksheet(config, { roles: ROLES, webhooksOnLoopback: true, rehearsal });
  const api = createApiClient({ url: stocksheet.url ?? '', ...stocksheet.localKey });
  for (const shop of shops) await connectOnce(api, rehearsal, shop, say);
  customers.letBuy(true);
  say(`Ready. Open ${stocksheet.workbookUrl} and type an adjustment in the Adjustments tab.`);
  say(
    'Simulated customers buy every few seconds. Stop with Ctrl-C; the next start goes on where this one ended.',
  );
  return {
    stop: async () => {
      customers.stop();
      await stocksheet.stop();
      for (const { shop } of shops) await shop.close();
      await stall?.shop.close();
    },
  };
}

const rehearsed = ({ name, label, shop }: RehearsalShop, id: string) => ({
  id,
  name,
  channelLabel: label,
  shop,
  address: `http://127.0.0.1:${shop.port}`,
});

async function connectOnce(
  api: ApiClient,
  rehearsal: Rehearsal,
  { channel, name, shop }: RehearsalShop,
  say: (text: string) => void,
) {
  const known = (await api.stores()).stores.find((store) => store.name === name);
  // A person gave it another name: it is theirs now.
  if (known === undefined && (await rehearsal.isConnected(channel))) return;
  if (known?.openingImportedAt != null) return;
  const store = known ?? (await api.connect(channel, name, shop.credentials)).store;
  if (store === null)
    throw new Error(`${name} could not be connected. Delete the folder data/demo and start again.`);
  const read = async (): Promise<boolean> =>
    (await api.stores()).stores.some((view) => view.id === store.id && view.listingsSyncedAt !== null);
  await until(read, PATIENCE_MS);
  await api.turnOn(store.id);
  const imported = async (): Promise<boolean> =>
    (await api.stores()).stores.some((view) => view.id === store.id && view.openingImportedAt !== null);
  if (await until(imported, PATIENCE_MS)) say(`${name} is connected and in sync.`);
}
