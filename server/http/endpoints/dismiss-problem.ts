// POST /api/problems/dismiss: somebody has seen it, and it needs nobody any more.

import { dismissProblemRequest } from '../../../shared/api/problems.ts';
import { endpoint } from '../endpoint.ts';

export const dismissProblem = endpoint({
  method: 'post',
  path: '/api/problems/dismiss',
  role: 'staff',
  body: dismissProblemRequest,
  handle: ({ body }, { access }) => access.dismissProblem(body.id),
});
