// Conditional formats, as the Sheets API describes them: which of a tab's rules colour a cell. Used by the page and by tests.

import type { Area } from './sheet-shape.ts';

export type ConditionalRule = {
  readonly areas: readonly Area[];
  readonly condition: { readonly type: string; readonly values: readonly string[] };
  readonly look: CellLook;
};

export type CellLook = {
  readonly background?: string;
  readonly color?: string;
  readonly bold?: boolean;
  readonly strikethrough?: boolean;
};

type Cell = string | number | boolean;
type Row = (column: number) => Cell;

/** The first rule that fits decides, as in Google Sheets. `column` and the argument of `row` count from 0. */
export function conditionalLook(
  rules: readonly ConditionalRule[],
  rowIndex: number,
  column: number,
  row: Row,
): CellLook | null {
  for (const rule of rules) {
    const area = rule.areas.find((one) => reaches(one, rowIndex, column));
    if (area !== undefined && isMet(rule.condition, row(column), area, column, row)) return rule.look;
  }
  return null;
}

const reaches = (area: Area, row: number, column: number): boolean =>
  row >= area.startRow &&
  (area.endRow === null || row < area.endRow) &&
  column >= area.startColumn &&
  (area.endColumn === null || column < area.endColumn);

function isMet(
  { type, values }: ConditionalRule['condition'],
  cell: Cell,
  area: Area,
  column: number,
  row: Row,
): boolean {
  const text = String(cell).toLowerCase();
  const [first = ''] = values;
  const wanted = first.toLowerCase();
  const number = typeof cell === 'number' ? cell : Number.NaN;
  switch (type) {
    case 'BLANK':
      return cell === '';
    case 'NOT_BLANK':
      return cell !== '';
    case 'TEXT_EQ':
      return text === wanted;
    case 'TEXT_CONTAINS':
      return text.includes(wanted);
    case 'TEXT_NOT_CONTAINS':
      return !text.includes(wanted);
    case 'TEXT_STARTS_WITH':
      return text.startsWith(wanted);
    case 'NUMBER_LESS':
      return number < Number(first);
    case 'NUMBER_LESS_THAN_EQ':
      return number <= Number(first);
    case 'NUMBER_GREATER':
      return number > Number(first);
    case 'NUMBER_GREATER_THAN_EQ':
      return number >= Number(first);
    case 'NUMBER_EQ':
      return number === Number(first);
    case 'NUMBER_BETWEEN':
      return number >= Number(first) && number <= Number(values[1]);
    case 'CUSTOM_FORMULA':
      return meetsFormula(first, area, column, row);
    default:
      return false;
  }
}

/** Of formulas only comparisons of a cell in the same row are known: =$K2="failed", =$C2<0, =AND(one,other). */
const COMPARISON = /^(\$?)([A-Z]{1,3})\$?\d+(<>|<=|>=|=|<|>)("(?:[^"]|"")*"|-?\d+(?:\.\d+)?|TRUE|FALSE)$/i;

function meetsFormula(formula: string, area: Area, column: number, row: Row): boolean {
  const body = formula.trim().replace(/^=/, '').replaceAll(' ', '');
  const all = /^AND\((.*)\)$/i.exec(body)?.[1];
  return (all === undefined ? [body] : all.split(',')).every((part) => compares(part, area, column, row));
}

function compares(part: string, area: Area, column: number, row: Row): boolean {
  const parts = COMPARISON.exec(part);
  if (parts === null) return false;
  const [, fixed = '', letters = '', sign = '', literal = ''] = parts;
  const index =
    [...letters.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
  const cell = row(fixed === '$' ? index : index + column - area.startColumn);
  const other = literal.startsWith('"')
    ? literal.slice(1, -1).replaceAll('""', '"')
    : /^(true|false)$/i.test(literal)
      ? literal.toLowerCase() === 'true'
      : Number(literal);
  return holds(comparable(cell, other), sign);
}

/** Negative, 0 or positive; NaN when the two cannot be compared. An empty cell counts as 0 beside a number. */
function comparable(cell: Cell, other: Cell): number {
  const value = cell === '' && typeof other === 'number' ? 0 : cell;
  if (typeof value === 'number' && typeof other === 'number') return value - other;
  if (typeof value !== typeof other) return Number.NaN;
  const [one, two] = [String(value).toLowerCase(), String(other).toLowerCase()];
  return one < two ? -1 : one > two ? 1 : 0;
}

function holds(difference: number, sign: string): boolean {
  if (sign === '<>') return difference !== 0;
  if (sign === '=') return difference === 0;
  if (sign === '<') return difference < 0;
  if (sign === '>') return difference > 0;
  return sign === '<=' ? difference <= 0 : difference >= 0;
}

/** `{ red, green, blue }` from 0 to 1, as the API writes colours; '' when there is none. */
export function cssColor(style: unknown): string {
  const rgb = (style as { rgbColor?: Record<string, number> } | null | undefined)?.rgbColor;
  if (rgb === undefined) return '';
  const part = (name: string) => Math.round((rgb[name] ?? 0) * 255);
  return `rgb(${part('red')} ${part('green')} ${part('blue')})`;
}
