// Sends planned rows and headers to the spreadsheet: tabs together, or one by one where Google may refuse one of them.

import { toLocalTime } from '../../shared/model/time-zone.ts';
import { CHANGED, type TabDefinition, UPDATED_KEY } from '../../shared/tabs/tab.ts';
import type { Database } from '../database/database.ts';
import { statusOf } from './calls.ts';
import type { SheetGateway, ValueRange } from './gateway.ts';
import { toChunks } from './ranges.ts';
import { forgetRows, saveRows, type TabState } from './tab-state.ts';
import { type TabWork, toTabWrites } from './tab-writes.ts';
import type { Verified } from './verify.ts';

const GRID_SLACK_MIN = 100;

export type WriteParts = { readonly db: Database; readonly gateway: SheetGateway; readonly now: Date };

export type Written = {
  readonly rowsWritten: number;
  readonly rangesWritten: number;
  /** Why a tab that was sent by itself could not be written. */
  readonly refused: unknown;
};

/** What is sent together. */
export type Group = {
  readonly work: readonly TabWork[];
  readonly headers: readonly Header[];
  /** When it is refused, the other groups are written all the same. */
  readonly mayBeRefused: boolean;
};

/** `alone`: the tabs that are sent each by itself. */
export function groupsOf(
  work: readonly TabWork[],
  headers: readonly Header[],
  alone: ReadonlySet<string> | 'all',
): readonly Group[] {
  const isAlone = ({ definition }: TabWork): boolean => alone === 'all' || alone.has(definition.name);
  const apart = work.filter(isAlone);
  const names = new Set(apart.map(({ definition }) => definition.name));
  return [
    {
      work: work.filter((item) => !isAlone(item)),
      headers: headers.filter(({ tab }) => !names.has(tab)),
      mayBeRefused: alone === 'all',
    },
    ...apart.map((item) => ({
      work: [item],
      headers: headers.filter(({ tab }) => tab === item.definition.name),
      mayBeRefused: true,
    })),
  ];
}

/** `written` is told of each tab that is as it should be. */
export async function writeGroups(
  parts: WriteParts,
  groups: readonly Group[],
  written: (item: TabWork) => Promise<void>,
): Promise<Written> {
  let rowsWritten = 0;
  let rangesWritten = 0;
  let refused: unknown = null;
  for (const { work, headers, mayBeRefused } of groups) {
    try {
      const grown = await growGrids(parts.gateway, work);
      const ranges = headers.map(({ range }) => range);
      const result = await writeAll(parts, grown, ranges);
      rowsWritten += result.rowsWritten;
      rangesWritten += result.rangesWritten;
      for (const item of grown) await written(item);
    } catch (error) {
      if (!mayBeRefused || statusOf(error) !== 400) throw error;
      refused ??= error;
    }
  }
  return { rowsWritten, rangesWritten, refused };
}

/** Writing outside the grid is refused, so the grid grows first, with room for the next ones. */
async function growGrids(gateway: SheetGateway, work: readonly TabWork[]): Promise<readonly TabWork[]> {
  const grown = work.map((item) => {
    const needed = item.plan.rowsNeeded + 1;
    if (needed <= item.state.gridRows) return item;
    const gridRows = needed + Math.max(GRID_SLACK_MIN, Math.ceil(needed / 10));
    return { ...item, state: { ...item.state, gridRows } };
  });
  const requests = grown.flatMap(({ state }, index) => {
    const length = state.gridRows - (work[index]?.state.gridRows ?? 0);
    return length === 0 ? [] : [{ appendDimension: { sheetId: state.sheetId, dimension: 'ROWS', length } }];
  });
  await gateway.changeStructure(requests);
  return grown;
}

/** A header cell that is not as it should be. */
export type Header = { readonly tab: string; readonly range: ValueRange };

/** Headers of ours that are not as defined, and deleted ones, are written again, wherever their columns are now. */
export function headerRanges(
  definitions: readonly TabDefinition[],
  states: ReadonlyMap<string, TabState>,
  found: Verified['headers'] | null,
): Header[] {
  if (found === null) return [];
  return definitions.flatMap((definition) => {
    const state = states.get(definition.name);
    // Not to be written this time.
    if (state === undefined) return [];
    return definition.columns.flatMap(({ key, header }) => {
      const there = found.get(definition.name)?.get(key) ?? '';
      // A header that people renamed in their own tab is their choice: columns are found by their tags.
      const mayDiffer = key === UPDATED_KEY || definition.owner === 'people';
      const isRight = mayDiffer ? there !== '' : there === header;
      return isRight ? [] : [{ tab: definition.name, range: headerCell(state, key, header) }];
    });
  });
}

const headerCell = ({ sheetId, columns }: TabState, key: string, header: string): ValueRange => ({
  sheetId,
  row: 0,
  column: columns[key] ?? 0,
  values: [[header]],
});

async function writeAll(
  { db, gateway, now }: WriteParts,
  work: readonly TabWork[],
  headers: readonly ValueRange[],
): Promise<Pick<Written, 'rowsWritten' | 'rangesWritten'>> {
  const writes = work.map((item) => {
    const words = `${CHANGED} ${toLocalTime(now, item.timeZone)}`;
    return toTabWrites(item, headerCell(item.state, UPDATED_KEY, words));
  });
  let rowsWritten = 0;
  let rangesWritten = 0;
  for await (const { data, rows, count } of toChunks(writes, headers)) {
    await gateway.writeValues(data);
    for (const [tab, all] of rows) {
      const kept = all.filter(({ key }) => key !== '');
      await saveRows(db, gateway.spreadsheetId, tab, kept);
    }
    rowsWritten += count;
    rangesWritten += data.length;
  }
  for (const { definition, plan } of work)
    await forgetRows(db, gateway.spreadsheetId, definition.name, plan.gone);
  return { rowsWritten, rangesWritten };
}
