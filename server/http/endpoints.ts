// Every signed endpoint of the API, in the order of its documentation.

import type { Endpoint } from './endpoint.ts';
import { answerQuestion } from './endpoints/answer-question.ts';
import { authorizeStore } from './endpoints/authorize-store.ts';
import { changePerson } from './endpoints/change-person.ts';
import { changeSettings } from './endpoints/change-settings.ts';
import { changeWarehouse } from './endpoints/change-warehouse.ts';
import { connectStore } from './endpoints/connect-store.ts';
import { createWarehouse } from './endpoints/create-warehouse.ts';
import { disconnectStore } from './endpoints/disconnect-store.ts';
import { dismissProblem } from './endpoints/dismiss-problem.ts';
import { draftLowStockOrder } from './endpoints/draft-low-stock-order.ts';
import { explainSku } from './endpoints/explain-sku.ts';
import { exportFile, importFile } from './endpoints/files.ts';
import { listChannels } from './endpoints/list-channels.ts';
import { listPeople } from './endpoints/list-people.ts';
import { listProblems } from './endpoints/list-problems.ts';
import { listStores } from './endpoints/list-stores.ts';
import { listWarehouses } from './endpoints/list-warehouses.ts';
import { mapPlaces } from './endpoints/map-places.ts';
import { nudge } from './endpoints/nudge.ts';
import { readStock } from './endpoints/read-stock.ts';
import { refreshInventory } from './endpoints/refresh-inventory.ts';
import { refreshListings } from './endpoints/refresh-listings.ts';
import { listRefunds, settleRefund } from './endpoints/refunds.ts';
import { reverse } from './endpoints/reverse.ts';
import { setJoinRule } from './endpoints/set-join-rule.ts';
import { setSync } from './endpoints/set-sync.ts';
import { showHome } from './endpoints/show-home.ts';
import { showMe } from './endpoints/show-me.ts';
import { submitRows } from './endpoints/submit-rows.ts';
import { syncNow } from './endpoints/sync-now.ts';
import { turnOnPlan } from './endpoints/turn-on-plan.ts';
import { withdrawKey } from './endpoints/withdraw-key.ts';
import { writeNumber } from './endpoints/write-number.ts';

export const endpoints: readonly Endpoint[] = [
  submitRows,
  reverse,
  exportFile,
  importFile,
  listChannels,
  listStores,
  connectStore,
  authorizeStore,
  turnOnPlan,
  setSync,
  answerQuestion,
  listRefunds,
  settleRefund,
  changeSettings,
  mapPlaces,
  listWarehouses,
  createWarehouse,
  changeWarehouse,
  syncNow,
  refreshInventory,
  refreshListings,
  disconnectStore,
  explainSku,
  draftLowStockOrder,
  readStock,
  listProblems,
  dismissProblem,
  writeNumber,
  showHome,
  showMe,
  listPeople,
  changePerson,
  setJoinRule,
  withdrawKey,
  nudge,
];
