// GET /api/people: who belongs to the workspace, and which keys are in use.

import { endpoint } from '../endpoint.ts';

export const listPeople = endpoint({
  method: 'get',
  path: '/api/people',
  role: 'viewer',
  body: null,
  handle: ({ caller }, { access }) => access.people(caller),
});
