// Everything behind one SKU's number: balances, the moves that made them, the orders that book, the last pushes.

import * as z from 'zod/mini';

/** What the moves of a SKU are summed up in, in the order people read them. */
export const MOVE_GROUPS = [
  'opening',
  'received',
  'adjusted',
  'transferred',
  'reversed',
  'sent to customers',
  'written off',
  'returned',
  'booked by orders',
  'ordered from suppliers',
] as const;
export type MoveGroup = (typeof MOVE_GROUPS)[number];

export const explainAnswer = z.object({
  sku: z.string(),
  title: z.string(),
  version: z.number(),
  /** The past moment that was asked for: in stock, booked, incoming, available, groups and moves are as of then. */
  at: z.nullable(z.string()),
  /** Its day by the clock of the sheet, such as 2026-11-23. */
  atDay: z.nullable(z.string()),
  /** One sentence that derives the number. */
  sentence: z.string(),
  /** Null: nobody had said how many there are; also of a bundle, which has no stock of its own. */
  inStock: z.nullable(z.number()),
  booked: z.number(),
  incoming: z.number(),
  available: z.nullable(z.number()),
  /** The moves summed up: their in stock, booked and incoming add up to the numbers above. Groups without moves are left out. */
  groups: z.array(
    z.object({
      group: z.enum(MOVE_GROUPS),
      moves: z.number(),
      /** When the newest of them was. */
      lastAt: z.string(),
      inStock: z.number(),
      booked: z.number(),
      incoming: z.number(),
    }),
  ),
  /** Of a bundle: for each warehouse and component, how many bundles it allows. The smallest of a warehouse counts. */
  parts: z.array(
    z.object({
      warehouse: z.string(),
      sku: z.string(),
      units: z.number(),
      available: z.number(),
      makes: z.number(),
    }),
  ),
  /** The bundles that this SKU is part of. */
  partOf: z.array(z.object({ sku: z.string(), units: z.number() })),
  /** The end of each of the last days by the sheet's clock, oldest first; the last one is the moment of the answer. */
  series: z.array(
    z.object({
      day: z.string(),
      inStock: z.nullable(z.number()),
      booked: z.number(),
      available: z.nullable(z.number()),
    }),
  ),
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
      /** Units of this SKU. */
      booked: z.number(),
      /** The bundle that was ordered; null: the SKU itself. */
      bundle: z.nullable(z.string()),
      placedAt: z.string(),
    }),
  ),
  listings: z.array(
    z.object({
      store: z.string(),
      title: z.string(),
      remoteId: z.string(),
      /** The name of the store's location, where it has more than one; null: the store itself. */
      location: z.nullable(z.string()),
      /** What may be sold there, before its rule. */
      available: z.nullable(z.number()),
      /** What its rule does; null: there is none. */
      rule: z.nullable(z.string()),
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
