// POST /api/stores/:id/refresh-inventory: tells the store every quantity again.

import { endpoint, forStore, storeIdOf } from '../endpoint.ts';

export const refreshInventory = endpoint({
  method: 'post',
  path: '/api/stores/:id/refresh-inventory',
  role: 'staff',
  body: null,
  handle: (call, services) => forStore(services.refreshInventory(storeIdOf(call), call.caller)),
});
