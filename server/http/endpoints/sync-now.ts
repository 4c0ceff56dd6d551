// POST /api/stores/:id/sync-now: pulls the store's orders and pushes what it is owed, now.

import { endpoint, forStore, storeIdOf } from '../endpoint.ts';

export const syncNow = endpoint({
  method: 'post',
  path: '/api/stores/:id/sync-now',
  role: 'staff',
  body: null,
  handle: (call, services) => forStore(services.syncNow(storeIdOf(call), call.caller)),
});
