// The rows of the open tab that the page has seen, fetched a window at a time and again after each change.

import type { PageCell, PageRow, PageTab } from '../page-api.ts';
import { server } from './server.ts';

export type Rows = {
  readonly tab: () => PageTab;
  readonly cell: (row: number, column: number) => PageCell;
  readonly note: (row: number, column: number) => string;
  /** Fetches what is missing of this window. */
  readonly want: (from: number, to: number) => void;
  /** Something changed in the workbook: what is on screen is read again, the rest when it is looked at. */
  readonly refresh: () => void;
  /** Shows what was typed before the workbook has confirmed it. */
  readonly put: (row: number, column: number, value: PageCell) => void;
};

export function createRows(first: PageTab, onLoad: () => void): Rows {
  let tab = first;
  let known = new Map<number, PageRow>();
  let fresh = new Set<number>();
  let window = { from: 2, to: 60 };
  let fetching = false;
  let again = false;

  async function load(): Promise<void> {
    if (fetching) {
      again = true;
      return;
    }
    fetching = true;
    const asked = fresh;
    try {
      const [head, body] = await Promise.all([
        server.rows(tab.id, 1, 1),
        server.rows(tab.id, window.from, window.to - window.from + 1),
      ]);
      tab = body.tab;
      for (const row of [...head.rows, ...body.rows]) known.set(row.row, row);
      for (let row = window.from; row <= window.to; row += 1) asked.add(row);
      onLoad();
    } finally {
      fetching = false;
      if (again) {
        again = false;
        await load();
      }
    }
  }

  return {
    tab: () => tab,
    cell: (row, column) => known.get(row)?.cells[column - 1] ?? '',
    note: (row, column) => known.get(row)?.notes[column] ?? '',
    want: (from, to) => {
      window = { from: Math.max(2, from), to };
      for (let row = window.from; row <= to; row += 1) {
        if (!fresh.has(row)) return void load().catch(() => undefined);
      }
    },
    refresh: () => {
      // What was seen stays on screen until the new state is there.
      fresh = new Set();
      if (known.size > 5_000) known = new Map();
      // When the workbook is away, the event stream tells as soon as it is back.
      void load().catch(() => undefined);
    },
    put: (row, column, value) => {
      const before = known.get(row) ?? { row, cells: [], notes: {} };
      const cells = [...before.cells];
      while (cells.length < column) cells.push('');
      cells[column - 1] = value;
      known.set(row, { ...before, cells });
    },
  };
}
