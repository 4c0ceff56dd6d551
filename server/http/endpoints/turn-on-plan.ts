// POST /api/stores/:id/turn-on-plan: what would change if the store were turned on. Nothing is written to the store.

import { turnOnPlanRequest } from '../../../shared/api/turn-on.ts';
import { endpoint, forStore, storeIdOf } from '../endpoint.ts';

export const turnOnPlan = endpoint({
  method: 'post',
  path: '/api/stores/:id/turn-on-plan',
  role: 'owner',
  body: turnOnPlanRequest,
  handle: (call, services) => forStore(services.turnOnPlan(storeIdOf(call), call.body.again ?? false)),
});
