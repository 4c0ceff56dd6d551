// The one shape of every refusal: a code for programs and a sentence for people.

import * as z from 'zod/mini';

export const errorAnswer = z.object({
  error: z.object({
    /** Stable word for programs, such as "unknown_store". */
    code: z.string(),
    /** What is wrong and what to do, for the person at the sheet. */
    message: z.string(),
    /** Names this request in the server's log. */
    requestId: z.string(),
    retryAfterMs: z.optional(z.number()),
  }),
});
export type ErrorAnswer = z.infer<typeof errorAnswer>;
