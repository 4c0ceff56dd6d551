// The spreadsheet as the flush sees it: look at its structure, read a tab, change structure, write cells.

import type { sheets_v4 } from 'googleapis/build/src/apis/sheets/index.js';
import { isTimeZone } from '../../shared/model/time-zone.ts';
import { ASIDE_TAG, TAB_TAG } from '../../shared/tabs/own-tab.ts';
import { COLUMN_TAG_PREFIX } from '../../shared/tabs/tab.ts';
import { type Clock, createSpacing, withRetry } from './calls.ts';
import type { Cell } from './row.ts';

export type FoundTab = {
  readonly sheetId: number;
  readonly title: string;
  /** The tab's name in our definition, from its tag. */
  readonly tag: string | null;
  /** The name of ours that this tab of the shop had to give up. */
  readonly gaveUp: string | null;
  readonly gridRows: number;
  readonly gridColumns: number;
  readonly isProtected: boolean;
  readonly frozenRows: number;
  /** Column index by key. */
  readonly columns: ReadonlyMap<string, number>;
  /** Blocks of cells that are one: what is written behind the first cell is never seen. */
  readonly merges: readonly sheets_v4.Schema$GridRange[];
};

export type FoundSpreadsheet = {
  readonly tabs: readonly FoundTab[];
  /** Such as Europe/Berlin; null: it goes by none that we know. */
  readonly timeZone: string | null;
};

/** Cells from one on, to the right and down. By the number of their tab: a name may be another tab's by now. */
export type ValueRange = {
  readonly sheetId: number;
  readonly row: number;
  readonly column: number;
  /** Null: the cell stays as it is. */
  readonly values: readonly (readonly (Cell | null)[])[];
};

export type SheetGateway = {
  readonly spreadsheetId: string;
  readonly inspect: () => Promise<FoundSpreadsheet>;
  /** Rows [from, to) of a tab, counted from 0, as values; empty cells at ends are left off. */
  readonly readRows: (title: string, from: number, to: number) => Promise<readonly (readonly Cell[])[]>;
  /** Whatever stands in a tab, formulas as they were typed: one that shows nothing is something too. */
  readonly readTyped: (title: string) => Promise<readonly (readonly Cell[])[]>;
  /** The header rows of tabs, in one request, in their order. */
  readonly readHeads: (titles: readonly string[]) => Promise<readonly (readonly Cell[])[]>;
  readonly changeStructure: (requests: readonly sheets_v4.Schema$Request[]) => Promise<void>;
  readonly writeValues: (data: readonly ValueRange[]) => Promise<void>;
};

export type SheetGatewayOptions = {
  readonly sheets: sheets_v4.Sheets;
  readonly spreadsheetId: string;
  readonly clock: Clock;
};

const STRUCTURE_FIELDS =
  'properties(timeZone),sheets(properties(sheetId,title,gridProperties),developerMetadata(metadataKey,metadataValue),protectedRanges(range,warningOnly),merges)';

export function createSheetGateway({ sheets, spreadsheetId, clock }: SheetGatewayOptions): SheetGateway {
  const spaced = createSpacing(clock);
  const write = <Result>(send: () => Promise<Result>): Promise<Result> =>
    withRetry(clock, async () => {
      await spaced();
      return send();
    });
  const read = <Result>(send: () => Promise<Result>): Promise<Result> => withRetry(clock, send);
  return {
    spreadsheetId,
    inspect: async () => {
      const found = await read(() => sheets.spreadsheets.get({ spreadsheetId, fields: STRUCTURE_FIELDS }));
      const requestBody = { dataFilters: [{ developerMetadataLookup: { locationType: 'COLUMN' } }] };
      const tags = await read(() =>
        sheets.spreadsheets.developerMetadata.search({ spreadsheetId, requestBody }),
      );
      const timeZone = found.data.properties?.timeZone ?? '';
      return {
        tabs: (found.data.sheets ?? []).map((sheet) =>
          toFoundTab(sheet, tags.data.matchedDeveloperMetadata ?? []),
        ),
        timeZone: isTimeZone(timeZone) ? timeZone : null,
      };
    },
    readRows: async (title, from, to) => {
      const range = `${quote(title)}!${from + 1}:${to}`;
      const valueRenderOption = 'UNFORMATTED_VALUE';
      const answer = await read(() =>
        sheets.spreadsheets.values.get({ spreadsheetId, range, valueRenderOption }),
      );
      return answer.data.values ?? [];
    },
    readTyped: async (title) => {
      const [range, valueRenderOption] = [quote(title), 'FORMULA'];
      const answer = await read(() =>
        sheets.spreadsheets.values.get({ spreadsheetId, range, valueRenderOption }),
      );
      return answer.data.values ?? [];
    },
    readHeads: async (titles) => {
      if (titles.length === 0) return [];
      const ranges = titles.map((title) => `${quote(title)}!1:1`);
      const valueRenderOption = 'UNFORMATTED_VALUE';
      const answer = await read(() =>
        sheets.spreadsheets.values.batchGet({ spreadsheetId, ranges, valueRenderOption }),
      );
      return titles.map((_title, index) => answer.data.valueRanges?.[index]?.values?.[0] ?? []);
    },
    changeStructure: async (requests) => {
      if (requests.length === 0) return;
      const requestBody = { requests: [...requests] };
      await write(() =>
        sheets.spreadsheets.batchUpdate({ spreadsheetId, requestBody, fields: 'spreadsheetId' }),
      );
    },
    writeValues: async (data) => {
      const requestBody = { valueInputOption: 'RAW', data: data.map(toFilteredRange) };
      await write(() =>
        sheets.spreadsheets.values.batchUpdateByDataFilter({
          spreadsheetId,
          requestBody,
          fields: 'spreadsheetId',
        }),
      );
    },
  };
}

const quote = (title: string): string => `'${title.replaceAll("'", "''")}'`;

const toFilteredRange = ({
  sheetId,
  row,
  column,
  values,
}: ValueRange): sheets_v4.Schema$DataFilterValueRange => ({
  dataFilter: { gridRange: { sheetId, startRowIndex: row, startColumnIndex: column } },
  values: values.map((line) => [...line]),
});

function toFoundTab(
  sheet: sheets_v4.Schema$Sheet,
  tags: readonly sheets_v4.Schema$MatchedDeveloperMetadata[],
): FoundTab {
  const sheetId = sheet.properties?.sheetId ?? 0;
  const tagNamed = (name: string): string | null =>
    sheet.developerMetadata?.find(({ metadataKey }) => metadataKey === name)?.metadataValue ?? null;
  const columns = new Map<string, number>();
  for (const { developerMetadata: tag } of tags) {
    const place = tag?.location?.dimensionRange;
    const key = tag?.metadataKey ?? '';
    if ((place?.sheetId ?? 0) !== sheetId || !key.startsWith(COLUMN_TAG_PREFIX)) continue;
    columns.set(key.slice(COLUMN_TAG_PREFIX.length), place?.startIndex ?? 0);
  }
  return {
    sheetId,
    title: sheet.properties?.title ?? '',
    tag: tagNamed(TAB_TAG),
    gaveUp: tagNamed(ASIDE_TAG),
    gridRows: sheet.properties?.gridProperties?.rowCount ?? 0,
    gridColumns: sheet.properties?.gridProperties?.columnCount ?? 0,
    frozenRows: sheet.properties?.gridProperties?.frozenRowCount ?? 0,
    isProtected: (sheet.protectedRanges ?? []).some(isWholeTab),
    columns,
    merges: sheet.merges ?? [],
  };
}

function isWholeTab({ range, warningOnly }: sheets_v4.Schema$ProtectedRange): boolean {
  const bounds = [range?.startRowIndex, range?.endRowIndex, range?.startColumnIndex, range?.endColumnIndex];
  return warningOnly !== true && bounds.every((bound) => bound === undefined || bound === null);
}
