// The menu bar: the page's own menu, and those that the script's onOpen has built.

import type { ScriptMenu } from '../host/calls.ts';
import { byId, element } from './dom.ts';

type Run = (functionName: string) => Promise<void>;

/** `own`: the page's menu, before those of the script. */
export function showMenus(
  own: { readonly menu: ScriptMenu; readonly run: Run },
  menus: readonly ScriptMenu[],
  run: Run,
): void {
  showQuickButton(menus, run);
  byId('menus').replaceChildren(
    menuElement(own.menu, own.run),
    ...menus.map((menu) => menuElement(menu, run)),
  );
}

/** What people need most is also a button in sight. */
function showQuickButton(menus: readonly ScriptMenu[], run: Run): void {
  const items = menus.flatMap((menu) => menu.items).filter((item) => 'functionName' in item);
  const first = items.find(({ functionName }) => /submit/i.test(functionName)) ?? items[0];
  if (first === undefined) return;
  const press = () => {
    button.disabled = true;
    void run(first.functionName).finally(() => {
      button.disabled = false;
    });
  };
  const button: HTMLButtonElement = element('button', { type: 'button', class: 'primary', click: press }, [
    first.label,
  ]);
  byId('quick').replaceChildren(button);
}

function menuElement(menu: ScriptMenu, run: Run): HTMLElement {
  const list = element('div', { class: 'menu-items', role: 'menu', 'aria-label': menu.title, hidden: true });
  const button = element('button', { type: 'button', 'aria-haspopup': 'menu', 'aria-expanded': 'false' }, [
    menu.title,
  ]);
  const show = (open: boolean) => {
    list.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
    if (open) items[0]?.focus();
  };
  const items: HTMLButtonElement[] = [];
  for (const item of menu.items) {
    if ('separator' in item) {
      list.append(element('hr'));
      continue;
    }
    const choose = () => {
      show(false);
      byId('grid').focus();
      void run(item.functionName);
    };
    const entry = element('button', { type: 'button', role: 'menuitem', click: choose }, [item.label]);
    items.push(entry);
    list.append(entry);
  }
  button.addEventListener('click', () => show(list.hidden !== false));
  const box = element('div', { class: 'menu' }, [button, list]);
  box.addEventListener('keydown', (event) => {
    if (list.hidden) return;
    const place = items.indexOf(document.activeElement as HTMLButtonElement);
    if (event.key === 'ArrowDown') items[(place + 1) % items.length]?.focus();
    else if (event.key === 'ArrowUp') items[(place - 1 + items.length) % items.length]?.focus();
    else if (event.key === 'Escape') {
      show(false);
      button.focus();
    } else return;
    event.preventDefault();
  });
  document.addEventListener('pointerdown', (event) => {
    if (!box.contains(event.target as Node)) show(false);
  });
  return box;
}
