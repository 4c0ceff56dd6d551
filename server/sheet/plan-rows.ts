// Decides which rows of a tab are written where: only those that differ from what was written before.

import type { TabDefinition } from '../../shared/tabs/tab.ts';
import { UPDATED_KEY } from '../../shared/tabs/tab.ts';
import { type Cell, hashCells, type SheetRow } from './row.ts';

/** What a row of the sheet holds; `index` 0 is the first row below the header. */
export type KnownRow = { readonly key: string; readonly index: number; readonly hash: string };

export type RowWrite = KnownRow & { readonly cells: readonly Cell[] };

export type RowPlan = {
  readonly writes: readonly RowWrite[];
  /** Rows of the sheet that are emptied. */
  readonly blanks: readonly number[];
  /** Keys that are no longer in the sheet. */
  readonly gone: readonly string[];
  /** Rows below the header that the grid must have. */
  readonly rowsNeeded: number;
};

/** The columns whose cells we write; the last one has only a header. */
export const written = (definition: TabDefinition) =>
  definition.columns.filter(({ key }) => key !== UPDATED_KEY);

const toWrite = (definition: TabDefinition, row: SheetRow, index: number): RowWrite => {
  const cells = written(definition).map(({ key }) => row.cells[key] ?? '');
  return { key: row.key, index, hash: hashCells(cells), cells };
};

/** For a tab whose rows stay where they are: changed rows in place, new rows below. */
export function planChanges(
  definition: TabDefinition,
  rows: readonly SheetRow[],
  known: readonly KnownRow[],
  nextIndex: number,
): RowPlan {
  const byKey = new Map(known.map((row) => [row.key, row]));
  let next = nextIndex;
  const writes = rows.flatMap((row) => {
    const before = byKey.get(row.key);
    const write = toWrite(definition, row, before?.index ?? next);
    if (before === undefined) next += 1;
    return before?.hash === write.hash ? [] : [write];
  });
  return { writes, blanks: [], gone: [], rowsNeeded: next };
}

/**
 * For a tab whose every row is at hand: rows that are gone are taken out by moving the last rows into their places, which
 * may be repeated without harm, unlike deleting rows.
 */
export function planAll(
  definition: TabDefinition,
  rows: readonly SheetRow[],
  known: readonly KnownRow[],
): RowPlan {
  const wanted = new Set(rows.map(({ key }) => key));
  const places = new Map<string, number>();
  const taken = new Set<number>();
  for (const { key, index } of known) {
    if (!wanted.has(key) || index >= rows.length || taken.has(index)) continue;
    places.set(key, index);
    taken.add(index);
  }
  let free = 0;
  const indexOf = (key: string): number => {
    const kept = places.get(key);
    if (kept !== undefined) return kept;
    while (taken.has(free)) free += 1;
    taken.add(free);
    return free;
  };
  return finish(
    known,
    rows.map((row) => toWrite(definition, row, indexOf(row.key))),
  );
}

/** For a tab of the newest rows: each row is where it belongs in the order given. */
export function planInOrder(
  definition: TabDefinition,
  rows: readonly SheetRow[],
  known: readonly KnownRow[],
): RowPlan {
  return finish(
    known,
    rows.map((row, index) => toWrite(definition, row, index)),
  );
}

function finish(known: readonly KnownRow[], all: readonly RowWrite[]): RowPlan {
  const byIndex = new Map(known.map((row) => [row.index, row]));
  const keys = new Set(all.map(({ key }) => key));
  const isThere = (row: RowWrite) => {
    const before = byIndex.get(row.index);
    return before?.key === row.key && before.hash === row.hash;
  };
  return {
    writes: all.filter((row) => !isThere(row)).sort((a, b) => a.index - b.index),
    blanks: [...byIndex.keys()].filter((index) => index >= all.length).sort((a, b) => a - b),
    gone: known.filter(({ key }) => !keys.has(key)).map(({ key }) => key),
    rowsNeeded: all.length,
  };
}
