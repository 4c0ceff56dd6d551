// Which row a window means that last looked a while ago: every insert, delete and sort since then moves its rows along.

import type { Tx } from '../database/database.ts';
import type { SheetPlace } from './row-store.ts';

export type RowMove = {
  readonly kind: 'insert' | 'delete' | 'order';
  readonly at: number;
  readonly count: number;
  /** For 'order': which row, counted from `at`, stands at each place now. */
  readonly order: readonly number[] | null;
};

/** Older moves are forgotten: a window that looked away for so long reads the tab again first. */
const REVISIONS_KEPT = 5_000;

export async function recordMove(
  tx: Tx,
  { workbookId, sheetId }: SheetPlace,
  revision: number,
  move: RowMove,
): Promise<void> {
  const { kind, at, count, order } = move;
  await tx
    .insertInto('workbook_moves')
    .values({
      workbook_id: workbookId,
      sheet_id: sheetId,
      revision,
      kind,
      at,
      count,
      new_order: order === null ? null : [...order],
    })
    .execute();
  await tx
    .deleteFrom('workbook_moves')
    .where('workbook_id', '=', workbookId)
    .where('revision', '<', revision - REVISIONS_KEPT)
    .execute();
}

/** Null: too long ago, nobody remembers. */
export async function movesSince(
  tx: Tx,
  { workbookId, sheetId }: SheetPlace,
  since: number,
  current: number,
): Promise<readonly RowMove[] | null> {
  if (since < current - REVISIONS_KEPT) return null;
  const rows = await tx
    .selectFrom('workbook_moves')
    .select(['kind', 'at', 'count', 'new_order'])
    .where('workbook_id', '=', workbookId)
    .where('sheet_id', '=', sheetId)
    .where('revision', '>', since)
    .orderBy('id')
    .execute();
  return rows.map(({ kind, at, count, new_order }) => ({ kind, at, count, order: new_order }));
}

/** Where rows that were at `rows` are now; null for a row that is gone. */
export function followMoves(rows: readonly number[], moves: readonly RowMove[]): readonly (number | null)[] {
  let places: (number | null)[] = [...rows];
  for (const move of moves) {
    const step = stepOf(move);
    places = places.map((place) => (place === null ? null : step(place)));
  }
  return places;
}

function stepOf({ kind, at, count, order }: RowMove): (place: number) => number | null {
  if (kind === 'insert') return (place) => (place >= at ? place + count : place);
  if (kind === 'delete') return (place) => (place < at ? place : place < at + count ? null : place - count);
  const placeOf = new Map((order ?? []).map((old, place) => [old, place]));
  return (place) => at + (placeOf.get(place - at) ?? place - at);
}
