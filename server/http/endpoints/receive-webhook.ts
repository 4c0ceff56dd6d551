// POST /webhooks/:storeId: takes a delivery of a store. Checked, stored as a hint, answered; read by a worker later. GET: answers a
// shop that asks whether the address is ours.

import { type RequestHandler, Router, raw } from 'express';
import { storeIdOf, unknownStore } from '../endpoint.ts';
import { HttpProblem } from '../problem.ts';
import type { HttpServices } from '../services.ts';

const BODY_BYTES_MAX = 1024 * 1024;

export function receiveWebhook(
  limitQuestions: RequestHandler,
  services: Pick<HttpServices, 'openWebhook'>,
): RequestHandler {
  const router = Router();
  const body = raw({ type: () => true, limit: BODY_BYTES_MAX, inflate: false });
  router.post('/webhooks/:id', body, async (request, response) => {
    const receiver = await services.openWebhook(storeIdOf(request));
    if (receiver === null) throw unknownStore();
    const rawBody: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const delivery = { headers: readHeaders(request.headers), rawBody };
    if (!(await receiver.verify(delivery))) {
      throw new HttpProblem(401, 'wrong_signature', 'The delivery is not signed by this store.');
    }
    await receiver.accept(delivery);
    response.json({ received: true });
  });
  // Some shops ask whether the address is ours before they deliver anything to it.
  router.get('/webhooks/:id', limitQuestions, async (request, response) => {
    const receiver = await services.openWebhook(storeIdOf({ params: { id: String(request.params['id']) } }));
    const query = Object.fromEntries(new URL(request.originalUrl, 'http://localhost').searchParams);
    const answer = receiver?.answerChallenge(query) ?? null;
    if (answer === null) throw unknownStore();
    response.json(answer);
  });
  return router;
}

const readHeaders = (
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
