// The editors inside a cell: a line of text, and the native list of a dropdown.

import type { EditorBase, EditorCtr } from '@revolist/revogrid';
import type { PageCell, PageColumn } from '../page-api.ts';
import type { Step } from './workbook-view.ts';

/** An open editor, for keys that came before it was there. */
export type EditorHandle = {
  readonly append: (text: string) => void;
  /** Takes the focus back from the grid. */
  readonly focus: () => void;
  /** Where to go on when the key leaves the editor. */
  readonly leave: (key: Pick<KeyboardEvent, 'key' | 'shiftKey'>) => Step | null;
};

type Editing = {
  /** What to begin with: the formula where one stands. */
  readonly textOf: (rowIndex: number, column: PageColumn) => PageCell;
  /** What a key began it with, if one did. */
  readonly startText: () => string | null;
  readonly onOpen: (editor: EditorHandle) => void;
  readonly onClose: (editor: EditorHandle) => void;
  /** Enter and Tab: where to go on. */
  readonly onDone: (step: Step) => void;
};

const leaving =
  (save: () => void, close: () => void): EditorHandle['leave'] =>
  (event) => {
    if (event.key === 'Escape') close();
    else if (event.key === 'Enter' || event.key === 'Tab') save();
    else return null;
    return event.key === 'Escape' ? { down: 0, right: 0 } : stepOf(event);
  };

const stepOf = ({ key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>): Step => {
  const by = shiftKey ? -1 : 1;
  return key === 'Tab' ? { down: 0, right: by } : { down: by, right: 0 };
};

const textOf = (value: unknown): string =>
  typeof value === 'boolean' ? String(value).toUpperCase() : String(value ?? '');

export function textEditor(column: PageColumn, parts: Editing): EditorCtr {
  return (_schema, save, close) => {
    let input: HTMLInputElement | null = null;
    const handle: EditorHandle = {
      append: (text) => {
        if (input !== null) input.value += text;
      },
      focus: () => input?.focus(),
      leave: leaving(
        () => save(input?.value ?? '', true),
        () => close(true),
      ),
    };
    const editor: EditorBase = {
      element: null,
      render: (h) =>
        h('input', {
          class: 'cell-editor',
          type: 'text',
          'aria-label': 'Cell',
          ref: (element: HTMLInputElement) => {
            input = element;
          },
          onKeyDown: (event: KeyboardEvent) => {
            if (event.isComposing) return;
            event.stopPropagation();
            const step = handle.leave(event);
            if (step === null) return;
            event.preventDefault();
            parts.onDone(step);
          },
        }),
      componentDidRender: () => {
        if (input === null || input.dataset['begun'] === 'yes') return;
        input.dataset['begun'] = 'yes';
        input.value = parts.startText() ?? textOf(parts.textOf(editor.editCell?.y ?? 0, column));
        input.focus();
        parts.onOpen(handle);
      },
      getValue: () => input?.value ?? '',
      disconnectedCallback: () => parts.onClose(handle),
    };
    return editor;
  };
}

export function choiceEditor(column: PageColumn, parts: Editing): EditorCtr {
  const values = column.rule?.kind === 'choice' ? column.rule.values : [];
  return (_schema, save, close) => {
    let select: HTMLSelectElement | null = null;
    let typed = '';
    const choose = (prefix: string): void => {
      const found = values.find((value) => value.toLowerCase().startsWith(prefix.toLowerCase()));
      if (select !== null && found !== undefined) select.value = found;
    };
    const handle: EditorHandle = {
      append: (text) => {
        typed += text;
        choose(typed);
      },
      focus: () => select?.focus(),
      leave: leaving(
        () => save(select?.value ?? '', true),
        () => close(true),
      ),
    };
    const editor: EditorBase = {
      element: null,
      render: (h) =>
        h(
          'select',
          {
            class: 'cell-editor',
            'aria-label': 'Choice',
            ref: (element: HTMLSelectElement) => {
              select = element;
            },
            onChange: () => {
              if (typed === '') save(select?.value ?? '', true);
            },
            onKeyDown: (event: KeyboardEvent) => {
              event.stopPropagation();
              const step = handle.leave(event);
              if (step !== null) {
                event.preventDefault();
                parts.onDone(step);
              } else if (
                event.key.length === 1 &&
                (event.key !== ' ' || typed !== '') &&
                !event.ctrlKey &&
                !event.metaKey
              ) {
                event.preventDefault();
                handle.append(event.key);
              }
            },
          },
          ['', ...values].map((value) => h('option', { value }, value)),
        ),
      componentDidRender: () => {
        if (select === null || select.dataset['begun'] === 'yes') return;
        select.dataset['begun'] = 'yes';
        select.value = textOf(parts.textOf(editor.editCell?.y ?? 0, column));
        const begun = parts.startText();
        if (begun !== null) handle.append(begun);
        select.focus();
        parts.onOpen(handle);
      },
      getValue: () => select?.value ?? '',
      disconnectedCallback: () => parts.onClose(handle),
    };
    return editor;
  };
}
