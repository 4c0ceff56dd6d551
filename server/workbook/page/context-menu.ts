// The menu under the right mouse button, and the filter that it opens.

import type { PageFilter } from '../page-api.ts';
import { byId, columnLetters, element } from './dom.ts';
import type { OpenTab } from './open-tab.ts';
import { type MenuItem, showPopUpMenu } from './pop-up-menu.ts';
import { server } from './server.ts';
import type { Place } from './workbook-view.ts';

export function showContextMenu(
  tab: OpenTab,
  place: Place,
  at: { readonly x: number; readonly y: number },
  fail: (error: unknown) => void,
): void {
  const letter = columnLetters(place.column);
  const editable = tab.model.tab().editable;
  const does = (act: () => Promise<unknown>) => () => void act().catch(fail);
  const rows: MenuItem[] = editable
    ? [
        ['Insert row above', does(() => tab.insert('above'))],
        ['Insert row below', does(() => tab.insert('below'))],
        ['Delete selected rows', does(tab.remove)],
        'line',
      ]
    : [];
  const items: MenuItem[] = [
    ...rows,
    [`Sort by column ${letter}, A → Z`, does(() => tab.sort(place.column, false))],
    [`Sort by column ${letter}, Z → A`, does(() => tab.sort(place.column, true))],
    [`Filter by column ${letter}…`, does(() => showFilter(tab, place.column, fail))],
    ...(tab.isViewed() ? ([['Show all rows again', does(tab.clearView)]] as MenuItem[]) : []),
  ];
  showPopUpMenu('Row and column', items, at);
}

export async function showFilter(
  tab: OpenTab,
  column: number,
  fail: (error: unknown) => void,
): Promise<void> {
  const box = byId('dialog') as HTMLDialogElement;
  const { values } = await server.values(tab.model.tab().id, column);
  const before = tab.filters().find((one) => one.column === column);
  const title = String(tab.model.cell(1, column)) || `column ${columnLetters(column)}`;
  const search = element('input', { type: 'search', class: 'answer', 'aria-label': 'Contains' });
  search.placeholder = 'Contains…';
  if (before?.kind === 'contains') search.value = before.text;
  const boxes = values.map((value) => {
    const tick = element('input', { type: 'checkbox' });
    tick.checked = before?.kind !== 'values' || before.values.includes(String(value));
    return { value: String(value), tick };
  });
  const list = element(
    'div',
    { class: 'filter-values' },
    boxes.map(({ value, tick }) => element('label', {}, [tick, value === '' ? '(empty)' : value])),
  );
  const all = (checked: boolean) => {
    for (const { tick } of boxes) tick.checked = checked;
  };
  const apply = (wanted: PageFilter | null) => {
    box.close();
    tab.filter(column, wanted).catch(fail);
  };
  const read = (): PageFilter | null => {
    if (search.value !== '') return { kind: 'contains', column, text: search.value };
    const chosen = boxes.filter(({ tick }) => tick.checked);
    if (chosen.length === boxes.length) return null;
    return { kind: 'values', column, values: chosen.map(({ value }) => value) };
  };
  box.oncancel = null;
  box.replaceChildren(
    element('h2', { id: 'dialog-title' }, [`Filter by ${title}`]),
    element('p', {}, ['Only you see this filter.']),
    search,
    element('div', { class: 'actions' }, [
      element('button', { type: 'button', click: () => all(true) }, ['All']),
      element('button', { type: 'button', click: () => all(false) }, ['None']),
    ]),
    list,
    element('div', { class: 'buttons' }, [
      element('button', { type: 'button', click: () => apply(null) }, ['No filter']),
      element('button', { type: 'button', class: 'primary', click: () => apply(read()) }, ['Filter']),
    ]),
  );
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') apply(read());
  });
  box.showModal();
  search.focus();
}
