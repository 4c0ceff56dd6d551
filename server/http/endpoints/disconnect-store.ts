// DELETE /api/stores/:id: forgets the store and its credentials.

import { endpoint, forStore, storeIdOf } from '../endpoint.ts';

export const disconnectStore = endpoint({
  method: 'delete',
  path: '/api/stores/:id',
  role: 'owner',
  body: null,
  handle: (call, services) => forStore(services.disconnectStore(storeIdOf(call), call.caller)),
});
