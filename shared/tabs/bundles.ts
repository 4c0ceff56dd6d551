// Bundles: what a product is made of, one row per component.

import { submitColumn } from './row-columns.ts';
import { settingEnd } from './settings-columns.ts';
import { column, type TabDefinition } from './tab.ts';

export const BUNDLES_TAB: TabDefinition = {
  name: 'Bundles',
  owner: 'people',
  rowKey: 'rowId',
  newestRowsMax: null,
  columns: [
    submitColumn,
    column(
      'bundle',
      'Bundle SKU',
      'text',
      160,
      'The SKU that stores sell. It has no stock of its own: it can be sold as often as its components allow.',
    ),
    column('component', 'Component SKU', 'text', 160, 'What is in it. Tick all rows of a bundle together.'),
    column('units', 'Units', 'integer', 70, 'How many of the component make one bundle.', {
      numberFormat: null,
    }),
    ...settingEnd,
  ],
};
