// Stock take: counted numbers pasted for a whole warehouse. What is not listed stays as it is, unless a row says otherwise.

import { answerColumns, submitColumn } from './row-columns.ts';
import { column, type TabDefinition } from './tab.ts';

/** In the SKU's place: every product of the warehouse that this stock take did not count. */
export const EVERYTHING_ELSE = 'everything else';

export const STOCK_TAKE_TAB: TabDefinition = {
  name: 'Stock take',
  owner: 'people',
  rowKey: 'rowId',
  newestRowsMax: null,
  columns: [
    submitColumn,
    column(
      'sku',
      'SKU',
      'text',
      140,
      `The SKU exactly as in Inventory. Products that are not listed stay as they are; a last row "${EVERYTHING_ELSE}" ` +
        'with 0 counted sets them to 0.',
    ),
    column('counted', 'Counted', 'integer', 80, 'Units on the shelf, those of open orders too.', {
      numberFormat: null,
    }),
    column('warehouse', 'Warehouse', 'text', 95, 'Where it was counted. Empty when there is only one.'),
    column(
      'countedAt',
      'Counted at',
      'text',
      135,
      'Such as 2026-11-23 14:30. What was sold or received after it is kept. Empty: now.',
    ),
    column('take', 'Stock take', 'text', 105, 'A name for this stock take. Empty: the date.'),
    column('action', 'Action', 'dropdown', 85, 'Empty: it is counted. reverse takes a counted row back.', {
      choices: { values: ['reverse'], strict: true },
    }),
    ...answerColumns,
    column('difference', 'Difference', 'integer', 90, 'Counted less what was expected.', { locked: true }),
    // What may stay empty comes after the answer, so that the answer is in sight.
    column('note', 'Note', 'text', 200, 'Anything worth remembering. It is kept in the ledger.'),
  ],
};
