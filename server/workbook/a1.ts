// A1 notation: reading every form of it, and writing it as Google's messages do.

import type { Area } from './sheet-shape.ts';

export type A1Range = {
  /** Null: no tab was named. */
  readonly tab: string | null;
  /** Null: the whole tab. */
  readonly area: Area | null;
};

const CORNER = /^\$?([A-Za-z]{0,3})\$?(\d{0,8})$/;

/** Null when it is not A1 notation. A bare word may be a tab: the caller knows the tabs. */
export function parseA1(text: string): A1Range | null {
  const quoted = /^'((?:[^']|'')*)'(?:!(.*))?$/s.exec(text);
  if (quoted !== null) {
    const tab = (quoted[1] ?? '').replaceAll("''", "'");
    if (quoted[2] === undefined) return { tab, area: null };
    const area = parseArea(quoted[2]);
    return area === null ? null : { tab, area };
  }
  const mark = text.lastIndexOf('!');
  const area = parseArea(text.slice(mark + 1));
  if (area === null) return null;
  if (mark < 0) return { tab: null, area };
  const tab = text.slice(0, mark);
  return tab === '' || tab.includes("'") ? null : { tab, area };
}

function parseArea(text: string): Area | null {
  const [first, second, ...rest] = text.split(':');
  if (first === undefined || rest.length > 0) return null;
  const start = parseCorner(first);
  if (start === null) return null;
  if (second === undefined) {
    if (start.row === null || start.column === null) return null;
    return area(start.row, start.row, start.column, start.column);
  }
  const end = parseCorner(second);
  if (end === null) return null;
  const rows = order(start.row, end.row);
  const columns = order(start.column, end.column);
  if (start.row === null && end.row === null && (start.column === null || end.column === null)) return null;
  if (start.column === null && end.column === null && (start.row === null || end.row === null)) return null;
  return area(rows[0] ?? 0, rows[1], columns[0] ?? 0, columns[1]);
}

const area = (
  startRow: number,
  lastRow: number | null,
  startColumn: number,
  lastColumn: number | null,
): Area => ({
  startRow,
  endRow: lastRow === null ? null : lastRow + 1,
  startColumn,
  endColumn: lastColumn === null ? null : lastColumn + 1,
});

/** [first, last]; "A5:A" has a first row and no last one. */
function order(one: number | null, other: number | null): readonly [number | null, number | null] {
  if (one === null || other === null) return [one ?? other, null];
  return one <= other ? [one, other] : [other, one];
}

function parseCorner(text: string): { row: number | null; column: number | null } | null {
  const parts = CORNER.exec(text);
  if (parts === null || text.replaceAll('$', '') === '') return null;
  const [letters = '', digits = ''] = parts.slice(1);
  if (digits !== '' && Number(digits) < 1) return null;
  return {
    row: digits === '' ? null : Number(digits) - 1,
    column: letters === '' ? null : toColumnIndex(letters),
  };
}

function toColumnIndex(letters: string): number {
  let number = 0;
  for (const letter of letters.toUpperCase()) number = number * 26 + letter.charCodeAt(0) - 64;
  return number - 1;
}

export function columnLetters(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : columnLetters(Math.floor(index / 26) - 1) + last;
}

export const quoteTab = (title: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(title) ? title : `'${title.replaceAll("'", "''")}'`;

/** Such as `'My tab'!A1:B2`. Open ends are written as the grid bounds them. */
export function formatA1(title: string, bounds: Area): string {
  const { startRow, endRow, startColumn, endColumn } = bounds;
  const corner = (row: number | null, column: number | null): string =>
    (column === null ? '' : columnLetters(column)) + (row === null ? '' : String(row + 1));
  const first = corner(startRow, startColumn);
  const last = corner(endRow === null ? null : endRow - 1, endColumn === null ? null : endColumn - 1);
  return `${quoteTab(title)}!${first === last ? first : `${first}:${last}`}`;
}
