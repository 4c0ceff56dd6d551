// POST /api/stores: connects a store when its credentials work, or says what is wrong with them.

import { connectStoreRequest } from '../../../shared/api/stores.ts';
import { endpoint } from '../endpoint.ts';

export const connectStore = endpoint({
  method: 'post',
  path: '/api/stores',
  role: 'owner',
  body: connectStoreRequest,
  handle: ({ body, caller }, services) => services.connectStore(body, caller),
});
