// GET /connect/:channel/callback: where a shop sends the person back after asking for access. Says in the browser how it went.

import { type RequestHandler, Router } from 'express';
import { type PlainPage, showPage } from '../plain-page.ts';
import type { AuthorizationResult, HttpServices } from '../services.ts';

const CHANNEL = /^[a-z]{1,40}$/;
const PARAMETER_LENGTH_MAX = 4_000;

export function finishConnecting(
  limit: RequestHandler,
  services: Pick<HttpServices, 'finishAuthorization'>,
): RequestHandler {
  const router = Router();
  router.get('/connect/:channel/callback', limit, async (request, response) => {
    const channel = String(request.params['channel']);
    const query = readQuery(request.originalUrl);
    const result = CHANNEL.test(channel) ? await services.finishAuthorization(channel, query) : null;
    // The address holds what the shop sent along: it is used up, and goes nowhere from here.
    response.setHeader('referrer-policy', 'no-referrer');
    showPage(response, result === null ? 404 : result.kind === 'refused' ? 400 : 200, pageOf(result));
  });
  return router;
}

// A parameter that comes twice is nobody's; the last one counts.
const readQuery = (url: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...new URL(url, 'http://localhost').searchParams].filter(
      ([, value]) => value.length <= PARAMETER_LENGTH_MAX,
    ),
  );

function pageOf(result: AuthorizationResult | null): PlainPage {
  if (result === null) {
    return { title: 'Not connected', sentences: ['There is no shop of this kind. Go back to your sheet.'] };
  }
  const findings = result.findings.map(({ message }) => message);
  if (result.kind === 'refused') {
    const why = result.message === '' ? [] : [result.message];
    return { title: 'Not connected', sentences: [...why, ...findings] };
  }
  const done =
    result.kind === 'connected'
      ? `${result.name} is connected, its sync still off.`
      : `The access to ${result.name} is renewed.`;
  return { title: 'Connected. Go back to your sheet.', sentences: [done, ...findings] };
}
