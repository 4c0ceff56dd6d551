// POST /api/stores/authorize: the shop's own page where a person allows access, for a new store or one whose access ended.

import { authorizeStoreRequest } from '../../../shared/api/stores.ts';
import { endpoint, forStore } from '../endpoint.ts';

export const authorizeStore = endpoint({
  method: 'post',
  path: '/api/stores/authorize',
  role: 'owner',
  body: authorizeStoreRequest,
  handle: ({ body, caller }, services) => forStore(services.authorizeStore(body, caller)),
});
