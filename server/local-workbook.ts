// The local workbook in the browser: the stored workbook, the shipped add-on script that its menu runs, and the page.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type RequestHandler, Router } from 'express';
import { buildAddon } from '../addon/build.ts';
import type { Core } from './core.ts';
import { showPage } from './http/plain-page.ts';
import type { WorkbookKeys } from './local-key.ts';
import { openLocalWorkbook } from './sheet-side.ts';
import { decryptCredentials } from './sync/open-store.ts';
import { startCellFunctions } from './workbook/cell-functions.ts';
import { readHtmlFiles } from './workbook/host/html-files.ts';
import { createPropertyStore } from './workbook/host/properties.ts';
import { createScriptHost, type ScriptHost } from './workbook/host/script-host.ts';
import { createScriptWorkbook } from './workbook/host/script-workbook.ts';
import { createTriggerStore, runDueTriggers, startTriggerClock } from './workbook/host/triggers.ts';
import { buildPage } from './workbook/page-bundle.ts';
import { createPageWorkbook } from './workbook/page-workbook.ts';
import { editorOf, NOBODY_YET } from './workbook/person.ts';
import type { Rehearsal } from './workbook/rehearsal.ts';
import { workbookRoutes } from './workbook/routes.ts';
import type { Workbook } from './workbook/workbook.ts';

const WORKBOOK_PATH = '/workbook';
const CONNECTION_PROPERTY = 'stocksheet.connection';
/** The first of these that the script has is run when the page opens. */
const OPEN_WITH = ['showSidebar', 'openSidebar'];
const CHANGES_LOOKED_AT = 50;

export type LocalWorkbook = {
  readonly router: Router;
  /** Where its page is. */
  readonly url: string;
  readonly close: () => Promise<void>;
};

/** `url`: where this server answers; the script may call nothing else. */
export async function openLocalWorkbookPage(
  core: Core,
  options: { readonly url: string; readonly keys: WorkbookKeys; readonly rehearsal: Rehearsal | null },
): Promise<LocalWorkbook> {
  const { url, keys, rehearsal } = options;
  const connection = { address: url, ...keys.key, formulasKey: keys.formulasKey };
  const workbook = await openLocalWorkbook(core);
  const properties = createPropertyStore(core.db, workbook.id);
  await properties.write('document', { [CONNECTION_PROPERTY]: JSON.stringify(connection) });
  const host = await openHost(core, workbook, url);
  const nobody = { toast: () => undefined, dialog: async () => ({ button: 'OK' as const, text: '' }) };
  await host.run('repairTabs', [], nobody);
  rehearsal?.watch({
    changesOf: (sku) => changesOf(core, sku),
    isConnectedAt: (address) => isConnectedAt(core, address),
  });
  const functions = await host.functions();
  const openWith = OPEN_WITH.find((name) => functions.includes(name));
  const routes = workbookRoutes({
    secret: keys.addressSecret,
    workbook: createPageWorkbook(workbook),
    host,
    page: await buildPage(),
    ...(rehearsal === null ? {} : { rehearsal }),
    ...(openWith === undefined ? {} : { openWith }),
  });
  const clock = startTriggerClock(() => runDueTriggers(core.db, workbook.id, core.now(), host.runTrigger));
  const cells = startCellFunctions(workbook, host);
  const router = Router();
  router.get(['/', WORKBOOK_PATH], sayWhichAddress);
  router.use(WORKBOOK_PATH, routes.router);
  return {
    router,
    url: `${url}${WORKBOOK_PATH}/${keys.addressSecret}/`,
    close: async () => {
      routes.close();
      await host.close();
      await Promise.all([clock.stop(), cells.stop()]);
    },
  };
}

const sayWhichAddress: RequestHandler = (_request, response) =>
  showPage(response, 403, {
    title: 'Stocksheet is running',
    sentences: [
      'Open the workbook with the address that Stocksheet printed when it started. It stays the same: a bookmark helps.',
    ],
  });

async function openHost(core: Core, workbook: Workbook, url: string): Promise<ScriptHost> {
  const folder = join(core.config.dataDir, 'addon');
  await mkdir(folder, { recursive: true });
  const { code } = await buildAddon(folder);
  return createScriptHost({
    code,
    files: await readHtmlFiles(folder),
    workbookOf: (person) => createScriptWorkbook(workbook, editorOf(person)),
    properties: createPropertyStore(core.db, workbook.id),
    triggers: createTriggerStore(core.db, workbook.id, core.now),
    signIdentityToken: (person) => core.localIdentity?.signIdentityToken(person) ?? null,
    serverAddress: url,
    owner: NOBODY_YET,
  });
}

/** A rehearsal store is known by the address among its credentials. */
async function isConnectedAt({ db, vault }: Core, address: string): Promise<boolean> {
  const stores = await db.selectFrom('stores').select(['id', 'credentials']).execute();
  return stores.some(({ id, credentials }) => {
    const values = Object.values(decryptCredentials(vault, id, credentials));
    return values.some((value) => URL.canParse(value) && new URL(value).origin === address);
  });
}

/** Moves of stock, and what changes a number without one, such as what a bundle is made of; newest first. */
async function changesOf({ db }: Core, sku: string): Promise<readonly Date[]> {
  const moves = db
    .selectFrom('moves')
    .select('at')
    .where('sku', '=', sku as never);
  const owed = db
    .selectFrom('listings')
    .select('desired_at as at')
    .where('sku', '=', sku as never);
  const rows = await moves.union(owed).orderBy('at', 'desc').limit(CHANGES_LOOKED_AT).execute();
  return rows.map(({ at }) => at);
}
