// What submitting rows of a tab comes to: an answer for each, and the SKUs whose stock changed.

import type { RowAnswer, RowWrites, SubmittedRow } from '../../shared/api/rows.ts';
import type { Sku } from '../../shared/model/ids.ts';
import type { Database } from '../database/database.ts';
import type { Stamp } from '../ledger/moves.ts';

export type SubmitOutcome = {
  /** In the order of the rows. */
  readonly answers: readonly RowAnswer[];
  /** The SKUs whose stock changed, for the caller to wake their pushes. */
  readonly touched: readonly Sku[];
};

/** Takes the rows of one tab. Each row is answered for itself; a repeated row is done once and answered the same. */
export type SubmitRows = (
  db: Database,
  rows: readonly SubmittedRow[],
  stamp: Stamp,
) => Promise<SubmitOutcome>;

export const applied = (rowId: string, message: string, writes: RowWrites = {}): RowAnswer => ({
  rowId,
  status: 'applied',
  message,
  field: null,
  writes,
});

export const refused = (rowId: string, field: string | null, message: string): RowAnswer => ({
  rowId,
  status: 'error',
  message,
  field,
  writes: {},
});

export const conflicting = (rowId: string, message: string, writes: RowWrites = {}): RowAnswer => ({
  rowId,
  status: 'conflict',
  message,
  field: null,
  writes,
});
