// POST /api/problems/write: a person wants our number in the store, whatever it shows now.

import { dismissProblemRequest } from '../../../shared/api/problems.ts';
import { endpoint } from '../endpoint.ts';

export const writeNumber = endpoint({
  method: 'post',
  path: '/api/problems/write',
  role: 'staff',
  body: dismissProblemRequest,
  handle: ({ body }, { access }) => access.writeNumber(body.id),
});
