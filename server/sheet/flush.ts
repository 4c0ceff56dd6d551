// The flush: writes to the spreadsheet what changed in the database since the last one, and nothing else.

import { sql } from 'kysely';
import { type TabDefinition, UPDATED_KEY } from '../../shared/tabs/tab.ts';
import type { Database } from '../database/database.ts';
import { statusOf } from './calls.ts';
import { readContext, type SheetContext } from './context.ts';
import { quote, type SheetGateway, type ValueRange } from './gateway.ts';
import { planAll, planChanges, planInOrder, type RowPlan, written } from './plan-rows.ts';
import { letters, type TabWrites, toChunks } from './ranges.ts';
import { hashCells, toTime } from './row.ts';
import { TAB_SOURCES, type TabSource } from './sources.ts';
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
import { tabsOfPeople, type Verified, verifySheet } from './verify.ts';

/** How often the whole sheet is compared with what we believe it shows. */
export const VERIFY_EVERY_MS = 15 * 60_000;
const GRID_SLACK_MIN = 100;

export type FlushOptions = {
  readonly db: Database;
  readonly gateway: SheetGateway;
  readonly now: Date;
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
    return flushOnce(options);
  }
}

type TabWork = {
  readonly definition: TabDefinition;
  readonly state: TabState;
  readonly plan: RowPlan;
};

async function flushOnce(options: FlushOptions): Promise<FlushResult> {
  const { db, gateway, now } = options;
  // Before anything is read: what commits later is seen by the next flush.
  const readFrom = await snapshotStart(db);
  const context = await readContext(db);
  const definitions = [...TAB_SOURCES.map((source) => source.definition(context)), ...tabsOfPeople];
  const before = await readTabStates(db, gateway.spreadsheetId);
  const verified = definitions.some((definition) => mustVerify(definition, before, options))
    ? await verifySheet(db, gateway, definitions, before, now)
    : null;
  const states = verified?.states ?? before;
  const watermarks =
    verified === null ? await readWatermarks(db, gateway.spreadsheetId) : new Map<string, string>();
  const work: TabWork[] = [];
  for (const source of TAB_SOURCES) {
    const item = await planTab(options, source, context, states, watermarks);
    work.push(item);
  }
  const grown = await growGrids(gateway, work);
  const result = await writeAll(options, grown, headerRanges(definitions, states, verified));
  for (const { state, definition } of grown) {
    const old = before.get(definition.name);
    if (verified !== null || JSON.stringify(old) !== JSON.stringify(state))
      await saveTabState(db, gateway.spreadsheetId, state);
    await saveWatermark(db, gateway.spreadsheetId, definition.name, readFrom);
  }
  for (const { name } of verified === null ? [] : tabsOfPeople) {
    const state = states.get(name);
    if (state !== undefined) await saveTabState(db, gateway.spreadsheetId, state);
  }
  return { ...result, verified: verified !== null };
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
  const state = { ...known, contextHash: hashCells([JSON.stringify(source.dependsOn(context))]) };
  const since = state.contextHash === known.contextHash ? (watermarks.get(tab) ?? null) : null;
  const rows = await source.read(db, context, since);
  const nothing: RowPlan = { writes: [], blanks: [], gone: [], rowsNeeded: 0 };
  if (rows === null || (rows.length === 0 && since !== null && !source.isWhole))
    return { definition, state, plan: nothing };
  const all = since === null || source.isWhole;
  const keys = all ? null : rows.map(({ key }) => key);
  const before = await readKnownRows(db, gateway.spreadsheetId, tab, keys);
  if (definition.newestRowsMax !== null)
    return { definition, state, plan: planInOrder(definition, rows, before) };
  if (all) return { definition, state, plan: planAll(definition, rows, before) };
  const next = await nextRowIndex(db, gateway.spreadsheetId, tab);
  return { definition, state, plan: planChanges(definition, rows, before, next) };
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

/** Headers of ours that are not as defined, and deleted ones, are written again, wherever their columns are now. */
function headerRanges(
  definitions: readonly TabDefinition[],
  states: ReadonlyMap<string, TabState>,
  verified: Verified | null,
): ValueRange[] {
  if (verified === null) return [];
  return definitions.flatMap((definition) =>
    definition.columns.flatMap(({ key, header }) => {
      const there = verified.headers.get(definition.name)?.get(key) ?? '';
      // A header that people renamed in their own tab is their choice: columns are found by their tags.
      const mayDiffer = key === UPDATED_KEY || definition.owner === 'people';
      const isRight = mayDiffer ? there !== '' : there === header;
      return isRight ? [] : [headerCell(definition, states.get(definition.name), key, header)];
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
  const changed = work.filter(({ plan }) => plan.writes.length > 0 || plan.blanks.length > 0);
  const stamps = changed.map(({ definition, state }) =>
    headerCell(definition, state, UPDATED_KEY, `Changed ${toTime(now)} UTC`),
  );
  const tabOf = new Map<object, string>();
  for (const { definition, plan } of changed) {
    for (const row of plan.writes) tabOf.set(row, definition.name);
  }
  let rowsWritten = 0;
  let rangesWritten = 0;
  for (const chunk of toChunks(changed.map(toTabWrites), [...headers, ...stamps])) {
    await gateway.writeValues(chunk.data);
    for (const [tab, rows] of Map.groupBy(chunk.rows, (row) => tabOf.get(row) ?? '')) {
      if (tab !== '') await saveRows(db, gateway.spreadsheetId, tab, rows);
    }
    rowsWritten += chunk.rows.length;
    rangesWritten += chunk.data.length;
  }
  for (const { definition, plan } of changed)
    await forgetRows(db, gateway.spreadsheetId, definition.name, plan.gone);
  return { rowsWritten, rangesWritten };
}

function toTabWrites({ definition, state, plan }: TabWork): TabWrites {
  const columns = written(definition).map(({ key }) => state.columns[key] ?? 0);
  const blanks = plan.blanks.map((index) => ({ key: '', index, hash: '', cells: columns.map(() => '') }));
  const rows = [...plan.writes, ...blanks].sort((a, b) => a.index - b.index);
  return { title: definition.name, columns, rows };
}
