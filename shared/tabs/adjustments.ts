// Adjustments: where people add, subtract or set stock, one row per change.

import { ADJUSTMENT_ACTIONS, ADJUSTMENT_REASONS } from '../model/adjustment.ts';
import { column, type TabDefinition } from './tab.ts';

const actions = { values: [...ADJUSTMENT_ACTIONS, 'reverse'], strict: true };
const reasons = { values: ADJUSTMENT_REASONS, strict: false };

export const ADJUSTMENTS_TAB: TabDefinition = {
  name: 'Adjustments',
  owner: 'people',
  rowKey: 'rowId',
  newestRowsMax: null,
  columns: [
    column(
      'submit',
      'Submit',
      'checkbox',
      60,
      'Tick the rows to send, then choose "Submit ticked rows" in the menu.',
    ),
    column('sku', 'SKU', 'text', 130, 'The SKU exactly as it stands in Inventory.'),
    column('warehouse', 'Warehouse', 'text', 95, 'Leave it empty when there is only one warehouse.'),
    column(
      'action',
      'Action',
      'dropdown',
      90,
      'add and subtract change the number; set replaces it; reverse takes an applied row back.',
      {
        choices: actions,
      },
    ),
    column('quantity', 'Quantity', 'integer', 75, 'Whole units, digits only.', { numberFormat: null }),
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
    column('reason', 'Reason', 'dropdown', 105, 'Why the number changes.', {
      choices: reasons,
      numberFormat: null,
    }),
    column('note', 'Note', 'text', 130, 'Anything worth remembering. It is kept in the ledger.'),
    column('status', 'Status', 'text', 90, 'Written by the system after submitting.', { locked: true }),
    column('message', 'Message', 'text', 360, 'What was done, or what to mend.', { locked: true }),
    column('rowId', 'Row id', 'text', 80, 'Tells rows apart. Written by the system.', {
      hidden: true,
      locked: true,
    }),
  ],
};
