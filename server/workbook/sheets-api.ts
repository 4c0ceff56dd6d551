// The local stand-in for Google's Sheets API v4: the part of it that Stocksheet uses, as strict as the real one.

import express, { type Request, type Response, Router } from 'express';
import * as z from 'zod';
import { runBatch } from './api-batch.ts';
import { ApiError, notFound, quotaExceeded, sendApiError, unauthenticated } from './api-error.ts';
import { createQuota, type QuotaKind, type SheetsFaults, suffer } from './api-limits.ts';
import { describeSpreadsheet, searchTags } from './api-spreadsheet.ts';
import {
  appendValues,
  clearValues,
  filteredRange,
  inputOption,
  readValues,
  renderOption,
  valueRange,
  type WriteSummary,
  writeValues,
  writeValuesAt,
} from './api-values.ts';
import { applyFieldMask } from './field-mask.ts';
import type { Editor } from './session-state.ts';
import type { Workbook } from './workbook.ts';
import { WorkbookError } from './workbook-error.ts';

export type SheetsApiOptions = {
  readonly workbook: Workbook;
  /** Who a bearer token belongs to; null when it belongs to nobody. */
  readonly identityOf: (token: string) => Editor | null;
  readonly nowMs: () => number;
  readonly faults?: SheetsFaults;
  /** False only where the quota itself is not the point, such as a first import by hand. */
  readonly quotas?: boolean;
  /** Called with the name of each request that was let in. */
  readonly onRequest?: (name: string) => void;
};

/** Google takes more, and advises 2 MB. */
const BODY_LIMIT = '10mb';

type Call = {
  readonly options: SheetsApiOptions;
  readonly editor: Editor;
  readonly request: Request;
  /** The part of the path that names a range. */
  readonly range: string;
};
type Route = {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly kind: QuotaKind;
  readonly pattern: RegExp;
  readonly answer: (call: Call) => Promise<unknown>;
};

/** Mount it at the root: it answers below /v4/spreadsheets only, and leaves every other path alone. */
export function sheetsApiRouter(options: SheetsApiOptions): Router {
  const router = Router();
  const withinQuota = createQuota(options.nowMs);
  router.use('/v4/spreadsheets', express.json({ limit: BODY_LIMIT }), async (request, response) => {
    try {
      await serve(options, withinQuota, request, response);
    } catch (error) {
      if (error instanceof ApiError) sendApiError(response, error.status, error.message, error.more);
      else if (error instanceof WorkbookError) sendApiError(response, error.status, error.message);
      else throw error;
    }
  });
  return router;
}

async function serve(
  options: SheetsApiOptions,
  withinQuota: ReturnType<typeof createQuota>,
  request: Request,
  response: Response,
): Promise<void> {
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  const editor = token === undefined ? null : options.identityOf(token);
  if (editor === null) throw unauthenticated();
  const [, id = '', rest = ''] = /^\/([^/:]+)(.*)$/s.exec(request.path) ?? [];
  const route = ROUTES.find(({ method, pattern }) => method === request.method && pattern.test(rest));
  if (route === undefined) throw notFound();
  options.onRequest?.(route.name);
  if (options.quotas !== false && !withinQuota(editor.email, route.kind)) throw quotaExceeded(route.kind);
  if (decodeURIComponent(id) !== options.workbook.id) throw notFound();
  const isWrite = route.kind === 'Write';
  suffer(options.faults, route.kind);
  // Nobody will ever answer this one.
  if (isWrite && options.faults?.take('silent')) return;
  const range = decodeURIComponent(route.pattern.exec(rest)?.[1] ?? '');
  const answer = await route.answer({ options, editor, request, range });
  if (isWrite && options.faults?.take('lostAnswer')) {
    request.socket.destroy();
    return;
  }
  response.json(applyFieldMask(answer, textOf(request.query['fields'])));
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new ApiError(400, `Invalid JSON payload received. ${z.prettifyError(parsed.error)}`);
}

const batchBody = z.object({ requests: z.array(z.unknown()).min(1, 'Must specify at least one request.') });
const batchValuesBody = z.object({
  valueInputOption: inputOption,
  data: z.array(valueRange.required({ range: true })),
});
const filteredValuesBody = z.object({ valueInputOption: inputOption, data: z.array(filteredRange) });
const searchBody = z.object({
  dataFilters: z.array(
    z.strictObject({
      developerMetadataLookup: z.object({
        locationType: z.enum(['SHEET', 'COLUMN']).optional(),
        metadataKey: z.string().optional(),
      }),
    }),
  ),
});

const ROUTES: readonly Route[] = [
  { name: 'spreadsheets.get', method: 'GET', kind: 'Read', pattern: /^$/, answer: getSpreadsheet },
  {
    name: 'spreadsheets.batchUpdate',
    method: 'POST',
    kind: 'Write',
    pattern: /^:batchUpdate$/,
    answer: batchUpdate,
  },
  { name: 'values.batchGet', method: 'GET', kind: 'Read', pattern: /^\/values:batchGet$/, answer: batchGet },
  {
    name: 'values.batchUpdate',
    method: 'POST',
    kind: 'Write',
    pattern: /^\/values:batchUpdate$/,
    answer: batchUpdateValues,
  },
  {
    name: 'values.batchUpdateByDataFilter',
    method: 'POST',
    kind: 'Write',
    pattern: /^\/values:batchUpdateByDataFilter$/,
    answer: batchUpdateFilteredValues,
  },
  {
    name: 'developerMetadata.search',
    method: 'POST',
    kind: 'Read',
    pattern: /^\/developerMetadata:search$/,
    answer: searchMetadata,
  },
  {
    name: 'values.append',
    method: 'POST',
    kind: 'Write',
    pattern: /^\/values\/(.+):append$/s,
    answer: append,
  },
  { name: 'values.clear', method: 'POST', kind: 'Write', pattern: /^\/values\/(.+):clear$/s, answer: clear },
  { name: 'values.get', method: 'GET', kind: 'Read', pattern: /^\/values\/(.+)$/s, answer: getValues },
  { name: 'values.update', method: 'PUT', kind: 'Write', pattern: /^\/values\/(.+)$/s, answer: updateValues },
];

async function getSpreadsheet({ options, editor, request }: Call): Promise<unknown> {
  if (request.query['includeGridData'] === 'true')
    throw new ApiError(400, 'The local workbook gives no grid data here. Read values instead.');
  return options.workbook.look(async (view) => describeSpreadsheet(options.workbook, view, editor));
}

async function batchUpdate({ options, editor, request }: Call): Promise<unknown> {
  const { requests } = parse(batchBody, request.body);
  const replies = await options.workbook.change(editor, (edit) => runBatch(edit, requests, editor));
  return { spreadsheetId: options.workbook.id, replies };
}

async function batchGet({ options, request }: Call): Promise<unknown> {
  const ranges = [request.query['ranges'] ?? []].flat().map(String);
  const render = parse(renderOption, request.query['valueRenderOption']);
  const valueRanges = await options.workbook.look(async (view) => {
    const read: object[] = [];
    for (const range of ranges) read.push(await readValues(view, range, render));
    return read;
  });
  return { spreadsheetId: options.workbook.id, valueRanges };
}

async function batchUpdateValues({ options, editor, request }: Call): Promise<unknown> {
  const { valueInputOption, data } = parse(batchValuesBody, request.body);
  const responses = await options.workbook.change(editor, async (edit) =>
    data.map(({ range, values }) => writeValues(edit, range, values, valueInputOption)),
  );
  return toValuesAnswer(options.workbook.id, responses);
}

/** One range for each filter: none of those that we know matches several. */
async function batchUpdateFilteredValues({ options, editor, request }: Call): Promise<unknown> {
  const { valueInputOption, data } = parse(filteredValuesBody, request.body);
  const responses = await options.workbook.change(editor, async (edit) =>
    data.map(({ dataFilter, values }) => writeValuesAt(edit, dataFilter.gridRange, values, valueInputOption)),
  );
  return toValuesAnswer(options.workbook.id, responses);
}

function toValuesAnswer(
  spreadsheetId: string,
  responses: readonly (WriteSummary & { readonly sheetId: number })[],
): unknown {
  return {
    spreadsheetId,
    totalUpdatedRows: responses.reduce((sum, { updatedRows }) => sum + updatedRows, 0),
    totalUpdatedCells: responses.reduce((sum, { updatedCells }) => sum + updatedCells, 0),
    totalUpdatedSheets: new Set(responses.map(({ sheetId }) => sheetId)).size,
    responses: responses.map(({ updatedRange, updatedRows, updatedCells }) => ({
      spreadsheetId,
      updatedRange,
      updatedRows,
      updatedCells,
    })),
  };
}

async function searchMetadata({ options, request }: Call): Promise<unknown> {
  const { dataFilters } = parse(searchBody, request.body);
  const lookups = dataFilters.map(({ developerMetadataLookup }) => developerMetadataLookup);
  return options.workbook.look(async (view) => searchTags(view, lookups));
}

async function getValues({ options, request, range }: Call): Promise<unknown> {
  const render = parse(renderOption, request.query['valueRenderOption']);
  return options.workbook.look((view) => readValues(view, range, render));
}

async function updateValues({ options, editor, request, range }: Call): Promise<unknown> {
  const how = parse(inputOption, request.query['valueInputOption']);
  const { values } = parse(valueRange, request.body);
  const { sheetId: _, ...updated } = await options.workbook.change(editor, async (edit) =>
    writeValues(edit, range, values, how),
  );
  return { spreadsheetId: options.workbook.id, ...updated };
}

async function append({ options, editor, request, range }: Call): Promise<unknown> {
  const how = parse(inputOption, request.query['valueInputOption']);
  const { values } = parse(valueRange, request.body);
  const added = await options.workbook.change(editor, (edit) => appendValues(edit, range, values, how));
  return { spreadsheetId: options.workbook.id, ...added };
}

async function clear({ options, editor, range }: Call): Promise<unknown> {
  const cleared = await options.workbook.change(editor, (edit) => clearValues(edit, range));
  return { spreadsheetId: options.workbook.id, ...cleared };
}
