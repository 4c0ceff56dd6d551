// The editors inside a cell: a line of text, and the native list of a dropdown.

import type { EditorBase, EditorCtr } from '@revolist/revogrid';
import type { PageCell, PageColumn } from '../page-api.ts';

type Editing = {
  /** What to begin with: the formula where one stands. */
  readonly textOf: (rowIndex: number, column: PageColumn) => PageCell;
  readonly onClose: () => void;
  /** Enter and Tab: where to go on. */
  readonly onDone: (step: { readonly down: number; readonly right: number }) => void;
};

const stepOf = ({ key, shiftKey }: KeyboardEvent) => {
  const by = shiftKey ? -1 : 1;
  return key === 'Tab' ? { down: 0, right: by } : { down: by, right: 0 };
};

const textOf = (value: unknown): string =>
  typeof value === 'boolean' ? String(value).toUpperCase() : String(value ?? '');

export function textEditor(column: PageColumn, { textOf: beginWith, onClose, onDone }: Editing): EditorCtr {
  return (_schema, save, close) => {
    let input: HTMLInputElement | null = null;
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
            if (event.key === 'Enter' || event.key === 'Tab') {
              event.preventDefault();
              event.stopPropagation();
              save(input?.value ?? '', true);
              onDone(stepOf(event));
            } else if (event.key === 'Escape') {
              event.stopPropagation();
              close(true);
            } else event.stopPropagation();
          },
        }),
      componentDidRender: () => {
        if (input === null || input.dataset['begun'] === 'yes') return;
        input.dataset['begun'] = 'yes';
        const typed = editor.editCell?.val;
        input.value =
          typed === undefined ? textOf(beginWith(editor.editCell?.y ?? 0, column)) : String(typed);
        input.focus();
      },
      getValue: () => input?.value ?? '',
      disconnectedCallback: onClose,
    };
    return editor;
  };
}

export function choiceEditor(column: PageColumn, { textOf: beginWith, onClose, onDone }: Editing): EditorCtr {
  const values = column.rule?.kind === 'choice' ? column.rule.values : [];
  return (_schema, save, close) => {
    let select: HTMLSelectElement | null = null;
    let typed = '';
    const choose = (prefix: string): void => {
      const found = values.find((value) => value.toLowerCase().startsWith(prefix.toLowerCase()));
      if (select !== null && found !== undefined) select.value = found;
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
              if (event.key === 'Enter' || event.key === 'Tab') {
                event.preventDefault();
                save(select?.value ?? '', true);
                onDone(stepOf(event));
              } else if (event.key === 'Escape') close(true);
              else if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey) {
                event.preventDefault();
                typed += event.key;
                choose(typed);
              }
            },
          },
          ['', ...values].map((value) => h('option', { value }, value)),
        ),
      componentDidRender: () => {
        if (select === null || select.dataset['begun'] === 'yes') return;
        select.dataset['begun'] = 'yes';
        const first = editor.editCell?.val;
        select.value = textOf(beginWith(editor.editCell?.y ?? 0, column));
        if (typeof first === 'string' && first.length === 1) {
          typed = first;
          choose(typed);
        }
        select.focus();
      },
      getValue: () => select?.value ?? '',
      disconnectedCallback: onClose,
    };
    return editor;
  };
}
