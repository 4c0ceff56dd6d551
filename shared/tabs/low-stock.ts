// Low stock: what is at or below its alert level, how long it lasts and how much to order.

import { column, type TabDefinition, updatedColumn } from './tab.ts';

export const LOW_STOCK_TAB: TabDefinition = {
  name: 'Low stock',
  owner: 'server',
  rowKey: 'rowKey',
  newestRowsMax: null,
  columns: [
    column('sku', 'SKU', 'text', 150, 'Watched because of a row in Low stock levels.'),
    column('title', 'Title', 'text', 230, 'The title of the product.'),
    column('warehouse', 'Warehouse', 'text', 110, 'Where it is low.'),
    column('available', 'Available', 'integer', 90, 'In stock − booked in this warehouse.'),
    column('incoming', 'Incoming', 'integer', 90, 'On open purchase orders and transfers to this warehouse.'),
    column('alertAt', 'Alert at', 'integer', 90, 'It is low when so many units, or fewer, are available.'),
    column('cover', 'Days left', 'integer', 90, 'How long it lasts at this pace. Empty: nothing was sold.'),
    column(
      'suggested',
      'To order',
      'integer',
      80,
      'How many to order: for lead time and cover, less what is there and on its way, and above the alert level.',
    ),
    column(
      'sold',
      'Sold',
      'integer',
      80,
      'Units that orders took in the last days, less what they gave back. How many days stands in Low stock levels.',
    ),
    column(
      'salesDays',
      'On sale (days)',
      'integer',
      110,
      'On how many of those days it could be sold: known by then, and not sold out. The pace is "Sold" by these days.',
    ),
    column('rowKey', 'Row key', 'text', 80, 'Tells rows apart. Written by the system.', { hidden: true }),
    updatedColumn,
  ],
};
