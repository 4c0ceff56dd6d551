// GET /api/home: who you are, the stores, and what needs a person.

import type { HomeAnswer } from '../../../shared/api/home.ts';
import { endpoint } from '../endpoint.ts';
import { meOf } from '../people.ts';

export const showHome = endpoint({
  method: 'get',
  path: '/api/home',
  role: 'viewer',
  body: null,
  handle: async ({ caller }, services): Promise<HomeAnswer> => {
    const [{ stores }, { problems }] = await Promise.all([services.listStores(), services.access.problems()]);
    return { me: meOf(caller), stores, problems };
  },
});
