// Turn-on plan: what would change if a store were turned on, listing by listing, those that need a look first.

import { column, type TabDefinition, updatedColumn } from './tab.ts';

const LINES_MAX = 500_000;

export const TURN_ON_PLAN_TAB: TabDefinition = {
  name: 'Turn-on plan',
  owner: 'server',
  rowKey: 'rowKey',
  newestRowsMax: LINES_MAX,
  columns: [
    column(
      'store',
      'Store',
      'text',
      160,
      'A store that was never on. Once it is, its plan is over and leaves this tab.',
    ),
    column('sku', 'SKU', 'text', 150, 'The SKU that the listing carries.'),
    column('title', 'Listing', 'text', 230, 'Its title in the shop.'),
    column(
      'result',
      'Result',
      'text',
      95,
      'same, differs, never set, disagrees (its listings show different numbers), untracked or unknown.',
    ),
    column(
      'shows',
      'Shop shows',
      'integer',
      100,
      'Empty: the shop does not count it, or did not say. That is not 0.',
    ),
    column('wouldPush', 'Would be told', 'integer', 110, 'Empty: it would be told nothing.'),
    column('change', 'Change', 'integer', 90, 'What it would be told, less what it shows.'),
    column('why', 'Why', 'text', 520, 'How the number comes about, or why there is none.'),
    column('location', 'Location', 'text', 130, 'The location in the shop, where it has several.'),
    column('listings', 'Listings', 'integer', 80, 'How many listings of this store carry the SKU.'),
    column('rowKey', 'Row key', 'text', 80, 'Tells rows apart. Written by the system.', { hidden: true }),
    updatedColumn,
  ],
};
