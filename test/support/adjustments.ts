// Adjustments as tests and benchmarks write them: the cells of a row, without what surrounds them.

import type { Database } from '../../server/database/database.ts';
import { submitAdjustmentRows } from '../../server/documents/adjustments.ts';
import type { SubmitOutcome } from '../../server/documents/row-outcome.ts';
import type { Stamp } from '../../server/ledger/moves.ts';
import type { Cell } from '../../shared/api/rows.ts';

export type AdjustmentRow = {
  readonly rowId: string;
  readonly sku: Cell;
  readonly warehouse: Cell;
  readonly action: Cell;
  readonly quantity: Cell;
  /** What the person saw as in stock. */
  readonly seen: Cell;
  readonly reason: Cell;
  readonly note: Cell;
};

export const submitAdjustments = (
  db: Database,
  rows: readonly AdjustmentRow[],
  stamp: Stamp,
): Promise<SubmitOutcome> =>
  submitAdjustmentRows(
    db,
    rows.map(({ rowId, ...cells }) => ({ rowId, cells })),
    stamp,
  );
