// The tabs that the add-on makes and repairs.

import { ADJUSTMENT_ACTIONS, ADJUSTMENT_REASONS } from '../../shared/api/adjustments.ts';
import type { CellRule } from '../ports.ts';
import type { ColumnSetup, TabSetup } from './find-columns.ts';

const TEXT = '@';
const choice = (values: readonly string[], strict: boolean): CellRule => ({ kind: 'choice', values, strict });
const column = (
  key: string,
  header: string,
  widthPx: number,
  more: Partial<Pick<ColumnSetup, 'hidden' | 'format' | 'rule'>> = {},
): ColumnSetup => ({ key, header, widthPx, hidden: false, format: null, rule: null, ...more });

export const ADJUSTMENTS_SETUP: TabSetup = {
  name: 'Adjustments',
  columns: [
    column('submit', 'Submit', 70, { rule: { kind: 'tick' } }),
    column('sku', 'SKU', 160, { format: TEXT }),
    column('warehouse', 'Warehouse', 120, { format: TEXT }),
    column('action', 'Action', 100, { rule: choice(ADJUSTMENT_ACTIONS, true) }),
    column('quantity', 'Quantity', 90),
    column('seen', 'Seen', 80, { hidden: true }),
    column('reason', 'Reason', 120, { rule: choice(ADJUSTMENT_REASONS, false) }),
    column('note', 'Note', 200, { format: TEXT }),
    column('status', 'Status', 100, { format: TEXT }),
    column('message', 'Message', 360, { format: TEXT }),
    column('rowId', 'Row id', 80, { format: TEXT, hidden: true }),
  ],
};
