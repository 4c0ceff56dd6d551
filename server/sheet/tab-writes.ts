// The rows of a tab on their way to the sheet: read a page at a time, and only those that differ from what stands there.

import { toLocalTime } from '../../shared/model/time-zone.ts';
import type { TabDefinition } from '../../shared/tabs/tab.ts';
import type { ValueRange } from './gateway.ts';
import { type Place, type RowPlan, type RowWrite, written } from './plan-rows.ts';
import type { TabWrites } from './ranges.ts';
import { hashCells, type SheetRow } from './row.ts';
import type { TabReading } from './sources.ts';
import type { TabState } from './tab-state.ts';

export type TabWork = {
  readonly definition: TabDefinition;
  readonly state: TabState;
  readonly plan: RowPlan;
  /** By which the sheet's clock goes. */
  readonly timeZone: string;
  /** Null: nothing changed. */
  readonly reading: TabReading | null;
};

const ROWS_PER_PAGE = 2_000;

export function toTabWrites(work: TabWork, stamp: ValueRange): TabWrites {
  const { definition, state } = work;
  const columns = written(definition).map(({ key }) => state.columns[key] ?? 0);
  return { tab: definition.name, sheetId: state.sheetId, columns, pages: pagesOf(work), stamp };
}

async function* pagesOf({
  definition,
  plan,
  reading,
  timeZone,
}: TabWork): AsyncGenerator<readonly RowWrite[]> {
  for (const places of inPages(plan.places)) {
    const rows = (await reading?.readPage(places.map(({ key }) => key))) ?? [];
    const byKey = new Map(rows.map((row) => [row.key, row]));
    yield places.flatMap((place) => toWrite({ definition, timeZone }, place, byKey.get(place.key)));
  }
  for (const blanks of inPages(plan.blanks)) yield blanks.map((index) => blankRow(definition, index));
}

function* inPages<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += ROWS_PER_PAGE)
    yield items.slice(start, start + ROWS_PER_PAGE);
}

function toWrite(
  { definition, timeZone }: Pick<TabWork, 'definition' | 'timeZone'>,
  place: Place,
  row: SheetRow | undefined,
): RowWrite[] {
  // It went away between the look at the keys and the look at the rows.
  if (row === undefined) return [blankRow(definition, place.index)];
  const cells = written(definition).map(({ key }) => {
    const cell = row.cells[key] ?? '';
    return cell instanceof Date ? toLocalTime(cell, timeZone) : cell;
  });
  const hash = hashCells(cells);
  return hash === place.before ? [] : [{ key: place.key, index: place.index, hash, cells }];
}

const blankRow = (definition: TabDefinition, index: number): RowWrite => ({
  key: '',
  index,
  hash: '',
  cells: written(definition).map(() => ''),
});
