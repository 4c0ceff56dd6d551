// Refunds that do not say what came back: what a person is asked, and what came back.

import * as z from 'zod/mini';
import { QUANTITY_MAX } from '../model/quantity.ts';

const refundLine = z.object({
  lineId: z.string(),
  sku: z.nullable(z.string()),
  title: z.string(),
  /** Units that were sent: no more than these can come back. */
  fulfilled: z.number(),
  /** Units of this line that were counted in for other refunds of the order. */
  returned: z.number(),
  /** Units that the shop says this refund is for; null where it names a sum of money only. */
  refunded: z.nullable(z.number()),
});
export const openRefund = z.object({
  storeId: z.string(),
  store: z.string(),
  orderId: z.string(),
  order: z.string(),
  refundId: z.string(),
  at: z.string(),
  amount: z.string(),
  /** The entry of the Activity tab that asks. */
  problemId: z.nullable(z.number()),
  lines: z.array(refundLine),
});
export const openRefundsAnswer = z.object({ refunds: z.array(openRefund) });
export type OpenRefundsAnswer = z.infer<typeof openRefundsAnswer>;

/** No lines: nothing came back, or nothing that can be sold again. */
export const settleRefundRequest = z.strictObject({
  storeId: z.string(),
  orderId: z.string(),
  refundId: z.string(),
  lines: z
    .array(z.strictObject({ lineId: z.string(), quantity: z.int().check(z.gte(1), z.lte(QUANTITY_MAX)) }))
    .check(z.maxLength(500)),
});
export type SettleRefundRequest = z.infer<typeof settleRefundRequest>;
