// SpreadsheetApp.getUi(): menus, alerts and prompts, shown on the page of the person who clicked.

import type { DialogButton, MenuItem } from './calls.ts';
import { readOutput } from './html-service.ts';
import { requireAuthorization, type ServiceWorld } from './service-world.ts';

const SIDEBAR_WIDTH_PX = 300;

const BUTTON_SETS: Readonly<Record<string, readonly DialogButton[]>> = Object.freeze({
  OK: ['OK'],
  OK_CANCEL: ['OK', 'CANCEL'],
  YES_NO: ['YES', 'NO'],
  YES_NO_CANCEL: ['YES', 'NO', 'CANCEL'],
});

export function createUi(world: ServiceWorld) {
  if (!world.hasUi) throw world.toError('Cannot call SpreadsheetApp.getUi() from this context.');
  const show = (kind: 'alert' | 'prompt', texts: readonly string[]) => {
    requireAuthorization(world, `Ui.${kind}`, 'FULL', 'script.container.ui');
    const { title, message, buttons } = dialogTexts(texts);
    return world.call('dialog', { kind, title, message, buttons });
  };
  const showDialog = (method: string, page: unknown, title: unknown) => {
    const html = readOutput(world, method, page);
    world.call('showHtml', {
      kind: 'dialog',
      title: String(title),
      html: html.getContent(),
      widthPx: html.getWidth(),
      heightPx: html.getHeight(),
    });
  };
  return Object.freeze({
    Button: Object.freeze({ OK: 'OK', CANCEL: 'CANCEL', YES: 'YES', NO: 'NO', CLOSE: 'CLOSE' }),
    ButtonSet: Object.freeze(Object.fromEntries(Object.keys(BUTTON_SETS).map((name) => [name, name]))),
    createMenu: (title: string) => menuBuilder(world, String(title)),
    createAddonMenu: () => menuBuilder(world, 'Extensions'),
    alert: (...texts: string[]): DialogButton => show('alert', texts).button,
    showSidebar: (page: unknown) => {
      const html = readOutput(world, 'showSidebar', page);
      world.call('showHtml', {
        kind: 'sidebar',
        title: html.getTitle() || 'Sidebar',
        html: html.getContent(),
        // Google draws every sidebar this wide, whatever the script asks for.
        widthPx: SIDEBAR_WIDTH_PX,
        heightPx: 0,
      });
    },
    showModalDialog: (page: unknown, title: unknown) => showDialog('showModalDialog', page, title),
    showModelessDialog: (page: unknown, title: unknown) => showDialog('showModelessDialog', page, title),
    prompt: (...texts: string[]) => {
      const answer = show('prompt', texts);
      return { getSelectedButton: () => answer.button, getResponseText: () => answer.text };
    },
  });
}

/** (message), (message, buttons) or (title, message, buttons), as Google overloads them. */
function dialogTexts(texts: readonly string[]) {
  const last = texts.at(-1) ?? '';
  const named = texts.length > 1 ? BUTTON_SETS[last] : undefined;
  const rest = named === undefined ? texts : texts.slice(0, -1);
  const [first = '', second] = rest.map(String);
  return {
    title: second === undefined ? '' : first,
    message: second ?? first,
    buttons: named ?? (['OK'] as const),
  };
}

function menuBuilder(world: ServiceWorld, title: string) {
  const items: MenuItem[] = [];
  const menu = {
    addItem: (label: string, functionName: string) => {
      items.push({ label: String(label), functionName: String(functionName) });
      return menu;
    },
    addSubMenu: (sub: { readonly items: () => readonly MenuItem[] }) => {
      items.push({ separator: true }, ...sub.items());
      return menu;
    },
    items: () => items,
    addSeparator: () => {
      items.push({ separator: true });
      return menu;
    },
    addToUi: () => world.call('showMenu', { title, items }),
  };
  return menu;
}
