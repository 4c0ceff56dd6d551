// Opens a store's channel: reads its settings, decrypts its credentials and hands both to the channel with a way out to the
// network that knows the store's limits.

import { createHash } from 'node:crypto';
import type { StoreId } from '../../shared/model/ids.ts';
import type {
  Channel,
  ChannelDefinition,
  ChannelSession,
  DefinitionOf,
  StoreSettings,
} from '../channels/channel.ts';
import type { ChannelManifest, Credentials } from '../channels/manifest.ts';
import { atPaceOf } from '../channels/pace.ts';
import { type Database, inTransaction } from '../database/database.ts';
import { readPlaces, STORE_ITSELF } from '../listings/places.ts';
import type { ChannelHttp } from '../net/channel-http.ts';
import { createMemoryDayCounts } from '../net/day-counts.ts';
import { createDatabaseDayCounts } from '../net/day-counts-in-database.ts';
import { pause } from '../net/in-turns.ts';
import { credentialsContext, webhookSecretContext } from './connect-store.ts';
import type { OpenStore } from './context.ts';
import { withLease } from './lease.ts';

export type StoreOpenerParts = {
  readonly db: Database;
  readonly definitionOf: DefinitionOf;
  /** `bucket` names what a limit is counted for: the store, or the attempt to connect one. */
  readonly httpFor: (definition: ChannelDefinition, credentials: Credentials, bucket: string) => ChannelHttp;
  readonly encrypt: (text: string, context: string) => string;
  readonly decrypt: (text: string, context: string) => string;
  readonly now: () => Date;
  /** Where a clock is played: how channels wait by it. */
  readonly sleep?: (ms: number) => Promise<void>;
  readonly holder: string;
};

const ALONE_MS = 60_000;
const ALONE_RETRY_MS = 250;
const ALONE_TRIES = 240;

export type StoreOpener = (storeId: StoreId) => Promise<OpenStore | null>;

export function createStoreOpener(parts: StoreOpenerParts): StoreOpener {
  return async (storeId) => {
    const store = await parts.db
      .selectFrom('stores')
      .selectAll()
      .where('id', '=', storeId)
      .executeTakeFirst();
    if (store === undefined) return null;
    const known = parts.definitionOf(store.channel);
    if (known === null) {
      throw new Error(
        `This version of Stocksheet does not know the channel "${store.channel}" of the store ${store.name}.`,
      );
    }
    const credentials = decryptCredentials(parts, storeId, store.credentials);
    const definition = atPaceOf(known, credentials);
    const places = await readPlaces(parts.db, storeId);
    const ours = places.filter((place) => place !== STORE_ITSELF);
    const settings = { ...store.settings, locationIds: ours };
    const session: ChannelSession = {
      credentials,
      settings,
      http: parts.httpFor(definition, credentials, limitBucket(definition.manifest, credentials, storeId)),
      saveCredentials: (changed) => saveCredentials(parts, storeId, changed),
      alone: (work) => alone(parts, storeId, work),
      dayCounts: createDatabaseDayCounts(parts.db, storeId),
      now: parts.now,
      ...(parts.sleep === undefined ? {} : { sleep: parts.sleep }),
    };
    const { id, name, sync_on: syncOn } = store;
    const webhookSecret = parts.decrypt(store.webhook_secret, webhookSecretContext(storeId));
    return {
      id,
      name,
      syncOn,
      settings,
      definition,
      channel: definition.open(session),
      session,
      webhookSecret,
    };
  };
}

/**
 * Opens a channel with credentials a person has just typed. `keep` hears what the channel changed in them: a token that is
 * good once must be stored as the trial left it, or the store could never be opened.
 */
export function tryOpen(
  parts: StoreOpenerParts,
  known: ChannelDefinition,
  typed: Credentials,
  keep: (changed: Credentials) => void = () => undefined,
): Channel {
  let credentials = typed;
  const definition = atPaceOf(known, typed);
  const session: ChannelSession = {
    credentials,
    settings: NEW_STORE_SETTINGS,
    http: tryingHttp(parts, known, typed),
    saveCredentials: async (changed) => {
      credentials = { ...credentials, ...changed };
      keep(credentials);
    },
    alone: (work) => work(credentials),
    dayCounts: createMemoryDayCounts(),
    now: parts.now,
    ...(parts.sleep === undefined ? {} : { sleep: parts.sleep }),
  };
  return definition.open(session);
}

/** The way out with credentials that belong to no store yet. */
export function tryingHttp(
  parts: Pick<StoreOpenerParts, 'httpFor'>,
  known: ChannelDefinition,
  typed: Credentials,
): ChannelHttp {
  const definition = atPaceOf(known, typed);
  const { manifest } = definition;
  return parts.httpFor(definition, typed, limitBucket(manifest, typed, `connecting ${manifest.id}`));
}

/**
 * Names what the shop counts its limits for: the store, or what several stores have in common. The values themselves are not
 * in the name, which stands in the database in the open.
 */
export function limitBucket(manifest: ChannelManifest, credentials: Credentials, own: string): string {
  const { countedFor } = manifest.limits;
  if (countedFor === undefined) return own;
  const values = JSON.stringify(countedFor.map((key) => credentials[key] ?? ''));
  return `${manifest.id} ${createHash('sha256').update(values).digest('base64url').slice(0, 16)}`;
}

const NEW_STORE_SETTINGS: StoreSettings = { drafts: false, locationIds: [], options: {} };

export function decryptCredentials(
  parts: Pick<StoreOpenerParts, 'decrypt'>,
  storeId: StoreId,
  encrypted: string,
): Credentials {
  return JSON.parse(parts.decrypt(encrypted, credentialsContext(storeId))) as Credentials;
}

async function saveCredentials(
  parts: StoreOpenerParts,
  storeId: StoreId,
  changed: Credentials,
): Promise<void> {
  await inTransaction(parts.db, async (tx) => {
    const store = await tx
      .selectFrom('stores')
      .select('credentials')
      .where('id', '=', storeId)
      .forUpdate()
      .executeTakeFirst();
    if (store === undefined) return;
    const merged = { ...decryptCredentials(parts, storeId, store.credentials), ...changed };
    const credentials = parts.encrypt(JSON.stringify(merged), credentialsContext(storeId));
    await tx.updateTable('stores').set({ credentials }).where('id', '=', storeId).execute();
  });
}

// Waits for its turn: whoever comes second gets the credentials as the first has left them.
async function alone<Result>(
  parts: StoreOpenerParts,
  storeId: StoreId,
  work: (fresh: Credentials) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; attempt <= ALONE_TRIES; attempt += 1) {
    const outcome = await withLease(
      parts.db,
      { name: `credentials:${storeId}`, holder: parts.holder, ttlMs: ALONE_MS },
      async () => {
        const store = await parts.db
          .selectFrom('stores')
          .select('credentials')
          .where('id', '=', storeId)
          .executeTakeFirstOrThrow();
        return work(decryptCredentials(parts, storeId, store.credentials));
      },
    );
    if (outcome.kind === 'done') return outcome.result;
    await (parts.sleep ?? pause)(ALONE_RETRY_MS);
  }
  throw new Error(`Another process has been renewing the access to store ${storeId} for a minute.`);
}
