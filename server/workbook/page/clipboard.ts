// Blocks of cells to and from the clipboard, in the tab-separated form that spreadsheets use.

import type { PageCell } from '../page-api.ts';

export function toClipboardText(cells: readonly (readonly PageCell[])[]): string {
  return cells.map((line) => line.map(quoted).join('\t')).join('\n');
}

function quoted(cell: PageCell): string {
  const text = typeof cell === 'boolean' ? String(cell).toUpperCase() : String(cell);
  return /[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Spreadsheets end the clipboard with a line break and quote cells that hold breaks or tabs. */
export function fromClipboardText(text: string): string[][] {
  const lines: string[][] = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"|([^\t\r\n]*))(\t|\r\n|\n|\r|$)/gy;
  for (;;) {
    const match = pattern.exec(text);
    if (match === null) break;
    lines.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '') break;
    if (match[3] !== '\t') lines.push([]);
    if (pattern.lastIndex >= text.length && match[3] !== '\t') break;
  }
  const filled = lines.filter((line) => line.length > 0);
  const width = Math.max(...filled.map((line) => line.length), 0);
  return filled.map((line) => [...line, ...Array<string>(width - line.length).fill('')]);
}
