// The flush: writes to the spreadsheet what changed in the database since the last one, and nothing else.

import { sql } from 'kysely';
import { toLocalTime } from '../../shared/model/time-zone.ts';
import { type TabDefinition, UPDATED_KEY } from '../../shared/tabs/tab.ts';
import type { Database } from '../database/database.ts';
import { statusOf } from './calls.ts';
import { readNames, type SheetContext } from './context.ts';
import { quote, type SheetGateway, type ValueRange } from './gateway.ts';
import { NOTHING, planAll, planChanges, planInOrder, type RowPlan } from './plan-rows.ts';
import { letters, toChunks } from './ranges.ts';
import { hashCells } from './row.ts';
import { TAB_SOURCES, type TabReading, type TabSource } from './sources.ts';
import { layoutHash } from './structure.ts';
import {
  forgetRows,
  markDoubtful,
  nextRowIndex,
  readKnownRows,
  readTabStates,
  readWatermarks,
  saveRows,
  saveTabState,
  saveWatermark,
  type TabState,
} from './tab-state.ts';
import { type TabWork, toTabWrites } from './tab-writes.ts';
import { tabsOfPeople, type Verified, verifySheet } from './verify.ts';

/** How often the whole sheet is compared with what we believe it shows. */
export const VERIFY_EVERY_MS = 15 * 60_000;
const GRID_SLACK_MIN = 100;

export type FlushOptions = {
  readonly db: Database;
  readonly gateway: SheetGateway;
  readonly now: Date;
  readonly channelLabel: SheetContext['channelLabel'];
  readonly verifyEveryMs?: number;
};

export type FlushResult = {
  readonly rowsWritten: number;
  readonly rangesWritten: number;
  /** The sheet was looked at as a whole; rows written then include what people had changed. */
  readonly verified: boolean;
};

/** One caller at a time for a spreadsheet: hold a lease. @throws what the Sheets API refused for good. */
export async function flushSheet(options: FlushOptions): Promise<FlushResult> {
  try {
    return await flushOnce(options);
  } catch (error) {
    if (statusOf(error) !== 400) throw error;
    // A range or a tab is not where we believed it to be: look, and try once more.
    await markDoubtful(options.db, options.gateway.spreadsheetId);
    return flushOnce(options, { apart: true });
  }
}

/** `apart`: each tab by itself, so that one that may not be written (somebody protected it) does not keep the others back. */
async function flushOnce(options: FlushOptions, { apart } = { apart: false }): Promise<FlushResult> {
  const { db, gateway, now, channelLabel } = options;
  // Before anything is read: what commits later is seen by the next flush.
  const readFrom = await snapshotStart(db);
  const known = { ...(await readNames(db)), channelLabel };
  const definitions = [...TAB_SOURCES.map((source) => source.definition(known)), ...tabsOfPeople];
  const before = await readTabStates(db, gateway.spreadsheetId);
  const verified = definitions.some((definition) => mustVerify(definition, before, options))
    ? await verifySheet(db, gateway, definitions, before, now)
    : null;
  const context = { ...known, timeZone: verified?.timeZone ?? known.timeZone };
  if (context.timeZone !== known.timeZone)
    await db.updateTable('workspace').set({ time_zone: context.timeZone }).execute();
  const states = verified?.states ?? before;
  const watermarks =
    verified === null ? await readWatermarks(db, gateway.spreadsheetId) : new Map<string, string>();
  const work: TabWork[] = [];
  for (const source of TAB_SOURCES) {
    const item = await planTab(options, source, context, states, watermarks);
    work.push(item);
  }
  const headers = headerRanges(definitions, states, verified);
  const done = await writeGroups(options, groupsOf(work, headers, apart), async (item) => {
    const old = before.get(item.definition.name);
    if (verified !== null || JSON.stringify(old) !== JSON.stringify(item.state))
      await saveTabState(db, gateway.spreadsheetId, item.state);
    await saveWatermark(db, gateway.spreadsheetId, item.definition.name, readFrom);
  });
  for (const { name } of verified === null ? [] : tabsOfPeople) {
    const state = states.get(name);
    if (state !== undefined) await saveTabState(db, gateway.spreadsheetId, state);
  }
  if (done.refused !== null) throw done.refused;
  const { rowsWritten, rangesWritten } = done;
  return { rowsWritten, rangesWritten, verified: verified !== null };
}

/** What is sent together. */
type Group = { readonly work: readonly TabWork[]; readonly headers: readonly Header[] };

function groupsOf(work: readonly TabWork[], headers: readonly Header[], apart: boolean): readonly Group[] {
  if (!apart) return [{ work, headers }];
  const names = new Set(work.map(({ definition }) => definition.name));
  return [
    ...work.map((item) => ({
      work: [item],
      headers: headers.filter(({ tab }) => tab === item.definition.name),
    })),
    { work: [], headers: headers.filter(({ tab }) => !names.has(tab)) },
  ];
}

/** `written` is told of each tab that is as it should be. `refused`: why a tab among others could not be written. */
async function writeGroups(
  options: FlushOptions,
  groups: readonly Group[],
  written: (item: TabWork) => Promise<void>,
) {
  let rowsWritten = 0;
  let rangesWritten = 0;
  let refused: unknown = null;
  for (const { work, headers } of groups) {
    try {
      const grown = await growGrids(options.gateway, work);
      const result = await writeAll(
        options,
        grown,
        headers.map(({ range }) => range),
      );
      rowsWritten += result.rowsWritten;
      rangesWritten += result.rangesWritten;
      for (const item of grown) await written(item);
    } catch (error) {
      if (groups.length === 1 || statusOf(error) !== 400) throw error;
      refused ??= error;
    }
  }
  return { rowsWritten, rangesWritten, refused };
}

async function snapshotStart(db: Database): Promise<string> {
  const { rows } = await sql<{ xmin: string }>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as xmin`.execute(db);
  return rows[0]?.xmin ?? '0';
}

function mustVerify(
  definition: TabDefinition,
  states: ReadonlyMap<string, TabState>,
  { now, verifyEveryMs = VERIFY_EVERY_MS }: FlushOptions,
): boolean {
  const state = states.get(definition.name);
  return (
    state === undefined ||
    state.doubtful ||
    state.layoutHash !== layoutHash(definition) ||
    now.getTime() - state.verifiedAt.getTime() >= verifyEveryMs
  );
}

async function planTab(
  { db, gateway }: FlushOptions,
  source: TabSource,
  context: SheetContext,
  states: ReadonlyMap<string, TabState>,
  watermarks: ReadonlyMap<string, string>,
): Promise<TabWork> {
  const definition = source.definition(context);
  const tab = definition.name;
  const known = states.get(tab);
  if (known === undefined) throw new Error(`Nothing is known of the tab "${tab}".`);
  const state = {
    ...known,
    contextHash: hashCells([JSON.stringify([context.timeZone, source.dependsOn(context)])]),
  };
  const since = state.contextHash === known.contextHash ? (watermarks.get(tab) ?? null) : null;
  const reading = await source.read(db, context, since);
  const plan = reading === null ? NOTHING : await planReading(db, gateway.spreadsheetId, definition, reading);
  return { definition, state, plan, reading, timeZone: context.timeZone };
}

async function planReading(
  db: Database,
  spreadsheetId: string,
  { name, newestRowsMax }: TabDefinition,
  { keys, isAll }: TabReading,
): Promise<RowPlan> {
  const known = await readKnownRows(db, spreadsheetId, name, isAll ? null : keys);
  if (newestRowsMax !== null) return planInOrder(keys, known);
  if (isAll) return planAll(keys, known);
  return planChanges(keys, known, await nextRowIndex(db, spreadsheetId, name));
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

type Header = { readonly tab: string; readonly range: ValueRange };

/** Headers of ours that are not as defined, and deleted ones, are written again, wherever their columns are now. */
function headerRanges(
  definitions: readonly TabDefinition[],
  states: ReadonlyMap<string, TabState>,
  verified: Verified | null,
): Header[] {
  if (verified === null) return [];
  return definitions.flatMap((definition) =>
    definition.columns.flatMap(({ key, header }) => {
      const there = verified.headers.get(definition.name)?.get(key) ?? '';
      // A header that people renamed in their own tab is their choice: columns are found by their tags.
      const mayDiffer = key === UPDATED_KEY || definition.owner === 'people';
      const isRight = mayDiffer ? there !== '' : there === header;
      if (isRight) return [];
      return [
        { tab: definition.name, range: headerCell(definition, states.get(definition.name), key, header) },
      ];
    }),
  );
}

function headerCell(
  definition: TabDefinition,
  state: TabState | undefined,
  key: string,
  header: string,
): ValueRange {
  const place = `${letters(state?.columns[key] ?? 0)}1`;
  return { range: `${quote(definition.name)}!${place}`, values: [[header]] };
}

async function writeAll(
  { db, gateway, now }: FlushOptions,
  work: readonly TabWork[],
  headers: readonly ValueRange[],
): Promise<Omit<FlushResult, 'verified'>> {
  const writes = work.map((item) => {
    const words = `Changed ${toLocalTime(now, item.timeZone)}`;
    return toTabWrites(item, headerCell(item.definition, item.state, UPDATED_KEY, words));
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
