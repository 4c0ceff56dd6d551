// PATCH /api/stores/:id/settings: changes what is given and leaves the rest.

import { storeSettingsRequest } from '../../../shared/api/stores.ts';
import { endpoint, forStore, storeIdOf } from '../endpoint.ts';

export const changeSettings = endpoint({
  method: 'patch',
  path: '/api/stores/:id/settings',
  role: 'owner',
  body: storeSettingsRequest,
  handle: (call, services) => forStore(services.changeSettings(storeIdOf(call), call.body, call.caller)),
});
