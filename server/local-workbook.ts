// The local workbook in the browser: the stored workbook, the shipped add-on script that its menu runs, and the page.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type RequestHandler, Router } from 'express';
import { buildAddon } from '../addon/build.ts';
import type { Core } from './core.ts';
import type { ApiKey } from './http/api-keys.ts';
import { openLocalWorkbook } from './sheet-side.ts';
import { createScriptHost } from './workbook/host/script-host.ts';
import { createScriptWorkbook } from './workbook/host/script-workbook.ts';
import { buildPage } from './workbook/page-bundle.ts';
import { createPageWorkbook } from './workbook/page-workbook.ts';
import type { Rehearsal } from './workbook/rehearsal.ts';
import { workbookRoutes } from './workbook/routes.ts';
import type { Editor } from './workbook/session-state.ts';

export const WORKBOOK_PATH = '/workbook';
const CONNECTION_PROPERTY = 'stocksheet.connection';
const PERSON: Editor = { kind: 'person', email: 'you@this-computer' };

export type LocalWorkbook = { readonly router: Router; readonly close: () => Promise<void> };

/** `url`: where this server answers; the script may call nothing else. */
export async function openLocalWorkbookPage(
  core: Core,
  options: { readonly url: string; readonly key: ApiKey; readonly rehearsal: Rehearsal | null },
): Promise<LocalWorkbook> {
  const { url, key, rehearsal } = options;
  const workbook = await openLocalWorkbook(core);
  const folder = join(core.config.dataDir, 'addon');
  await mkdir(folder, { recursive: true });
  const { code } = await buildAddon(folder);
  const properties = new Map([[CONNECTION_PROPERTY, JSON.stringify({ address: url, ...key })]]);
  const host = createScriptHost({
    code,
    workbook: createScriptWorkbook(workbook, PERSON),
    serverAddress: url,
    user: PERSON.email,
    properties: {
      get: async (name) => properties.get(name) ?? null,
      set: async (name, value) => void properties.set(name, value),
      delete: async (name) => void properties.delete(name),
    },
  });
  const nobody = { toast: () => undefined, dialog: async () => ({ button: 'OK' as const, text: '' }) };
  await host.run('repairTabs', [], nobody);
  const routes = workbookRoutes({
    workbook: createPageWorkbook(workbook, PERSON),
    host,
    page: await buildPage(),
    ...(rehearsal === null ? {} : { rehearsal }),
  });
  const router = Router();
  const toWorkbook: RequestHandler = (_request, response) => response.redirect(302, `${WORKBOOK_PATH}/`);
  router.get('/', toWorkbook);
  router.use(WORKBOOK_PATH, routes.router);
  return {
    router,
    close: async () => {
      routes.close();
      await host.close();
    },
  };
}
