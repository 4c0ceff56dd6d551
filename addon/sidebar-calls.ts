// What the sidebar asks the script: the state of the first screen, signed requests, and things to do in the sheet.

import * as z from 'zod/mini';
import type { HomeAnswer } from '../shared/api/home.ts';
import { DRAFT_SKUS_MAX, draftLowStockAnswer } from '../shared/api/low-stock.ts';
import { LOW_STOCK_TAB } from '../shared/tabs/low-stock.ts';
import { PEOPLE_TABS } from '../shared/tabs/people-tabs.ts';
import { type CallResult, type Connection, callServer } from './client.ts';
import { type Cell, type HttpPort, type SelectedRows, type SheetPort, Sorry, type TabPort } from './ports.ts';
import type { HomeState, Reply, RowsState, TriggerState } from './sidebar-api.ts';
import { ROW_STATES } from './tabs/row-states.ts';

/** Only passed on: the sidebar shows what it knows of it, so a newer server does no harm. */
const homeAnswer = z.object({
  me: z.unknown(),
  stores: z.array(z.unknown()),
  problems: z.array(z.unknown()),
});

export type HomeParts = {
  readonly http: HttpPort;
  readonly sheet: SheetPort;
  readonly connection: Connection | null;
  readonly selected: SelectedRows | null;
  readonly trigger: TriggerState;
};

export function readHome(parts: HomeParts): HomeState {
  const { http, sheet, connection, selected, trigger } = parts;
  const asked: CallResult<z.output<typeof homeAnswer>> | null =
    connection === null
      ? null
      : callServer(http, connection, { method: 'get', path: '/api/home', answer: homeAnswer });
  const nothing = { me: null, stores: [], problems: [] };
  return {
    address: connection?.address ?? null,
    problem: asked?.ok === false ? asked.message : null,
    ...(asked?.ok === true ? (asked.value as HomeAnswer) : nothing),
    rows: PEOPLE_TABS.flatMap(({ definition }) => rowsState(sheet.tab(definition.name))),
    sku: selected === null ? null : skuOf(selected.tab, selected.row),
    lowSkus: selected === null ? [] : lowSkusOf(selected),
    trigger,
    checkedAt: new Date(http.nowMs()).toISOString(),
  };
}

/** The SKU of a row in any tab that has them. */
const skuOf = (tab: TabPort, row: number): string | null =>
  row < 2 ? null : (skusOf({ tab, row, rows: 1 })[0] ?? null);

/** Each once: a SKU can be low in several warehouses. */
function skusOf({ tab, row, rows }: SelectedRows): readonly string[] {
  const column = tab.taggedColumns().get('sku');
  const first = Math.max(2, row);
  const count = Math.min(row + rows - 1, tab.lastRow()) - first + 1;
  if (column === undefined || count < 1) return [];
  const skus = tab.read(first, column, count, 1).map(([cell]) => String(cell ?? '').trim());
  return [...new Set(skus.filter((sku) => sku !== ''))];
}

const lowSkusOf = (selected: SelectedRows): readonly string[] =>
  selected.tab.name === LOW_STOCK_TAB.name ? skusOf(selected).slice(0, DRAFT_SKUS_MAX) : [];

/** From the menu: what is low of the selected rows becomes a draft purchase order. The server's word on it is given back. */
export function draftLowStockOrder(parts: Pick<HomeParts, 'http' | 'connection' | 'selected'>): string {
  const { http, connection, selected } = parts;
  if (connection === null)
    throw new Sorry('This sheet is not connected yet. Open the sidebar and connect it first.');
  const skus = selected === null ? [] : lowSkusOf(selected);
  if (skus.length === 0)
    throw new Sorry('Select the rows to order in the Low stock tab first, then choose this again.');
  const call = { path: '/api/low-stock/draft-purchase-order', body: { skus }, answer: draftLowStockAnswer };
  const result = callServer(http, connection, { method: 'post', ...call });
  if (!result.ok) throw new Sorry(result.message);
  return result.value.message;
}

function rowsState(tab: TabPort | null): RowsState[] {
  const columns = tab?.taggedColumns();
  const [submit, status] = [columns?.get('submit'), columns?.get('status')];
  const rows = (tab?.lastRow() ?? 0) - 1;
  if (tab === null || submit === undefined || status === undefined || rows < 1) return [];
  const ticks = tab.read(2, submit, rows, 1).map(([cell]) => cell === true);
  const states = tab.read(2, status, rows, 1).map(([cell]) => cell ?? '');
  const inState = (...wanted: readonly Cell[]) =>
    states.flatMap((state, index) => (wanted.includes(state) ? [index + 2] : []));
  const refused = inState(ROW_STATES.error, ROW_STATES.conflict);
  const waiting = inState(ROW_STATES.waiting, ROW_STATES.submitting);
  // A refused row that is ticked may have been mended since.
  const ticked = ticks.filter((isTicked, index) => isTicked && !waiting.includes(index + 2)).length;
  return [{ tab: tab.name, ticked, refused, waiting: waiting.length }];
}

const METHODS = ['get', 'post', 'patch', 'delete'] as const;
type Method = (typeof METHODS)[number];

/** Passes a request on, signed. The server decides what this person may do; the answer is its own. */
export function passOn(
  http: HttpPort,
  connection: Connection | null,
  method: string,
  path: string,
  body: string,
): Reply<unknown> {
  if (connection === null) throw new Sorry('This sheet is not connected yet.');
  if (!METHODS.includes(method as Method) || !/^\/api\/[\w\-./~%?=&@:]*$/.test(path)) {
    throw new Sorry('The sidebar asked for something that does not exist. Reload the sheet.');
  }
  const content = body === '' ? {} : { body: JSON.parse(body) as unknown };
  const call = { method: method as Method, path, answer: z.unknown(), ...content };
  const result = callServer(http, connection, call);
  return result.ok ? result : { ok: false, message: result.message };
}
