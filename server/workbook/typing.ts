// What a spreadsheet makes of what is typed into a cell (USER_ENTERED), as far as a shop's sheet needs it.

import type { CellContent } from './row-store.ts';

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const GROUPED_NUMBER = /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/;
const PERCENT = /^[+-]?\d+(\.\d+)?%$/;
const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const DAY_MS = 86_400_000;
/** Day 0 of spreadsheets. */
const EPOCH_MS = Date.UTC(1899, 11, 30);

/** An empty string empties the cell. A cell with the format "@" keeps every text as it is. */
export function readTyped(typed: string | number | boolean, numberFormat: string | null): CellContent {
  if (typeof typed !== 'string' || typed === '') return typed;
  if (numberFormat === '@') return typed;
  if (typed.startsWith("'")) return typed.slice(1);
  if (typed.startsWith('=') && typed.length > 1) return { formula: typed };
  const text = typed.trim();
  if (/^true$/i.test(text)) return true;
  if (/^false$/i.test(text)) return false;
  if (NUMBER.test(text)) return finite(Number(text), typed);
  if (GROUPED_NUMBER.test(text)) return finite(Number(text.replaceAll(',', '')), typed);
  if (PERCENT.test(text)) return Number(text.slice(0, -1)) / 100;
  return readDate(text) ?? typed;
}

const finite = (number: number, typed: string): CellContent => (Number.isFinite(number) ? number : typed);

function readDate(text: string): number | null {
  const parts = DATE.exec(text);
  if (parts === null) return null;
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return (date.getTime() - EPOCH_MS) / DAY_MS;
}
