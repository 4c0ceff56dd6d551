// Sorting as spreadsheets do: numbers, then text, then TRUE and FALSE, empty cells last whichever way round.

import type { PageEdit } from './page-api.ts';
import { type CellValue, shownValue } from './row-store.ts';
import type { WorkbookEdit } from './session.ts';

type SortEdit = Extract<PageEdit, { kind: 'sort' }>;

const text = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const rank = (value: CellValue): number =>
  typeof value === 'number' ? 0 : typeof value === 'string' ? 1 : 2;

export function compareCells(one: CellValue, other: CellValue, descending: boolean): number {
  if (one === '' || other === '') return Number(one === '') - Number(other === '');
  const sign = descending ? -1 : 1;
  if (rank(one) !== rank(other)) return sign * (rank(one) - rank(other));
  if (typeof one === 'string') return sign * text.compare(one, String(other));
  return sign * (Number(one) - Number(other));
}

/** The rows that are sorted and their new order; null when fewer than two hold anything. */
export async function sortOrder(
  session: WorkbookEdit,
  tabId: number,
  revision: number,
  edit: SortEdit,
): Promise<{ readonly at: number; readonly order: readonly number[] } | null> {
  const { shape } = session.sheet(tabId);
  const wanted = [edit.fromRow ?? 1, edit.toRow ?? shape.rowCount].map((row) => row - 1);
  const places = await session.follow(tabId, revision, wanted);
  const { rows: filled } = await session.extent(tabId);
  const from = Math.max(edit.fromRow === undefined ? 0 : (places[0] ?? 0), shape.frozenRows);
  const to = Math.min(edit.toRow === undefined ? filled : (places[1] ?? filled) + 1, filled);
  if (to - from < 2) return null;
  const column = edit.column - 1;
  const cells = await session.readCells(tabId, {
    startRow: from,
    endRow: to,
    startColumn: column,
    endColumn: column + 1,
  });
  const values = Array.from({ length: to - from }, (_row, index) => shownValue(cells[index]?.[0] ?? ''));
  const order = values.map((_, index) => index);
  order.sort((a, b) => compareCells(values[a] ?? '', values[b] ?? '', edit.descending) || a - b);
  return { at: from, order };
}

/** The order that takes another order back. */
export function putInOrder(order: readonly number[]): number[] {
  const back = Array<number>(order.length).fill(0);
  order.forEach((old, place) => {
    back[old] = place;
  });
  return back;
}
