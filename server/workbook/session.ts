// One look at the workbook or one change of it, inside a transaction. Structure lives in memory and is saved at the end;
// cells are read and written in bulk.

import { sql } from 'kysely';
import type { Tx } from '../database/database.ts';
import { followMoves, movesSince } from './row-moves.ts';
import { createCells, type EditCells, type ReadCells } from './session-cells.ts';
import { createMerges, type EditMerges } from './session-merges.ts';
import { type Editor, type SessionState, sameName, type WorkbookSheet } from './session-state.ts';
import { createStructure, type EditStructure } from './session-structure.ts';
import type { SheetShape } from './sheet-shape.ts';
import { WorkbookError } from './workbook-error.ts';

export type WorkbookView = ReadCells & {
  /** In the order of the tabs. */
  readonly sheets: () => readonly WorkbookSheet[];
  readonly sheet: (sheetId: number) => WorkbookSheet;
  readonly sheetNamed: (title: string) => WorkbookSheet | null;
  /** Of the state that is looked at, or that is being made. */
  readonly revision: number;
  /**
   * Where the rows are now that were at `rows` (from 0) at `since`; null for one that is gone.
   * @throws WorkbookError when that was too long ago.
   */
  readonly follow: (
    sheetId: number,
    since: number,
    rows: readonly number[],
  ) => Promise<readonly (number | null)[]>;
};

export const TOO_OLD_MESSAGE = 'This window shows an old state of the workbook. Reload the page.';

export type WorkbookEdit = WorkbookView & EditCells & EditStructure & EditMerges;

export type Session = WorkbookEdit & { readonly save: () => Promise<void> };

/** With an editor the workbook is locked until the transaction ends; without one nothing may be changed. */
export async function createSession(tx: Tx, workbookId: string, editor: Editor | null): Promise<Session> {
  const query = tx.selectFrom('workbooks').select(['revision', 'next_id']).where('id', '=', workbookId);
  const head = await (editor === null ? query : query.forUpdate()).executeTakeFirst();
  if (head === undefined) throw new WorkbookError('Requested entity was not found.', 404);
  const stored = await tx
    .selectFrom('workbook_sheets')
    .select(['sheet_id', 'position', 'shape'])
    .where('workbook_id', '=', workbookId)
    .execute();
  let nextId = head.next_id;
  const sheets = new Map<number, WorkbookSheet>(
    stored.map((row) => [
      row.sheet_id,
      { sheetId: row.sheet_id, position: row.position, shape: toShape(row.shape) },
    ]),
  );
  const state: SessionState = {
    tx,
    workbookId,
    editor,
    revision: head.revision + 1,
    sheets,
    deleted: new Set(),
    reshaped: new Set(),
    nextId: () => nextId++,
    find: (sheetId) => {
      const found = sheets.get(sheetId);
      if (found === undefined) throw new WorkbookError(`No grid with id: ${sheetId}`);
      return found;
    },
  };
  const cells = createCells(state);
  const structure = createStructure(state, cells.flush);
  const ordered = () => [...sheets.values()].sort((a, b) => a.position - b.position);
  return {
    sheets: ordered,
    sheet: state.find,
    revision: editor === null ? head.revision : state.revision,
    follow: async (sheetId, since, rows) => {
      const moves = await movesSince(tx, { workbookId, sheetId }, since, head.revision);
      if (moves === null) throw new WorkbookError(TOO_OLD_MESSAGE);
      return followMoves(rows, moves);
    },
    sheetNamed: (title) => ordered().find(({ shape }) => sameName(shape.title, title)) ?? null,
    ...cells,
    ...structure,
    ...createMerges(state, cells, structure),
    save: async () => {
      await cells.flush();
      await save(state, nextId);
    },
  };
}

/** Tabs that were stored before cells could be merged have no merges. */
const toShape = (stored: unknown): SheetShape => ({
  merges: [],
  ...(stored as Omit<SheetShape, 'merges'> & Partial<SheetShape>),
});

async function save(state: SessionState, nextId: number): Promise<void> {
  const { tx, workbookId, revision } = state;
  await tx.updateTable('workbooks').set({ revision, next_id: nextId }).where('id', '=', workbookId).execute();
  for (const sheetId of state.reshaped) {
    const sheet = state.sheets.get(sheetId);
    if (sheet === undefined) continue;
    await sql`
      insert into workbook_sheets (workbook_id, sheet_id, position, shape, shape_revision)
      values (${workbookId}, ${sheetId}, ${sheet.position}, ${JSON.stringify(sheet.shape)}, ${revision})
      on conflict (workbook_id, sheet_id) do update
      set position = excluded.position, shape = excluded.shape, shape_revision = excluded.shape_revision`.execute(
      tx,
    );
  }
  for (const sheetId of state.deleted) {
    await tx
      .deleteFrom('workbook_sheets')
      .where('workbook_id', '=', workbookId)
      .where('sheet_id', '=', sheetId)
      .execute();
  }
}
