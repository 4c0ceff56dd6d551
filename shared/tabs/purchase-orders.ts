// Purchase orders: one row per line. A row may also name a line that is there already, such as one of a draft that the
// system made: number and SKU are enough, and without a SKU the whole purchase order is meant.

import { PURCHASE_ACTIONS, SPREAD_WAYS } from '../model/delivery.ts';
import { answerColumns, stepColumn, submitColumn } from './row-columns.ts';
import { column, type TabDefinition } from './tab.ts';

const locked = { locked: true };
const typed = { numberFormat: null };

export const PURCHASE_ORDERS_TAB: TabDefinition = {
  name: 'Purchase orders',
  owner: 'people',
  rowKey: 'rowId',
  newestRowsMax: null,
  columns: [
    submitColumn,
    column(
      'number',
      'PO number',
      'text',
      90,
      'Rows with the same number are one purchase order. Left empty, the system gives one number to the rows of one ' +
        'supplier that are submitted together.',
    ),
    column(
      'action',
      'Action',
      'dropdown',
      95,
      'What to do with this line now. reverse takes back the last step.',
      {
        choices: { values: PURCHASE_ACTIONS, strict: true },
      },
    ),
    column(
      'receiveNow',
      'Receive now',
      'integer',
      95,
      'Units that arrived. Empty: all that are left.',
      typed,
    ),
    column('supplier', 'Supplier', 'text', 110, 'Who delivers.'),
    column(
      'sku',
      'SKU',
      'text',
      130,
      'What is ordered. Empty, with a PO number: the action is for all its lines.',
    ),
    column('warehouse', 'Warehouse', 'text', 95, 'Where it goes. Empty when there is only one warehouse.'),
    column('ordered', 'Ordered', 'integer', 75, 'Whole units.', typed),
    ...answerColumns,
    column('state', 'State', 'text', 105, 'draft, ordered, partly received, received or cancelled.', locked),
    column('received', 'Received', 'integer', 75, 'Units that have arrived so far.', locked),
    column('incoming', 'Incoming', 'integer', 75, 'Units still on their way.', locked),
    // What may stay empty comes last, so that the answer is in sight.
    column('unitCost', 'Unit cost', 'text', 90, 'What one unit costs, such as 12.50. Up to 4 decimals.'),
    column('currency', 'Currency', 'text', 80, 'Three letters, such as EUR.'),
    column(
      'charges',
      'Freight and fees',
      'text',
      120,
      'An amount for the whole purchase order, on any of its lines. It is spread over all lines to the cent.',
    ),
    column('spreadBy', 'Spread by', 'dropdown', 90, 'How freight and fees are spread over the lines.', {
      choices: { values: SPREAD_WAYS, strict: true },
    }),
    column('expected', 'Expected', 'text', 110, 'The day it should arrive, such as 2026-12-24.'),
    column('note', 'Note', 'text', 180, 'Anything worth remembering.'),
    stepColumn,
  ],
};
