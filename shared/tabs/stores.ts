// Stores: one row per connected account with its sync state and its health.

import { column, type TabDefinition, updatedColumn } from './tab.ts';

export const STORES_TAB: TabDefinition = {
  name: 'Stores',
  owner: 'server',
  rowKey: 'rowKey',
  newestRowsMax: null,
  columns: [
    column('store', 'Store', 'text', 180, 'The name you gave it. Change it in the Stocksheet menu.'),
    column('channel', 'Channel', 'text', 110, 'The kind of store.'),
    column(
      'sync',
      'Sync',
      'text',
      60,
      'on: orders move stock and the store is told our numbers. off: neither.',
    ),
    column('health', 'Health', 'text', 90, 'ok, slowed, reconnect or trouble.'),
    column('orders', 'Last orders', 'time', 145, 'When its orders were last read.'),
    column('inventory', 'Last inventory', 'time', 145, 'When it was last told our numbers.'),
    column('message', 'Message', 'text', 420, 'What is wrong and what to do, or what is going on now.'),
    column('listings', 'Last listings', 'time', 145, 'When its listings were last read.'),
    column(
      'nextRefresh',
      'Next listings refresh',
      'time',
      190,
      'From when a hard refresh of the listings is possible again. Empty: now.',
    ),
    column(
      'budget',
      'Calls left',
      'text',
      230,
      'What is left of what the shop allows, as of the last pull or push. Orders are read first, then what is nearly sold out.',
    ),
    column('warehouses', 'Warehouses', 'text', 180, 'The warehouses that this store sells from.'),
    column('drafts', 'Drafts', 'text', 70, 'Whether listings that are not published yet are read too.'),
    column('rowKey', 'Row key', 'text', 80, 'Tells rows apart. Written by the system.', { hidden: true }),
    updatedColumn,
  ],
};
