// GET /api/explain?sku=…: everything behind one SKU's number.

import { readSku } from '../../../shared/model/sku.ts';
import { endpoint } from '../endpoint.ts';
import { HttpProblem } from '../problem.ts';

export const explainSku = endpoint({
  method: 'get',
  path: '/api/explain',
  role: 'viewer',
  body: null,
  handle: async ({ query }, services) => {
    const asked = query.getAll('sku');
    const isOne = asked.length === 1 && [...query.keys()].length === 1;
    if (!isOne) throw new HttpProblem(400, 'invalid_request', 'Ask for one SKU, as in /api/explain?sku=ABC.');
    const reading = readSku(asked[0]);
    if (!reading.ok) throw new HttpProblem(400, 'invalid_sku', reading.problem);
    const answer = await services.explain(reading.sku);
    if (answer !== null) return answer;
    const message = `No listing of any connected store has the SKU "${reading.sku.slice(0, 60)}". Check the spelling.`;
    throw new HttpProblem(404, 'unknown_sku', message);
  },
});
