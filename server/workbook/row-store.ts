// The rows of a tab in the database: always many at once, never one by one.

import { sql } from 'kysely';
import type { Tx } from '../database/database.ts';

export type CellValue = string | number | boolean;
/** A formula as it was typed, with what it came to, or why it came to nothing. */
export type Formula = {
  readonly formula: string;
  readonly value?: CellValue;
  readonly error?: string;
  /** What its arguments were when it was worked out. */
  readonly argumentsHash?: string;
};
/** A cell that the result of another cell's formula reaches into; `spill` is the formula of that cell. */
export type Spilled = { readonly spill: string; readonly value: CellValue };
/** An empty cell is not kept. */
export type CellContent = CellValue | Formula | Spilled;

export const ERROR_VALUE = '#ERROR!';

/** What a cell shows and gives to whoever reads it. */
export function shownValue(content: CellContent): CellValue {
  if (typeof content !== 'object') return content;
  if ('spill' in content) return content.value;
  if (content.error !== undefined) return ERROR_VALUE;
  return content.value ?? 'Loading...';
}

export const isFormula = (content: CellContent): content is Formula =>
  typeof content === 'object' && 'formula' in content;

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

/** Only the stored ones among these rows. */
export async function readRowsAt(
  tx: Tx,
  { workbookId, sheetId }: SheetPlace,
  positions: readonly number[],
): Promise<readonly StoredRow[]> {
  const { rows } = await sql<StoredRow>`
    select position, cells, notes from workbook_rows
    where workbook_id = ${workbookId} and sheet_id = ${sheetId} and position = any(${[...positions]}::integer[])`.execute(
    tx,
  );
  return rows;
}

/** Puts the rows from `at` on into a new order: `order[i]` says which of them stands at place i now. */
export async function reorderRows(
  tx: Tx,
  { workbookId, sheetId }: SheetPlace,
  at: number,
  order: readonly number[],
): Promise<void> {
  const mine = sql`workbook_id = ${workbookId} and sheet_id = ${sheetId}`;
  await sql`update workbook_rows set position = -new.place - 1
    from unnest(${order.map((old) => at + old)}::integer[], ${order.map((_, place) => at + place)}::integer[])
      as new (old, place)
    where ${mine} and position = new.old`.execute(tx);
  await sql`update workbook_rows set position = -position - 1 where ${mine} and position < 0`.execute(tx);
}

/** Puts back rows as they once were, in place of whatever is there. */
export async function putRows(
  tx: Tx,
  { workbookId, sheetId }: SheetPlace,
  rows: readonly StoredRow[],
  revision: number,
): Promise<void> {
  await sql`
    insert into workbook_rows (workbook_id, sheet_id, position, cells, notes, revision)
    select ${workbookId}, ${sheetId}, old.position, old.cells::jsonb, old.notes::jsonb, ${revision}
    from unnest(${rows.map(({ position }) => position)}::integer[],
      ${rows.map(({ cells }) => JSON.stringify(cells))}::text[],
      ${rows.map(({ notes }) => JSON.stringify(notes))}::text[]) as old (position, cells, notes)
    on conflict (workbook_id, sheet_id, position) do update
    set cells = excluded.cells, notes = excluded.notes, revision = excluded.revision`.execute(tx);
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
