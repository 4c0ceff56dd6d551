// POST /api/warehouses: adds a warehouse.

import { createWarehouseRequest } from '../../../shared/api/warehouses.ts';
import { endpoint } from '../endpoint.ts';

export const createWarehouse = endpoint({
  method: 'post',
  path: '/api/warehouses',
  role: 'owner',
  body: createWarehouseRequest,
  handle: (call, services) => services.createWarehouse(call.body, call.caller),
});
