// Reads what a person wrote in single cells of a row: the value, or the sentence about what to mend.

import { createHash } from 'node:crypto';
import type { Cell, SubmittedRow } from '../../shared/api/rows.ts';
import { type QuantityReading, readQuantity } from '../../shared/model/quantity.ts';
import { fromLocalTime, UTC } from '../../shared/model/time-zone.ts';

const TEXT_LENGTH_MAX = 500;
// What neither a database nor a screen can hold; line breaks in a note become blanks.
const UNPRINTABLE = /[\p{Cc}\p{Cs}]+/gu;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT =
  /^(\d{4}-\d{2}-\d{2})[ T](\d{1,2}:\d{2})(?::([0-5]\d(?:\.\d{1,3})?))?(?:(Z)| ?([+-])(\d{2}):?([0-5]\d))?$/;

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

/**
 * A time by the clock of the sheet, such as 2026-11-23 14:30, or of any clock with its distance from UTC, as an export and programs
 * write it: 2026-11-23 14:30:00 +01:00, 2026-11-23T13:30:00Z. Null when empty.
 */
export function readMoment(cell: Cell | undefined, timeZone: string): CellReading<Date | null> {
  const said = text(cell);
  if (said === '') return { ok: true, value: null };
  const [, day = '', minute = '', seconds = '0', isUtc, sign, hours = '0', minutes = '0'] =
    MOMENT.exec(said) ?? [];
  const isLocal = isUtc === undefined && sign === undefined;
  const begun = fromLocalTime(`${day} ${minute.padStart(5, '0')}`, isLocal ? timeZone : UTC);
  if (begun !== null) {
    const aheadMs = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
    return { ok: true, value: new Date(begun.getTime() + Number(seconds) * 1_000 - aheadMs) };
  }
  return { ok: false, problem: `"${said.slice(0, 40)}" is not a time. Type it such as 2026-11-23 14:30.` };
}

/** A time by another clock than the sheet's, so that it stays what it is. What says its distance from UTC, or is no time, stays as it is. */
export function byClock(said: string, timeZone: string): string {
  const [, , , , isUtc, sign] = MOMENT.exec(said.trim()) ?? [];
  if (isUtc !== undefined || sign !== undefined) return said;
  const reading = readMoment(said, timeZone);
  return reading.ok && reading.value !== null ? reading.value.toISOString() : said;
}

/** Tells whether two submissions of a row ask for the same. Only what people write counts. */
export function hashCells(cells: SubmittedRow['cells'], columns: readonly string[]): string {
  const said = columns.map((column) => cells[column] ?? null);
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}
