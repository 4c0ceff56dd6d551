// What needs a person, as the sidebar shows it: a sentence, and what can be done about it with one click.

import * as z from 'zod/mini';

export const problemsAnswer = z.object({
  /** Newest first. */
  problems: z.array(
    z.object({
      id: z.number(),
      at: z.string(),
      level: z.string(),
      message: z.string(),
      times: z.number(),
      storeId: z.nullable(z.string()),
      sku: z.nullable(z.string()),
      /** The kind of trouble, such as "drift": decides which buttons are shown. */
      kind: z.string(),
      /** The number that would be written, when the trouble is about a number. */
      quantity: z.nullable(z.number()),
    }),
  ),
});
export type ProblemsAnswer = z.infer<typeof problemsAnswer>;
export const dismissProblemRequest = z.strictObject({ id: z.int() });
