// GET /exports/:token: a file that was asked for with a signed request; the link is the permission.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type RequestHandler, Router } from 'express';
import { HttpProblem } from '../problem.ts';
import type { HttpServices } from '../services.ts';

export function downloadExport(
  limit: RequestHandler,
  services: Pick<HttpServices, 'openExport'>,
): RequestHandler {
  const router = Router();
  router.get('/exports/:token', limit, async (request, response) => {
    const file = await services.openExport(String(request.params['token'] ?? ''));
    if (file === null) {
      throw new HttpProblem(
        404,
        'link_expired',
        'This link is not valid any more. Export again from the sheet.',
      );
    }
    response.setHeader('content-type', 'text/csv; charset=utf-8');
    response.setHeader('content-disposition', `attachment; filename="${file.name}"`);
    await pipeline(Readable.from(file.pieces), response);
  });
  return router;
}
