// PATCH /api/warehouses/:id: renames a warehouse, moves it in the list, archives it or brings it back.

import { changeWarehouseRequest } from '../../../shared/api/warehouses.ts';
import { toWarehouseId } from '../../../shared/model/ids.ts';
import { endpoint } from '../endpoint.ts';

export const changeWarehouse = endpoint({
  method: 'patch',
  path: '/api/warehouses/:id',
  role: 'owner',
  body: changeWarehouseRequest,
  handle: (call, services) =>
    services.changeWarehouse(toWarehouseId(call.params['id'] ?? ''), call.body, call.caller),
});
