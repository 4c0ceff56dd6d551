// Every signed endpoint of the API, in the order of its documentation.

import type { Endpoint } from './endpoint.ts';
import { changeSettings } from './endpoints/change-settings.ts';
import { connectStore } from './endpoints/connect-store.ts';
import { disconnectStore } from './endpoints/disconnect-store.ts';
import { explainSku } from './endpoints/explain-sku.ts';
import { listChannels } from './endpoints/list-channels.ts';
import { listStores } from './endpoints/list-stores.ts';
import { refreshInventory } from './endpoints/refresh-inventory.ts';
import { refreshListings } from './endpoints/refresh-listings.ts';
import { setSync } from './endpoints/set-sync.ts';
import { submitAdjustments } from './endpoints/submit-adjustments.ts';
import { submitRows } from './endpoints/submit-rows.ts';
import { syncNow } from './endpoints/sync-now.ts';

export const endpoints: readonly Endpoint[] = [
  submitAdjustments,
  submitRows,
  listChannels,
  listStores,
  connectStore,
  setSync,
  changeSettings,
  syncNow,
  refreshInventory,
  refreshListings,
  disconnectStore,
  explainSku,
];
