// Starts the page: opens the first tab that people write in, and keeps everything up to date.

import type { PageEdit, PageEvents, PageTab } from '../page-api.ts';
import { byId, columnLetters, element } from './dom.ts';
import { createGrid, type Grid, protectedMessage } from './grid.ts';
import { listenToGrid } from './keyboard.ts';
import { showMenus } from './menus.ts';
import { showDialog, showToast } from './messages.ts';
import { type RehearsalPanel, startRehearsal } from './rehearsal.ts';
import { createRows, type Rows } from './rows.ts';
import type { Selection } from './selection.ts';
import { server } from './server.ts';

type Open = { readonly rows: Rows; readonly grid: Grid };

let tabs: readonly PageTab[] = [];
let open: Open | null = null;
let client = '';
let rehearsal: RehearsalPanel | null = null;
const root = byId('grid');
const fail = (error: unknown) =>
  showToast(error instanceof Error ? error.message : String(error), { bad: true });

function openTab(tab: PageTab): void {
  open?.grid.close();
  const rows = createRows(tab, () => {
    open?.grid.draw();
    showCell();
  });
  const grid = createGrid({ root, rows, change, onSelect: showCell, refuse: showToast });
  open = { rows, grid };
  grid.draw();
  rows.refresh();
  showCell();
  drawTabs();
}

function showCell(selection: Selection | undefined = open?.grid.selection): void {
  if (open === null || selection === undefined) return;
  const [row, column] = [selection.row(), selection.column()];
  const value = open.rows.cell(row, column);
  byId('name-box').textContent = `${columnLetters(column)}${row}`;
  byId('cell-value').textContent = typeof value === 'boolean' ? String(value).toUpperCase() : String(value);
  for (const id of ['insert-row', 'delete-row']) {
    (byId(id) as HTMLButtonElement).disabled = !open.rows.tab().editable;
  }
  const sku = open.rows.tab().columns.find(({ key }) => key === 'sku');
  if (sku !== undefined) rehearsal?.choose(String(open.rows.cell(row, sku.column)));
}

async function change(edit: PageEdit): Promise<void> {
  if (open === null) return;
  const { rows } = open;
  if (!rows.tab().editable) return showToast(protectedMessage(false));
  try {
    const result = await server.edit(rows.tab().id, edit);
    if (!result.ok) showToast(result.message, { bad: true });
  } catch (error) {
    fail(error);
  }
  rows.refresh();
}

function drawTabs(): void {
  const selected = open?.rows.tab().id;
  byId('tabs').replaceChildren(
    ...tabs.map((tab) => {
      const lock = tab.editable ? [] : [element('span', { class: 'lock', title: 'Filled in by Stocksheet' })];
      return element(
        'button',
        {
          type: 'button',
          role: 'tab',
          'aria-selected': String(tab.id === selected),
          'aria-label': tab.name,
          click: () => openTab(tab),
        },
        [tab.name, ...lock],
      );
    }),
  );
}

async function loadTabs(): Promise<void> {
  const answer = await server.tabs();
  tabs = answer.tabs;
  byId('workbook-name').textContent = answer.name;
  if (answer.rehearsal && rehearsal === null) rehearsal = startRehearsal();
  const current = open === null ? undefined : tabs.find((tab) => tab.id === open?.rows.tab().id);
  const first = tabs.find((tab) => tab.editable) ?? tabs[0];
  if (current !== undefined) drawTabs();
  else if (first !== undefined) openTab(first);
}

function onChange(changed: PageEvents['change']): void {
  if (changed.tabId === null) void loadTabs().catch(fail);
  if (changed.tabId === null || changed.tabId === open?.rows.tab().id) open?.rows.refresh();
}

async function run(functionName: string): Promise<void> {
  const working = element('span', {}, ['Working…']);
  byId('connection').replaceChildren(working);
  try {
    const result = await server.run(functionName, client);
    if (!result.ok) showToast(`Exception: ${result.message ?? ''}`, { bad: true });
  } catch (error) {
    fail(error);
  } finally {
    byId('connection').textContent = 'Live';
  }
}

function listen(): void {
  const events = new EventSource('events');
  const on = <Name extends keyof PageEvents>(name: Name, act: (data: PageEvents[Name]) => void) =>
    events.addEventListener(name, (event) => act(JSON.parse(event.data) as PageEvents[Name]));
  on('hello', (hello) => {
    client = hello.client;
    byId('connection').textContent = 'Live';
    byId('connection').classList.add('live');
    onChange({ tabId: null });
  });
  on('change', onChange);
  on('dialog', showDialog);
  on('toast', ({ message, seconds }) => showToast(message, { seconds }));
  events.addEventListener('error', () => {
    byId('connection').textContent = 'Reconnecting…';
    byId('connection').classList.remove('live');
  });
}

byId('insert-row').addEventListener('click', () => {
  if (open !== null) void change({ kind: 'insertRow', afterRow: open.grid.selection.block().toRow });
});
byId('delete-row').addEventListener('click', () => {
  if (open === null) return;
  const { fromRow, toRow } = open.grid.selection.block();
  void change({ kind: 'deleteRows', row: fromRow, count: toRow - fromRow + 1 });
});
listenToGrid({
  root,
  grid: () => (open as Open).grid,
  rows: () => (open as Open).rows,
  change: (edit) => void change(edit),
});
listen();
void server
  .menus()
  .then(({ menus }) => showMenus(menus, run))
  .catch(fail);
