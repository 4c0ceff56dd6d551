// What a person does in the grid, done to the workbook: cells by the rows they meant, whole rows, sorting; and what takes
// each of it back.

import { randomUUID } from 'node:crypto';
import type { PageEdit, PageEditResult } from './page-api.ts';
import { type Done, editCells } from './page-cells.ts';
import { type MergeMemory, mergeCells, unmergeCells } from './page-merges.ts';
import { runsOf } from './row-runs.ts';
import type { StoredRow } from './row-store.ts';
import type { WorkbookEdit } from './session.ts';
import type { Editor } from './session-state.ts';
import { putInOrder, sortOrder } from './sort-rows.ts';
import type { Workbook } from './workbook.ts';
import { PROTECTED_MESSAGE, WorkbookError } from './workbook-error.ts';

/** Deleted rows and sorts that can still be taken back; the oldest is forgotten first. */
const REMEMBERED_MAX = 100;
const FORGOTTEN = 'This is too long ago to be taken back.';

type Run = { readonly at: number; readonly rows: readonly StoredRow[]; readonly count: number };
type Memory =
  | {
      readonly kind: 'rows';
      readonly sheetId: number;
      readonly revision: number;
      readonly runs: readonly Run[];
    }
  | {
      readonly kind: 'order';
      readonly sheetId: number;
      readonly revision: number;
      readonly at: number;
      readonly order: readonly number[];
    }
  | MergeMemory;

export function createPageEdits(workbook: Workbook) {
  const memories = new Map<string, Memory>();
  const remember = (memory: Memory): string => {
    const id = randomUUID();
    memories.set(id, memory);
    const oldest = memories.keys().next().value;
    if (memories.size > REMEMBERED_MAX && oldest !== undefined) memories.delete(oldest);
    return id;
  };
  return async (editor: Editor, tabId: number, revision: number, edit: PageEdit): Promise<PageEditResult> => {
    try {
      return await workbook.change(editor, async (session) => {
        const done = await perform(session, editor, tabId, revision, edit, memories, remember);
        return { ok: true as const, revision: session.revision, ...done };
      });
    } catch (error) {
      if (error instanceof WorkbookError) return { ok: false, message: inPlainWords(error) };
      throw error;
    }
  };
}

async function perform(
  session: WorkbookEdit,
  editor: Editor,
  tabId: number,
  revision: number,
  edit: PageEdit,
  memories: ReadonlyMap<string, Memory>,
  remember: (memory: Memory) => string,
): Promise<Done> {
  switch (edit.kind) {
    case 'cells':
      return editCells(session, editor, tabId, revision, edit);
    case 'insertRows':
      return insertRows(session, tabId, revision, edit.before, edit.count);
    case 'deleteRows':
      return deleteRows(session, tabId, revision, edit.rows, remember);
    case 'restoreRows':
      return restoreRows(session, tabId, recall(memories, edit.id, 'rows'));
    case 'sort': {
      const sorted = await sortOrder(session, tabId, revision, edit);
      if (sorted === null) return { undo: null, remark: 'There is nothing to sort.' };
      await session.reorder(tabId, sorted.at, sorted.order);
      const { at, order } = sorted;
      const id = remember({ kind: 'order', sheetId: tabId, revision: session.revision, at, order });
      return { undo: { kind: 'unsort', id }, remark: '' };
    }
    case 'unsort':
      return unsort(session, tabId, recall(memories, edit.id, 'order'));
    case 'merge':
      return mergeCells(session, tabId, revision, edit, remember);
    case 'unmerge':
      return unmergeCells(session, tabId, recall(memories, edit.id, 'merge'));
  }
}

function recall<Kind extends Memory['kind']>(
  memories: ReadonlyMap<string, Memory>,
  id: string,
  kind: Kind,
): Extract<Memory, { kind: Kind }> {
  const memory = memories.get(id);
  if (memory?.kind !== kind) throw new WorkbookError(FORGOTTEN);
  return memory as Extract<Memory, { kind: Kind }>;
}

async function insertRows(
  session: WorkbookEdit,
  tabId: number,
  revision: number,
  before: number,
  count: number,
): Promise<Done> {
  const { rowCount, frozenRows } = session.sheet(tabId).shape;
  const [place] = await session.follow(tabId, revision, [Math.min(before - 1, rowCount)]);
  const at = place ?? Math.min(before - 1, rowCount);
  if (at < frozenRows) throw new WorkbookError('Rows cannot be put above the header.');
  await session.insert(tabId, 'rows', at, count);
  const rows = Array.from({ length: count }, (_row, index) => at + 1 + index);
  return { undo: { kind: 'deleteRows', rows }, remark: '' };
}

async function deleteRows(
  session: WorkbookEdit,
  tabId: number,
  revision: number,
  rows: readonly number[],
  remember: (memory: Memory) => string,
): Promise<Done> {
  const places = await session.follow(
    tabId,
    revision,
    rows.map((row) => row - 1),
  );
  const { frozenRows, rowCount } = session.sheet(tabId).shape;
  const there = places.filter((place) => place !== null && place < rowCount) as number[];
  if (there.length === 0) throw new WorkbookError('These rows are gone already.');
  if (there.some((place) => place < frozenRows)) throw new WorkbookError(PROTECTED_MESSAGE);
  const stored = await session.readRowsAt(tabId, there);
  const runs = runsOf(there).map(({ at, count }) => ({
    at,
    count,
    rows: stored.filter(({ position }) => position >= at && position < at + count),
  }));
  for (const { at, count } of [...runs].reverse()) await session.remove(tabId, 'rows', at, at + count);
  const id = remember({ kind: 'rows', sheetId: tabId, revision: session.revision, runs });
  return { undo: { kind: 'restoreRows', id }, remark: '' };
}

async function restoreRows(
  session: WorkbookEdit,
  tabId: number,
  memory: Extract<Memory, { kind: 'rows' }>,
): Promise<Done> {
  const rows: number[] = [];
  for (const run of memory.runs) {
    const [place] = await session.follow(tabId, memory.revision, [run.at]);
    const at = Math.min(place ?? run.at, session.sheet(tabId).shape.rowCount);
    await session.insert(tabId, 'rows', at, run.count);
    await session.putRows(
      tabId,
      run.rows.map((row) => ({ ...row, position: row.position - run.at + at })),
    );
    for (let index = 0; index < run.count; index += 1) rows.push(at + 1 + index);
  }
  return { undo: { kind: 'deleteRows', rows }, remark: '' };
}

async function unsort(
  session: WorkbookEdit,
  tabId: number,
  { at, order, revision }: Extract<Memory, { kind: 'order' }>,
): Promise<Done> {
  const now = await session.follow(
    tabId,
    revision,
    order.map((_, index) => at + index),
  );
  if (now.some((place, index) => place !== at + index))
    throw new WorkbookError(
      'Rows were added, removed or sorted again since, so this sort cannot be taken back.',
    );
  await session.reorder(tabId, at, putInOrder(order));
  return { undo: null, remark: '' };
}

function inPlainWords(error: WorkbookError): string {
  if (error.message !== PROTECTED_MESSAGE) return error.message;
  return 'Stocksheet fills in these cells, so they cannot be changed here.';
}
