// POST /api/adjustments: rows of the Adjustments tab, each answered for itself.

import { SUBMIT_ROWS_MAX, submitAdjustmentsRequest } from '../../../shared/api/adjustments.ts';
import { endpoint } from '../endpoint.ts';

const BODY_BYTES_MAX = 5 * 1024 * 1024;
const FEWER_ROWS = `That was too much at once. Submit at most ${SUBMIT_ROWS_MAX} rows at a time; nothing was applied.`;

export const submitAdjustments = endpoint({
  method: 'post',
  path: '/api/adjustments',
  role: 'staff',
  body: submitAdjustmentsRequest,
  bodyBytesMax: BODY_BYTES_MAX,
  tooLarge: FEWER_ROWS,
  hint: (issue) => {
    if (issue.path.length !== 1 || issue.path[0] !== 'rows') return null;
    if (issue.code === 'too_big') return FEWER_ROWS;
    return issue.code === 'too_small' ? 'Tick at least one row, then submit again.' : null;
  },
  handle: ({ body, caller }, services) => services.submitAdjustments(body.rows, caller),
});
