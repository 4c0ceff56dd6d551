// Warehouses: what each holds in sum, and which stores and locations it serves.

import { column, type TabDefinition, updatedColumn } from './tab.ts';

export const WAREHOUSES_TAB: TabDefinition = {
  name: 'Warehouses',
  owner: 'server',
  rowKey: 'rowKey',
  newestRowsMax: null,
  columns: [
    column('warehouse', 'Warehouse', 'text', 160, 'Its name, as you type it in other tabs.'),
    column('products', 'Products', 'integer', 90, 'SKUs that somebody has counted there.'),
    column('inStock', 'In stock', 'integer', 90, 'Units of them that are there, booked ones included.'),
    column('booked', 'Booked', 'integer', 90, 'Units there that open orders hold.'),
    column('available', 'Available', 'integer', 90, 'In stock − booked.'),
    column('incoming', 'Incoming', 'integer', 90, 'On open purchase orders and transfers to it.'),
    column(
      'uncounted',
      'Not counted',
      'integer',
      100,
      'SKUs that moved there although nobody has counted them.',
    ),
    column('serves', 'Serves', 'text', 320, 'The stores, and their locations, that sell from it.'),
    column('state', 'State', 'text', 110, 'in use, or archived: no longer offered for anything new.'),
    column('rowKey', 'Row key', 'text', 80, 'Tells rows apart. Written by the system.', { hidden: true }),
    updatedColumn,
  ],
};
