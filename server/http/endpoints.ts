// Every signed endpoint of the API, in the order of its documentation.

import type { Endpoint } from './endpoint.ts';
import { authorizeStore } from './endpoints/authorize-store.ts';
import { changePerson } from './endpoints/change-person.ts';
import { changeSettings } from './endpoints/change-settings.ts';
import { connectStore } from './endpoints/connect-store.ts';
import { disconnectStore } from './endpoints/disconnect-store.ts';
import { dismissProblem } from './endpoints/dismiss-problem.ts';
import { explainSku } from './endpoints/explain-sku.ts';
import { listChannels } from './endpoints/list-channels.ts';
import { listPeople } from './endpoints/list-people.ts';
import { listProblems } from './endpoints/list-problems.ts';
import { listStores } from './endpoints/list-stores.ts';
import { nudge } from './endpoints/nudge.ts';
import { readStock } from './endpoints/read-stock.ts';
import { refreshInventory } from './endpoints/refresh-inventory.ts';
import { refreshListings } from './endpoints/refresh-listings.ts';
import { setJoinRule } from './endpoints/set-join-rule.ts';
import { setSync } from './endpoints/set-sync.ts';
import { showMe } from './endpoints/show-me.ts';
import { submitAdjustments } from './endpoints/submit-adjustments.ts';
import { submitRows } from './endpoints/submit-rows.ts';
import { syncNow } from './endpoints/sync-now.ts';
import { turnOnPlan } from './endpoints/turn-on-plan.ts';
import { withdrawKey } from './endpoints/withdraw-key.ts';

export const endpoints: readonly Endpoint[] = [
  submitAdjustments,
  submitRows,
  listChannels,
  listStores,
  connectStore,
  authorizeStore,
  turnOnPlan,
  setSync,
  changeSettings,
  syncNow,
  refreshInventory,
  refreshListings,
  disconnectStore,
  explainSku,
  readStock,
  listProblems,
  dismissProblem,
  showMe,
  listPeople,
  changePerson,
  setJoinRule,
  withdrawKey,
  nudge,
];
