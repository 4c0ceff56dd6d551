// Toasts in the corner and the dialogs that scripts ask for.

import type { PageEvents } from '../page-api.ts';
import { byId, element } from './dom.ts';
import { server } from './server.ts';

export function showToast(message: string, options: { bad?: boolean; seconds?: number } = {}): void {
  const toast: HTMLElement = element('div', { class: options.bad ? 'toast bad' : 'toast' }, [
    element('p', {}, [message]),
    element('button', { type: 'button', 'aria-label': 'Close', click: () => toast.remove() }, ['✕']),
  ]);
  byId('toasts').append(toast);
  setTimeout(() => toast.remove(), (options.seconds ?? 8) * 1_000);
}

const BUTTON_WORDS: Readonly<Record<string, string>> = { OK: 'OK', CANCEL: 'Cancel', YES: 'Yes', NO: 'No' };

export function showDialog(dialog: PageEvents['dialog']): void {
  const box = byId('dialog') as HTMLDialogElement;
  const input = element('input', {
    class: 'answer',
    type: 'text',
    autocomplete: 'off',
    'aria-labelledby': 'dialog-text',
  });
  let answered = false;
  const answer = (button: string) => {
    if (answered) return;
    answered = true;
    box.close();
    byId('grid').focus();
    void server.answerDialog(dialog.id, button, input.value);
  };
  const buttons = dialog.buttons.map((button, index) =>
    element('button', { type: 'button', class: index === 0 ? 'primary' : '', click: () => answer(button) }, [
      BUTTON_WORDS[button] ?? button,
    ]),
  );
  box.replaceChildren(
    element('h2', { id: 'dialog-title' }, [dialog.title || 'Stocksheet']),
    element('p', { id: 'dialog-text' }, [dialog.message]),
    ...(dialog.kind === 'prompt' ? [input] : []),
    element('div', { class: 'buttons' }, [...buttons].reverse()),
  );
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') answer('OK');
  });
  box.oncancel = () => answer('CLOSE');
  box.showModal();
  if (dialog.kind === 'prompt') input.focus();
  else buttons[0]?.focus();
}
