// Reads =NAME(arguments): text, numbers, TRUE and FALSE, cells and ranges. Anything else is answered by a sentence.

import { parseA1 } from './a1.ts';
import type { Area } from './sheet-shape.ts';

export type CellArgument =
  | { readonly kind: 'value'; readonly value: string | number | boolean }
  | { readonly kind: 'range'; readonly tab: string | null; readonly area: Area };
export type CellCall = { readonly name: string; readonly arguments: readonly CellArgument[] };

const CALL = /^=\s*([A-Za-z_][\w.]*)\s*\(([\s\S]*)\)\s*$/;
/** A text in quotes, a tab's name in quotes with its range, or anything up to the next comma. */
const ARGUMENT = /\s*("(?:[^"]|"")*"|'(?:[^']|'')*'![^,;]*|[^,;"']*)\s*(,|;|$)/y;
const ONLY_FUNCTIONS =
  'This workbook does not compute formulas. It only knows the functions of the Stocksheet script, such as =IN_STOCK("APPLES").';

export function parseCellCall(formula: string): CellCall | { readonly problem: string } {
  const parts = CALL.exec(formula);
  if (parts === null) return { problem: ONLY_FUNCTIONS };
  const [, name = '', inside = ''] = parts;
  const list: CellArgument[] = [];
  if (inside.trim() === '') return { name, arguments: list };
  ARGUMENT.lastIndex = 0;
  for (;;) {
    const match = ARGUMENT.exec(inside);
    const argument = match === null ? null : readArgument((match[1] ?? '').trim());
    if (match === null || argument === null) return { problem: ONLY_FUNCTIONS };
    list.push(argument);
    if (match[2] === '') return { name, arguments: list };
  }
}

function readArgument(text: string): CellArgument | null {
  if (text.startsWith('"')) return { kind: 'value', value: text.slice(1, -1).replaceAll('""', '"') };
  if (/^(true|false)$/i.test(text)) return { kind: 'value', value: text.toLowerCase() === 'true' };
  if (/^-?(\d+(\.\d*)?|\.\d+)$/.test(text)) return { kind: 'value', value: Number(text) };
  if (text === '') return { kind: 'value', value: '' };
  const range = parseA1(text);
  if (range?.area == null) return null;
  return { kind: 'range', tab: range.tab, area: range.area };
}
