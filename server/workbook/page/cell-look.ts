// How one cell looks: its text by the number format, ticks, states, colours by the tab's own rules, notes.

import { type CellLook, conditionalLook, cssColor } from '../conditional.ts';
import { mergeAt } from '../merges.ts';
import { formatNumber } from '../number-format.ts';
import type { PageCell, PageColumn, PageTab } from '../page-api.ts';
import type { CellFormat } from '../sheet-shape.ts';
import type { RowModel } from './tab-model.ts';

/** Words of the tabs that say how something is, by how they feel. */
const FEELINGS: readonly (readonly [RegExp, string])[] = [
  [/^(applied|ok|done|active|up to date|on|received|fulfilled)\b/i, 'good'],
  [
    /^(submitting|sending|queued|open|pending|waiting to be sent|owed|ordered|sent|partly received)\b/i,
    'busy',
  ],
  [/^(waiting|copy|slowed|draft|off|cancelled|unset|low)\b/i, 'warn'],
  [/^(error|changed|conflict|failed|trouble|reconnect|negative|refused)\b/i, 'bad'],
];
const STATE_KEYS = new Set(['status', 'state', 'health', 'level']);

export type ShownCell = {
  /** How the word in the cell feels; null for a cell that says no state. */
  readonly feeling: string | null;
  readonly text: string;
  readonly tick: boolean | null;
  readonly classes: readonly string[];
  readonly style: Readonly<Record<string, string>>;
  readonly note: string;
};

/** Later formats win over earlier ones, part by part. */
function formatAt(tab: PageTab, row: number, column: number): CellFormat {
  let format: CellFormat = {};
  for (const one of tab.formats) {
    const { startRow, endRow, startColumn, endColumn } = one.area;
    const inside =
      row - 1 >= startRow &&
      (endRow === null || row - 1 < endRow) &&
      column - 1 >= startColumn &&
      (endColumn === null || column - 1 < endColumn);
    if (inside) format = { ...format, ...one.format };
  }
  return format;
}

/** Merged cells show one value across, without lines between them. */
function mergeLook(tab: PageTab, row: number, column: number): { classes: string[]; isHidden: boolean } {
  const merge = mergeAt(tab, row - 1, column - 1);
  if (merge === null) return { classes: [], isHidden: false };
  const isFirst = merge.startRow === row - 1 && merge.startColumn === column - 1;
  return {
    classes: [
      isFirst ? 'merged' : 'behind',
      ...(merge.endColumn > column ? ['joined-right'] : []),
      ...(merge.endRow > row ? ['joined-below'] : []),
    ],
    isHidden: !isFirst,
  };
}

export function showCell(tab: PageTab, row: RowModel, column: PageColumn): ShownCell {
  const value = row[`c${column.column}`] ?? '';
  const merge = mergeLook(tab, row.n, column.column);
  const isHeader = row.n === 1;
  const format = formatAt(tab, row.n, column.column);
  const isTick = !isHeader && !merge.isHidden && column.rule?.kind === 'tick';
  const error = row.formulas[column.column]?.error ?? '';
  const look = isHeader
    ? null
    : conditionalLook(tab.conditional, row.n - 1, column.column - 1, (index) => row[`c${index + 1}`] ?? '');
  const note = [row.notes[column.column] ?? '', error].filter((part) => part !== '').join('\n\n');
  const classes = [
    ...(isHeader ? ['header'] : []),
    ...merge.classes,
    ...(isTick ? ['tick'] : []),
    ...(!isTick && typeof value === 'number' ? ['num'] : []),
    ...(!isHeader && !merge.isHidden && column.rule?.kind === 'choice' ? ['choice'] : []),
    ...(!isHeader && !column.editable ? ['fixed'] : []),
    ...(note === '' ? [] : ['noted']),
    ...(note.startsWith('Stocksheet: ') || error !== '' ? ['wrong'] : []),
    ...(format.bold === true ? ['bold'] : []),
    ...(format.wrap === 'WRAP' && isHeader ? ['wrap'] : []),
  ];
  const isState = !isHeader && column.key !== null && STATE_KEYS.has(column.key) && value !== '';
  return {
    feeling: isState ? (FEELINGS.find(([words]) => words.test(String(value)))?.[1] ?? 'plain') : null,
    text: isTick ? '' : textOf(value, format.numberFormat ?? null),
    tick: isTick ? value === true : null,
    classes,
    style: styleOf(format, look),
    note,
  };
}

function textOf(value: PageCell, numberFormat: string | null): string {
  if (typeof value === 'number') return formatNumber(value, numberFormat);
  return typeof value === 'boolean' ? String(value).toUpperCase() : value;
}

function styleOf(format: CellFormat, look: CellLook | null): Record<string, string> {
  const background = look?.background ?? cssColor(format.background);
  const color = look?.color ?? cssColor(format.textColor);
  return {
    ...(background === '' ? {} : { background }),
    ...(color === '' ? {} : { color }),
    ...(look?.bold === true ? { fontWeight: '600' } : {}),
    ...(look?.strikethrough === true ? { textDecoration: 'line-through' } : {}),
    ...(format.align === 'center' || format.align === 'right' ? { textAlign: format.align } : {}),
  };
}
