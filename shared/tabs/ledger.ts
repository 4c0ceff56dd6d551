// Ledger: the newest moves of stock, each with the balance after it.

import { column, type TabDefinition, updatedColumn } from './tab.ts';

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
      80,
      `The number of the move, newest first. Only the newest ${LEDGER_ROWS_MAX} are shown here; all are kept.`,
    ),
    column('at', 'When', 'time', 150, 'When it happened.'),
    column('sku', 'SKU', 'text', 170, 'The product that moved.'),
    column('warehouse', 'Warehouse', 'text', 120, 'Where it moved.'),
    column('inStockChange', 'In stock ±', 'integer', 90, 'How the units in stock changed.'),
    column('bookedChange', 'Booked ±', 'integer', 90, 'How the booked units changed.'),
    column('incomingChange', 'Incoming ±', 'integer', 90, 'How the units on their way changed.'),
    column(
      'inStockAfter',
      'In stock after',
      'integer',
      100,
      'Units in that warehouse after it. Empty: unset.',
    ),
    column('bookedAfter', 'Booked after', 'integer', 100, 'Booked units in that warehouse after it.'),
    column(
      'incomingAfter',
      'Incoming after',
      'integer',
      100,
      'Units on their way to that warehouse after it.',
    ),
    column('cause', 'Cause', 'text', 140, 'Why it moved.'),
    column('note', 'Note', 'text', 220, 'The order, or the reason and note of the person.'),
    column('actor', 'By', 'text', 180, 'Who or what did it.'),
    column(
      'reference',
      'Reference',
      'text',
      200,
      'The order line or the row of the sheet that it belongs to.',
    ),
    updatedColumn,
  ],
};
