// POST /api/stores/:id/sync: turns a store's sync on or off.

import { setSyncRequest } from '../../../shared/api/stores.ts';
import { endpoint, forStore, storeIdOf } from '../endpoint.ts';

export const setSync = endpoint({
  method: 'post',
  path: '/api/stores/:id/sync',
  role: 'owner',
  body: setSyncRequest,
  handle: (call, services) => forStore(services.setSync(storeIdOf(call), call.body, call.caller)),
});
