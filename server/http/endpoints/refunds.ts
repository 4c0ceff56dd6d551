// GET /api/refunds: refunds that name no units and wait for a person. POST /api/refunds: what came back with one of them.

import { settleRefundRequest } from '../../../shared/api/refunds.ts';
import { endpoint } from '../endpoint.ts';

export const listRefunds = endpoint({
  method: 'get',
  path: '/api/refunds',
  role: 'viewer',
  body: null,
  handle: (_call, services) => services.listRefunds(),
});

export const settleRefund = endpoint({
  method: 'post',
  path: '/api/refunds',
  role: 'staff',
  body: settleRefundRequest,
  handle: (call, services) => services.settleRefund(call.body, call.caller),
});
