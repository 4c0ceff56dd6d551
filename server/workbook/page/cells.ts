// How one cell looks: ticks, numbers, states in colour, notes.

import type { PageCell, PageColumn } from '../page-api.ts';
import { element } from './dom.ts';

/** Words of the tabs that say how something is, by how they feel. */
const FEELINGS: readonly (readonly [RegExp, string])[] = [
  [/^(applied|ok|done|active|up to date|on|received|fulfilled)\b/i, 'good'],
  [/^(submitting|sending|queued|open|pending|waiting to be sent|owed)\b/i, 'busy'],
  [/^(waiting|copy|slowed|draft|off|cancelled|unset|low)\b/i, 'warn'],
  [/^(error|changed|conflict|failed|trouble|reconnect|negative|refused)\b/i, 'bad'],
];
const STATE_KEYS = new Set(['status', 'state', 'health', 'level']);

export function fillCell(
  box: HTMLElement,
  column: PageColumn,
  value: PageCell,
  note: string,
  label: string,
): void {
  const isTick = column.rule?.kind === 'tick';
  const text = typeof value === 'boolean' ? String(value).toUpperCase() : String(value);
  const classes = ['cell'];
  if (isTick) classes.push('tick');
  else if (typeof value === 'number') classes.push('num', value < 0 ? 'neg' : 'pos');
  if (column.rule?.kind === 'choice') classes.push('choice');
  if (!column.editable) classes.push('fixed');
  if (note !== '') classes.push('noted');
  if (note.startsWith('Stocksheet: ')) classes.push('wrong');
  box.className = classes.join(' ');
  box.title = note !== '' ? note : text.length > 30 ? text : '';
  box.setAttribute('aria-readonly', String(!column.editable));
  if (note === '') box.removeAttribute('aria-description');
  else box.setAttribute('aria-description', note);
  box.replaceChildren(...contentOf(column, value, text, isTick, label));
}

function contentOf(
  column: PageColumn,
  value: PageCell,
  text: string,
  isTick: boolean,
  label: string,
): readonly (Node | string)[] {
  if (isTick) {
    const tick = element('input', { type: 'checkbox', tabindex: -1, 'aria-label': label });
    tick.checked = value === true;
    return [tick];
  }
  if (text !== '' && column.key !== null && STATE_KEYS.has(column.key)) {
    const feeling = FEELINGS.find(([words]) => words.test(text))?.[1] ?? '';
    return [element('span', { class: `state ${feeling}` }, [text])];
  }
  return [text];
}
