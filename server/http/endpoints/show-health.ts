// GET /health: the process lives. Asks nobody, so that a database in trouble does not get the server restarted.

import { type RequestHandler, Router } from 'express';

export function showHealth(): RequestHandler {
  const router = Router();
  router.get('/health', (_request, response) => {
    response.json({ alive: true });
  });
  return router;
}
