// Times and counts in a shop owner's words.

import { sizeInWords } from '../../shared/model/duration.ts';

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** Kept on one line: "18 s" with its unit. */
export const unbroken = (words: string): string => words.replaceAll(' ', '\u00a0');

/** "14:02" today, "23 Nov" on another day, "never" when it never was. */
export function when(iso: string | null, nowMs: number): string {
  if (iso === null) return 'never';
  const at = new Date(iso);
  if (sameDay(at, new Date(nowMs))) return clock(at);
  return at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
}

const sameDay = (one: Date, other: Date): boolean => one.toDateString() === other.toDateString();

const two = (number: number): string => String(number).padStart(2, '0');
export const clock = (at: Date): string => `${two(at.getHours())}:${two(at.getMinutes())}`;
export const clockWithSeconds = (at: Date): string => `${clock(at)}:${two(at.getSeconds())}`;
/** "14:02:11" today, "23 Nov 14:02" on another day. */
export function moment(iso: string, nowMs: number): string {
  const at = new Date(iso);
  return sameDay(at, new Date(nowMs)) ? clockWithSeconds(at) : `${day(iso)} ${clock(at)}`;
}

export const day = (iso: string): string =>
  new Date(iso).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });

export const dayAndYear = (iso: string): string =>
  new Date(iso).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });

/** Of a day without a time, such as 2026-11-23: read as a moment it would fall on the day before west of London. */
export const dayOnly = (iso: string): string =>
  new Date(iso).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** How long a task that goes on like this still takes; null until it can be told. */
export function taskTimeLeft(
  progress: { readonly done: number; readonly total: number | null; readonly startedAt: string },
  nowMs: number,
): string | null {
  const { done, total } = progress;
  const tookMs = nowMs - new Date(progress.startedAt).getTime();
  if (total === null || done <= 0 || done >= total || tookMs < 1_000) return null;
  return `about ${unbroken(sizeInWords((tookMs / done) * (total - done)))} left`;
}

export const signed = (number: number): string =>
  number > 0 ? `+${number}` : number < 0 ? `−${-number}` : '0';

/** Words of the server at the beginning of a line. */
export const sentence = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
