// spreadsheets.batchUpdate: each request in turn, all of them or none.

import { ApiError } from './api-error.ts';
import {
  type ApiRequest,
  areaOf,
  type CellData,
  type GridRange,
  type RequestBody,
  type RequestKind,
  readRequest,
} from './api-requests.ts';
import { describeProtection, describeSheet, describeTag } from './api-spreadsheet.ts';
import type { WorkbookEdit } from './session.ts';
import type { CellInput } from './session-cells.ts';
import type { Editor, WorkbookSheet } from './session-state.ts';
import { type Area, type CellFormat, DEFAULT_COLUMNS, DEFAULT_ROWS, type SheetShape } from './sheet-shape.ts';
import { WorkbookError } from './workbook-error.ts';

type Handlers = {
  readonly [Kind in RequestKind]: (edit: WorkbookEdit, body: RequestBody<Kind>, editor: Editor) => unknown;
};

export async function runBatch(
  edit: WorkbookEdit,
  requests: readonly unknown[],
  editor: Editor,
): Promise<readonly object[]> {
  const replies: object[] = [];
  for (const [index, input] of requests.entries()) {
    const reading = readRequest(input);
    if (!reading.ok)
      throw new ApiError(400, `Invalid requests[${index}].${reading.kind}: ${reading.problem}`);
    const { kind } = reading.request;
    try {
      const reply = await run(edit, reading.request, editor);
      replies.push(reply === undefined ? {} : { [kind]: reply });
    } catch (error) {
      if (!(error instanceof WorkbookError)) throw error;
      throw new ApiError(error.status, `Invalid requests[${index}].${kind}: ${error.message}`);
    }
  }
  return replies;
}

async function run(edit: WorkbookEdit, { kind, body }: ApiRequest, editor: Editor): Promise<unknown> {
  const handle = HANDLERS[kind] as (edit: WorkbookEdit, body: unknown, editor: Editor) => unknown;
  return handle(edit, body, editor);
}

const HANDLERS: Handlers = {
  addSheet: (edit, { properties }) => {
    const { gridProperties = {} } = properties;
    const sheet = edit.addSheet({
      title: properties.title ?? `Sheet${edit.sheets().length + 1}`,
      rowCount: gridProperties.rowCount ?? DEFAULT_ROWS,
      columnCount: gridProperties.columnCount ?? DEFAULT_COLUMNS,
      ...(properties.sheetId === undefined ? {} : { sheetId: properties.sheetId }),
    });
    edit.reshape(sheet.sheetId, (shape) => ({
      ...shape,
      frozenRows: gridProperties.frozenRowCount ?? 0,
      frozenColumns: gridProperties.frozenColumnCount ?? 0,
      hidden: properties.hidden ?? false,
    }));
    return { properties: describeSheet(edit.sheet(sheet.sheetId), edit.sheets().length - 1) };
  },
  deleteSheet: (edit, { sheetId }) => edit.deleteSheet(sheetId),
  updateSheetProperties: (edit, { properties, fields }) => {
    const wanted = new Set(fields.split(','));
    const { sheetId, title, hidden, gridProperties } = properties;
    for (const name of wanted) {
      if (
        !['title', 'hidden', 'gridProperties.frozenRowCount', 'gridProperties.frozenColumnCount'].includes(
          name,
        )
      )
        throw new WorkbookError(`Invalid field: ${name}`);
    }
    if (wanted.has('title')) edit.renameSheet(sheetId, title ?? '');
    edit.reshape(sheetId, (shape) => ({
      ...shape,
      hidden: wanted.has('hidden') ? (hidden ?? false) : shape.hidden,
      frozenRows: wanted.has('gridProperties.frozenRowCount')
        ? (gridProperties?.frozenRowCount ?? 0)
        : shape.frozenRows,
      frozenColumns: wanted.has('gridProperties.frozenColumnCount')
        ? (gridProperties?.frozenColumnCount ?? 0)
        : shape.frozenColumns,
    }));
  },
  appendDimension: (edit, { sheetId, dimension, length }) => {
    const { shape } = edit.sheet(sheetId);
    return dimension === 'ROWS'
      ? edit.insert(sheetId, 'rows', shape.rowCount, length)
      : edit.insert(sheetId, 'columns', shape.columns.length, length);
  },
  insertDimension: (edit, { range }) =>
    edit.insert(range.sheetId, axisOf(range.dimension), range.startIndex, range.endIndex - range.startIndex),
  deleteDimension: (edit, { range }) =>
    edit.remove(range.sheetId, axisOf(range.dimension), range.startIndex, range.endIndex),
  moveDimension: (edit, { source, destinationIndex }) => {
    if (source.dimension !== 'COLUMNS') throw new WorkbookError('Only columns can be moved here.');
    edit.requireEditable(source.sheetId, areaOf({ sheetId: source.sheetId }));
    edit.moveColumns(source.sheetId, source.startIndex, source.endIndex, destinationIndex);
  },
  updateDimensionProperties: (edit, { range, properties }) => {
    if (range.dimension !== 'COLUMNS') throw new WorkbookError('Only columns have properties here.');
    edit.reshape(range.sheetId, (shape) => ({
      ...shape,
      columns: shape.columns.map((column, index) =>
        index < range.startIndex || index >= range.endIndex
          ? column
          : {
              ...column,
              widthPx: properties.pixelSize ?? column.widthPx,
              hidden: properties.hiddenByUser ?? column.hidden,
            },
      ),
    }));
  },
  repeatCell: (edit, { range, cell, fields }) => {
    if (!fields.split(',').every((name) => name.startsWith('userEnteredFormat')))
      throw new WorkbookError(`Invalid field: ${fields}`);
    const area = areaOf(range);
    requireStartInside(edit.sheet(range.sheetId), area);
    edit.requireEditable(range.sheetId, area);
    addFormat(edit, range.sheetId, area, cell.userEnteredFormat ?? {});
  },
  updateCells: (edit, { range, rows, fields }) => updateCells(edit, range, rows, fields.split(',')),
  addProtectedRange: (edit, { protectedRange }, editor) => {
    const { range, editors } = protectedRange;
    const protection = {
      id: protectedRange.protectedRangeId ?? edit.nextId(),
      area: areaOf(range),
      unprotected: (protectedRange.unprotectedRanges ?? []).map(areaOf),
      // Whoever protects may edit.
      editors: [...new Set([...(editors?.users ?? []), editor.email])],
      warningOnly: protectedRange.warningOnly ?? false,
      description: protectedRange.description ?? '',
    };
    edit.reshape(range.sheetId, (shape) => ({ ...shape, protections: [...shape.protections, protection] }));
    return { protectedRange: describeProtection(edit.sheet(range.sheetId), protection, editor) };
  },
  deleteProtectedRange: (edit, { protectedRangeId }) => {
    const has = ({ shape }: WorkbookSheet) => shape.protections.some(({ id }) => id === protectedRangeId);
    const sheet = edit.sheets().find(has);
    if (sheet === undefined) throw new WorkbookError(`No protected range with id: ${protectedRangeId}`);
    const without = (shape: SheetShape) => shape.protections.filter(({ id }) => id !== protectedRangeId);
    edit.reshape(sheet.sheetId, (shape) => ({ ...shape, protections: without(shape) }));
  },
  setDataValidation: (edit, { range, rule }) => {
    const area = areaOf(range);
    requireStartInside(edit.sheet(range.sheetId), area);
    edit.requireEditable(range.sheetId, area);
    const strict = rule?.strict ?? false;
    const added =
      rule === undefined
        ? []
        : rule.condition.type === 'BOOLEAN'
          ? [{ area, rule: { kind: 'tick', strict } as const }]
          : [{ area, rule: { kind: 'choice', strict, values: valuesOf(rule.condition.values) } as const }];
    const same = (other: Area) => JSON.stringify(other) === JSON.stringify(area);
    edit.reshape(range.sheetId, (shape) => ({
      ...shape,
      rules: [...shape.rules.filter((one) => !same(one.area)), ...added],
    }));
  },
  createDeveloperMetadata: (edit, { developerMetadata }) => {
    const { location, metadataKey, metadataValue, visibility } = developerMetadata;
    const sheetId = 'sheetId' in location ? location.sheetId : location.dimensionRange.sheetId;
    const columns = edit.sheet(sheetId).shape.columns;
    const column = 'sheetId' in location ? null : columns[location.dimensionRange.startIndex];
    if (column === undefined) throw new WorkbookError('The column of the metadata is outside the grid.');
    const columnId = column?.id ?? null;
    const tag = { id: edit.nextId(), key: metadataKey, value: metadataValue ?? '', visibility, columnId };
    edit.reshape(sheetId, (shape) => ({ ...shape, tags: [...shape.tags, tag] }));
    return { developerMetadata: describeTag(edit.sheet(sheetId), tag) };
  },
  unmergeCells: (edit, { range }) => {
    const { rowCount, columns } = edit.sheet(range.sheetId).shape;
    const area = areaOf(range);
    edit.unmerge(range.sheetId, {
      ...area,
      endRow: area.endRow ?? rowCount,
      endColumn: area.endColumn ?? columns.length,
    });
  },
  addConditionalFormatRule: (edit, { rule }) => {
    const sheetId = (rule as { ranges?: GridRange[] }).ranges?.[0]?.sheetId ?? 0;
    edit.reshape(sheetId, (shape) => ({ ...shape, conditionalFormats: [...shape.conditionalFormats, rule] }));
  },
};

const axisOf = (dimension: 'ROWS' | 'COLUMNS') => (dimension === 'ROWS' ? 'rows' : 'columns');
const valuesOf = (values: readonly { userEnteredValue: string }[] | undefined): string[] =>
  (values ?? []).map(({ userEnteredValue }) => userEnteredValue);

function requireStartInside({ shape }: WorkbookSheet, area: Area): void {
  if (area.startRow < shape.rowCount && area.startColumn < shape.columns.length) return;
  throw new WorkbookError(
    `Attempting to write outside the grid. Max rows: ${shape.rowCount}, max columns: ${shape.columns.length}`,
  );
}

function addFormat(
  edit: WorkbookEdit,
  sheetId: number,
  area: Area,
  wanted: NonNullable<CellData['userEnteredFormat']>,
): void {
  const format: CellFormat = {
    ...(wanted.numberFormat === undefined ? {} : { numberFormat: patternOf(wanted.numberFormat) }),
    ...(wanted.textFormat?.bold === undefined ? {} : { bold: wanted.textFormat.bold }),
    ...(wanted.wrapStrategy === undefined ? {} : { wrap: wanted.wrapStrategy }),
    ...(wanted.backgroundColorStyle === undefined ? {} : { background: wanted.backgroundColorStyle }),
  };
  const names = (other: CellFormat) => Object.keys(other).join();
  const replaced = (one: { area: Area; format: CellFormat }) =>
    JSON.stringify(one.area) === JSON.stringify(area) && names(one.format) === names(format);
  edit.reshape(sheetId, (shape) => ({
    ...shape,
    formats: [...shape.formats.filter((one) => !replaced(one)), { area, format }],
  }));
}

/** TEXT without a pattern is "plain text", which patterns call "@". */
const patternOf = ({ type, pattern }: { type: string; pattern?: string | undefined }): string =>
  pattern ?? (type === 'TEXT' ? '@' : 'General');

function updateCells(
  edit: WorkbookEdit,
  range: GridRange,
  rows: readonly { values: readonly CellData[] }[],
  fields: readonly string[],
): void {
  const { startRowIndex = 0, startColumnIndex = 0, sheetId } = range;
  for (const name of fields) {
    if (name === 'note') {
      const notes = rows.map(({ values }) => values.map(({ note }) => note ?? ''));
      edit.writeNotes(sheetId, startRowIndex, startColumnIndex, notes);
    } else if (name === 'userEnteredValue') {
      const cells = rows.map(({ values }) => values.map((cell) => toInput(cell)));
      edit.writeCells(sheetId, startRowIndex, startColumnIndex, cells, 'raw');
    } else throw new WorkbookError(`Invalid field: ${name}`);
  }
}

function toInput({ userEnteredValue }: CellData): CellInput {
  if (userEnteredValue?.formulaValue !== undefined)
    throw new WorkbookError('The local workbook does not take formulas this way.');
  return userEnteredValue?.stringValue ?? userEnteredValue?.numberValue ?? userEnteredValue?.boolValue ?? '';
}
