// Reads one adjustment row as the sheet holds it: either a clean adjustment, or the sentence and the cell to mend.

import {
  ADJUSTMENT_ACTIONS,
  type AdjustmentAction,
  type AdjustmentRow,
} from '../../shared/api/adjustments.ts';
import type { Sku } from '../../shared/model/ids.ts';
import { readQuantity } from '../../shared/model/quantity.ts';
import { readSku } from '../../shared/model/sku.ts';

export type Adjustment = {
  readonly rowId: string;
  readonly sku: Sku;
  /** As typed; null when the cell is empty. */
  readonly warehouse: string | null;
  readonly action: AdjustmentAction;
  readonly quantity: number;
  /** The in stock that the person saw when typing a "set"; null when nothing was shown. */
  readonly seen: number | null;
  readonly reason: string;
  readonly note: string;
};

export type AdjustmentProblem = { readonly field: keyof AdjustmentRow; readonly problem: string };
export type AdjustmentReading =
  | { readonly ok: true; readonly adjustment: Adjustment }
  | ({ readonly ok: false } & AdjustmentProblem);

const TEXT_LENGTH_MAX = 500;
// What neither a database nor a screen can hold; line breaks in a note become blanks.
const UNPRINTABLE = /[\p{Cc}\p{Cs}]+/gu;

export function readAdjustment(row: AdjustmentRow): AdjustmentReading {
  if (row.rowId.search(UNPRINTABLE) >= 0) {
    return fail(
      'rowId',
      'The hidden id of this row is damaged. Copy what you typed into a new row and clear this one.',
    );
  }
  const sku = readSku(row.sku);
  if (!sku.ok) return fail('sku', sku.problem);
  const action = readAction(row.action);
  if (action === null) return fail('action', 'Choose add, subtract or set as the action.');
  const quantity = readQuantity(row.quantity);
  if (!quantity.ok) return fail('quantity', quantity.problem);
  const negative = quantityProblem(action, quantity.quantity);
  if (negative !== null) return fail('quantity', negative);
  const seen = row.seen === null || row.seen === '' ? null : readQuantity(row.seen);
  if (seen !== null && !seen.ok)
    return fail('seen', 'The number seen is not a whole number; clear that cell.');
  return {
    ok: true,
    adjustment: {
      rowId: row.rowId,
      sku: sku.sku,
      warehouse: text(row.warehouse) === '' ? null : text(row.warehouse),
      action,
      quantity: quantity.quantity,
      seen: seen?.quantity ?? null,
      reason: text(row.reason),
      note: text(row.note),
    },
  };
}

function readAction(cell: AdjustmentRow['action']): AdjustmentAction | null {
  const word = text(cell).toLowerCase();
  return ADJUSTMENT_ACTIONS.find((action) => action === word) ?? null;
}

function quantityProblem(action: AdjustmentAction, quantity: number): string | null {
  if (action === 'set' && quantity < 0) return 'In stock cannot be set below 0.';
  if (action !== 'set' && quantity === 0) return `To ${action} 0 changes nothing. Type the number of units.`;
  if (action === 'subtract' && quantity < 0) return 'Type the units to subtract without a minus sign.';
  if (action === 'add' && quantity < 0) return `To take units away choose subtract and type ${-quantity}.`;
  return null;
}

const fail = (field: keyof AdjustmentRow, problem: string): AdjustmentReading => ({
  ok: false,
  field,
  problem,
});
// Shortened first and last: replacing in megabytes is slow, and shortening may cut a character in half.
function text(cell: AdjustmentRow[keyof AdjustmentRow]): string {
  const short = cell === null ? '' : String(cell).slice(0, TEXT_LENGTH_MAX);
  return short.replace(UNPRINTABLE, ' ').trim();
}
