// Making a draft purchase order of what is low.

import * as z from 'zod/mini';

export const DRAFT_SKUS_MAX = 1_000;

export const draftLowStockRequest = z.strictObject({
  skus: z
    .array(z.string().check(z.minLength(1), z.maxLength(255)))
    .check(z.minLength(1), z.maxLength(DRAFT_SKUS_MAX)),
});

export const draftLowStockAnswer = z.object({
  /** The number of the draft; null: none of these SKUs needs an order. */
  number: z.nullable(z.string()),
  lines: z.number(),
  message: z.string(),
});
export type DraftLowStockAnswer = z.infer<typeof draftLowStockAnswer>;
