// The requests of spreadsheets.batchUpdate that we use, as zod schemas: anything else is refused loudly.

import * as z from 'zod';
import type { Area } from './sheet-shape.ts';

export const gridRange = z.strictObject({
  sheetId: z.int().default(0),
  startRowIndex: z.int().min(0).optional(),
  endRowIndex: z.int().min(0).optional(),
  startColumnIndex: z.int().min(0).optional(),
  endColumnIndex: z.int().min(0).optional(),
});
export type GridRange = z.infer<typeof gridRange>;

export const areaOf = (range: GridRange): Area => ({
  startRow: range.startRowIndex ?? 0,
  endRow: range.endRowIndex ?? null,
  startColumn: range.startColumnIndex ?? 0,
  endColumn: range.endColumnIndex ?? null,
});

const dimension = z.enum(['ROWS', 'COLUMNS']);
const dimensionRange = z.strictObject({
  sheetId: z.int().default(0),
  dimension,
  startIndex: z.int().min(0).default(0),
  endIndex: z.int().min(0),
});

const gridProperties = z.object({
  rowCount: z.int().min(1).optional(),
  columnCount: z.int().min(1).optional(),
  frozenRowCount: z.int().min(0).optional(),
  frozenColumnCount: z.int().min(0).optional(),
});
const sheetProperties = z.object({
  sheetId: z.int().optional(),
  title: z.string().min(1).max(100).optional(),
  index: z.int().optional(),
  hidden: z.boolean().optional(),
  gridProperties: gridProperties.optional(),
});

const extendedValue = z.strictObject({
  stringValue: z.string().max(50_000).optional(),
  numberValue: z.number().optional(),
  boolValue: z.boolean().optional(),
  formulaValue: z.string().optional(),
});
const cellFormat = z.object({
  numberFormat: z.object({ type: z.string(), pattern: z.string().optional() }).optional(),
  textFormat: z
    .object({ bold: z.boolean().optional(), foregroundColorStyle: z.unknown().optional() })
    .optional(),
  backgroundColorStyle: z.unknown().optional(),
  wrapStrategy: z.string().optional(),
});
const cellData = z.object({
  note: z.string().optional(),
  userEnteredValue: extendedValue.optional(),
  userEnteredFormat: cellFormat.optional(),
});
export type CellData = z.infer<typeof cellData>;

const rule = z.object({
  condition: z.object({
    type: z.enum(['BOOLEAN', 'ONE_OF_LIST']),
    values: z
      .array(z.object({ userEnteredValue: z.string() }))
      .max(500)
      .optional(),
  }),
  strict: z.boolean().optional(),
  showCustomUi: z.boolean().optional(),
});

const protectedRange = z.object({
  protectedRangeId: z.int().optional(),
  range: gridRange,
  description: z.string().optional(),
  warningOnly: z.boolean().optional(),
  unprotectedRanges: z.array(gridRange).optional(),
  editors: z.object({ users: z.array(z.string()).optional() }).optional(),
});

const location = z.union([z.strictObject({ sheetId: z.int() }), z.strictObject({ dimensionRange })]);
const fields = z.string().min(1);

const REQUESTS = {
  addSheet: z.strictObject({ properties: sheetProperties }),
  deleteSheet: z.strictObject({ sheetId: z.int() }),
  updateSheetProperties: z.strictObject({ properties: sheetProperties.required({ sheetId: true }), fields }),
  appendDimension: z.strictObject({ sheetId: z.int().default(0), dimension, length: z.int().min(1) }),
  insertDimension: z.strictObject({ range: dimensionRange, inheritFromBefore: z.boolean().optional() }),
  deleteDimension: z.strictObject({ range: dimensionRange }),
  moveDimension: z.strictObject({ source: dimensionRange, destinationIndex: z.int().min(0) }),
  updateDimensionProperties: z.strictObject({
    range: dimensionRange,
    properties: z.object({ pixelSize: z.int().min(0).optional(), hiddenByUser: z.boolean().optional() }),
    fields,
  }),
  repeatCell: z.strictObject({ range: gridRange, cell: cellData, fields }),
  updateCells: z.strictObject({
    range: gridRange,
    rows: z.array(z.object({ values: z.array(cellData).default([]) })).default([]),
    fields,
  }),
  addProtectedRange: z.strictObject({ protectedRange }),
  deleteProtectedRange: z.strictObject({ protectedRangeId: z.int() }),
  setDataValidation: z.strictObject({ range: gridRange, rule: rule.optional() }),
  createDeveloperMetadata: z.strictObject({
    developerMetadata: z.object({
      metadataKey: z.string().min(1),
      metadataValue: z.string().optional(),
      location,
      visibility: z.enum(['DOCUMENT', 'PROJECT']),
    }),
  }),
  unmergeCells: z.strictObject({ range: gridRange }),
  addConditionalFormatRule: z.strictObject({ rule: z.unknown(), index: z.int().optional() }),
} as const;

export type RequestKind = keyof typeof REQUESTS;
export type RequestBody<Kind extends RequestKind> = z.infer<(typeof REQUESTS)[Kind]>;
export type ApiRequest = { [Kind in RequestKind]: { kind: Kind; body: RequestBody<Kind> } }[RequestKind];

export type RequestReading =
  | { readonly ok: true; readonly request: ApiRequest }
  | { readonly ok: false; readonly kind: string; readonly problem: string };

export function readRequest(input: unknown): RequestReading {
  const entries = Object.entries((input ?? {}) as Record<string, unknown>);
  const [kind, body] = entries[0] ?? ['?', null];
  if (entries.length !== 1 || !(kind in REQUESTS)) {
    return { ok: false, kind, problem: 'No request set, or one that the local workbook does not know.' };
  }
  const parsed = REQUESTS[kind as RequestKind].safeParse(body);
  if (!parsed.success) return { ok: false, kind, problem: z.prettifyError(parsed.error) };
  return { ok: true, request: { kind, body: parsed.data } as ApiRequest };
}
