// What the jobs get, put together as the product does: stores opened from the database, limits kept in it, real HTTP.

import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { channelById } from '../../server/channels/registry.ts';
import type { Database } from '../../server/database/database.ts';
import type { ChannelHttp } from '../../server/net/channel-http.ts';
import { createChannelHttps } from '../../server/net/channel-https.ts';
import { createMemoryLimiters } from '../../server/net/limiter.ts';
import { createDatabaseLimiters } from '../../server/net/limiter-in-database.ts';
import { createVault, type Vault } from '../../server/secrets/vault.ts';
import type { ConnectParts } from '../../server/sync/connect-store.ts';
import type { SyncContext } from '../../server/sync/context.ts';
import { createStoreOpener, type StoreOpenerParts, tryOpen } from '../../server/sync/open-store.ts';
import type { PlayedClock } from './played-clock.ts';

export type SyncWorld = {
  readonly context: SyncContext;
  readonly vault: Vault;
  readonly connecting: ConnectParts;
};

export type SyncWorldOptions = {
  /** Looks at every call to a store on its way. */
  readonly watch?: (http: ChannelHttp) => ChannelHttp;
  /** By which everything waits; absent: real time. */
  readonly clock?: Pick<PlayedClock, 'now' | 'sleep'>;
  readonly wake?: SyncContext['wake'];
  /** Of another world on this database: this one is another process of the same server. */
  readonly vault?: Vault;
  readonly publicUrl?: string;
};

export function createSyncWorld(db: Database, options: SyncWorldOptions = {}): SyncWorld {
  const { clock } = options;
  const watched = once(options.watch ?? ((http) => http));
  const vault = options.vault ?? createVault([randomBytes(32)]);
  const now = clock?.now ?? ((): Date => new Date());
  const sleep = clock?.sleep;
  const played = sleep === undefined ? {} : { sleep };
  // A played day asks the limiter so often that the database would be all that is measured; its arithmetic is the same.
  const limiters = clock === undefined ? createDatabaseLimiters(db) : createMemoryLimiters(clock.now);
  const https = createChannelHttps({ now, ...played, limiters, allowLoopback: true });
  const opener: StoreOpenerParts = {
    db,
    now,
    holder: 'bench',
    definitionOf: (channel) => channelById(channel) ?? null,
    httpFor: (definition, credentials, bucket) => watched(https(definition.manifest, credentials, bucket)),
    encrypt: vault.encrypt,
    decrypt: vault.decrypt,
    ...played,
  };
  const context: SyncContext = {
    db,
    now,
    pause: sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
    random: Math.random,
    log: pino({ level: 'silent' }),
    openStore: createStoreOpener(opener),
    publicUrl: () => options.publicUrl ?? null,
    holder: opener.holder,
    wake: options.wake ?? (async () => undefined),
  };
  const connecting: ConnectParts = {
    definitionOf: opener.definitionOf,
    tryOpen: (definition, credentials, keep) => tryOpen(opener, definition, credentials, keep),
    checkAddress: async () => null,
    encrypt: vault.encrypt,
  };
  return { context, vault, connecting };
}

/** A channel keeps what it remembers with its way out: there is one to each. */
function once(watch: (http: ChannelHttp) => ChannelHttp): (http: ChannelHttp) => ChannelHttp {
  const known = new WeakMap<ChannelHttp, ChannelHttp>();
  return (http) => {
    const watched = known.get(http) ?? watch(http);
    known.set(http, watched);
    return watched;
  };
}
