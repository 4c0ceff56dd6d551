// Taking back what a reference of the ledger did: an adjustment, a receipt, or a step of a purchase order or transfer.

import * as z from 'zod/mini';
import { rowAnswer } from './rows.ts';

export const reverseRequest = z.strictObject({
  /** As it stands in the Ledger tab. */
  reference: z.string().check(z.minLength(1), z.maxLength(200)),
});

/** applied: taken back now, or before by the same request. */
export const reverseAnswer = z.pick(rowAnswer, { status: true, message: true });
export type ReverseAnswer = z.infer<typeof reverseAnswer>;
