// Reads one adjustment row as the sheet holds it: either a clean adjustment, or the sentence and the cell to mend.

import type { SubmittedRow } from '../../shared/api/rows.ts';
import { ADJUSTMENT_ACTIONS, type AdjustmentAction } from '../../shared/model/adjustment.ts';
import type { Sku } from '../../shared/model/ids.ts';
import { readQuantity } from '../../shared/model/quantity.ts';
import { readSku } from '../../shared/model/sku.ts';
import { chosen, optionalQuantity, text } from './cells.ts';

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

export type AdjustmentProblem = { readonly field: string; readonly problem: string };
export type AdjustmentReading =
  | { readonly ok: true; readonly adjustment: Adjustment }
  | ({ readonly ok: false } & AdjustmentProblem);

export function readAdjustment({ rowId, cells }: SubmittedRow): AdjustmentReading {
  const sku = readSku(cells['sku']);
  if (!sku.ok) return fail('sku', sku.problem);
  const action = chosen(cells['action'], ADJUSTMENT_ACTIONS);
  if (action === null) return fail('action', 'Choose add, subtract or set as the action.');
  const quantity = readQuantity(cells['quantity']);
  if (!quantity.ok) return fail('quantity', quantity.problem);
  const negative = quantityProblem(action, quantity.quantity);
  if (negative !== null) return fail('quantity', negative);
  const seen = optionalQuantity(cells['seen']);
  if (seen !== null && !seen.ok)
    return fail('seen', 'The number seen is not a whole number; clear that cell.');
  return {
    ok: true,
    adjustment: {
      rowId,
      sku: sku.sku,
      warehouse: text(cells['warehouse']) || null,
      action,
      quantity: quantity.quantity,
      seen: seen?.quantity ?? null,
      reason: text(cells['reason']),
      note: text(cells['note']),
    },
  };
}

function quantityProblem(action: AdjustmentAction, quantity: number): string | null {
  if (action === 'set' && quantity < 0) return 'In stock cannot be set below 0.';
  if (action !== 'set' && quantity === 0) return `To ${action} 0 changes nothing. Type the number of units.`;
  if (action === 'subtract' && quantity < 0) return 'Type the units to subtract without a minus sign.';
  if (action === 'add' && quantity < 0) return `To take units away choose subtract and type ${-quantity}.`;
  return null;
}

const fail = (field: string, problem: string): AdjustmentReading => ({
  ok: false,
  field,
  problem,
});
