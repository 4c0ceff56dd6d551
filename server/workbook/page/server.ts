// The page's requests to its own routes.

import type { PageEdit, PageEditResult, PageMenus, PageRows, PageTab } from '../page-api.ts';
import type { RehearsalAction, RehearsalStore } from '../rehearsal.ts';

const token = document.querySelector<HTMLMetaElement>('meta[name="page-token"]')?.content ?? '';

type Done = { readonly ok: boolean; readonly message?: string };

export const server = {
  tabs: () => get<{ name: string; tabs: PageTab[]; rehearsal: boolean }>('tabs'),
  rows: (tabId: number, from: number, count: number) =>
    get<PageRows>(`tabs/${tabId}/rows?from=${from}&count=${count}`),
  edit: (tabId: number, edit: PageEdit) => post<PageEditResult>('edits', { tabId, edit }),
  menus: () => get<PageMenus>('menus'),
  run: (functionName: string, client: string) => post<Done>('run', { functionName, client }),
  answerDialog: (id: string, button: string, text: string) => post<Done>('dialogs', { id, button, text }),
  rehearsal: () => get<{ stores: RehearsalStore[] }>('rehearsal'),
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
  const response = await fetch(path, init);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer?.error?.message ?? 'The workbook did not answer.');
  return answer as Answer;
}
