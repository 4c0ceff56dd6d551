// Decides which row of a tab stands where, and what was written there before: only what differs is written again.

import type { TabDefinition } from '../../shared/tabs/tab.ts';
import { UPDATED_KEY } from '../../shared/tabs/tab.ts';
import type { Cell } from './row.ts';

/** What a row of the sheet holds; `index` 0 is the first row below the header. */
export type KnownRow = { readonly key: string; readonly index: number; readonly hash: string };

export type RowWrite = KnownRow & { readonly cells: readonly Cell[] };

/** `before`: the hash of what this very row says there now; null when something else or nothing stands there. */
export type Place = { readonly key: string; readonly index: number; readonly before: string | null };

export type RowPlan = {
  /** From top to bottom. */
  readonly places: readonly Place[];
  /** Rows of the sheet that are emptied. */
  readonly blanks: readonly number[];
  /** Keys that are no longer in the sheet. */
  readonly gone: readonly string[];
  /** Rows below the header that the grid must have. */
  readonly rowsNeeded: number;
};

export const NOTHING: RowPlan = { places: [], blanks: [], gone: [], rowsNeeded: 0 };

/** The columns whose cells we write; the last one has only a header. */
export const written = (definition: TabDefinition) =>
  definition.columns.filter(({ key }) => key !== UPDATED_KEY);

/** For a tab whose rows stay where they are: changed rows in place, new rows below. */
export function planChanges(keys: readonly string[], known: readonly KnownRow[], nextIndex: number): RowPlan {
  const byKey = new Map(known.map((row) => [row.key, row]));
  let next = nextIndex;
  const places = keys.map((key): Place => {
    const before = byKey.get(key);
    if (before !== undefined) return { key, index: before.index, before: before.hash };
    next += 1;
    return { key, index: next - 1, before: null };
  });
  return { ...NOTHING, places: fromTop(places), rowsNeeded: next };
}

/**
 * For a tab whose every row is at hand: rows that are gone are taken out by moving the last rows into their places, which
 * may be repeated without harm, unlike deleting rows.
 */
export function planAll(keys: readonly string[], known: readonly KnownRow[]): RowPlan {
  const wanted = new Set(keys);
  const places = new Map<string, number>();
  const taken = new Set<number>();
  for (const { key, index } of known) {
    if (!wanted.has(key) || index >= keys.length || taken.has(index)) continue;
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
    keys.map((key) => ({ key, index: indexOf(key) })),
  );
}

/** For a tab of the newest rows: each row is where it belongs in the order given. */
export const planInOrder = (keys: readonly string[], known: readonly KnownRow[]): RowPlan =>
  finish(
    known,
    keys.map((key, index) => ({ key, index })),
  );

function finish(known: readonly KnownRow[], all: readonly Omit<Place, 'before'>[]): RowPlan {
  const byIndex = new Map(known.map((row) => [row.index, row]));
  const keys = new Set(all.map(({ key }) => key));
  const places = all.map(({ key, index }): Place => {
    const there = byIndex.get(index);
    return { key, index, before: there?.key === key ? there.hash : null };
  });
  return {
    places: fromTop(places),
    blanks: [...byIndex.keys()].filter((index) => index >= all.length).sort((a, b) => a - b),
    gone: known.filter(({ key }) => !keys.has(key)).map(({ key }) => key),
    rowsNeeded: all.length,
  };
}

const fromTop = (places: readonly Place[]): readonly Place[] => [...places].sort((a, b) => a.index - b.index);
