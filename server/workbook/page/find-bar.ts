// Finding text in the open tab: the whole tab is looked through, not only what is on screen.

import type { PageMatch } from '../page-api.ts';
import { byId } from './dom.ts';
import type { OpenTab } from './open-tab.ts';
import { server } from './server.ts';
import type { WorkbookView } from './workbook-view.ts';

export function startFind(
  tab: () => OpenTab | null,
  view: WorkbookView,
  fail: (error: unknown) => void,
): { readonly open: () => void } {
  const input = byId('find') as HTMLInputElement;
  const said = byId('found');
  let asked = '';
  let matches: readonly PageMatch[] = [];
  let index = -1;
  /** Since it was opened nobody has gone elsewhere. */
  let isInUse = false;

  const step = async (direction: 1 | -1): Promise<void> => {
    const open = tab();
    if (open === null || input.value === '') return;
    const question = `${open.model.tab().id} ${open.model.revision()} ${input.value}`;
    if (question !== asked) {
      asked = question;
      matches = (await server.find(open.model.tab().id, input.value)).matches.filter(
        ({ row }) => open.model.indexOf(row) >= 0,
      );
      index = direction === 1 ? -1 : matches.length;
    }
    if (matches.length === 0) {
      said.textContent = 'Not found';
      return;
    }
    index = (index + direction + matches.length) % matches.length;
    said.textContent = `${index + 1} of ${matches.length}`;
    const match = matches[index];
    if (match !== undefined) await view.select(match);
    input.focus();
  };

  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') step(event.shiftKey ? -1 : 1).catch(fail);
    else if (event.key === 'Tab') {
      isInUse = false;
      return;
    } else if (event.key === 'Escape') {
      isInUse = false;
      said.textContent = '';
      view.focus();
    } else return;
    event.preventDefault();
  });
  input.addEventListener('input', () => {
    said.textContent = '';
  });
  window.addEventListener(
    'pointerdown',
    () => {
      isInUse = false;
    },
    true,
  );
  // The grid takes the focus for a cell that was clicked only a moment later: what is typed would overwrite that cell.
  byId('grid').addEventListener('focusin', ({ relatedTarget }) => {
    if (isInUse && relatedTarget === input) input.focus();
  });
  return {
    open: () => {
      isInUse = true;
      input.focus();
      input.select();
    },
  };
}
