// POST /api/pair: a sheet that is not known yet shows the one-time code. Not signed: it has no key before.

import { type RequestHandler, Router, raw } from 'express';
import { pairRequest } from '../../../shared/api/people.ts';
import { readBody } from '../read-body.ts';
import type { HttpServices } from '../services.ts';

const BODY_BYTES_MAX = 64 * 1024;

/** `limits` hold back whoever guesses. */
export function pairSheet(
  limits: readonly RequestHandler[],
  services: Pick<HttpServices, 'access'>,
): RequestHandler {
  const router = Router();
  const body = raw({ type: () => true, limit: BODY_BYTES_MAX, inflate: false });
  router.post('/api/pair', ...limits, body, async (request, response) => {
    const rawBody: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    response.json(
      await services.access.pair(readBody(pairRequest, request.headers['content-type'], rawBody)),
    );
  });
  return router;
}
