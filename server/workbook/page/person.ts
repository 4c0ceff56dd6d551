// Who is at the keyboard: asked once, kept by this browser. Another browser, or a private window, is another person.

import { byId, element } from './dom.ts';

const KEY = 'stocksheet.person';

export type Person = { readonly email: string; readonly name: string };

export function readPerson(): Person | null {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Person | null;
    return stored === null || typeof stored.email !== 'string' ? null : stored;
  } catch {
    return null;
  }
}

/** What is sent with each request. */
export function personHeader(): string {
  const person = readPerson();
  return person === null ? '' : encodeURIComponent(`${person.email}\n${person.name}`);
}

const toEmail = (name: string): string => {
  const word = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '.')
    .replace(/^\.+|\.+$/g, '');
  return `${word || 'somebody'}@this-computer`;
};

export function askPerson(onDone: (person: Person) => void): void {
  const box = byId('dialog') as HTMLDialogElement;
  const input = element('input', {
    class: 'answer',
    type: 'text',
    autocomplete: 'name',
    'aria-label': 'Your name',
  });
  input.value = readPerson()?.name ?? '';
  const done = () => {
    const name = input.value.trim() || 'You';
    const person = { name, email: name.includes('@') ? name : toEmail(name) };
    localStorage.setItem(KEY, JSON.stringify(person));
    box.close();
    onDone(person);
  };
  box.oncancel = () => {
    if (readPerson() === null) done();
  };
  box.replaceChildren(
    element('h2', { id: 'dialog-title' }, ['Who are you?']),
    element('p', {}, ['Your name stands beside every change you make. Nothing is sent anywhere.']),
    input,
    element('div', { class: 'buttons' }, [
      element('button', { type: 'button', class: 'primary', click: done }, ['Start']),
    ]),
  );
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') done();
  });
  box.showModal();
  input.focus();
}
