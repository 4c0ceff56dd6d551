// GET /api/stores: every connected store with its health and progress.

import { endpoint } from '../endpoint.ts';

export const listStores = endpoint({
  method: 'get',
  path: '/api/stores',
  role: 'viewer',
  body: null,
  handle: (_call, services) => services.listStores(),
});
