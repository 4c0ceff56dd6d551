// Low stock levels: from how many units on a person wants to hear of a SKU, and how to order more.

import { submitColumn } from './row-columns.ts';
import { settingEnd } from './settings-columns.ts';
import { column, type TabDefinition } from './tab.ts';

/** What counts where a person leaves the cell empty. */
export const STOCK_LEVEL_DEFAULTS = { leadDays: 14, coverDays: 30, salesDays: 30 } as const;

const plain = { numberFormat: null };

export const STOCK_LEVELS_TAB: TabDefinition = {
  name: 'Low stock levels',
  owner: 'people',
  rowKey: 'rowId',
  newestRowsMax: null,
  columns: [
    submitColumn,
    column('sku', 'SKU', 'text', 130, 'The SKU exactly as it stands in Inventory.'),
    column('warehouse', 'Warehouse', 'text', 95, 'Leave it empty when there is only one warehouse.'),
    column(
      'alertAt',
      'Alert at',
      'integer',
      75,
      'It is low when so many units, or fewer, are available.',
      plain,
    ),
    column(
      'leadDays',
      'Lead time (days)',
      'integer',
      110,
      `Days from ordering to receiving. Empty: ${STOCK_LEVEL_DEFAULTS.leadDays}.`,
      plain,
    ),
    column(
      'coverDays',
      'Cover (days)',
      'integer',
      95,
      `For how many days of sales an order shall last. Empty: ${STOCK_LEVEL_DEFAULTS.coverDays}.`,
      plain,
    ),
    column(
      'salesDays',
      'Sales of (days)',
      'integer',
      110,
      `How many past days of sales count. Days on which it was sold out, or not known yet, are left out. Empty: ${STOCK_LEVEL_DEFAULTS.salesDays}.`,
      plain,
    ),
    ...settingEnd,
  ],
};
