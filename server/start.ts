// Puts a process together from its parts and takes it apart again in the right order.

import { destination, pino } from 'pino';
import type { Config } from './config.ts';
import { type Core, openCore } from './core.ts';
import { localKey } from './local-key.ts';
import { keepMasterKey } from './master-key.ts';
import { startWeb, type Web } from './web.ts';
import { startWorker } from './worker.ts';

export const ROLES = ['web', 'worker'] as const;
export type Role = (typeof ROLES)[number];

export type StartOptions = {
  readonly roles: readonly Role[];
  /** For the rehearsal: stores on this machine deliver their webhooks to our loopback address. */
  readonly webhooksOnLoopback?: boolean;
};

export type Stocksheet = {
  /** Null for a process that only works. */
  readonly url: string | null;
  /** What the local workbook signs its requests with. */
  readonly localKey: { readonly keyId: string; readonly secret: string };
  readonly stop: () => Promise<void>;
};

/** @throws with one sentence for people when it cannot start. */
export async function startStocksheet(config: Config, options: StartOptions): Promise<Stocksheet> {
  const log = pino({ level: config.logLevel }, destination({ fd: 2 }));
  const core = await openCore(config, await masterKeys(config, log), log);
  let web: Web | null = null;
  try {
    const key = await localKey(core.db, core.vault);
    if (options.roles.includes('web')) web = await startWeb(core, null);
    if (options.webhooksOnLoopback === true && web !== null) core.reachableAt(web.url);
    if (options.roles.includes('worker')) await startWorker(core, async () => undefined);
    return { url: web?.url ?? null, localKey: key, stop: () => stop(core, web) };
  } catch (error) {
    await stop(core, web);
    throw error;
  }
}

async function masterKeys(config: Config, log: Core['log']): Promise<readonly Buffer[]> {
  if (config.masterKey !== null)
    return [config.masterKey, config.masterKeyPrevious].filter((key) => key !== null);
  const kept = await keepMasterKey(config.dataDir);
  if (kept.created)
    log.info(`The key that seals your stores' credentials was made: ${kept.file}. Keep a copy of it.`);
  return [kept.key, config.masterKeyPrevious].filter((key) => key !== null);
}

// First nothing new comes in, then the running jobs end, then the database goes.
async function stop(core: Core, web: Web | null): Promise<void> {
  await web?.stop();
  await core.stop();
}
