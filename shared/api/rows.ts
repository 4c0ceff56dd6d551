// Submitting rows of any tab that people write in: what the sheet sends and what comes back for each row.

import * as z from 'zod/mini';

export const SUBMIT_ROWS_MAX = 5_000;

/** A cell as the sheet holds it. What it means is decided by the server, so that every mistake gets a sentence. */
export const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type Cell = z.infer<typeof cell>;

export const submittedRow = z.strictObject({
  /** The hidden id of the row: the same id, step and content is the same command, however often it is sent. */
  rowId: z.string().check(z.minLength(1), z.maxLength(64)),
  /** By column key: every column but submit, status, message and rowId. */
  cells: z.record(z.string().check(z.maxLength(64)), cell),
});
export type SubmittedRow = z.infer<typeof submittedRow>;

export const submitRowsRequest = z.strictObject({
  rows: z.array(submittedRow).check(z.minLength(1), z.maxLength(SUBMIT_ROWS_MAX)),
});

/**
 * applied: done now, or done before by the very same row. error: nothing was done; `field` is the cell to mend.
 * conflict: the row was changed or overtaken since it was applied; the message says what to do.
 */
export const ROW_STATUSES = ['applied', 'error', 'conflict'] as const;

export const rowAnswer = z.object({
  rowId: z.string(),
  status: z.enum(ROW_STATUSES),
  message: z.string(),
  /** The key of the column to mend. */
  field: z.nullable(z.string()),
  /** Cells of this row that the server fills in or clears, by column key. */
  writes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type RowAnswer = z.infer<typeof rowAnswer>;
export type RowWrites = RowAnswer['writes'];

export const submitRowsAnswer = z.object({ rows: z.array(rowAnswer) });
export type SubmitRowsAnswer = z.infer<typeof submitRowsAnswer>;
