// Turns row writes into the fewest ranges, and ranges into chunks that Google likes.

import { quote, type ValueRange } from './gateway.ts';
import type { RowWrite } from './plan-rows.ts';
import type { Cell } from './row.ts';

/** Google advises 2 MB for a request; the rest is for names and brackets. */
const CHUNK_BYTES_MAX = 1_900_000;
const RANGE_OVERHEAD_BYTES = 60;

export type Chunk = { readonly data: readonly ValueRange[]; readonly rows: readonly RowWrite[] };

export type TabWrites = {
  readonly title: string;
  /** Column of the sheet for each cell of a row, in order. */
  readonly columns: readonly number[];
  readonly rows: readonly RowWrite[];
};

type Line = { readonly row: RowWrite; readonly values: readonly (Cell | null)[]; readonly bytes: number };

/** `heads` go into the first chunk. */
export function toChunks(tabs: readonly TabWrites[], heads: readonly ValueRange[]): Chunk[] {
  const chunks: Chunk[] = [];
  let data: ValueRange[] = [...heads];
  let rows: RowWrite[] = [];
  let bytes = Buffer.byteLength(JSON.stringify(heads));
  const close = (): void => {
    if (data.length > 0) chunks.push({ data, rows });
    [data, rows, bytes] = [[], [], 0];
  };
  for (const tab of tabs) {
    const left = Math.min(...tab.columns);
    let run: Line[] = [];
    const endRun = (): void => {
      const [first] = run;
      if (first === undefined) return;
      const last = first.row.index + run.length - 1;
      const right = left + first.values.length - 1;
      const range = `${quote(tab.title)}!${letters(left)}${first.row.index + 2}:${letters(right)}${last + 2}`;
      data.push({ range, values: run.map(({ values }) => values) });
      for (const { row } of run) rows.push(row);
      run = [];
    };
    for (const row of tab.rows) {
      const line = toLine(row, tab.columns, left);
      const isNext = run.at(-1)?.row.index === row.index - 1;
      if (!isNext) endRun();
      const cost = line.bytes + (isNext ? 0 : RANGE_OVERHEAD_BYTES);
      if (bytes + cost > CHUNK_BYTES_MAX) {
        endRun();
        close();
      }
      bytes += cost;
      run.push(line);
    }
    endRun();
  }
  close();
  return chunks;
}

/** Columns between ours that are not ours are left as they are: null. */
function toLine(row: RowWrite, columns: readonly number[], left: number): Line {
  const values: (Cell | null)[] = Array.from({ length: Math.max(...columns) - left + 1 }, () => null);
  for (const [index, column] of columns.entries()) values[column - left] = row.cells[index] ?? '';
  return { row, values, bytes: Buffer.byteLength(JSON.stringify(values)) + 1 };
}

export function letters(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}
