// Custom functions in cells: =NAME(arguments) is worked out by the script, as Google does it, whenever what it is given changes.
// Nothing else of a formula language is known here.

import { createHash } from 'node:crypto';
import { type CellCall, parseCellCall } from './cell-formula.ts';
import type { ScriptHost } from './host/script-host.ts';
import type { Outcome } from './host/worker.ts';
import { type CellContent, type CellValue, type Formula, isFormula, shownValue } from './row-store.ts';
import type { WorkbookEdit, WorkbookView } from './session.ts';
import type { Editor, WorkbookSheet } from './session-state.ts';
import { type Area, WHOLE_SHEET } from './sheet-shape.ts';
import type { Workbook } from './workbook.ts';

/** Results are the spreadsheet's own doing: no protection stops them, and no person is named. */
const SPREADSHEET: Editor = { kind: 'service', email: 'spreadsheet@local' };
/** More calls than this go to the script in several turns, each with its own time limit. */
const CALLS_AT_ONCE = 500;
const SPILL_MESSAGE = 'The result was not written because it would overwrite other cells.';

type Asked = {
  readonly sheetId: number;
  readonly row: number;
  readonly column: number;
  readonly formula: Formula;
  readonly argumentsHash: string;
  readonly outcome:
    | { readonly functionName: string; readonly argumentsJson: string }
    | { readonly error: string };
};

export function startCellFunctions(workbook: Workbook, host: Pick<ScriptHost, 'runInCells' | 'functions'>) {
  let working: Promise<void> = Promise.resolve();
  const stopListening = workbook.onChange(() => {
    // One at a time; a cell that needs nothing is found out by its arguments.
    working = working.then(() => workOutCells(workbook, host)).catch(() => undefined);
  });
  return {
    stop: async () => {
      stopListening();
      await working;
    },
  };
}

/** Works out every cell whose arguments changed; returns how many that were. */
export async function workOutCells(
  workbook: Workbook,
  host: Pick<ScriptHost, 'runInCells' | 'functions'>,
): Promise<void> {
  const names = new Set(await host.functions());
  const asked = await workbook.look((view) => findAsked(view, names));
  for (let start = 0; start < asked.length; start += CALLS_AT_ONCE) {
    const part = asked.slice(start, start + CALLS_AT_ONCE);
    const calls = part.flatMap(({ outcome }) => ('error' in outcome ? [] : [outcome]));
    const answers = calls.length === 0 ? [] : await runAll(host, calls);
    let next = 0;
    const results = part.map(
      ({ outcome }): Outcome =>
        'error' in outcome
          ? { ok: false, message: outcome.error }
          : (answers[next++] ?? { ok: false, message: 'The script did not answer.' }),
    );
    await workbook.change(SPREADSHEET, async (edit) => {
      for (const [index, one] of part.entries()) await putResult(edit, one, results[index] as Outcome);
    });
  }
}

async function runAll(
  host: Pick<ScriptHost, 'runInCells'>,
  calls: Parameters<ScriptHost['runInCells']>[0],
): Promise<readonly Outcome[]> {
  try {
    return await host.runInCells(calls);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return calls.map(() => ({ ok: false, message }));
  }
}

async function findAsked(view: WorkbookView, names: ReadonlySet<string>): Promise<Asked[]> {
  const asked: Asked[] = [];
  const grids = new Map<number, CellContent[][]>();
  const gridOf = async (sheet: WorkbookSheet): Promise<CellContent[][]> => {
    const known = grids.get(sheet.sheetId) ?? (await view.readCells(sheet.sheetId, WHOLE_SHEET));
    grids.set(sheet.sheetId, known);
    return known;
  };
  for (const sheet of view.sheets().filter(({ shape }) => shape.hasFormulas === true)) {
    const grid = await gridOf(sheet);
    for (const [row, line] of grid.entries()) {
      for (const [column, content] of line.entries()) {
        if (!isFormula(content)) continue;
        const outcome = await toCall(view, sheet, gridOf, parseCellCall(content.formula), names);
        const argumentsHash = hashOf(JSON.stringify(outcome));
        if (content.argumentsHash === argumentsHash) continue;
        asked.push({ sheetId: sheet.sheetId, row, column, formula: content, argumentsHash, outcome });
      }
    }
  }
  return asked;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 16);

async function toCall(
  view: WorkbookView,
  here: WorkbookSheet,
  gridOf: (sheet: WorkbookSheet) => Promise<CellContent[][]>,
  call: CellCall | { readonly problem: string },
  names: ReadonlySet<string>,
): Promise<Asked['outcome']> {
  if ('problem' in call) return { error: call.problem };
  const functionName = [...names].find((name) => name.toLowerCase() === call.name.toLowerCase());
  if (functionName === undefined) {
    return {
      error: `Unknown function: '${call.name}'. This workbook only knows the functions of the Stocksheet script.`,
    };
  }
  const values: unknown[] = [];
  for (const argument of call.arguments) {
    if (argument.kind === 'value') values.push(argument.value);
    else {
      const sheet = argument.tab === null ? here : view.sheetNamed(argument.tab);
      if (sheet === null) return { error: `Unresolved sheet name '${argument.tab}'.` };
      values.push(cut(await gridOf(sheet), argument.area, sheet));
    }
  }
  return { functionName, argumentsJson: JSON.stringify(values) };
}

/** One cell is handed over as its value, more as rows of values. */
function cut(grid: readonly CellContent[][], area: Area, { shape }: WorkbookSheet): unknown {
  const endRow = Math.min(area.endRow ?? grid.length, area.endRow ?? shape.rowCount);
  const endColumn = Math.min(area.endColumn ?? shape.columns.length, shape.columns.length);
  const rows = Array.from({ length: Math.max(1, endRow - area.startRow) }, (_row, down) =>
    Array.from({ length: Math.max(1, endColumn - area.startColumn) }, (_cell, right) =>
      shownValue(grid[area.startRow + down]?.[area.startColumn + right] ?? ''),
    ),
  );
  const isOneCell = rows.length === 1 && rows[0]?.length === 1;
  return isOneCell ? rows[0]?.[0] : rows;
}

async function putResult(edit: WorkbookEdit, asked: Asked, result: Outcome): Promise<void> {
  const { sheetId, row, column, formula, argumentsHash } = asked;
  const { shape } = edit.sheet(sheetId);
  const spillName = `${asked.formula.formula}@${shape.columns[column]?.id ?? 0}`;
  const [[now = ''] = []] = await edit.readCells(sheetId, {
    startRow: row,
    endRow: row + 1,
    startColumn: column,
    endColumn: column + 1,
  });
  // Somebody has typed something else, or rows have moved, meanwhile: the next change works it out again.
  if (!isFormula(now) || now.formula !== formula.formula) return;
  const keep = (content: Omit<Formula, 'formula' | 'argumentsHash'>) =>
    edit.putContent(sheetId, row, column, { formula: formula.formula, argumentsHash, ...content });
  await clearSpill(edit, asked, spillName);
  if (!result.ok) return keep({ error: result.message });
  const values = toBlock(result.resultJson);
  const height = Math.min(values.length, shape.rowCount - row);
  const width = Math.min(Math.max(...values.map((line) => line.length)), shape.columns.length - column);
  const block = { startRow: row, endRow: row + height, startColumn: column, endColumn: column + width };
  const there = await edit.readCells(sheetId, block);
  const isTaken = there.some((line, down) =>
    line.some((content, right) => (down > 0 || right > 0) && content !== ''),
  );
  if (isTaken) return keep({ error: SPILL_MESSAGE });
  for (let down = 0; down < height; down += 1) {
    for (let right = 0; right < width; right += 1) {
      const value = values[down]?.[right] ?? '';
      if (down === 0 && right === 0) keep({ value });
      else if (value !== '')
        edit.putContent(sheetId, row + down, column + right, { spill: spillName, value });
    }
  }
}

async function clearSpill(edit: WorkbookEdit, { sheetId, row }: Asked, name: string): Promise<void> {
  const area = { startRow: row, endRow: null, startColumn: 0, endColumn: null };
  const grid = await edit.readCells(sheetId, area);
  for (const [down, line] of grid.entries()) {
    for (const [right, content] of line.entries()) {
      const isOurs = typeof content === 'object' && 'spill' in content && content.spill === name;
      if (isOurs) edit.putContent(sheetId, row + down, right, '');
    }
  }
}

/** A single value, a list (which goes down), or rows. */
function toBlock(json: string | undefined): CellValue[][] {
  const result: unknown = json === undefined ? '' : JSON.parse(json);
  const rows = Array.isArray(result) ? (result.length === 0 ? [''] : result) : [result];
  return rows.map((line) => (Array.isArray(line) ? line : [line]).map(toCellValue));
}

function toCellValue(value: unknown): CellValue {
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') return value;
  return value === null || value === undefined ? '' : String(value);
}
