// Starts the page: opens a tab, and keeps everything up to date.

import type { PageChange, PageEvents, PageRun, PageSelection, PageTab } from '../page-api.ts';
import { createAddonFrames } from './addon-frame.ts';
import { showContextMenu, showFilter } from './context-menu.ts';
import { byId, columnLetters } from './dom.ts';
import { createEdits } from './edits.ts';
import { startFind } from './find-bar.ts';
import { FORMAT_MENU, format } from './format-menu.ts';
import { listenToKeys } from './keys.ts';
import { showMenus } from './menus.ts';
import { showDialog, showToast } from './messages.ts';
import { createOpenTab, type OpenTab } from './open-tab.ts';
import { askPerson, readPerson } from './person.ts';
import { type RehearsalPanel, startRehearsal } from './rehearsal.ts';
import { createRevoGridView } from './revogrid-view.ts';
import { server } from './server.ts';
import { createSide } from './side.ts';
import { drawTabBar } from './tab-bar.ts';
import { createTabModel } from './tab-model.ts';
import type { Place } from './workbook-view.ts';

let tabs: readonly PageTab[] = [];
let open: OpenTab | null = null;
let client = '';
let rehearsal: RehearsalPanel | null = null;
let openWith: string | null = null;
const root = byId('grid');
const fail = (error: unknown) =>
  showToast(error instanceof Error ? error.message : String(error), { bad: true });

const view = createRevoGridView(root, {
  onSelect: showCell,
  onType: (place, value, began) => void open?.type(place, value, began),
  onFill: (rows, column, values) => void open?.fill(rows, column, values),
  onDone: (step) => void keys.run(() => view.step(step)),
  onEditorTurns: (done) => void keys.run(() => done),
  mustWait: (choice) => {
    if (!keys.isBusy()) return false;
    keys.wait(choice);
    return true;
  },
  onRefused: (place) => open?.refused(place),
  onMenu: (place, at) => open !== null && showContextMenu(open, place, at, fail),
});
const edits = createEdits({
  send: server.edit,
  say: showToast,
  onStep: (tabId) => {
    showButtons();
    // What was typed is read again: the workbook may have made something else of it.
    if (open?.model.tab().id === tabId) open.model.changed({ tabId, reshaped: false, rows: null });
  },
});
const find = startFind(() => open, view, fail);
const side = createSide(() => view.redraw(false));
const frames = createAddonFrames({ call, focusGrid: view.focus, ...side });

function openTab(tab: PageTab): void {
  const model = createTabModel(tab, 0, server.rows, (isReshaped) => {
    if (open?.model !== model) return;
    view.redraw(isReshaped);
    showCell(view.place());
    showButtons();
  });
  open = createOpenTab(model, view, edits, showToast);
  view.open(model);
  model.load([1]).catch(fail);
  localStorage.setItem('stocksheet.tab', String(tab.id));
  drawTabs();
  showButtons();
}

function showCell(place: Place): void {
  if (open === null) return;
  const { model } = open;
  const row = model.row(place.row);
  const value = row?.formulas[place.column]?.formula ?? model.cell(place.row, place.column);
  byId('name-box').textContent = `${columnLetters(place.column)}${place.row}`;
  byId('cell-value').textContent = typeof value === 'boolean' ? String(value).toUpperCase() : String(value);
  const note = [row?.notes[place.column] ?? '', row?.formulas[place.column]?.error ?? '']
    .filter(Boolean)
    .join(' — ');
  byId('cell-note').textContent = note;
  const sku = model.tab().columns.find(({ key }) => key === 'sku');
  if (sku !== undefined && place.row > 1) rehearsal?.choose(String(model.cell(place.row, sku.column)));
}

function showButtons(): void {
  const editable = open?.model.tab().editable === true;
  const set = (id: string, enabled: boolean) => {
    (byId(id) as HTMLButtonElement).disabled = !enabled;
  };
  set('insert-row', editable);
  set('delete-row', editable);
  set('undo', edits.canUndo());
  set('redo', edits.canRedo());
  byId('clear-view').hidden = open?.isViewed() !== true;
}

// What was typed before belongs to the tab that was open then.
const drawTabs = (): void =>
  drawTabBar(tabs, open?.model.tab().id, (tab) => keys.inTurn(async () => openTab(tab)));

async function loadTabs(): Promise<void> {
  const answer = await server.tabs();
  tabs = answer.tabs;
  openWith = answer.openWith;
  byId('workbook-name').textContent = answer.name;
  if (answer.rehearsal && rehearsal === null) rehearsal = startRehearsal(side.addRehearsal());
  const isThere = tabs.some((tab) => tab.id === open?.model.tab().id);
  const last = tabs.find((tab) => String(tab.id) === localStorage.getItem('stocksheet.tab'));
  const first = last ?? tabs.find((tab) => tab.editable) ?? tabs[0];
  if (isThere) drawTabs();
  else if (first !== undefined) openTab(first);
}

function onChange(change: PageChange): void {
  if (change.tabId === null) void loadTabs().catch(fail);
  if (open !== null && change.tabId === open.model.tab().id) open.model.changed(change);
}

async function selection(): Promise<PageSelection | null> {
  if (open === null) return null;
  const { rows, fromColumn, toColumn } = await view.block();
  const [first = 1, last = 1] = [rows[0], rows.at(-1)];
  return {
    tabId: open.model.tab().id,
    row: first,
    column: fromColumn,
    rows: Math.max(1, last - first + 1),
    columns: toColumn - fromColumn + 1,
  };
}

async function call(functionName: string, args: readonly unknown[]): Promise<PageRun> {
  // What was typed just before a button was pressed belongs to what the button does.
  await keys.settled();
  await edits.settled();
  return server.run({ functionName, arguments: args, client, selection: await selection() });
}

async function run(functionName: string): Promise<void> {
  byId('connection').textContent = 'Working…';
  try {
    const result = await call(functionName, []);
    if (!result.ok) showToast(`Exception: ${result.message}`, { bad: true });
  } catch (error) {
    fail(error);
  } finally {
    byId('connection').textContent = 'Live';
  }
}

const formatCells = async (chosen: string): Promise<void> =>
  keys.inTurn(async () => void format(open, chosen).catch(fail));

function activate({ tabId, row, column }: PageEvents['activate']): void {
  const tab = tabs.find(({ id }) => id === tabId);
  if (tab !== undefined && open?.model.tab().id !== tabId) openTab(tab);
  if (row > 1) void view.select({ row, column });
}

function listen(): void {
  const events = new EventSource('events');
  const on = <Name extends keyof PageEvents>(name: Name, act: (data: PageEvents[Name]) => void) =>
    events.addEventListener(name, (event) => act(JSON.parse(event.data) as PageEvents[Name]));
  on('hello', (hello) => {
    const isFirst = client === '';
    client = hello.client;
    byId('connection').textContent = 'Live';
    byId('connection').classList.add('live');
    if (open !== null) onChange({ tabId: open.model.tab().id, reshaped: true, rows: null });
    if (!isFirst) void loadTabs().catch(fail);
    if (isFirst) void showAddon();
  });
  on('change', onChange);
  on('dialog', showDialog);
  on('html', frames.show);
  on('activate', activate);
  on('toast', ({ message, seconds }) => showToast(message, { seconds }));
  events.addEventListener('error', () => {
    byId('connection').textContent = 'Reconnecting…';
    byId('connection').classList.remove('live');
  });
}

/** The menu, and the sidebar that a newcomer would otherwise have to find in it. */
async function showAddon(): Promise<void> {
  try {
    const { menus } = await server.menus();
    showMenus({ menu: FORMAT_MENU, run: formatCells }, menus, run);
    if (readPerson() !== null) await openFirst();
  } catch (error) {
    fail(error);
  }
}

async function openFirst(): Promise<void> {
  if (openWith === null) return;
  side.expectSidebar();
  await run(openWith);
}

function listenToButtons(): void {
  // Begun in its turn; the next key need not wait until the server has answered.
  const press = (id: string, act: () => unknown) =>
    byId(id).addEventListener('click', () =>
      keys.inTurn(async () => void Promise.resolve(act()).then(showButtons).catch(fail)),
    );
  press('undo', edits.undo);
  press('redo', edits.redo);
  press('insert-row', () => open?.insert('below'));
  press('delete-row', () => open?.remove());
  press('sort-up', () => open?.sort(view.place().column, false));
  press('sort-down', () => open?.sort(view.place().column, true));
  press('filter', () => open !== null && showFilter(open, view.place().column, fail));
  press('clear-view', () => open?.clearView());
  press('person', () => askPerson(showPerson));
}

function showPerson(): void {
  byId('person').textContent = readPerson()?.name ?? 'Who are you?';
}

const keys = listenToKeys({ root, view, tab: () => open, edits, find: find.open, fail });
listenToButtons();
showPerson();
void loadTabs()
  .then(listen)
  .then(() => {
    if (readPerson() !== null) return;
    askPerson(() => {
      showPerson();
      void loadTabs().catch(fail);
      if (client !== '') void openFirst();
    });
  })
  .catch(fail);
