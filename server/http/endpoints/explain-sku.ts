// GET /api/explain?sku=…&at=…: everything behind one SKU's number, now or at a past moment.

import { readSku } from '../../../shared/model/sku.ts';
import { endpoint } from '../endpoint.ts';
import { HttpProblem } from '../problem.ts';
import type { PastMoment } from '../services.ts';

export const explainSku = endpoint({
  method: 'get',
  path: '/api/explain',
  role: 'viewer',
  body: null,
  handle: async ({ query }, services) => {
    const asked = query.getAll('sku');
    const isKnown = [...query.keys()].every((key) => key === 'sku' || key === 'at');
    if (asked.length !== 1 || query.getAll('at').length > 1 || !isKnown)
      throw new HttpProblem(400, 'invalid_request', 'Ask for one SKU, as in /api/explain?sku=ABC.');
    const reading = readSku(asked[0]);
    if (!reading.ok) throw new HttpProblem(400, 'invalid_sku', reading.problem);
    const answer = await services.explain(reading.sku, readMoment(query.get('at')));
    if (answer !== null) return answer;
    const message = `No product has the SKU "${reading.sku.slice(0, 60)}". Check the spelling.`;
    throw new HttpProblem(404, 'unknown_sku', message);
  },
});

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z$/;

/** @throws HttpProblem for anything that is no moment. */
function readMoment(text: string | null): PastMoment | null {
  if (text === null) return null;
  const at = new Date(text);
  if (!Number.isNaN(at.getTime()) && DAY.test(text) && at.toISOString().startsWith(text))
    return { endOf: text };
  if (!Number.isNaN(at.getTime()) && MOMENT.test(text)) return { at };
  throw new HttpProblem(
    400,
    'invalid_request',
    'Give the moment as a day, such as 2026-11-23, or in UTC as 2026-11-23T21:05:09Z.',
  );
}
