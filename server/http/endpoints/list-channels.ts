// GET /api/channels: what the connect form is drawn from.

import { endpoint } from '../endpoint.ts';

export const listChannels = endpoint({
  method: 'get',
  path: '/api/channels',
  role: 'viewer',
  body: null,
  handle: (_call, services) => services.listChannels(),
});
