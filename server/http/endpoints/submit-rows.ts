// POST /api/rows/:tab: rows of a tab that people write in, each answered for itself.

import { SUBMIT_ROWS_MAX, submitRowsRequest } from '../../../shared/api/rows.ts';
import { endpoint } from '../endpoint.ts';
import { HttpProblem } from '../problem.ts';

const BODY_BYTES_MAX = 8 * 1024 * 1024;
const FEWER_ROWS = `That was too much at once. Submit at most ${SUBMIT_ROWS_MAX} rows at a time; nothing was applied.`;

export const submitRows = endpoint({
  method: 'post',
  path: '/api/rows/:tab',
  role: 'staff',
  body: submitRowsRequest,
  bodyBytesMax: BODY_BYTES_MAX,
  tooLarge: FEWER_ROWS,
  hint: (issue) => {
    if (issue.path.length !== 1 || issue.path[0] !== 'rows') return null;
    if (issue.code === 'too_big') return FEWER_ROWS;
    return issue.code === 'too_small' ? 'Tick at least one row, then submit again.' : null;
  },
  handle: async ({ params, body, caller }, services) => {
    const answer = await services.submitRows(params['tab'] ?? '', body.rows, caller);
    if (answer === null) {
      throw new HttpProblem(404, 'unknown_tab', 'The server does not know this tab. Update the add-on.');
    }
    return answer;
  },
});
