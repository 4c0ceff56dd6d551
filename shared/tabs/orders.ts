// Orders: one row per order line, the newest order first.

import { column, type TabDefinition, updatedColumn } from './tab.ts';

/** A shop's orders never end: older ones are found in the store itself. All are kept in the database. */
export const ORDER_LINES_MAX = 2_000;

/** How far a line is. "Partly sent" and "partly returned" say how many in the columns of units. */
export const ORDER_LINE_STATES = [
  'to send',
  'partly sent',
  'sent',
  'partly returned',
  'returned',
  'cancelled',
  'deleted',
  'not counted',
] as const;
export type OrderLineState = (typeof ORDER_LINE_STATES)[number];

export const ORDERS_TAB: TabDefinition = {
  name: 'Orders',
  owner: 'server',
  rowKey: 'rowKey',
  newestRowsMax: ORDER_LINES_MAX,
  columns: [
    column(
      'order',
      'Order',
      'text',
      150,
      `The number that the customer knows. Newest first; only the newest ${ORDER_LINES_MAX} lines are shown.`,
    ),
    column('store', 'Store', 'text', 180, 'The store that sold it.'),
    column('placed', 'Placed', 'time', 145, 'When the customer ordered.'),
    column('state', 'State', 'text', 105, `${ORDER_LINE_STATES.join(', ')} (the note says why).`),
    column('shopSays', 'Shop says', 'text', 190, "The state of the whole order in the shop's own words."),
    column('sku', 'SKU', 'text', 140, 'The SKU of the line, as the store sent it.'),
    column('ordered', 'Ordered', 'integer', 80, 'Units ordered.'),
    column('fulfilled', 'Fulfilled', 'integer', 80, 'Units that were sent.'),
    column('cancelled', 'Cancelled', 'integer', 80, 'Units given up before they were sent.'),
    column('restocked', 'Restocked', 'integer', 80, 'Units that came back after they were sent.'),
    column('booked', 'Booked', 'integer', 80, 'Units that this line books now.'),
    column('title', 'Title', 'text', 240, 'What was sold.'),
    column('note', 'Note', 'text', 420, 'Why a line moves no stock, or what is odd about its order.'),
    column('rowKey', 'Row key', 'text', 80, 'Tells rows apart. Written by the system.', { hidden: true }),
    updatedColumn,
  ],
};
