// GET /metrics: figures for Prometheus, for the administrator only.

import { type RequestHandler, Router } from 'express';
import type { HttpServices } from '../services.ts';

export function showMetrics(
  guard: readonly RequestHandler[],
  services: Pick<HttpServices, 'metrics'>,
): RequestHandler {
  const router = Router();
  router.get('/metrics', ...guard, async (_request, response) => {
    response.setHeader('content-type', services.metrics.contentType);
    response.end(await services.metrics.metrics());
  });
  return router;
}
