// A row on its way to the sheet: its cells by column key, cleaned, and the hash that tells whether it changed.

import { createHash } from 'node:crypto';
import { CELL_LENGTH_MAX } from '../../shared/tabs/tab.ts';

export type Cell = string | number | boolean;

export type SheetRow = {
  readonly key: string;
  /** A moment is written by the clock of the sheet. */
  readonly cells: Readonly<Record<string, Cell | Date>>;
};

const CUT_MARK = '… (cut)';

/** Text as a cell can hold it: too long is cut where people see it; what no text file can hold is replaced. */
export function toText(text: string | null): string {
  const clean = (text ?? '').toWellFormed().replaceAll('\u0000', '\ufffd');
  if (clean.length <= CELL_LENGTH_MAX) return clean;
  return clean.slice(0, CELL_LENGTH_MAX - CUT_MARK.length).toWellFormed() + CUT_MARK;
}

export const toTime = (at: Date | null): Date | '' => at ?? '';

export const toNumber = (number: number | null): Cell => number ?? '';

export function hashCells(cells: readonly Cell[]): string {
  return createHash('sha256').update(JSON.stringify(cells)).digest('base64url').slice(0, 22);
}
