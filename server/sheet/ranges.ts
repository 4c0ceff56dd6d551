// Turns row writes into the fewest ranges, and ranges into chunks that Google likes.

import type { ValueRange } from './gateway.ts';
import type { RowWrite } from './plan-rows.ts';
import type { Cell } from './row.ts';

/** Google advises 2 MB for a request; the rest is for names and brackets. */
const CHUNK_BYTES_MAX = 1_900_000;
const RANGE_OVERHEAD_BYTES = 110;

export type Chunk = {
  readonly data: readonly ValueRange[];
  /** What is written, by tab. */
  readonly rows: ReadonlyMap<string, readonly RowWrite[]>;
  readonly count: number;
};

export type TabWrites = {
  readonly tab: string;
  readonly sheetId: number;
  /** Column of the sheet for each cell of a row, in order. */
  readonly columns: readonly number[];
  /** From top to bottom. Emptied rows have no key. */
  readonly pages: AsyncIterable<readonly RowWrite[]>;
  /** Written along with the first row. */
  readonly stamp: ValueRange;
};

type Line = { readonly row: RowWrite; readonly values: readonly (Cell | null)[]; readonly bytes: number };

/** `heads` go into the first chunk. No more is held at once than a chunk and a page. */
export async function* toChunks(
  tabs: readonly TabWrites[],
  heads: readonly ValueRange[],
): AsyncGenerator<Chunk> {
  let chunk = openChunk(heads);
  for (const tab of tabs) {
    const left = Math.min(...tab.columns);
    let isFirst = true;
    for await (const page of tab.pages) {
      for (const row of page) {
        const line = toLine(row, tab.columns, left);
        if (chunk.isFull(line.bytes + RANGE_OVERHEAD_BYTES)) {
          yield chunk.close();
          chunk = openChunk([]);
        }
        if (isFirst) chunk.add(tab.stamp);
        isFirst = false;
        chunk.addLine(tab, left, line);
      }
    }
    chunk.endRun();
  }
  const last = chunk.close();
  if (last.data.length > 0) yield last;
}

/** Collects lines; neighbours share a range. */
function openChunk(heads: readonly ValueRange[]) {
  const data: ValueRange[] = [...heads];
  const rows = new Map<string, RowWrite[]>();
  let bytes = Buffer.byteLength(JSON.stringify(heads));
  let count = 0;
  let run: { tab: string; sheetId: number; column: number; lines: Line[] } | null = null;
  const endRun = (): void => {
    const [first] = run?.lines ?? [];
    if (run === null || first === undefined) return;
    const { sheetId, column, lines } = run;
    data.push({ sheetId, row: first.row.index + 1, column, values: lines.map(({ values }) => values) });
    run = null;
  };
  return {
    isFull: (more: number): boolean => count > 0 && bytes + more > CHUNK_BYTES_MAX,
    add: (head: ValueRange): void => {
      data.push(head);
      bytes += Buffer.byteLength(JSON.stringify(head));
    },
    addLine: ({ tab, sheetId }: TabWrites, column: number, line: Line): void => {
      const isNext = run?.tab === tab && run.lines.at(-1)?.row.index === line.row.index - 1;
      if (!isNext) endRun();
      bytes += line.bytes + (isNext ? 0 : RANGE_OVERHEAD_BYTES);
      count += 1;
      run ??= { tab, sheetId, column, lines: [] };
      run.lines.push(line);
      const ofTab = rows.get(tab) ?? [];
      ofTab.push(line.row);
      rows.set(tab, ofTab);
    },
    endRun,
    close: (): Chunk => {
      endRun();
      return { data, rows, count };
    },
  };
}

/** Columns between ours that are not ours are left as they are: null. */
function toLine(row: RowWrite, columns: readonly number[], left: number): Line {
  const values: (Cell | null)[] = Array.from({ length: Math.max(...columns) - left + 1 }, () => null);
  for (const [index, column] of columns.entries()) values[column - left] = row.cells[index] ?? '';
  return { row, values, bytes: Buffer.byteLength(JSON.stringify(values)) + 1 };
}
