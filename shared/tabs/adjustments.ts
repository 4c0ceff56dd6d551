// Adjustments: where people add, subtract or set stock, one row per change.

import { ADJUSTMENT_ACTIONS, ADJUSTMENT_REASONS } from '../model/adjustment.ts';
import { answerColumns, submitColumn } from './row-columns.ts';
import { column, type TabDefinition } from './tab.ts';

const actions = { values: [...ADJUSTMENT_ACTIONS, 'reverse'], strict: true };
const reasons = { values: ADJUSTMENT_REASONS, strict: false };

export const ADJUSTMENTS_TAB: TabDefinition = {
  name: 'Adjustments',
  owner: 'people',
  rowKey: 'rowId',
  newestRowsMax: null,
  columns: [
    submitColumn,
    column('sku', 'SKU', 'text', 120, 'The SKU exactly as it stands in Inventory.'),
    column('warehouse', 'Warehouse', 'text', 85, 'Leave it empty when there is only one warehouse.'),
    column(
      'action',
      'Action',
      'dropdown',
      80,
      'add and subtract change the number; set replaces it; reverse takes an applied row back.',
      {
        choices: actions,
      },
    ),
    column('quantity', 'Quantity', 'integer', 70, 'Whole units, digits only.', { numberFormat: null }),
    column(
      'seen',
      'Seen',
      'text',
      80,
      'What was in stock when the row was filled in. Written by the system.',
      {
        hidden: true,
        numberFormat: null,
        locked: true,
      },
    ),
    column('reason', 'Reason', 'dropdown', 90, 'Why the number changes.', {
      choices: reasons,
      numberFormat: null,
    }),
    // Narrow, so that the answer is in sight beside the sidebar.
    column('note', 'Note', 'text', 100, 'Anything worth remembering. It is kept in the ledger.'),
    ...answerColumns,
  ],
};
