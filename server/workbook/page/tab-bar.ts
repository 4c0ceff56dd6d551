// The tabs below the grid, and the list of all of them: there are more than a window has room for.

import type { PageTab } from '../page-api.ts';
import { byId, element } from './dom.ts';
import { showPopUpMenu } from './pop-up-menu.ts';

type Open = (tab: PageTab) => void;

export function drawTabBar(tabs: readonly PageTab[], selected: number | undefined, open: Open): void {
  const buttons = tabs.map((tab) => tabButton(tab, tab.id === selected, open));
  byId('tabs').replaceChildren(...buttons);
  buttons[tabs.findIndex(({ id }) => id === selected)]?.scrollIntoView({
    block: 'nearest',
    inline: 'nearest',
  });
  byId('all-tabs').onclick = () => {
    const { left, top } = byId('all-tabs').getBoundingClientRect();
    const items = tabs.map((tab) => {
      const mark = tab.id === selected ? '✓' : '\u2003';
      return [`${mark} ${tab.name}`, () => open(tab)] as const;
    });
    showPopUpMenu('All tabs', items, { x: left, y: top });
  };
}

function tabButton(tab: PageTab, isSelected: boolean, open: Open): HTMLButtonElement {
  const lock = tab.editable ? [] : [element('span', { class: 'lock', title: 'Filled in by Stocksheet' })];
  return element(
    'button',
    {
      type: 'button',
      role: 'tab',
      'aria-selected': String(isSelected),
      'aria-label': tab.name,
      click: () => open(tab),
    },
    [tab.name, ...lock],
  );
}
