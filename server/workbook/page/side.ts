// The panes beside the grid: the add-on's sidebar and the rehearsal. Each can be folded away by its button; on a narrow window
// they take turns, because the grid needs the room.

import { byId, element } from './dom.ts';

export type Side = {
  /** Keeps the sidebar's place while it is on its way, so that nothing jumps when it is there. */
  readonly expectSidebar: () => void;
  readonly showSidebar: (frame: HTMLElement, title: string) => void;
  readonly closeSidebar: () => void;
  readonly addRehearsal: () => HTMLElement;
};

type Pane = { readonly pane: HTMLElement; readonly toggle: HTMLButtonElement };

/** Both panes beside a tab of which one still sees the answers. */
const ROOM_FOR_BOTH = '(min-width: 1500px)';

export function createSide(onFold: () => void): Side {
  const sidebar = byId('sidebar');
  const rehearsal = byId('rehearsal');
  const buttons = byId('side-buttons');
  const panes = new Map<HTMLElement, Pane>();
  const roomForBoth = matchMedia(ROOM_FOR_BOTH);
  let isExpected = false;

  const paneOf = (pane: HTMLElement, label: string): Pane => {
    const known = panes.get(pane);
    if (known !== undefined) return known;
    const toggle: HTMLButtonElement = element('button', {
      type: 'button',
      'aria-controls': pane.id,
      click: () => {
        const isFolded = !pane.hidden;
        localStorage.setItem(foldedKey(pane), String(isFolded));
        fold(made, isFolded);
      },
    });
    toggle.textContent = label;
    buttons.append(toggle);
    const made = { pane, toggle };
    panes.set(pane, made);
    return made;
  };
  const fold = ({ pane, toggle }: Pane, isFolded: boolean): void => {
    pane.hidden = isFolded;
    toggle.setAttribute('aria-pressed', String(!isFolded));
    if (!isFolded && !roomForBoth.matches) {
      for (const other of panes.values()) if (other.pane !== pane && !other.pane.hidden) fold(other, true);
    }
    onFold();
  };
  roomForBoth.addEventListener('change', () => {
    const [shown] = [...panes.values()].filter(({ pane }) => !pane.hidden);
    if (roomForBoth.matches) {
      for (const each of panes.values()) if (!isFoldedAway(each.pane)) fold(each, false);
    } else if (shown !== undefined) fold(shown, false);
  });
  const closeSidebar = () => {
    sidebar.hidden = true;
    sidebar.replaceChildren();
    panes.get(sidebar)?.toggle.remove();
    panes.delete(sidebar);
    onFold();
  };

  return {
    expectSidebar: () => {
      isExpected = true;
      sidebar.replaceChildren(element('p', { class: 'opening', role: 'status' }, ['Opening…']));
      fold(paneOf(sidebar, 'Sidebar'), false);
    },
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
      // Whoever chose the other pane meanwhile keeps it.
      if (!isExpected) fold(paneOf(sidebar, 'Sidebar'), false);
      isExpected = false;
    },
    closeSidebar,
    addRehearsal: () => {
      fold(paneOf(rehearsal, 'Rehearsal'), isFoldedAway(rehearsal));
      return rehearsal;
    },
  };
}

const foldedKey = (pane: HTMLElement): string => `stocksheet.folded.${pane.id}`;

/** A person's own choice, not what a narrow window did. */
const isFoldedAway = (pane: HTMLElement): boolean => localStorage.getItem(foldedKey(pane)) === 'true';
