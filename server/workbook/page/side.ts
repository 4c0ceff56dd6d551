// The panes beside the grid: the add-on's sidebar and the rehearsal. Each can be folded away by its button.

import { byId, element } from './dom.ts';

export type Side = {
  readonly showSidebar: (frame: HTMLElement, title: string) => void;
  readonly closeSidebar: () => void;
  readonly addRehearsal: () => HTMLElement;
};

export function createSide(onFold: () => void): Side {
  const sidebar = byId('sidebar');
  const rehearsal = byId('rehearsal');
  const buttons = byId('side-buttons');

  const button = (id: string, label: string, pane: HTMLElement): HTMLButtonElement => {
    const known = buttons.querySelector<HTMLButtonElement>(`#${id}`);
    if (known !== null) return known;
    const made: HTMLButtonElement = element('button', {
      type: 'button',
      id,
      'aria-pressed': 'true',
      'aria-controls': pane.id,
      click: () => fold(pane, made, !pane.hidden),
    });
    made.textContent = label;
    buttons.append(made);
    return made;
  };
  const fold = (pane: HTMLElement, toggle: HTMLButtonElement, isFolded: boolean): void => {
    pane.hidden = isFolded;
    toggle.setAttribute('aria-pressed', String(!isFolded));
    localStorage.setItem(`stocksheet.folded.${pane.id}`, String(isFolded));
    onFold();
  };
  const closeSidebar = () => {
    sidebar.hidden = true;
    sidebar.replaceChildren();
    buttons.querySelector('#fold-sidebar')?.remove();
    onFold();
  };

  return {
    showSidebar: (frame, title) => {
      const head = element('header', {}, [
        element('h2', {}, [title]),
        element(
          'button',
          { type: 'button', class: 'plain', 'aria-label': `Close ${title}`, click: closeSidebar },
          ['✕'],
        ),
      ]);
      sidebar.replaceChildren(head, frame);
      fold(sidebar, button('fold-sidebar', title, sidebar), false);
    },
    closeSidebar,
    addRehearsal: () => {
      const isFolded = localStorage.getItem('stocksheet.folded.rehearsal') === 'true';
      fold(rehearsal, button('fold-rehearsal', 'Rehearsal', rehearsal), isFolded);
      return rehearsal;
    },
  };
}
