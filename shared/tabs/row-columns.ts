// The columns that every tab of rows has: the tick box in front, the answer and the hidden identity at the end.

import { column, type TabColumn } from './tab.ts';

export const submitColumn: TabColumn = column(
  'submit',
  'Submit',
  'checkbox',
  60,
  'Tick the rows to send, then choose "Submit ticked rows" in the menu.',
);

export const answerColumns: readonly TabColumn[] = [
  column('status', 'Status', 'text', 75, 'Written by the system after submitting.', { locked: true }),
  column('message', 'Message', 'text', 380, 'What was done, or what to mend.', { locked: true }),
  column('rowId', 'Row id', 'text', 80, 'Tells rows apart. Written by the system.', {
    hidden: true,
    locked: true,
  }),
];

/** Of a row that lives through several steps: which of them it has seen. */
export const stepColumn: TabColumn = column(
  'step',
  'Step',
  'text',
  60,
  'How far this row is. Written by the system.',
  { hidden: true, locked: true, numberFormat: null },
);
