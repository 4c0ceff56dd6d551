// Activity: what the system did and what needs a person, newest first.

import { column, type TabDefinition, updatedColumn } from './tab.ts';

export const ACTIVITY_ROWS_MAX = 1_000;

export const ACTIVITY_TAB: TabDefinition = {
  name: 'Activity',
  owner: 'server',
  rowKey: 'number',
  newestRowsMax: ACTIVITY_ROWS_MAX,
  columns: [
    column(
      'number',
      'Entry',
      'integer',
      60,
      `Newest first. Only the newest ${ACTIVITY_ROWS_MAX} entries are shown.`,
    ),
    column('at', 'When', 'time', 145, 'When it last happened.'),
    column('level', 'Level', 'text', 90, 'needs you: somebody has to do something before it goes on.'),
    column('message', 'Message', 'text', 760, 'What happened and what to do.'),
    column('store', 'Store', 'text', 180, 'The store it is about.'),
    column('sku', 'SKU', 'text', 150, 'The product it is about.'),
    column('times', 'Times', 'integer', 70, 'How often it happened.'),
    column('resolved', 'Resolved', 'time', 150, 'When the trouble was over.'),
    updatedColumn,
  ],
};
