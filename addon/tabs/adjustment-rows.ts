// Reads the Adjustments tab: every row with something in it, its identity and what it says.

import type { AdjustmentRow } from '../../shared/api/adjustments.ts';
import type { Cell } from '../ports.ts';
import type { FoundTab } from './find-columns.ts';
import { type RowMark, readMark } from './row-identity.ts';

/** The cells that say what is to be done; the server reads each exactly as it is in the sheet. */
export const ADJUSTMENT_FIELDS = [
  'sku',
  'warehouse',
  'action',
  'quantity',
  'seen',
  'reason',
  'note',
] as const satisfies readonly (keyof AdjustmentRow)[];
export type AdjustmentField = (typeof ADJUSTMENT_FIELDS)[number];

export type AdjustmentLine = {
  readonly row: number;
  readonly ticked: boolean;
  readonly mark: RowMark | null;
  readonly cells: Readonly<Record<AdjustmentField, Cell>>;
  readonly fingerprint: string;
};

/** `digest` makes the fingerprint; it is asked only for rows that are ticked or known already. */
export function readAdjustmentLines(found: FoundTab, digest: (text: string) => string): AdjustmentLine[] {
  const { tab, firstColumn, lastColumn } = found;
  const rows = tab.lastRow() - 1;
  if (rows < 1) return [];
  return tab.read(2, firstColumn, rows, lastColumn - firstColumn + 1).flatMap((line, index) => {
    const cell = (key: string): Cell => line[found.column(key) - firstColumn] ?? '';
    const cells = Object.fromEntries(ADJUSTMENT_FIELDS.map((field) => [field, cell(field)]));
    const ticked = isTicked(cell('submit'));
    const mark = readMark(String(cell('rowId')));
    if (mark === null && (!ticked || isEmpty(Object.values(cells)))) return [];
    return [
      {
        row: index + 2,
        ticked,
        mark,
        cells: cells as Record<AdjustmentField, Cell>,
        fingerprint: fingerprintOf(cells, digest),
      },
    ];
  });
}

const isEmpty = (cells: readonly Cell[]): boolean => cells.every((cell) => cell === '');

/** A paste can leave the word where the tick box was. */
const isTicked = (cell: Cell): boolean => cell === true || String(cell).toLowerCase() === 'true';

/** `seen` is left out: it is filled in on the way, and the same row stays the same row. */
function fingerprintOf(cells: Record<string, Cell>, digest: (text: string) => string): string {
  const said = ADJUSTMENT_FIELDS.filter((field) => field !== 'seen').map((field) => cells[field]);
  return digest(JSON.stringify(said)).slice(0, 16);
}
