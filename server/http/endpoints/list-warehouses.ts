// GET /api/warehouses: every warehouse, first one first, and what it serves.

import { endpoint } from '../endpoint.ts';

export const listWarehouses = endpoint({
  method: 'get',
  path: '/api/warehouses',
  role: 'viewer',
  body: null,
  handle: (_call, services) => services.listWarehouses(),
});
