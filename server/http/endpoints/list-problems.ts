// GET /api/problems: what needs a person.

import { endpoint } from '../endpoint.ts';

export const listProblems = endpoint({
  method: 'get',
  path: '/api/problems',
  role: 'viewer',
  body: null,
  handle: (_call, { access }) => access.problems(),
});
