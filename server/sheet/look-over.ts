// Looks a spreadsheet over without changing it: may we write there, and is every tab as the product left it.

import type { sheets_v4 } from 'googleapis/build/src/apis/sheets/index.js';
import { type TabDefinition, UPDATED_KEY } from '../../shared/tabs/tab.ts';
import type { Database } from '../database/database.ts';
import type { Clock } from './calls.ts';
import { readNames } from './context.ts';
import { createSheetGateway, type FoundTab } from './gateway.ts';
import { claimTabs, doubleInWords, newsOf, planMends } from './own-tabs.ts';
import { TAB_SOURCES } from './sources.ts';
import { mergesInTheWay, newSheetId } from './structure.ts';
import { tabsOfPeople } from './verify.ts';

export type LookOver = {
  readonly title: string;
  /** What time it was at Google's; null when the answer did not say. */
  readonly googleMs: number | null;
  /** What people or accidents changed, in sentences; null when the product has not written here yet. */
  readonly damages: readonly string[] | null;
  /** Tabs of the shop that have to give up a name of ours, and what they will be called. */
  readonly asides: readonly { readonly title: string; readonly becomes: string }[];
};

/** @throws what the Sheets API refuses, see refusal.ts: also when we may only read. */
export async function lookOver(
  db: Database,
  parts: { readonly sheets: sheets_v4.Sheets; readonly spreadsheetId: string; readonly clock: Clock },
): Promise<LookOver> {
  const { sheets, spreadsheetId } = parts;
  const fields = 'properties(title),sheets(properties(sheetId,gridProperties))';
  const answer = await sheets.spreadsheets.get({ spreadsheetId, fields });
  const date = Date.parse(new Headers(answer.headers as Record<string, string>).get('date') ?? '');
  await writeNothingNew(sheets, spreadsheetId, answer.data.sheets?.[0]?.properties ?? {});
  const gateway = createSheetGateway(parts);
  const { tabs } = await gateway.inspect();
  const context = await readNames(db);
  const definitions = [...TAB_SOURCES.map((source) => source.definition(context)), ...tabsOfPeople];
  const isFresh = tabs.every(({ tag }) => tag === null);
  const found = await claimTabs(gateway, definitions, tabs);
  const asides = planMends(found, tabs, newSheetId).flatMap(({ aside }) => aside);
  const there = found.flatMap(({ definition, tab }) => (tab === null ? [] : [{ definition, tab }]));
  const heads = isFresh ? [] : await gateway.readHeads(there.map(({ tab }) => tab.title));
  return {
    title: answer.data.properties?.title ?? '',
    googleMs: Number.isNaN(date) ? null : date,
    damages: isFresh
      ? null
      : [
          ...found.flatMap(({ definition, tab }) =>
            tab === null ? [`The tab "${definition.name}" is missing.`] : [],
          ),
          ...there.flatMap(({ definition, tab }, index) => damagesOf(definition, tab, heads[index] ?? [])),
          ...newsOf(definitions, tabs).doubles.map(doubleInWords),
        ],
    asides: asides.flatMap(({ tab, title: becomes, isTheirs }) =>
      isTheirs ? [{ title: tab.title, becomes }] : [],
    ),
  };
}

/** Only an attempt to write tells an editor from a viewer: a property is set to what it is. */
async function writeNothingNew(
  sheets: sheets_v4.Sheets,
  spreadsheetId: string,
  { sheetId = 0, gridProperties }: sheets_v4.Schema$SheetProperties,
): Promise<void> {
  const frozenRowCount = gridProperties?.frozenRowCount ?? 0;
  const properties = { sheetId, gridProperties: { frozenRowCount } };
  const updateSheetProperties = { properties, fields: 'gridProperties.frozenRowCount' };
  await sheets.spreadsheets.batchUpdate({
    spreadsheetId,
    requestBody: { requests: [{ updateSheetProperties }] },
  });
}

function damagesOf(definition: TabDefinition, tab: FoundTab, head: readonly unknown[]): string[] {
  const { name, owner } = definition;
  const isOurs = owner === 'server';
  return [
    ...(!isOurs || tab.title === name ? [] : [`The tab "${name}" is called "${tab.title}" now.`]),
    ...(isOurs && !tab.isProtected
      ? [`The tab "${name}" is not protected any more, so people can overwrite it.`]
      : []),
    ...(mergesInTheWay(definition, tab).length === 0
      ? []
      : [`Cells of the tab "${name}" are merged, so that some of them cannot be seen.`]),
    ...(tab.frozenRows >= 1 ? [] : [`The header of "${name}" is not frozen any more.`]),
    ...definition.columns.flatMap(({ key, header }) => {
      const place = tab.columns.get(key);
      if (place === undefined) return [`The tab "${name}" has lost its column "${header}".`];
      const there = String(head[place] ?? '').trim();
      if (there === '') return [`The header "${header}" of "${name}" is empty.`];
      const isRight = !isOurs || key === UPDATED_KEY || there === header;
      return isRight ? [] : [`The header "${header}" of "${name}" says "${there}".`];
    }),
  ];
}
