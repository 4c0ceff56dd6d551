// What is remembered of the sheet between flushes: where each tab and row is, and what was last written there.

import { sql } from 'kysely';
import { type Database, inTransaction } from '../database/database.ts';
import type { KnownRow } from './plan-rows.ts';

export type TabState = {
  readonly tab: string;
  readonly sheetId: number;
  readonly columns: Readonly<Record<string, number>>;
  readonly layoutHash: string;
  readonly contextHash: string;
  readonly gridRows: number;
  readonly doubtful: boolean;
  readonly verifiedAt: Date;
};

const ROWS_PER_STATEMENT = 20_000;

export async function readTabStates(db: Database, spreadsheetId: string): Promise<Map<string, TabState>> {
  const rows = await db
    .selectFrom('sheet_tabs')
    .selectAll()
    .where('spreadsheet_id', '=', spreadsheetId)
    .execute();
  return new Map(
    rows.map((row) => [
      row.tab,
      {
        tab: row.tab,
        sheetId: row.sheet_id,
        columns: row.columns,
        layoutHash: row.layout_hash,
        contextHash: row.context_hash,
        gridRows: row.grid_rows,
        doubtful: row.doubtful,
        verifiedAt: row.verified_at,
      },
    ]),
  );
}

export async function saveTabState(db: Database, spreadsheetId: string, state: TabState): Promise<void> {
  const row = {
    sheet_id: state.sheetId,
    columns: JSON.stringify(state.columns),
    layout_hash: state.layoutHash,
    context_hash: state.contextHash,
    grid_rows: state.gridRows,
    doubtful: state.doubtful,
    verified_at: state.verifiedAt,
  };
  await db
    .insertInto('sheet_tabs')
    .values({ spreadsheet_id: spreadsheetId, tab: state.tab, ...row })
    .onConflict((conflict) => conflict.columns(['spreadsheet_id', 'tab']).doUpdateSet(row))
    .execute();
}

export async function markDoubtful(db: Database, spreadsheetId: string): Promise<void> {
  await db
    .updateTable('sheet_tabs')
    .set({ doubtful: true })
    .where('spreadsheet_id', '=', spreadsheetId)
    .execute();
}

/** Of the keys given, or of all. */
export async function readKnownRows(
  db: Database,
  spreadsheetId: string,
  tab: string,
  keys: readonly string[] | null,
): Promise<KnownRow[]> {
  const some = keys === null ? sql<boolean>`true` : sql<boolean>`row_key = any(${keys}::text[])`;
  const rows = await db
    .selectFrom('sheet_rows')
    .select(['row_key as key', 'row_index as index', 'cells_hash as hash'])
    .where('spreadsheet_id', '=', spreadsheetId)
    .where('tab', '=', tab)
    .where(some)
    .execute();
  return rows;
}

export async function nextRowIndex(db: Database, spreadsheetId: string, tab: string): Promise<number> {
  const row = await db
    .selectFrom('sheet_rows')
    .select('row_index')
    .where('spreadsheet_id', '=', spreadsheetId)
    .where('tab', '=', tab)
    .orderBy('row_index', 'desc')
    .limit(1)
    .executeTakeFirst();
  return (row?.row_index ?? -1) + 1;
}

/** What stood in these places before is forgotten: a crash between two chunks leaves no two rows in one place. */
export async function saveRows(
  db: Database,
  spreadsheetId: string,
  tab: string,
  rows: readonly KnownRow[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const part = rows.slice(start, start + ROWS_PER_STATEMENT);
    const indexes = part.map(({ index }) => index);
    await inTransaction(db, async (tx) => {
      await sql`delete from sheet_rows where spreadsheet_id = ${spreadsheetId} and tab = ${tab}
        and row_index = any(${indexes}::integer[])`.execute(tx);
      await sql`
        insert into sheet_rows (spreadsheet_id, tab, row_key, row_index, cells_hash)
        select ${spreadsheetId}, ${tab}, new.* from unnest(${part.map(({ key }) => key)}::text[],
          ${indexes}::integer[], ${part.map(({ hash }) => hash)}::text[]) as new
        on conflict (spreadsheet_id, tab, row_key) do update
        set row_index = excluded.row_index, cells_hash = excluded.cells_hash`.execute(tx);
    });
  }
}

/** Null: all of them. */
export async function forgetRows(
  db: Database,
  spreadsheetId: string,
  tab: string,
  keys: readonly string[] | null,
): Promise<void> {
  if (keys?.length === 0) return;
  await db
    .deleteFrom('sheet_rows')
    .where('spreadsheet_id', '=', spreadsheetId)
    .where('tab', '=', tab)
    .where(keys === null ? sql<boolean>`true` : sql<boolean>`row_key = any(${keys}::text[])`)
    .execute();
}

export async function readWatermarks(db: Database, spreadsheetId: string): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('sheet_watermarks')
    .select(['tab', 'read_from'])
    .where('spreadsheet_id', '=', spreadsheetId)
    .execute();
  return new Map(rows.map((row) => [row.tab, row.read_from]));
}

export async function saveWatermark(
  db: Database,
  spreadsheetId: string,
  tab: string,
  readFrom: string,
): Promise<void> {
  await db
    .insertInto('sheet_watermarks')
    .values({ spreadsheet_id: spreadsheetId, tab, read_from: readFrom })
    .onConflict((conflict) =>
      conflict.columns(['spreadsheet_id', 'tab']).doUpdateSet({ read_from: readFrom }),
    )
    .execute();
}
