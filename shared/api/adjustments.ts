// Submitting adjustments: what the sheet sends and what comes back for each row.

import * as z from 'zod/mini';

export const ADJUSTMENT_ACTIONS = ['add', 'subtract', 'set'] as const;
export type AdjustmentAction = (typeof ADJUSTMENT_ACTIONS)[number];

/** What people write in a row, in the order in which it is compared. */
export const ADJUSTMENT_COLUMNS = ['sku', 'warehouse', 'action', 'quantity', 'reason', 'note'] as const;

export const ADJUSTMENT_REASONS = [
  'stock take',
  'received',
  'returned',
  'damaged',
  'lost',
  'found',
  'sample',
  'correction',
  'other',
] as const;

export const SUBMIT_ROWS_MAX = 5_000;

/** A cell as the sheet holds it. What it means is decided by the server, so that every mistake gets a sentence. */
const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const adjustmentRow = z.strictObject({
  /** The hidden id of the row: the same id with the same content is the same adjustment. */
  rowId: z.string().check(z.minLength(1), z.maxLength(64)),
  sku: cell,
  warehouse: cell,
  action: cell,
  quantity: cell,
  /** What the person saw as in stock when the row was filled in; null when nothing was shown. */
  seen: cell,
  reason: cell,
  note: cell,
});
export type AdjustmentRow = z.infer<typeof adjustmentRow>;

export const submitAdjustmentsRequest = z.strictObject({
  rows: z.array(adjustmentRow).check(z.minLength(1), z.maxLength(SUBMIT_ROWS_MAX)),
});

/**
 * applied: done now, or done before by the very same row. error: nothing was done; `field` is the cell to mend.
 * conflict: this row was applied before with other content; a new row is needed.
 */
export const ROW_STATUSES = ['applied', 'error', 'conflict'] as const;

export const rowAnswer = z.object({
  rowId: z.string(),
  status: z.enum(ROW_STATUSES),
  message: z.string(),
  field: z.nullable(z.string()),
});
export type RowAnswer = z.infer<typeof rowAnswer>;

export const submitAdjustmentsAnswer = z.object({ rows: z.array(rowAnswer) });
export type SubmitAdjustmentsAnswer = z.infer<typeof submitAdjustmentsAnswer>;
