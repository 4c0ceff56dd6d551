// GET /ready: the database and the queue answer, so that requests may be sent here.

import { type RequestHandler, Router } from 'express';
import { HttpProblem } from '../problem.ts';
import type { HttpServices } from '../services.ts';

const PATIENCE_MS = 3_000;

export function showReadiness(services: Pick<HttpServices, 'findProblems'>): RequestHandler {
  const router = Router();
  router.get('/ready', async (_request, response) => {
    const problems = await withinPatience(services.findProblems());
    if (problems.length > 0) throw new HttpProblem(503, 'not_ready', problems.join(' '));
    response.json({ ready: true });
  });
  return router;
}

async function withinPatience(asked: Promise<readonly string[]>): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, ['The database or the queue does not answer in time.']);
  });
  const failed = asked.catch(() => ['The database or the queue cannot be reached.']);
  try {
    return await Promise.race([failed, late]);
  } finally {
    clearTimeout(timer);
  }
}
