// POST /api/low-stock/draft-purchase-order: what is low of these SKUs becomes a draft purchase order.

import { draftLowStockRequest } from '../../../shared/api/low-stock.ts';
import type { Sku } from '../../../shared/model/ids.ts';
import { endpoint } from '../endpoint.ts';

export const draftLowStockOrder = endpoint({
  method: 'post',
  path: '/api/low-stock/draft-purchase-order',
  role: 'staff',
  body: draftLowStockRequest,
  handle: ({ body, caller }, services) => services.draftLowStockOrder(body.skus as Sku[], caller),
});
