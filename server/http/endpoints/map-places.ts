// POST /api/stores/:id/places: which warehouse serves the store, or each of its locations. With `preview` it says what would
// happen and changes nothing.

import { mapPlacesRequest } from '../../../shared/api/warehouses.ts';
import { endpoint, forStore, storeIdOf } from '../endpoint.ts';

export const mapPlaces = endpoint({
  method: 'post',
  path: '/api/stores/:id/places',
  role: 'owner',
  body: mapPlacesRequest,
  handle: (call, services) => forStore(services.mapPlaces(storeIdOf(call), call.body, call.caller)),
});
