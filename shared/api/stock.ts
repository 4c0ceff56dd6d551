// Many SKUs at once, for formulas in cells.

import * as z from 'zod/mini';

export const STOCK_SKUS_MAX = 10_000;

export const stockRequest = z.strictObject({
  skus: z.array(z.string().check(z.maxLength(255))).check(z.minLength(1), z.maxLength(STOCK_SKUS_MAX)),
  /** One warehouse by its name; left out: all of them. */
  warehouse: z.optional(z.string().check(z.maxLength(200))),
  /** Whether the sentence behind each number is wanted too. */
  why: z.optional(z.boolean()),
});
export type StockRequest = z.infer<typeof stockRequest>;

export const stockAnswer = z.object({
  /** In the order asked; null: no product has this SKU. */
  rows: z.array(
    z.nullable(
      z.object({
        /** Null: nobody has set a number yet. */
        inStock: z.nullable(z.number()),
        booked: z.number(),
        available: z.nullable(z.number()),
        incoming: z.number(),
        why: z.optional(z.string()),
      }),
    ),
  ),
});
export type StockAnswer = z.infer<typeof stockAnswer>;
