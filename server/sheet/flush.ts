// The flush: writes to the spreadsheet what changed in the database since the last one, and nothing else.

import { sql } from 'kysely';
import type { TabDefinition } from '../../shared/tabs/tab.ts';
import type { Database } from '../database/database.ts';
import { statusOf } from './calls.ts';
import { readNames, type SheetContext } from './context.ts';
import type { SheetGateway } from './gateway.ts';
import type { TabNews } from './own-tabs.ts';
import { NOTHING, planAll, planChanges, planInOrder, type RowPlan } from './plan-rows.ts';
import { hashCells } from './row.ts';
import { TAB_SOURCES, type TabReading, type TabSource } from './sources.ts';
import { layoutHash } from './structure.ts';
import {
  markDoubtful,
  nextRowIndex,
  readKnownRows,
  readTabStates,
  readWatermarks,
  saveTabState,
  saveWatermark,
  type TabState,
} from './tab-state.ts';
import type { TabWork } from './tab-writes.ts';
import { tabsOfPeople, verifySheet } from './verify.ts';
import { groupsOf, headerRanges, writeGroups } from './write-groups.ts';

/** How often the whole sheet is compared with what we believe it shows. */
export const VERIFY_EVERY_MS = 15 * 60_000;

export type FlushOptions = {
  readonly db: Database;
  readonly gateway: SheetGateway;
  readonly now: Date;
  readonly channelLabel: SheetContext['channelLabel'];
  /** Called whenever the sheet itself was looked at, with all there is to tell. */
  readonly tell: (news: TabNews) => Promise<void>;
  readonly verifyEveryMs?: number;
};

export type FlushResult = {
  readonly rowsWritten: number;
  readonly rangesWritten: number;
  /** The sheet itself was looked at; rows written then include what people had changed. */
  readonly verified: boolean;
};

/** One caller at a time for a spreadsheet: hold a lease. @throws what the Sheets API refused for good. */
export async function flushSheet(options: FlushOptions): Promise<FlushResult> {
  const { refused, ...result } = await flushOnce(options).catch(async (error: unknown) => {
    if (statusOf(error) !== 400) throw error;
    // A range or a tab is not where we believed it to be: look, and try once more.
    await markDoubtful(options.db, options.gateway.spreadsheetId);
    return flushOnce(options, { apart: true });
  });
  if (refused !== null) throw refused;
  return result;
}

/**
 * `apart`: each tab by itself, so that one that may not be written or made (somebody protected it) does not keep the others
 * back. `refused`: why such a tab could not be.
 */
async function flushOnce(
  options: FlushOptions,
  { apart } = { apart: false },
): Promise<FlushResult & { readonly refused: unknown }> {
  const { db, gateway, now, channelLabel } = options;
  // Before anything is read: what commits later is seen by the next flush.
  const readFrom = await snapshotStart(db);
  const known = { ...(await readNames(db)), channelLabel };
  const definitions = [...TAB_SOURCES.map((source) => source.definition(known)), ...tabsOfPeople];
  const before = await readTabStates(db, gateway.spreadsheetId);
  const due = definitions.filter((definition) => mustVerify(definition, before, options));
  const shaky = apart ? 'all' : suspectsOf(definitions, before);
  const verified = due.length === 0 ? null : await verifySheet(options, definitions, before, due, shaky);
  if (verified !== null) await options.tell(verified.news);
  const context = { ...known, timeZone: verified?.timeZone ?? known.timeZone };
  if (context.timeZone !== known.timeZone)
    await db.updateTable('workspace').set({ time_zone: context.timeZone }).execute();
  const states = verified?.states ?? before;
  const watermarks = await readWatermarks(db, gateway.spreadsheetId);
  for (const tab of verified?.learned ?? []) watermarks.delete(tab);
  const work: TabWork[] = [];
  for (const source of TAB_SOURCES) {
    const state = states.get(source.definition(context).name);
    if (state !== undefined) work.push(await planTab(options, source, context, state, watermarks));
  }
  const headers = headerRanges(definitions, states, verified?.headers ?? null);
  const written = work.map(({ definition }) => definition);
  const alone = apart ? 'all' : suspectsOf(written, before);
  const done = await writeGroups({ db, gateway, now }, groupsOf(work, headers, alone), async (item) => {
    const old = before.get(item.definition.name);
    if (verified !== null || JSON.stringify(old) !== JSON.stringify(item.state))
      await saveTabState(db, gateway.spreadsheetId, item.state);
    await saveWatermark(db, gateway.spreadsheetId, item.definition.name, readFrom);
  });
  for (const { name } of verified === null ? [] : tabsOfPeople) {
    const state = states.get(name);
    if (state !== undefined) await saveTabState(db, gateway.spreadsheetId, state);
  }
  return { ...done, refused: done.refused ?? verified?.refused ?? null, verified: verified !== null };
}

/** Tabs that were refused the last time, while others were written: they may be again. */
function suspectsOf(
  definitions: readonly TabDefinition[],
  before: ReadonlyMap<string, TabState>,
): ReadonlySet<string> {
  const names = definitions.map(({ name }) => name);
  const doubtful = names.filter((name) => before.get(name)?.doubtful !== false);
  return new Set(doubtful.length === names.length ? [] : doubtful);
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
  known: TabState,
  watermarks: ReadonlyMap<string, string>,
): Promise<TabWork> {
  const definition = source.definition(context);
  const tab = definition.name;
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
