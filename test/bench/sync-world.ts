// What the jobs get, put together as the product does: stores opened from the database, limits kept in it, real HTTP.

import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { channelById } from '../../server/channels/registry.ts';
import type { Database } from '../../server/database/database.ts';
import type { ChannelHttp } from '../../server/net/channel-http.ts';
import { createChannelHttps } from '../../server/net/channel-https.ts';
import { createDatabaseLimiters } from '../../server/net/limiter-in-database.ts';
import { createVault, type Vault } from '../../server/secrets/vault.ts';
import type { ConnectParts } from '../../server/sync/connect-store.ts';
import type { SyncContext } from '../../server/sync/context.ts';
import { createStoreOpener, type StoreOpenerParts, tryOpen } from '../../server/sync/open-store.ts';

export type SyncWorld = {
  readonly context: SyncContext;
  readonly vault: Vault;
  readonly connecting: ConnectParts;
};

/** `watch`: looks at every call to a store on its way. */
export function createSyncWorld(
  db: Database,
  watch: (http: ChannelHttp) => ChannelHttp = (http) => http,
): SyncWorld {
  const vault = createVault([randomBytes(32)]);
  const now = (): Date => new Date();
  const https = createChannelHttps({ now, limiters: createDatabaseLimiters(db), allowLoopback: true });
  const opener: StoreOpenerParts = {
    db,
    now,
    holder: 'bench',
    definitionOf: (channel) => channelById(channel) ?? null,
    httpFor: (definition, credentials, bucket) => watch(https(definition.manifest, credentials, bucket)),
    encrypt: vault.encrypt,
    decrypt: vault.decrypt,
  };
  const context: SyncContext = {
    db,
    now,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: Math.random,
    log: pino({ level: 'silent' }),
    openStore: createStoreOpener(opener),
    publicUrl: () => null,
    holder: opener.holder,
    wake: async () => undefined,
  };
  const connecting: ConnectParts = {
    definitionOf: opener.definitionOf,
    tryOpen: (definition, credentials, keep) => tryOpen(opener, definition, credentials, keep),
    checkAddress: async () => null,
    encrypt: vault.encrypt,
  };
  return { context, vault, connecting };
}
