// Rows of a people's tab as the add-on keeps them: cells that a person fills in, and cells that the server writes back.

import type { Database } from '../../server/database/database.ts';
import type { SubmitRows } from '../../server/documents/row-outcome.ts';
import type { Stamp } from '../../server/ledger/moves.ts';
import type { Cell, RowAnswer, SubmittedRow } from '../../shared/api/rows.ts';
import type { Sku } from '../../shared/model/ids.ts';

export type SheetRow = { readonly rowId: string; cells: Record<string, Cell> };

export type RowSheet = {
  /** A new row; nothing is submitted. */
  readonly row: (cells: Record<string, Cell>) => SheetRow;
  /** Submits the row after filling in these cells, and writes the answer's cells into it. */
  readonly send: (row: SheetRow, cells?: Record<string, Cell>) => Promise<RowAnswer>;
  /** Submits several rows at once, and writes their answers' cells into them. */
  readonly sendAll: (rows: readonly SheetRow[]) => Promise<readonly RowAnswer[]>;
  /** Submits the row as it is, and throws the answer away. */
  readonly sendLosingAnswer: (row: SheetRow, cells?: Record<string, Cell>) => Promise<void>;
  /** SKUs whose stores were to be woken by the last submission. */
  readonly touched: () => readonly Sku[];
};

let sheets = 0;

export function openSheet(db: Database, submit: SubmitRows, stamp: () => Stamp): RowSheet {
  sheets += 1;
  let rows = 0;
  let touched: readonly Sku[] = [];
  const ask = async (asked: readonly SubmittedRow[]): Promise<readonly RowAnswer[]> => {
    const outcome = await submit(db, structuredClone(asked) as SubmittedRow[], stamp());
    touched = outcome.touched;
    return outcome.answers;
  };
  const sendAll = async (asked: readonly SheetRow[]): Promise<readonly RowAnswer[]> => {
    const answers = await ask(asked);
    for (const [index, answer] of answers.entries()) {
      const row = asked[index];
      if (row !== undefined) row.cells = { ...row.cells, ...answer.writes };
    }
    return answers;
  };
  return {
    row: (cells) => {
      rows += 1;
      return { rowId: `sheet ${sheets} row ${rows}`, cells };
    },
    sendAll,
    send: async (row, cells = {}) => {
      row.cells = { ...row.cells, ...cells };
      const [answer] = await sendAll([row]);
      if (answer === undefined) throw new Error('The row was not answered.');
      return answer;
    },
    sendLosingAnswer: async (row, cells = {}) => {
      row.cells = { ...row.cells, ...cells };
      await ask([row]);
    },
    touched: () => touched,
  };
}
