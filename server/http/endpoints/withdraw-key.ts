// POST /api/keys/withdraw: a sheet or a program may not call any more.

import { withdrawKeyRequest } from '../../../shared/api/people.ts';
import { endpoint } from '../endpoint.ts';

export const withdrawKey = endpoint({
  method: 'post',
  path: '/api/keys/withdraw',
  role: 'owner',
  body: withdrawKeyRequest,
  handle: ({ body, caller }, { access }) => access.withdrawKey(body.keyId, caller),
});
