// Transfers: stock on its way from one warehouse to another, one row per SKU. Number and SKU name a transfer that is there.

import { TRANSFER_ACTIONS } from '../model/delivery.ts';
import { answerColumns, stepColumn, submitColumn } from './row-columns.ts';
import { column, type TabDefinition } from './tab.ts';

const locked = { locked: true };
const typed = { numberFormat: null };

export const TRANSFERS_TAB: TabDefinition = {
  name: 'Transfers',
  owner: 'people',
  rowKey: 'rowId',
  newestRowsMax: null,
  columns: [
    submitColumn,
    column(
      'number',
      'Transfer',
      'text',
      85,
      'Rows with the same number travel together. Left empty, the system gives one.',
    ),
    column('action', 'Action', 'dropdown', 95, 'What to do now. reverse takes back the last step.', {
      choices: { values: TRANSFER_ACTIONS, strict: true },
    }),
    column(
      'receiveNow',
      'Receive now',
      'integer',
      95,
      'Units that arrived. Empty: all that are left.',
      typed,
    ),
    column('sku', 'SKU', 'text', 130, 'What is moved. Empty, with a number: the action is for all its rows.'),
    column('from', 'From', 'text', 95, 'The warehouse that it leaves.'),
    column('to', 'To', 'text', 95, 'The warehouse that it goes to.'),
    column('quantity', 'Quantity', 'integer', 75, 'Whole units.', typed),
    ...answerColumns,
    column('state', 'State', 'text', 105, 'draft, sent, partly received, received or cancelled.', locked),
    column('received', 'Received', 'integer', 75, 'Units that have arrived so far.', locked),
    column('incoming', 'Under way', 'integer', 80, 'Units still on their way.', locked),
    // What may stay empty comes last, so that the answer is in sight.
    column('expected', 'Expected', 'text', 110, 'The day it should arrive, such as 2026-12-24.'),
    column(
      'note',
      'Note',
      'text',
      180,
      'Anything worth remembering. For "write off": why units are missing.',
    ),
    stepColumn,
  ],
};
