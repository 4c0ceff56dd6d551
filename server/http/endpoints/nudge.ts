// POST /api/nudge: the sheet's own trigger says that it lives; the server looks for anything due.

import { nudgeRequest } from '../../../shared/api/people.ts';
import { endpoint } from '../endpoint.ts';

export const nudge = endpoint({
  method: 'post',
  path: '/api/nudge',
  role: 'viewer',
  body: nudgeRequest,
  handle: ({ body, caller }, { access }) => access.nudge(body, caller),
});
