// What the sidebar asks the script: the state of the first screen, signed requests, and things to do in the sheet.

import * as z from 'zod/mini';
import type { HomeAnswer } from '../shared/api/home.ts';
import { PEOPLE_TABS } from '../shared/tabs/people-tabs.ts';
import { type CallResult, type Connection, callServer } from './client.ts';
import { type Cell, type HttpPort, type SheetPort, Sorry, type TabPort } from './ports.ts';
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
  readonly selected: { readonly tab: TabPort; readonly row: number } | null;
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
    trigger,
    checkedAt: new Date(http.nowMs()).toISOString(),
  };
}

/** The SKU of a row in any tab that has them. */
export function skuOf(tab: TabPort, row: number): string | null {
  const column = row < 2 ? undefined : tab.taggedColumns().get('sku');
  if (column === undefined) return null;
  const sku = String(tab.read(row, column, 1, 1)[0]?.[0] ?? '').trim();
  return sku === '' ? null : sku;
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
  const busy = new Set([...refused, ...waiting]);
  const ticked = ticks.filter((isTicked, index) => isTicked && !busy.has(index + 2)).length;
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
