// What every process has, whether it answers requests or works through jobs: the database, the secrets, the queue, the stores'
// channels. Made here and handed on; nothing finds anything by itself.

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { ChannelDefinition } from './channels/channel.ts';
import { channelById, channels } from './channels/registry.ts';
import type { Config } from './config.ts';
import { type Database, openDatabase } from './database/database.ts';
import { startEmbeddedDatabase } from './database/embedded.ts';
import { migrate } from './database/migrate.ts';
import { createChannelHttps } from './net/channel-https.ts';
import { checkStoreAddress } from './net/egress.ts';
import { pause } from './net/in-turns.ts';
import { createDatabaseLimiters } from './net/limiter-in-database.ts';
import { type JobQueue, openQueue } from './queue/queue.ts';
import { createVault, type Vault } from './secrets/vault.ts';
import { createStoreSchedules, type StoreSchedules } from './store-schedules.ts';
import type { SyncContext } from './sync/context.ts';
import type { FinishParts } from './sync/finish-authorization.ts';
import { createStoreOpener, type StoreOpenerParts, tryingHttp, tryOpen } from './sync/open-store.ts';
import { createLocalIdentity, type LocalIdentity } from './workbook/identity.ts';

export type Core = {
  readonly config: Config;
  readonly log: Logger;
  readonly db: Database;
  readonly vault: Vault;
  readonly queue: JobQueue;
  readonly context: SyncContext;
  readonly schedules: StoreSchedules;
  readonly channels: readonly ChannelDefinition[];
  readonly connecting: FinishParts;
  readonly now: () => Date;
  /** Who signs for the persons of the local workbook; null when a Google Sheet is used. */
  readonly localIdentity: LocalIdentity | null;
  /** Says where stores on this machine reach us, once that is known. */
  readonly reachableAt: (url: string) => void;
  /** Takes no more jobs and waits for the running ones until the deadline. */
  readonly drain: () => Promise<void>;
  /** Drains, then lets go of the database. */
  readonly stop: () => Promise<void>;
};

/** A process that was killed is missed after this long; its jobs then go to another one, or to its next start. */
const QUEUE_LOCK_MS = 10_000;

export async function openCore(config: Config, masterKeys: readonly Buffer[], log: Logger): Promise<Core> {
  const now = (): Date => new Date();
  const own =
    config.databaseUrl === null ? await startEmbeddedDatabase(join(config.dataDir, 'database')) : null;
  const databaseUrl = own?.url ?? config.databaseUrl ?? '';
  const applied = await migrate(databaseUrl);
  if (applied.length > 0) log.info({ applied }, 'the database was brought up to date');
  const db = openDatabase(databaseUrl);
  const vault = createVault(masterKeys);
  const queue = await openQueue(config.redisUrl === null ? { databaseUrl } : { redisUrl: config.redisUrl }, {
    random: Math.random,
    lockMs: QUEUE_LOCK_MS,
    onError: (error) => log.warn({ err: error }, 'a job could not be done now and is tried again'),
  });
  const opener = storeOpenerParts(config, db, vault, now);
  let publicUrl = config.publicUrl;
  const context: SyncContext = {
    db,
    now,
    log,
    random: Math.random,
    openStore: createStoreOpener(opener),
    pause,
    publicUrl: () => publicUrl,
    holder: opener.holder,
    wake: (name, storeId, data, delayMs) =>
      queue.wake({
        name,
        ...(storeId === undefined ? {} : { storeId }),
        ...(data === undefined ? {} : { data }),
        ...(delayMs === undefined ? {} : { delayMs }),
      }),
  };
  const { definitionOf } = opener;
  let drained: Promise<void> | null = null;
  const drain = (): Promise<void> => {
    drained ??= queue.stop(config.stopDeadlineMs).then((outcome) => {
      if (outcome === 'deadline') log.warn('some jobs did not end in time; they go on at the next start');
    });
    return drained;
  };
  return {
    config,
    log,
    db,
    vault,
    queue,
    context,
    channels,
    now,
    localIdentity: config.google === null ? await createLocalIdentity(now) : null,
    schedules: createStoreSchedules({
      db,
      queue,
      definitionOf,
      openStore: context.openStore,
      ordersEveryMs: config.ordersEveryMs,
    }),
    connecting: connectParts(config, opener, vault),
    reachableAt: (url) => {
      publicUrl = url;
    },
    drain,
    stop: async () => {
      await drain();
      await db.destroy();
      await own?.stop();
    },
  };
}

export function storeOpenerParts(
  config: Config,
  db: Database,
  vault: Vault,
  now: () => Date,
): StoreOpenerParts {
  const https = createChannelHttps({
    now,
    limiters: createDatabaseLimiters(db),
    allowLoopback: config.allowLoopbackStores,
  });
  return {
    db,
    now,
    holder: randomUUID(),
    definitionOf: (channel) => channelById(channel) ?? null,
    httpFor: (definition, credentials, bucket) => https(definition.manifest, credentials, bucket),
    encrypt: vault.encrypt,
    decrypt: vault.decrypt,
  };
}

function connectParts(config: Config, opener: StoreOpenerParts, vault: Vault): FinishParts {
  return {
    definitionOf: opener.definitionOf,
    tryOpen: (definition, credentials, keep) => tryOpen(opener, definition, credentials, keep),
    checkAddress: async ({ manifest }, field, address) => {
      const hosts = field.rehearsalOnly === true ? [] : 'any';
      const check = checkStoreAddress(address, {
        allowLoopback: config.allowLoopbackStores,
        allowHttp: manifest.signsPlainHttp === true,
        hosts,
      });
      return check.ok ? null : check.message;
    },
    encrypt: vault.encrypt,
    decrypt: vault.decrypt,
    httpFor: (definition, credentials) => tryingHttp(opener, definition, credentials),
  };
}
