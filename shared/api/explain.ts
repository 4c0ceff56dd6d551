// Everything behind one SKU's number: balances, the moves that made them, the orders that book, the last pushes.

import * as z from 'zod/mini';

export const explainAnswer = z.object({
  sku: z.string(),
  title: z.string(),
  version: z.number(),
  /** One sentence that derives the number. */
  sentence: z.string(),
  inStock: z.nullable(z.number()),
  booked: z.number(),
  available: z.nullable(z.number()),
  balances: z.array(
    z.object({
      warehouse: z.string(),
      inStock: z.nullable(z.number()),
      booked: z.number(),
      available: z.nullable(z.number()),
    }),
  ),
  /** Newest first. */
  moves: z.array(
    z.object({
      seq: z.number(),
      at: z.string(),
      warehouse: z.string(),
      inStockChange: z.number(),
      bookedChange: z.number(),
      inStockAfter: z.nullable(z.number()),
      bookedAfter: z.number(),
      cause: z.string(),
      reference: z.string(),
      note: z.string(),
      actor: z.string(),
    }),
  ),
  movesLeftOff: z.number(),
  bookings: z.array(
    z.object({
      store: z.string(),
      order: z.string(),
      line: z.string(),
      booked: z.number(),
      placedAt: z.string(),
    }),
  ),
  listings: z.array(
    z.object({
      store: z.string(),
      title: z.string(),
      remoteId: z.string(),
      shouldShow: z.nullable(z.number()),
      lastTold: z.nullable(z.number()),
      lastToldAt: z.nullable(z.string()),
      expected: z.nullable(z.number()),
      owed: z.boolean(),
      problem: z.nullable(z.string()),
    }),
  ),
  pushes: z.array(
    z.object({
      at: z.string(),
      store: z.string(),
      quantity: z.number(),
      expected: z.nullable(z.number()),
      observed: z.nullable(z.number()),
      outcome: z.string(),
      message: z.string(),
    }),
  ),
});
export type ExplainAnswer = z.infer<typeof explainAnswer>;
