// POST /api/reversals: takes back what a reference of the ledger did, or says why that would be wrong.

import { reverseRequest } from '../../../shared/api/reversals.ts';
import { endpoint } from '../endpoint.ts';

export const reverse = endpoint({
  method: 'post',
  path: '/api/reversals',
  role: 'staff',
  body: reverseRequest,
  handle: ({ body, caller }, services) => services.reverse(body.reference, caller),
});
