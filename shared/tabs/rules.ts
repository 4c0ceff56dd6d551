// Rules: what a store is told of what is available, one row per store and SKU, or per store for all its SKUs.

import { submitColumn } from './row-columns.ts';
import { settingEnd } from './settings-columns.ts';
import { column, type TabDefinition } from './tab.ts';

const plain = { numberFormat: null };

export const RULES_TAB: TabDefinition = {
  name: 'Rules',
  owner: 'people',
  rowKey: 'rowId',
  newestRowsMax: null,
  columns: [
    submitColumn,
    column('store', 'Store', 'text', 140, 'The name of the store, as in Stores.'),
    column(
      'sku',
      'SKU',
      'text',
      125,
      'Empty: all SKUs of this store that have no rule of their own. The rule of a SKU counts alone.',
    ),
    column('keepBack', 'Keep back', 'integer', 80, 'Units that this store is never offered.', plain),
    column(
      'sharePercent',
      'Share %',
      'integer',
      70,
      'How much of the rest is offered, from 0 to 100, rounded down. Empty: all of it.',
      plain,
    ),
    column(
      'showAtMost',
      'Show at most',
      'integer',
      95,
      'Never more than this is shown. Empty: no limit.',
      plain,
    ),
    column('doNotSell', 'Do not sell', 'checkbox', 90, 'Ticked: the store is told 0, whatever there is.'),
    ...settingEnd,
  ],
};
