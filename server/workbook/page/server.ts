// The page's requests to its own routes.

import type {
  PageCell,
  PageEdit,
  PageEditResult,
  PageMatch,
  PageMenus,
  PageRows,
  PageRun,
  PageSelection,
  PageTab,
  PageView,
} from '../page-api.ts';
import type { RehearsalAction, RehearsalStore } from '../rehearsal.ts';
import { personHeader } from './person.ts';

const token = document.querySelector<HTMLMetaElement>('meta[name="page-token"]')?.content ?? '';

type Done = { readonly ok: boolean; readonly message?: string };
export type RehearsalNow = {
  readonly stores: readonly RehearsalStore[];
  /** Null: nobody buys by himself here. */
  readonly customersAreBuying: boolean | null;
};
type Run = {
  readonly functionName: string;
  readonly arguments: readonly unknown[];
  readonly client: string;
  readonly selection: PageSelection | null;
};

export const server = {
  tabs: () => get<{ name: string; tabs: PageTab[]; rehearsal: boolean; openWith: string | null }>('tabs'),
  rows: (tabId: number, rows: readonly number[]) => post<PageRows>('rows', { tabId, rows }),
  edit: (tabId: number, revision: number, edit: PageEdit) =>
    post<PageEditResult>('edits', { tabId, revision, edit }),
  view: (view: PageView) => post<{ revision: number; rows: number[] }>('view', view),
  values: (tabId: number, column: number) => post<{ values: PageCell[] }>('values', { tabId, column }),
  find: (tabId: number, text: string) => post<{ matches: PageMatch[] }>('find', { tabId, text }),
  menus: () => get<PageMenus>('menus'),
  run: (run: Run) => post<PageRun>('run', run),
  answerDialog: (id: string, button: string, text: string) => post<Done>('dialogs', { id, button, text }),
  rehearsal: (sku: string) => get<RehearsalNow>(`rehearsal?sku=${encodeURIComponent(sku)}`),
  letCustomersBuy: (areBuying: boolean) => post<Done>('rehearsal', { areBuying }),
  rehearse: (storeId: string, action: RehearsalAction) =>
    post<Done>(`rehearsal/${encodeURIComponent(storeId)}`, action),
};

const get = <Answer>(path: string): Promise<Answer> => request(path, {});

const post = <Answer>(path: string, body: unknown): Promise<Answer> =>
  request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-page-token': token },
    body: JSON.stringify(body),
  });

async function request<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const headers = { ...(init.headers as Record<string, string>), 'x-person': personHeader() };
  const response = await fetch(path, { ...init, headers });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer?.error?.message ?? 'The workbook did not answer.');
  return answer as Answer;
}
