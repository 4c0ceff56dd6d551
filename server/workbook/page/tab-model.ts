// The open tab as the page knows it: which rows are shown in which order, and those of their cells that were fetched.

import { isHidden } from '../merges.ts';
import type { PageCell, PageChange, PageRow, PageRows, PageTab } from '../page-api.ts';

export type RowModel = {
  /** The number of the row in the workbook. */
  readonly n: number;
  isLoaded: boolean;
  notes: PageRow['notes'];
  formulas: PageRow['formulas'];
  /** `c1`, `c2`, …: the cells. */
  [cell: `c${number}`]: PageCell | undefined;
};

/** May be typed into. */
export const isOpen = (tab: PageTab, row: number, column: number): boolean =>
  row > 1 && tab.columns[column - 1]?.editable === true && !isHidden(tab, row - 1, column - 1);

export type TabModel = {
  readonly tab: () => PageTab;
  readonly revision: () => number;
  readonly header: () => RowModel;
  /** Below the header, in the order they are shown. */
  readonly rows: () => readonly RowModel[];
  readonly row: (n: number) => RowModel | undefined;
  /** Where in `rows` a row stands; −1 when a filter hides it. */
  readonly indexOf: (n: number) => number;
  readonly cell: (n: number, column: number) => PageCell;
  /** Says that this row is on screen: it is fetched soon when it is not known. */
  readonly want: (row: RowModel) => void;
  readonly load: (rows: readonly number[]) => Promise<void>;
  readonly changed: (change: PageChange) => void;
  /** Null: every row, in the order of the workbook. */
  readonly filter: (rows: readonly number[] | null) => void;
  readonly isFiltered: () => boolean;
  readonly put: (n: number, column: number, value: PageCell) => void;
  /** Every change that was sent is answered: what is read from now on is the truth. */
  readonly release: () => void;
};

export type FetchRows = (tabId: number, rows: readonly number[]) => Promise<PageRows>;

/** Rows above and below a missing one that are fetched along with it. */
const AROUND = 60;
const AT_ONCE_MAX = 400;

const emptyRow = (n: number): RowModel => ({ n, isLoaded: false, notes: {}, formulas: {} });

export function createTabModel(
  first: PageTab,
  revision: number,
  fetchRows: FetchRows,
  onChange: (isReshaped: boolean) => void,
): TabModel {
  let tab = first;
  let known = revision;
  let shown: readonly number[] | null = null;
  let rows: RowModel[] = [];
  let byNumber = new Map<number, RowModel>();
  let places: Map<number, number> | null = null;
  let wanted = new Set<number>();
  let isFetching = false;
  /** What was typed and is not answered yet: an answer read before it was written must not undo it on screen. */
  const held = new Map<number, Map<number, PageCell>>();
  /** When each row was last said to have changed, counted in readings: an answer asked for before that is old. */
  const changedAt = new Map<number, number>();
  let readings = 0;

  const arrange = (): void => {
    const numbers = shown ?? Array.from({ length: tab.rows - 1 }, (_row, index) => index + 2);
    const before = byNumber;
    byNumber = new Map([[1, before.get(1) ?? emptyRow(1)]]);
    rows = numbers.map((n) => {
      const row = before.get(n) ?? emptyRow(n);
      byNumber.set(n, row);
      return row;
    });
    places = null;
  };
  arrange();

  const indexOf = (n: number): number => {
    if (shown === null) return n - 2;
    places ??= new Map(shown.map((number, index) => [number, index]));
    return places.get(n) ?? -1;
  };

  const fill = (fetched: PageRow, reading: number): void => {
    const row = byNumber.get(fetched.row);
    if (row === undefined || (changedAt.get(fetched.row) ?? 0) > reading) return;
    for (let column = 1; column <= tab.columns.length; column += 1)
      row[`c${column}`] = fetched.cells[column - 1] ?? '';
    for (const [column, value] of held.get(fetched.row) ?? []) row[`c${column}`] = value;
    row.notes = fetched.notes;
    row.formulas = fetched.formulas;
    row.isLoaded = true;
  };

  const load = async (numbers: readonly number[]): Promise<void> => {
    for (let start = 0; start < numbers.length; start += AT_ONCE_MAX) {
      readings += 1;
      const reading = readings;
      const answer = await fetchRows(tab.id, numbers.slice(start, start + AT_ONCE_MAX));
      const isReshaped = JSON.stringify(answer.tab) !== JSON.stringify(tab);
      tab = answer.tab;
      known = answer.revision;
      if (isReshaped) arrange();
      for (const row of answer.rows) fill(row, reading);
      onChange(isReshaped);
    }
  };

  /** What is missing on screen, and its neighbours, once the drawing is over. */
  const fetchWanted = async (): Promise<void> => {
    if (isFetching) return;
    isFetching = true;
    try {
      while (wanted.size > 0) {
        const indexes = [...wanted].map(indexOf);
        wanted = new Set();
        const from = Math.max(0, Math.min(...indexes) - AROUND);
        const to = Math.min(rows.length, Math.max(...indexes) + AROUND);
        const missing = rows.slice(from, to).filter((row) => !row.isLoaded);
        const head = byNumber.get(1)?.isLoaded === true ? [] : [1];
        await load([...head, ...missing.map(({ n }) => n)].slice(0, AT_ONCE_MAX));
      }
    } finally {
      isFetching = false;
    }
  };

  const want = (row: RowModel): void => {
    if (row.isLoaded) return;
    if (wanted.size === 0) setTimeout(() => void fetchWanted().catch(() => undefined));
    wanted.add(row.n);
  };

  return {
    tab: () => tab,
    revision: () => known,
    header: () => byNumber.get(1) ?? emptyRow(1),
    rows: () => rows,
    row: (n) => byNumber.get(n),
    indexOf,
    cell: (n, column) => byNumber.get(n)?.[`c${column}`] ?? '',
    want,
    load,
    changed: ({ reshaped, rows: changed }) => {
      const all = reshaped || changed === null;
      for (const row of all ? byNumber.values() : changed.flatMap((n) => byNumber.get(n) ?? [])) {
        row.isLoaded = false;
        changedAt.set(row.n, readings + 1);
      }
      onChange(false);
    },
    filter: (numbers) => {
      shown = numbers;
      arrange();
      onChange(true);
    },
    isFiltered: () => shown !== null,
    put: (n, column, value) => {
      const row = byNumber.get(n);
      if (row !== undefined) row[`c${column}`] = value;
      const cells = held.get(n) ?? new Map<number, PageCell>();
      held.set(n, cells.set(column, value));
    },
    release: () => held.clear(),
  };
}
