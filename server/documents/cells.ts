// Reads what a person wrote in single cells of a row: the value, or the sentence about what to mend.

import { createHash } from 'node:crypto';
import type { Cell, SubmittedRow } from '../../shared/api/rows.ts';
import { type QuantityReading, readQuantity } from '../../shared/model/quantity.ts';

const TEXT_LENGTH_MAX = 500;
// What neither a database nor a screen can hold; line breaks in a note become blanks.
const UNPRINTABLE = /[\p{Cc}\p{Cs}]+/gu;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MINUTE = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{3})?)?)Z?$/;

export type CellReading<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string };

// Shortened first and last: replacing in megabytes is slow, and shortening may cut a character in half.
export function text(cell: Cell | undefined): string {
  const short = cell === null || cell === undefined ? '' : String(cell).slice(0, TEXT_LENGTH_MAX);
  return short.replace(UNPRINTABLE, ' ').trim();
}

export const isBlank = (cell: Cell | undefined): boolean => text(cell) === '';

export const DAMAGED_ID =
  'The hidden id of this row is damaged. Copy what you typed into a new row and clear this one.';

export const isDamaged = (rowId: string): boolean => rowId.search(UNPRINTABLE) >= 0;

/** Null: the cell is empty. */
export function optionalQuantity(cell: Cell | undefined): QuantityReading | null {
  return cell === undefined || isBlank(cell) ? null : readQuantity(cell);
}

/** Null: none of them. Case and blanks around a word do not matter. */
export function chosen<Word extends string>(cell: Cell | undefined, words: readonly Word[]): Word | null {
  const said = text(cell).toLowerCase();
  return words.find((word) => word === said) ?? null;
}

/** A day such as 2026-12-24; null when empty. */
export function readDay(cell: Cell | undefined): CellReading<string | null> {
  const said = text(cell);
  if (said === '') return { ok: true, value: null };
  const isDay = DAY.test(said) && new Date(`${said}T00:00:00Z`).toJSON()?.startsWith(said) === true;
  if (isDay) return { ok: true, value: said };
  return { ok: false, problem: `"${said.slice(0, 40)}" is not a day. Type it such as 2026-12-24.` };
}

/** A minute in UTC such as 2026-11-23 14:30; null when empty. */
export function readMoment(cell: Cell | undefined): CellReading<Date | null> {
  const said = text(cell);
  if (said === '') return { ok: true, value: null };
  const [, day, minute] = MINUTE.exec(said) ?? [];
  const at = new Date(`${day}T${minute}Z`);
  if (day !== undefined && at.toJSON()?.startsWith(day) === true) return { ok: true, value: at };
  return { ok: false, problem: `"${said.slice(0, 40)}" is not a time. Type it such as 2026-11-23 14:30.` };
}

/** Tells whether two submissions of a row ask for the same. Only what people write counts. */
export function hashCells(cells: SubmittedRow['cells'], columns: readonly string[]): string {
  const said = columns.map((column) => cells[column] ?? null);
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}
