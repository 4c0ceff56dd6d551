// Typing into a cell: a text field, or a dropdown where the column has a list.

import type { PageCell, PageColumn } from '../page-api.ts';
import { element } from './dom.ts';

export type EditorEnd = { readonly move: 'down' | 'up' | 'right' | 'left' | null };

/** Calls `save` with what was typed, unless the person gave up with Escape. */
export function openEditor(
  place: { parent: HTMLElement; left: number; top: number; width: number; height: number },
  options: {
    readonly column: PageColumn;
    readonly value: PageCell;
    /** The key that began the editing replaces the content; null keeps it. */
    readonly typed: string | null;
    readonly label: string;
    /** Opened with the mouse: the list unfolds at once, and choosing is enough. */
    readonly unfold: boolean;
    readonly save: (value: string, end: EditorEnd) => void;
    readonly cancel: () => void;
  },
): void {
  const rule = options.column.rule;
  const field = rule?.kind === 'choice' ? dropdown(rule.values, options) : textField(options);
  field.className = 'editor';
  field.setAttribute('aria-label', options.label);
  const style = field.style;
  style.left = `${place.left}px`;
  style.top = `${place.top}px`;
  style.width = `${Math.max(place.width, 60)}px`;
  style.height = `${place.height}px`;
  let finished = false;
  const finish = (end: EditorEnd | null) => {
    if (finished) return;
    finished = true;
    const value = field.value;
    field.remove();
    if (end === null) options.cancel();
    else options.save(value, end);
  };
  let typed = options.typed ?? '';
  const onKey = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (field instanceof HTMLSelectElement && event.key.length === 1) {
      // The browser would start over at each letter: "set" must not end at "subtract".
      typed += event.key;
      field.value = startingWith(rule?.kind === 'choice' ? rule.values : [], typed) ?? field.value;
      event.preventDefault();
      return;
    }
    if (event.key === 'Escape') finish(null);
    else if (event.key === 'Enter') finish({ move: event.shiftKey ? 'up' : 'down' });
    else if (event.key === 'Tab') finish({ move: event.shiftKey ? 'left' : 'right' });
    else return;
    event.preventDefault();
  };
  field.onkeydown = onKey;
  field.addEventListener('blur', () => finish({ move: null }));
  place.parent.append(field);
  field.focus();
  if (field instanceof HTMLSelectElement && options.unfold) {
    field.addEventListener('change', () => finish({ move: null }));
    field.showPicker();
  }
  if (field instanceof HTMLInputElement && options.typed === null) field.select();
}

function textField({ value, typed }: { value: PageCell; typed: string | null }): HTMLInputElement {
  const field = element('input', { type: 'text', autocomplete: 'off', spellcheck: 'false' });
  field.value = typed ?? String(value);
  return field;
}

function dropdown(
  values: readonly string[],
  { value, typed }: { value: PageCell; typed: string | null },
): HTMLSelectElement {
  const current = String(value);
  const list = ['', ...values, ...(current === '' || values.includes(current) ? [] : [current])];
  const field = element(
    'select',
    {},
    list.map((entry) => element('option', { value: entry }, [entry === '' ? '(empty)' : entry])),
  );
  field.value = (typed === null ? undefined : startingWith(values, typed)) ?? current;
  return field;
}

const startingWith = (values: readonly string[], typed: string): string | undefined =>
  values.find((entry) => entry.toLowerCase().startsWith(typed.toLowerCase()));
