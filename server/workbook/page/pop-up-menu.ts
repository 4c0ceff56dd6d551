// A list of choices at a place of the page: it goes when one is chosen, with Escape, or with a click beside it.

import { element } from './dom.ts';

export type MenuItem = readonly [label: string, act: () => unknown] | 'line';

/** `at` is its upper left corner, as far as there is room. */
export function showPopUpMenu(
  label: string,
  items: readonly MenuItem[],
  at: { readonly x: number; readonly y: number },
): void {
  document.querySelector('.context-menu')?.remove();
  const menu = element('div', { class: 'context-menu menu-items', role: 'menu', 'aria-label': label });
  const close = () => {
    menu.remove();
    document.removeEventListener('pointerdown', outside, true);
  };
  const outside = (event: PointerEvent) => {
    if (!menu.contains(event.target as Node)) close();
  };
  for (const item of items) {
    if (item === 'line') menu.append(element('hr'));
    else {
      const [text, act] = item;
      const choose = () => {
        close();
        act();
      };
      menu.append(element('button', { type: 'button', role: 'menuitem', click: choose }, [text]));
    }
  }
  menu.addEventListener('keydown', (event) => {
    const buttons = [...menu.querySelectorAll('button')];
    const index = buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (event.key === 'Escape') close();
    else if (event.key === 'ArrowDown') buttons[(index + 1) % buttons.length]?.focus();
    else if (event.key === 'ArrowUp') buttons[(index - 1 + buttons.length) % buttons.length]?.focus();
    else return;
    event.preventDefault();
  });
  document.body.append(menu);
  menu.style.left = `${Math.min(at.x, innerWidth - menu.offsetWidth - 8)}px`;
  menu.style.top = `${Math.max(8, Math.min(at.y, innerHeight - menu.offsetHeight - 8))}px`;
  document.addEventListener('pointerdown', outside, true);
  menu.querySelector('button')?.focus();
}
