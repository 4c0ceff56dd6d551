// Ledger: the newest moves of stock, each with the balance after it.

import { column, type TabDefinition, updatedColumn } from './tab.ts';

/** With its sign; a number that did not change says nothing. */
const CHANGE = { numberFormat: '+0;-0;""' };

export const LEDGER_ROWS_MAX = 1_000;

export const LEDGER_TAB: TabDefinition = {
  name: 'Ledger',
  owner: 'server',
  rowKey: 'number',
  newestRowsMax: LEDGER_ROWS_MAX,
  columns: [
    column(
      'number',
      'Move',
      'integer',
      65,
      `The number of the move, newest first. Only the newest ${LEDGER_ROWS_MAX} are shown here; all are kept.`,
    ),
    column('at', 'When', 'time', 145, 'When it happened.'),
    column('sku', 'SKU', 'text', 140, 'The product that moved.'),
    column('cause', 'Cause', 'text', 130, 'Why it moved.'),
    column('inStockChange', 'In stock ±', 'integer', 85, 'How the units in stock changed.', CHANGE),
    column(
      'inStockAfter',
      'In stock after',
      'integer',
      100,
      'Units in that warehouse after it. Empty: unset.',
    ),
    column('bookedChange', 'Booked ±', 'integer', 80, 'How the booked units changed.', CHANGE),
    column('bookedAfter', 'Booked after', 'integer', 100, 'Booked units in that warehouse after it.'),
    column('note', 'Note', 'text', 240, 'The order, or the reason and note of the person.'),
    column('actor', 'By', 'text', 180, 'Who or what did it.'),
    column('warehouse', 'Warehouse', 'text', 120, 'Where it moved.'),
    column('incomingChange', 'Incoming ±', 'integer', 90, 'How the units on their way changed.', CHANGE),
    column(
      'incomingAfter',
      'Incoming after',
      'integer',
      100,
      'Units on their way to that warehouse after it.',
    ),
    column(
      'reference',
      'Reference',
      'text',
      260,
      'The order line or the row of the sheet that it belongs to.',
    ),
    updatedColumn,
  ],
};
