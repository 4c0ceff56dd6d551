// POST /api/people: adds a person, changes a role, or removes somebody.

import { changePersonRequest } from '../../../shared/api/people.ts';
import { endpoint } from '../endpoint.ts';

export const changePerson = endpoint({
  method: 'post',
  path: '/api/people',
  role: 'owner',
  body: changePersonRequest,
  handle: ({ body, caller }, { access }) => access.changePerson(body, caller),
});
