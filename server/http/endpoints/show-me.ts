// GET /api/me: who the server takes you for, and what you may do.

import { endpoint } from '../endpoint.ts';
import { meOf } from '../people.ts';

export const showMe = endpoint({
  method: 'get',
  path: '/api/me',
  role: 'viewer',
  body: null,
  handle: async ({ caller }) => meOf(caller),
});
