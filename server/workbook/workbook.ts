// The local workbook: a spreadsheet kept in the database. One change at a time, each all or nothing.

import { EventEmitter } from 'node:events';
import { UTC } from '../../shared/model/time-zone.ts';
import { type Database, inTransaction } from '../database/database.ts';
import { createSession, type WorkbookEdit, type WorkbookView } from './session.ts';
import type { Editor } from './session-state.ts';
import { DEFAULT_COLUMNS, DEFAULT_ROWS } from './sheet-shape.ts';

export type WorkbookChanges = {
  readonly revision: number;
  readonly sheets: readonly {
    readonly sheetId: number;
    /** Structure changed or rows moved: read the tab again. */
    readonly reshaped: boolean;
    /** Rows that changed otherwise, from 0. */
    readonly rows: readonly number[];
  }[];
};

export type Workbook = {
  readonly id: string;
  readonly title: string;
  /** By which its clock goes. */
  readonly timeZone: string;
  /** Reads one consistent state. */
  readonly look: <Result>(work: (view: WorkbookView) => Promise<Result>) => Promise<Result>;
  /** Changes the workbook: everything that `work` does, or nothing of it when it throws. May run twice. */
  readonly change: <Result>(editor: Editor, work: (edit: WorkbookEdit) => Promise<Result>) => Promise<Result>;
  readonly revision: () => Promise<number>;
  readonly changesSince: (revision: number) => Promise<WorkbookChanges>;
  /**
   * Calls back after every change newer than `since` (or than now), also of other processes (within POLL_MS). Returns how
   * to stop.
   */
  readonly onChange: (listener: (changes: WorkbookChanges) => void, since?: number) => () => void;
};

const POLL_MS = 500;

/** Opens a workbook; makes it with one empty tab when it does not exist, as a new spreadsheet has. */
export async function openWorkbook(
  db: Database,
  id: string,
  title: string,
  timeZone: string = UTC,
): Promise<Workbook> {
  const made = await db
    .insertInto('workbooks')
    .values({ id, title })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  const workbook = attach(db, { id, title, timeZone });
  if (made !== undefined) {
    await workbook.change({ kind: 'service', email: '' }, async (edit) => {
      if (edit.sheets().length > 0) return;
      edit.addSheet({ title: 'Sheet1', rowCount: DEFAULT_ROWS, columnCount: DEFAULT_COLUMNS });
    });
  }
  return workbook;
}

function attach(db: Database, named: Pick<Workbook, 'id' | 'title' | 'timeZone'>): Workbook {
  const { id } = named;
  const changed = new EventEmitter();
  changed.setMaxListeners(0);
  const revision = async (): Promise<number> => {
    const row = await db
      .selectFrom('workbooks')
      .select('revision')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return row.revision;
  };
  const changesSince = (since: number) => readChanges(db, id, since);
  return {
    ...named,
    revision,
    changesSince,
    look: (work) =>
      db
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute(async (tx) => work(await createSession(tx, id, null))),
    change: async (editor, work) => {
      const result = await inTransaction(db, async (tx) => {
        const session = await createSession(tx, id, editor);
        const answer = await work(session);
        await session.save();
        return answer;
      });
      changed.emit('change');
      return result;
    },
    onChange: (listener, since) => follow(changed, { revision, changesSince }, listener, since),
  };
}

/** One reader at a time; a change that arrives while it reads makes it read once more. */
function follow(
  changed: EventEmitter,
  source: Pick<Workbook, 'revision' | 'changesSince'>,
  listener: (changes: WorkbookChanges) => void,
  since: number | undefined,
): () => void {
  let seen: number | null = since ?? null;
  let reading = false;
  let again = false;
  const read = async (): Promise<void> => {
    const current = await source.revision();
    if (seen !== null && current > seen) {
      const changes = await source.changesSince(seen);
      seen = changes.revision;
      listener(changes);
    }
    seen ??= current;
  };
  const check = (): void => {
    again = true;
    if (reading) return;
    reading = true;
    void (async () => {
      while (again) {
        again = false;
        // The database may be away for a moment: the next tick asks again.
        await read().catch(() => undefined);
      }
      reading = false;
    })();
  };
  check();
  changed.on('change', check);
  const timer = setInterval(check, POLL_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    changed.off('change', check);
  };
}

async function readChanges(db: Database, id: string, since: number): Promise<WorkbookChanges> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      const { revision } = await tx
        .selectFrom('workbooks')
        .select('revision')
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      const sheets = await tx
        .selectFrom('workbook_sheets')
        .select(['sheet_id', 'shape_revision'])
        .where('workbook_id', '=', id)
        .execute();
      const rows = await tx
        .selectFrom('workbook_rows')
        .select(['sheet_id', 'position'])
        .where('workbook_id', '=', id)
        .where('revision', '>', since)
        .orderBy('position')
        .execute();
      const bySheet = Map.groupBy(rows, (row) => row.sheet_id);
      const touched = sheets.map((sheet) => ({
        sheetId: sheet.sheet_id,
        reshaped: sheet.shape_revision > since,
        rows: (bySheet.get(sheet.sheet_id) ?? []).map((row) => row.position),
      }));
      return { revision, sheets: touched.filter(({ reshaped, rows }) => reshaped || rows.length > 0) };
    });
}
