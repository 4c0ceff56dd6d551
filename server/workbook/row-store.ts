// The rows of a tab in the database: always many at once, never one by one.

import { sql } from 'kysely';
import type { Tx } from '../database/database.ts';

/** An empty cell is not kept. A formula is kept as it was typed; the local workbook does not compute. */
export type Formula = { readonly formula: string };
export type CellContent = string | number | boolean | Formula;

export type StoredRow = {
  readonly position: number;
  /** By the number of the column; null and absent both mean empty. */
  readonly cells: Readonly<Record<string, CellContent | null>>;
  readonly notes: Readonly<Record<string, string | null>>;
};

/** What changes in a row; null empties. */
export type RowPatch = Record<string, CellContent | null>;

export type SheetPlace = { readonly workbookId: string; readonly sheetId: number };

const ROWS_PER_STATEMENT = 10_000;

export async function readRows(
  tx: Tx,
  { workbookId, sheetId }: SheetPlace,
  from: number,
  to: number,
): Promise<readonly StoredRow[]> {
  return (await tx
    .selectFrom('workbook_rows')
    .select(['position', 'cells', 'notes'])
    .where('workbook_id', '=', workbookId)
    .where('sheet_id', '=', sheetId)
    .where('position', '>=', from)
    .where('position', '<', to)
    .orderBy('position')
    .execute()) as StoredRow[];
}

export async function patchRows(
  tx: Tx,
  { workbookId, sheetId }: SheetPlace,
  kind: 'cells' | 'notes',
  patches: ReadonlyMap<number, RowPatch>,
  revision: number,
): Promise<void> {
  const all = [...patches];
  const column = sql.ref(kind);
  const other = sql.ref(kind === 'cells' ? 'notes' : 'cells');
  for (let start = 0; start < all.length; start += ROWS_PER_STATEMENT) {
    const part = all.slice(start, start + ROWS_PER_STATEMENT);
    await sql`
      insert into workbook_rows (workbook_id, sheet_id, position, ${column}, ${other}, revision)
      select ${workbookId}, ${sheetId}, new.position, new.patch::jsonb, '{}', ${revision}
      from unnest(${part.map(([position]) => position)}::integer[],
        ${part.map(([, patch]) => JSON.stringify(patch))}::text[]) as new (position, patch)
      on conflict (workbook_id, sheet_id, position) do update
      set ${column} = jsonb_strip_nulls(workbook_rows.${column} || excluded.${column}),
        revision = excluded.revision`.execute(tx);
  }
}

/** The last row, from 0, that holds a value; −1 in an empty tab. */
export async function lastRowWithValue(tx: Tx, { workbookId, sheetId }: SheetPlace): Promise<number> {
  const row = await tx
    .selectFrom('workbook_rows')
    .select('position')
    .where('workbook_id', '=', workbookId)
    .where('sheet_id', '=', sheetId)
    .where(sql<boolean>`jsonb_strip_nulls(cells) <> '{}'`)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.position ?? -1;
}

/** The numbers of the columns that hold a value anywhere. */
export async function usedColumns(tx: Tx, { workbookId, sheetId }: SheetPlace): Promise<ReadonlySet<number>> {
  const { rows } = await sql<{ id: string }>`
    select distinct key as id from workbook_rows, jsonb_object_keys(jsonb_strip_nulls(cells)) as key
    where workbook_id = ${workbookId} and sheet_id = ${sheetId}`.execute(tx);
  return new Set(rows.map(({ id }) => Number(id)));
}

/** Moves every row from `at` on by `count`; rows that would fall above `at` are taken out first. */
export async function shiftRows(
  tx: Tx,
  { workbookId, sheetId }: SheetPlace,
  at: number,
  count: number,
): Promise<void> {
  const mine = sql`workbook_id = ${workbookId} and sheet_id = ${sheetId}`;
  if (count < 0) {
    await sql`delete from workbook_rows where ${mine} and position >= ${at} and position < ${at - count}`.execute(
      tx,
    );
  }
  // Two steps over negative numbers: no two rows may share a position at any moment.
  await sql`update workbook_rows set position = -(position + ${count}) - 1
    where ${mine} and position >= ${at}`.execute(tx);
  await sql`update workbook_rows set position = -position - 1 where ${mine} and position < 0`.execute(tx);
}
