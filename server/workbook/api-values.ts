// The values part of the local Sheets API: reading and writing blocks of cells by A1 ranges.

import * as z from 'zod';
import { formatA1, parseA1 } from './a1.ts';
import { ApiError } from './api-error.ts';
import { areaOf, type GridRange, gridRange } from './api-requests.ts';
import { type CellContent, isFormula, shownValue } from './row-store.ts';
import type { WorkbookEdit, WorkbookView } from './session.ts';
import type { WorkbookSheet } from './session-state.ts';
import type { Area } from './sheet-shape.ts';

const cellInput = z.union([z.string().max(50_000), z.number(), z.boolean(), z.null()]);
export const valueRange = z.object({
  range: z.string().optional(),
  majorDimension: z.enum(['ROWS']).optional(),
  values: z.array(z.array(cellInput)).default([]),
});
export type ValueRange = z.infer<typeof valueRange>;

/** By the number of the tab, whatever it is called. */
export const filteredRange = z.strictObject({
  dataFilter: z.strictObject({ gridRange }),
  majorDimension: z.enum(['ROWS']).optional(),
  values: z.array(z.array(cellInput)).default([]),
});

export const inputOption = z.enum(['RAW', 'USER_ENTERED'], {
  error: "'valueInputOption' is required but not specified",
});
export type InputOption = z.infer<typeof inputOption>;
export const renderOption = z
  .enum(['FORMATTED_VALUE', 'UNFORMATTED_VALUE', 'FORMULA'])
  .default('FORMATTED_VALUE');
export type RenderOption = z.infer<typeof renderOption>;

export type Place = { readonly sheet: WorkbookSheet; readonly area: Bounds };
type Bounds = { startRow: number; endRow: number; startColumn: number; endColumn: number };

/** Finds what an A1 range means now, bounded by the grid. @throws ApiError in Google's words. */
export function locate(view: WorkbookView, text: string): Place {
  const bare = view.sheetNamed(text);
  if (bare !== null) return { sheet: bare, area: bound(bare, null) };
  const parsed = parseA1(text);
  const sheet =
    parsed?.tab === null
      ? view.sheets().find(({ shape }) => !shape.hidden)
      : parsed !== null && view.sheetNamed(parsed.tab);
  if (parsed === null || !sheet) throw new ApiError(400, `Unable to parse range: ${text}`);
  return withinGrid(sheet, parsed.area);
}

/** @throws ApiError in Google's words when it begins outside. */
function withinGrid(sheet: WorkbookSheet, area: Area | null): Place {
  const { rowCount, columns } = sheet.shape;
  if (area !== null && (area.startRow >= rowCount || area.startColumn >= columns.length)) {
    throw new ApiError(
      400,
      `Range (${formatA1(sheet.shape.title, area)}) exceeds grid limits. Max rows: ${rowCount}, max columns: ${columns.length}`,
    );
  }
  return { sheet, area: bound(sheet, area) };
}

function bound({ shape }: WorkbookSheet, area: Area | null): Bounds {
  return {
    startRow: area?.startRow ?? 0,
    endRow: Math.min(area?.endRow ?? shape.rowCount, shape.rowCount),
    startColumn: area?.startColumn ?? 0,
    endColumn: Math.min(area?.endColumn ?? shape.columns.length, shape.columns.length),
  };
}

export async function readValues(view: WorkbookView, range: string, render: RenderOption): Promise<object> {
  const { sheet, area } = locate(view, range);
  const grid = await view.readCells(sheet.sheetId, area);
  const values = trimRows(grid.map((line) => trimCells(line.map((cell) => show(cell, render)))));
  return {
    range: formatA1(sheet.shape.title, area),
    majorDimension: 'ROWS',
    ...(values.length === 0 ? {} : { values }),
  };
}

function trimCells(line: readonly unknown[]): unknown[] {
  return line.slice(0, line.findLastIndex((cell) => cell !== '') + 1);
}

function trimRows(rows: readonly unknown[][]): unknown[][] {
  return rows.slice(0, rows.findLastIndex((line) => line.length > 0) + 1);
}

function show(cell: CellContent, render: RenderOption): string | number | boolean {
  if (render === 'FORMULA' && isFormula(cell)) return cell.formula;
  const value = shownValue(cell);
  if (render !== 'FORMATTED_VALUE' || typeof value === 'string') return value;
  return String(value).toUpperCase();
}

export type WriteSummary = {
  readonly updatedRange: string;
  readonly updatedRows: number;
  readonly updatedCells: number;
};

export const writeValues = (
  edit: WorkbookEdit,
  range: string,
  values: ValueRange['values'],
  how: InputOption,
) => writeInto(edit, locate(edit, range), values, how);

export const writeValuesAt = (
  edit: WorkbookEdit,
  range: GridRange,
  values: ValueRange['values'],
  how: InputOption,
) => writeInto(edit, withinGrid(edit.sheet(range.sheetId), areaOf(range)), values, how);

function writeInto(
  edit: WorkbookEdit,
  { sheet, area }: Place,
  values: ValueRange['values'],
  how: InputOption,
): WriteSummary & { readonly sheetId: number } {
  const width = values.reduce((most, line) => Math.max(most, line.length), 0);
  requireFit(sheet, area, values.length, width);
  edit.writeCells(sheet.sheetId, area.startRow, area.startColumn, values, how === 'RAW' ? 'raw' : 'typed');
  const written = {
    startRow: area.startRow,
    endRow: area.startRow + Math.max(1, values.length),
    startColumn: area.startColumn,
    endColumn: area.startColumn + Math.max(1, width),
  };
  return {
    sheetId: sheet.sheetId,
    updatedRange: formatA1(sheet.shape.title, written),
    updatedRows: values.length,
    updatedCells: values.reduce((sum, line) => sum + line.filter((cell) => cell !== null).length, 0),
  };
}

/** A range of one cell is only an anchor; any other must hold everything that is written. */
function requireFit(sheet: WorkbookSheet, area: Bounds, rows: number, width: number): void {
  const isAnchor = area.endRow - area.startRow === 1 && area.endColumn - area.startColumn === 1;
  if (isAnchor) return;
  const name = formatA1(sheet.shape.title, area);
  if (rows > area.endRow - area.startRow) {
    throw new ApiError(
      400,
      `Requested writing within range [${name}], but tried writing to row [${area.endRow + 1}]`,
    );
  }
  if (width > area.endColumn - area.startColumn) {
    const column = formatA1('x', {
      ...area,
      startRow: 0,
      endRow: 1,
      startColumn: area.endColumn,
      endColumn: area.endColumn + 1,
    });
    throw new ApiError(
      400,
      `Requested writing within range [${name}], but tried writing to column [${column.slice(2, -1)}]`,
    );
  }
}

export async function clearValues(edit: WorkbookEdit, range: string): Promise<object> {
  const { sheet, area } = locate(edit, range);
  const { rows } = await edit.extent(sheet.sheetId);
  const height = Math.max(0, Math.min(area.endRow, rows) - area.startRow);
  const blank = Array.from({ length: area.endColumn - area.startColumn }, () => '');
  edit.writeCells(
    sheet.sheetId,
    area.startRow,
    area.startColumn,
    Array.from({ length: height }, () => blank),
    'raw',
  );
  return { clearedRange: formatA1(sheet.shape.title, area) };
}

/** Adds rows below the last one that holds something, and rows to the grid when it is full. */
export async function appendValues(
  edit: WorkbookEdit,
  range: string,
  values: ValueRange['values'],
  how: InputOption,
): Promise<object> {
  const { sheet, area } = locate(edit, range);
  const { rows } = await edit.extent(sheet.sheetId);
  const at = Math.max(rows, area.startRow);
  const missing = at + values.length - sheet.shape.rowCount;
  if (missing > 0) await edit.insert(sheet.sheetId, 'rows', sheet.shape.rowCount, missing);
  const anchor = {
    startRow: at,
    endRow: at + 1,
    startColumn: area.startColumn,
    endColumn: area.startColumn + 1,
  };
  const updates = writeValues(edit, formatA1(sheet.shape.title, anchor), values, how);
  return { tableRange: formatA1(sheet.shape.title, area), updates };
}
