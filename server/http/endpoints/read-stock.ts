// POST /api/stock: the numbers of many SKUs at once; the one endpoint that formulas in cells may use.

import { stockRequest } from '../../../shared/api/stock.ts';
import { endpoint } from '../endpoint.ts';

export const readStock = endpoint({
  method: 'post',
  path: '/api/stock',
  role: 'viewer',
  forFormulas: true,
  bodyBytesMax: 4 * 1024 * 1024,
  body: stockRequest,
  handle: ({ body }, { access }) => access.stock(body),
});
