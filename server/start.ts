// Puts a process together from its parts and takes it apart again in the right order.

import { destination, pino } from 'pino';
import type { Config } from './config.ts';
import { type Core, openCore } from './core.ts';
import type { ApiKey } from './http/api-keys.ts';
import { localKey, workbookKeys } from './local-key.ts';
import { type LocalWorkbook, openLocalWorkbookPage } from './local-workbook.ts';
import { masterKeys } from './master-key.ts';
import { openSheetSide } from './sheet-side.ts';
import { startWeb, type Web } from './web.ts';
import type { Rehearsal } from './workbook/rehearsal.ts';
import { startWorker } from './worker.ts';

export const ROLES = ['web', 'worker'] as const;
export type Role = (typeof ROLES)[number];

export type StartOptions = {
  readonly roles: readonly Role[];
  /** For the rehearsal: stores on this machine deliver their webhooks to our loopback address. */
  readonly webhooksOnLoopback?: boolean;
  /** Stores to rehearse with, shown beside the local workbook. */
  readonly rehearsal?: Rehearsal;
};

export type Stocksheet = {
  /** Null for a process that only works. */
  readonly url: string | null;
  /** The page of the local workbook; null when a Google Sheet is used, or nothing is served here. */
  readonly workbookUrl: string | null;
  /** For programs on this computer that use the API without a person. */
  readonly localKey: ApiKey;
  readonly stop: () => Promise<void>;
};

type Part = { readonly stop: () => Promise<void> };

/** @throws with one sentence for people when it cannot start. */
export async function startStocksheet(config: Config, options: StartOptions): Promise<Stocksheet> {
  const log = pino({ level: config.logLevel }, destination({ fd: 2 }));
  const { keys, created } = await masterKeys(config);
  if (created !== null) {
    log.info(`The key that seals your stores' credentials was made: ${created}. Keep a copy of it.`);
  }
  const core = await openCore(config, keys, log);
  // Stopped in the order they stand here: first nothing new comes in, then the running jobs end, then the database goes.
  const parts: Part[] = [];
  const stop = async (): Promise<void> => {
    for (const part of [...parts, core]) await part.stop();
  };
  try {
    const key = await localKey(core.db, core.vault);
    const web = options.roles.includes('web') ? await startWebPart(core, options, parts) : null;
    if (options.roles.includes('worker')) {
      const sheet = await openSheetSide(core);
      await startWorker(core, sheet.flush);
      // The jobs write to the sheet until they have ended.
      parts.push({ stop: core.drain }, sheet);
    }
    return { url: web?.url ?? null, workbookUrl: web?.workbookUrl ?? null, localKey: key, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type WebPart = Pick<Web, 'url'> & Pick<Stocksheet, 'workbookUrl'>;

async function startWebPart(core: Core, options: StartOptions, parts: Part[]): Promise<WebPart> {
  const pages: LocalWorkbook[] = [];
  const openPage = async (url: string) => {
    const keys = await workbookKeys(core.db, core.vault);
    const page = await openLocalWorkbookPage(core, { url, keys, rehearsal: options.rehearsal ?? null });
    pages.push(page);
    return page.router;
  };
  const web = await startWeb(core, core.config.google === null ? openPage : null);
  const [page] = pages;
  parts.push({ stop: async () => page?.close() }, web);
  if (options.webhooksOnLoopback === true) core.reachableAt(web.url);
  return { url: web.url, workbookUrl: page?.url ?? null };
}
