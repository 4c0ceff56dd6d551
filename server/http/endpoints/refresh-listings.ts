// POST /api/stores/:id/refresh-listings: reads every listing of the store again, at most every four hours.

import { endpoint, forStore, storeIdOf } from '../endpoint.ts';

export const refreshListings = endpoint({
  method: 'post',
  path: '/api/stores/:id/refresh-listings',
  role: 'staff',
  body: null,
  handle: (call, services) => forStore(services.refreshListings(storeIdOf(call), call.caller)),
});
