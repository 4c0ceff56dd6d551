// POST /api/people/joining: as what somebody joins who opens the sheet for the first time.

import { joinRuleRequest } from '../../../shared/api/people.ts';
import { endpoint } from '../endpoint.ts';

export const setJoinRule = endpoint({
  method: 'post',
  path: '/api/people/joining',
  role: 'owner',
  body: joinRuleRequest,
  handle: ({ body, caller }, { access }) => access.setJoinRule(body.joinsAs, caller),
});
