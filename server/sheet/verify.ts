// Looks at the spreadsheet as it really is: puts structure right, and learns what the rows of a tab hold now.

import { taggedTab } from '../../shared/tabs/own-tab.ts';
import { PEOPLE_TABS } from '../../shared/tabs/people-tabs.ts';
import type { TabDefinition } from '../../shared/tabs/tab.ts';
import type { Database } from '../database/database.ts';
import { statusOf } from './calls.ts';
import type { FoundSpreadsheet, FoundTab, SheetGateway } from './gateway.ts';
import { claimTabs, isBlank, newsOf, planMends, type TabNews } from './own-tabs.ts';
import { type KnownRow, written } from './plan-rows.ts';
import { type Cell, hashCells } from './row.ts';
import { layoutHash, newSheetId, structureRequests } from './structure.ts';
import { forgetRows, saveRows, saveTabState, type TabState } from './tab-state.ts';

const ROWS_PER_READ = 10_000;
const NEW_TAB_TITLE = 'Sheet1';

export type Verified = {
  /** By which the spreadsheet's clock goes; null: by none that we know. */
  readonly timeZone: string | null;
  readonly states: Map<string, TabState>;
  /** Headers as they are in the sheet, by tab and key. */
  readonly headers: ReadonlyMap<string, ReadonlyMap<string, Cell>>;
  /** Tabs whose rows were read. */
  readonly learned: ReadonlySet<string>;
  readonly news: TabNews;
  /** Why the structure of a tab could not be put right: it has no state then. */
  readonly refused: unknown;
};

type VerifyParts = { readonly db: Database; readonly gateway: SheetGateway; readonly now: Date };
/** The tabs whose structure is put right each by itself, since Google may refuse it. */
type Alone = ReadonlySet<string> | 'all';

/** Tabs of people are only made and repaired here; their rows are none of our business. */
export const tabsOfPeople: readonly TabDefinition[] = PEOPLE_TABS.map(({ definition }) => definition);

/** `due`: the tabs whose rows are read; those of others only when something shows that they are not where they were. */
export async function verifySheet(
  { db, gateway, now }: VerifyParts,
  definitions: readonly TabDefinition[],
  before: ReadonlyMap<string, TabState>,
  due: readonly TabDefinition[],
  alone: Alone,
): Promise<Verified> {
  const { tabs, timeZone, ...repair } = await repairStructure(gateway, definitions, before, alone);
  const { made, mended } = repair;
  const states = new Map<string, TabState>();
  const headers = new Map<string, ReadonlyMap<string, Cell>>();
  const learned = new Set<string>();
  const found = definitions.flatMap((definition) => {
    if (repair.refused.has(definition.name)) return [];
    const tab = taggedTab(definition.name, tabs);
    if (tab === null) throw new Error(`The tab "${definition.name}" was made and is not there.`);
    return [{ definition, tab }];
  });
  // A tab that was made just now is empty: nothing needs to be read of it.
  const old = found.filter(({ definition }) => !made.has(definition.name));
  const lines = await gateway.readHeads(old.map(({ tab }) => tab.title));
  const heads = new Map(old.map(({ definition }, index) => [definition.name, lines[index] ?? []]));
  for (const { definition, tab } of found) {
    const { name } = definition;
    const head = heads.get(name) ?? null;
    headers.set(name, headersOf(tab, head));
    const known = before.get(name);
    if (known !== undefined && !due.includes(definition) && !mended.has(name) && isWhereItWas(tab, known)) {
      states.set(name, known);
      continue;
    }
    const state: TabState = {
      tab: name,
      sheetId: tab.sheetId,
      columns: Object.fromEntries(tab.columns),
      layoutHash: layoutHash(definition),
      contextHash: '',
      gridRows: tab.gridRows,
      doubtful: false,
      verifiedAt: now,
    };
    if (definition.owner === 'server') await learn(db, gateway, { definition, tab, isNew: head === null });
    await saveTabState(db, gateway.spreadsheetId, { ...state, doubtful: true });
    states.set(name, state);
    learned.add(name);
  }
  const [refused = null] = repair.refused.values();
  return { timeZone, states, headers, learned, news: newsOf(definitions, tabs), refused };
}

const headersOf = (tab: FoundTab, head: readonly Cell[] | null): ReadonlyMap<string, Cell> =>
  new Map([...tab.columns].map(([key, column]) => [key, head?.[column] ?? '']));

/** No row or column was put in or taken out, as far as one can see from outside. */
function isWhereItWas(tab: FoundTab, { sheetId, columns, gridRows }: TabState): boolean {
  const places = Object.entries(columns);
  return (
    tab.sheetId === sheetId &&
    tab.gridRows === gridRows &&
    tab.columns.size === places.length &&
    places.every(([key, column]) => tab.columns.get(key) === column)
  );
}

type Repair = FoundSpreadsheet & {
  /** Tabs that were made just now. */
  readonly made: ReadonlySet<string>;
  /** Tabs whose structure had to be put right, those that were made among them. */
  readonly mended: ReadonlySet<string>;
  /** Why others could not be. */
  readonly refused: ReadonlyMap<string, unknown>;
};

async function repairStructure(
  gateway: SheetGateway,
  definitions: readonly TabDefinition[],
  before: ReadonlyMap<string, TabState>,
  alone: Alone,
): Promise<Repair> {
  const found = await gateway.inspect();
  const { tabs } = found;
  const claims = await claimTabs(gateway, definitions, tabs);
  const missing = claims.filter(({ tab }) => tab === null);
  const made = new Set(missing.map(({ definition }) => definition.name));
  const mends = planMends(claims, tabs, newSheetId).map((mend) => {
    const { definition } = mend;
    const dress = before.get(definition.name)?.layoutHash !== layoutHash(definition);
    return { name: definition.name, requests: structureRequests(mend, dress) };
  });
  const needed = mends.filter(({ requests }) => requests.length > 0);
  const mended = new Set(needed.map(({ name }) => name));
  if (mended.size === 0) return { ...found, made, mended, refused: new Map() };
  // Only at the first setup: later an empty tab of that name is one that a person has just added.
  const blank = before.size === 0 ? await removeBlankTab(gateway, tabs) : [];
  const all = [...needed, { name: NEW_TAB_TITLE, requests: blank }];
  const refused = await changeApart(gateway, all, alone);
  return { ...(await gateway.inspect()), made, mended, refused };
}

type Change = { readonly name: string; readonly requests: Parameters<SheetGateway['changeStructure']>[0] };

/** Answers why some of those that are sent alone were refused. */
async function changeApart(
  gateway: SheetGateway,
  changes: readonly Change[],
  alone: Alone,
): Promise<ReadonlyMap<string, unknown>> {
  const isAlone = ({ name }: Change): boolean => alone === 'all' || alone.has(name);
  const together = changes.filter((change) => !isAlone(change));
  await gateway.changeStructure(together.flatMap(({ requests }) => requests));
  const refused = new Map<string, unknown>();
  for (const { name, requests } of changes.filter(isAlone)) {
    await gateway.changeStructure(requests).catch((error: unknown) => {
      if (statusOf(error) !== 400) throw error;
      refused.set(name, error);
    });
  }
  return refused;
}

/** The one empty tab that a new spreadsheet comes with would only be in the way. */
async function removeBlankTab(
  gateway: SheetGateway,
  tabs: readonly FoundTab[],
): Promise<{ deleteSheet: { sheetId: number } }[]> {
  const first = tabs.find((tab) => tab.title === NEW_TAB_TITLE && tab.tag === null);
  if (first === undefined) return [];
  return (await isBlank(gateway, first)) ? [{ deleteSheet: { sheetId: first.sheetId } }] : [];
}

type Found = {
  readonly definition: TabDefinition;
  readonly tab: FoundTab;
  /** Made just now. */
  readonly isNew: boolean;
};

/** Reads the whole tab (of the server) and remembers what is where. Rows that make no sense are remembered as strangers. */
async function learn(db: Database, gateway: SheetGateway, { definition, tab, isNew }: Found): Promise<void> {
  const places = written(definition).map(({ key }) => tab.columns.get(key) ?? -1);
  const keyPlace = tab.columns.get(definition.rowKey) ?? -1;
  await forgetRows(db, gateway.spreadsheetId, definition.name, null);
  if (isNew) return;
  const seen = new Set<string>();
  let step = ROWS_PER_READ;
  for (let from = 1, to = 0; from < tab.gridRows; from = to) {
    to = Math.min(from + step, tab.gridRows);
    const lines = await gateway.readRows(tab.title, from, to);
    // Below an empty stretch there is next to nothing, however large somebody made the tab: the rest is one more look.
    if (lines.length === 0) step = tab.gridRows;
    const rows: KnownRow[] = [];
    for (const [offset, line] of lines.entries()) {
      const cells = places.map((place) => line[place] ?? '');
      if (cells.every((cell) => cell === '')) continue;
      const index = from - 1 + offset;
      const key = String(line[keyPlace] ?? '');
      const isStranger = key === '' || seen.has(key);
      seen.add(key);
      rows.push({ key: isStranger ? `\u0001${index}` : key, index, hash: hashCells(cells) });
    }
    await saveRows(db, gateway.spreadsheetId, definition.name, rows);
  }
}
