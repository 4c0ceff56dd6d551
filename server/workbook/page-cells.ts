// Typing, pasting and filling: each value goes to the row the person meant, past what is closed, and can be taken back.

import { cellsOfColumn, isOpenToTyping } from './open-cells.ts';
import type { CellsEdit, PageEdit, PageInput } from './page-api.ts';
import { runsOf } from './row-runs.ts';
import { type CellContent, isFormula, shownValue } from './row-store.ts';
import type { WorkbookEdit } from './session.ts';
import type { Editor } from './session-state.ts';
import { numberFormatAt, type SheetShape } from './sheet-shape.ts';
import { readTyped } from './typing.ts';
import { PROTECTED_MESSAGE, WorkbookError } from './workbook-error.ts';

export type Done = {
  /** What takes it back. */
  readonly undo: PageEdit | null;
  /** What the person should know although it went well. */
  readonly remark: string;
};

type Line = { readonly place: number; readonly values: PageInput[] };

export async function editCells(
  session: WorkbookEdit,
  editor: Editor,
  tabId: number,
  revision: number,
  edit: CellsEdit,
): Promise<Done> {
  const { lines, gone } = await linesOf(session, editor, tabId, revision, edit);
  const last = Math.max(...lines.map(({ place }) => place));
  const { rowCount } = session.sheet(tabId).shape;
  if (last >= rowCount) await session.insert(tabId, 'rows', rowCount, last + 1 - rowCount);
  const { shape } = session.sheet(tabId);
  const before = await readBefore(session, tabId, shape, lines, edit.column - 1);
  const kept = keepChanged(lines, before, edit, gone);
  for (const { at, count } of runsOf(lines.map(({ place }) => place))) {
    const run = lines.slice(kept.indexOf.get(at) ?? 0, (kept.indexOf.get(at) ?? 0) + count);
    writeRun(session, tabId, at, edit, run);
  }
  return { undo: undoOf(shape, lines, before, edit), remark: kept.remark };
}

async function linesOf(
  session: WorkbookEdit,
  editor: Editor,
  tabId: number,
  revision: number,
  edit: CellsEdit,
): Promise<{ lines: Line[]; gone: number }> {
  const { shape } = session.sheet(tabId);
  const places = await session.follow(
    tabId,
    revision,
    edit.rows.map((row) => row - 1),
  );
  const width = Math.max(...edit.values.map((line) => line.length));
  const open = Array.from({ length: width }, (_cell, right) => {
    const index = edit.column - 1 + right;
    return index < shape.columns.length && isOpenToTyping(shape, editor, cellsOfColumn(index));
  });
  // A block that reaches over closed or missing columns goes around them; only closed columns is a refusal.
  if (!open.includes(true)) throw new WorkbookError(PROTECTED_MESSAGE);
  const lines = new Map<number, Line>();
  for (const [index, place] of places.entries()) {
    if (place === null) continue;
    if (place < Math.max(1, shape.frozenRows)) throw new WorkbookError(PROTECTED_MESSAGE);
    const values = (edit.values[index] ?? []).map((value, right) => (open[right] === true ? value : null));
    lines.set(place, { place, values });
  }
  if (lines.size === 0) throw new WorkbookError('Somebody deleted this row meanwhile.');
  const sorted = [...lines.values()].sort((a, b) => a.place - b.place);
  return { lines: sorted, gone: places.filter((place) => place === null).length };
}

async function readBefore(
  session: WorkbookEdit,
  tabId: number,
  shape: SheetShape,
  lines: readonly Line[],
  column: number,
): Promise<readonly CellContent[][]> {
  const stored = await session.readRowsAt(
    tabId,
    lines.map(({ place }) => place),
  );
  const byPlace = new Map(stored.map((row) => [row.position, row]));
  return lines.map(({ place, values }) =>
    values.map((_, right) => byPlace.get(place)?.cells[shape.columns[column + right]?.id ?? -1] ?? ''),
  );
}

/** Leaves alone what is no longer as expected; says so. */
function keepChanged(
  lines: readonly Line[],
  before: readonly CellContent[][],
  edit: CellsEdit,
  gone: number,
): { indexOf: ReadonlyMap<number, number>; remark: string } {
  let changed = 0;
  if (edit.expected !== undefined && edit.expected.length === lines.length) {
    lines.forEach((line, index) => {
      line.values.forEach((value, right) => {
        const wanted = edit.expected?.[index]?.[right];
        if (value === null || wanted === null || wanted === undefined) return;
        if (sameContent(before[index]?.[right] ?? '', wanted)) return;
        line.values[right] = null;
        changed += 1;
      });
    });
  }
  const remarks = [
    ...(gone === 0
      ? []
      : [`${gone} ${gone === 1 ? 'row was' : 'rows were'} deleted meanwhile and left out.`]),
    ...(changed === 0
      ? []
      : [`${changed} ${changed === 1 ? 'cell was' : 'cells were'} changed meanwhile and left as they are.`]),
  ];
  return { indexOf: new Map(lines.map(({ place }, index) => [place, index])), remark: remarks.join(' ') };
}

function sameContent(content: CellContent, wanted: Exclude<PageInput, null>): boolean {
  if (typeof wanted === 'object') return isFormula(content) && content.formula === wanted.formula;
  if (isFormula(content)) return false;
  return String(shownValue(content)).toLowerCase() === String(wanted).toLowerCase();
}

function writeRun(
  session: WorkbookEdit,
  tabId: number,
  at: number,
  edit: CellsEdit,
  run: readonly Line[],
): void {
  const plain = run.map(({ values }) => values.map((value) => (typeof value === 'object' ? null : value)));
  session.writeCells(tabId, at, edit.column - 1, plain, edit.how);
  run.forEach(({ place, values }) => {
    values.forEach((value, right) => {
      if (value !== null && typeof value === 'object')
        session.putContent(tabId, place, edit.column - 1 + right, { formula: value.formula });
    });
  });
}

function undoOf(
  shape: SheetShape,
  lines: readonly Line[],
  before: readonly CellContent[][],
  edit: CellsEdit,
): CellsEdit {
  const values = lines.map((line, index) =>
    line.values.map((value, right): PageInput => {
      if (value === null) return null;
      const content = before[index]?.[right] ?? '';
      return isFormula(content) ? { formula: content.formula } : shownValue(content);
    }),
  );
  const expected = lines.map((line) =>
    line.values.map((value, right): PageInput => {
      if (value === null || typeof value === 'object' || edit.how === 'raw') return value;
      const content = readTyped(value, numberFormatAt(shape, line.place, edit.column - 1 + right));
      return isFormula(content) ? { formula: content.formula } : shownValue(content);
    }),
  );
  return {
    kind: 'cells',
    rows: lines.map(({ place }) => place + 1),
    column: edit.column,
    values,
    how: 'raw',
    expected,
  };
}
