// How a number looks by its format, for the few patterns that a shop's sheet uses.

import { isDayFormat, timeOfDayNumber } from '../../shared/model/day-number.ts';
import { fromLocalTime, toLocalTime, UTC } from '../../shared/model/time-zone.ts';

/** The moment (ms) at which the clock of the workbook shows what the number means. */
export function momentOfSerial(serial: number, timeZone: string): number {
  const ms = Math.round(timeOfDayNumber(serial) / 1_000) * 1_000;
  const [minute = '', rest = ''] = toLocalTime(new Date(ms), UTC).split(/(?=:\d\d$)/);
  const begun = fromLocalTime(minute, timeZone);
  return begun === null ? ms : begun.getTime() + Number(rest.slice(1)) * 1_000;
}

/** An unknown pattern shows the number as it is. */
export function formatNumber(value: number, pattern: string | null): string {
  if (pattern === null || pattern === '' || pattern === '@' || /^general$/i.test(pattern))
    return plain(value);
  if (isDayFormat(pattern)) return formatDate(value, pattern);
  const [positive = '', negative, zero] = pattern.split(';');
  if (value === 0 && zero !== undefined && !/[#0]/.test(zero)) return zero.replaceAll('"', '');
  const used = value < 0 && negative !== undefined ? negative : positive;
  const shape = /([#0,]*[#0])(?:\.([0#]+))?(%?)/.exec(used);
  if (shape === null) return plain(value);
  const [whole, digits = '', decimals = '', percent] = shape;
  const number = (negative !== undefined ? Math.abs(value) : value) * (percent === '%' ? 100 : 1);
  const text = number.toLocaleString('en-US', {
    useGrouping: digits.includes(','),
    minimumFractionDigits: [...decimals].filter((digit) => digit === '0').length,
    maximumFractionDigits: decimals.length,
  });
  return used.replace(whole, text + percent).replace(/"([^"]*)"|\[[^\]]*\]/g, '$1');
}

const plain = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(+value.toPrecision(15));

function formatDate(value: number, pattern: string): string {
  const date = new Date(timeOfDayNumber(value));
  if (Number.isNaN(date.getTime())) return plain(value);
  const iso = date.toISOString();
  const parts: Readonly<Record<string, string>> = {
    yyyy: iso.slice(0, 4),
    dd: iso.slice(8, 10),
    hh: iso.slice(11, 13),
    ss: iso.slice(17, 19),
  };
  return pattern
    .replace(/hh:mm/gi, `${parts['hh']}:${iso.slice(14, 16)}`)
    .replace(/mm/gi, iso.slice(5, 7))
    .replace(/yyyy|dd|ss/gi, (word) => parts[word.toLowerCase()] ?? word);
}
