// The person is back from the shop: trades what the shop sent along for credentials, and connects the store with them or renews
// the access of one that is connected.

import { sql } from 'kysely';
import type { StoreId } from '../../shared/model/ids.ts';
import { recordActivity, resolveTroubles } from '../activity/activity.ts';
import type { Channel, ChannelDefinition, Finding } from '../channels/channel.ts';
import type { Credentials } from '../channels/manifest.ts';
import { ChannelError } from '../net/channel-error.ts';
import type { ChannelHttp } from '../net/channel-http.ts';
import {
  type AuthorizeParts,
  type PendingAuthorization,
  pendingContext,
  stateHash,
} from './authorize-store.ts';
import { addStore, credentialsContext, tryCredentials } from './connect-store.ts';
import type { SyncContext } from './context.ts';
import { storeTrouble } from './store-health.ts';

export type FinishParts = AuthorizeParts & {
  /** The way out for an exchange with a shop whose store is not known yet. */
  readonly httpFor: (definition: ChannelDefinition, credentials: Credentials) => ChannelHttp;
};

export type AuthorizationOutcome =
  | {
      readonly kind: 'connected' | 'renewed';
      readonly storeId: StoreId;
      readonly name: string;
      readonly findings: readonly Finding[];
    }
  /** Nothing was changed. */
  | { readonly kind: 'refused'; readonly message: string; readonly findings: readonly Finding[] };

/** Listings looked at before the access of a store is renewed: another shop has none of them. */
const SAMPLE = 5;

export async function finishAuthorization(
  context: SyncContext,
  parts: FinishParts,
  back: { readonly channel: string; readonly query: Readonly<Record<string, string>> },
): Promise<AuthorizationOutcome> {
  const found = await takePending(context, parts, back.channel, back.query['state'] ?? '');
  const definition = parts.definitionOf(back.channel);
  const authorization = definition?.authorization;
  if (found === null || definition === null || authorization === undefined) return refused(NO_LONGER_VALID);
  const { pending, storeId } = found;
  if (back.query['error'] === 'access_denied') return refused(DENIED);
  let given: Credentials;
  try {
    given = await authorization.finish({
      credentials: pending.credentials,
      redirectUri: pending.redirectUri,
      state: pending.state,
      codeVerifier: pending.codeVerifier,
      query: back.query,
      http: parts.httpFor(definition, pending.credentials),
      now: context.now(),
    });
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    return refused(error.message);
  }
  if (storeId !== null) return renew(context, parts, definition, { storeId, credentials: given });
  const outcome = await addStore(context, parts, definition, { name: pending.name, credentials: given });
  if (outcome.kind === 'refused') return { kind: 'refused', message: '', findings: outcome.findings };
  const { name } = await nameOf(context, outcome.storeId);
  return { kind: 'connected', storeId: outcome.storeId, name, findings: outcome.findings };
}

const NO_LONGER_VALID = 'This link is used up or too old. Go back to your sheet and start again.';
const DENIED = 'Access was not allowed, so nothing was changed. Go back to your sheet to try again.';

const refused = (message: string): AuthorizationOutcome => ({ kind: 'refused', message, findings: [] });

// Used up by the first who brings it, whatever comes of it.
async function takePending(
  context: SyncContext,
  parts: AuthorizeParts,
  channel: string,
  state: string,
): Promise<{ readonly pending: PendingAuthorization; readonly storeId: StoreId | null } | null> {
  const hash = stateHash(state);
  const now = context.now();
  const row = await context.db
    .updateTable('authorizations')
    .set({ used_at: now })
    .where('state_hash', '=', hash)
    .where('used_at', 'is', null)
    .returning(['channel', 'store_id', 'sealed', 'expires_at'])
    .executeTakeFirst();
  if (row === undefined || row.channel !== channel || row.expires_at <= now) return null;
  const pending = JSON.parse(parts.decrypt(row.sealed, pendingContext(hash))) as PendingAuthorization;
  return { pending, storeId: row.store_id };
}

async function renew(
  context: SyncContext,
  parts: AuthorizeParts,
  definition: ChannelDefinition,
  access: { readonly storeId: StoreId; readonly credentials: Credentials },
): Promise<AuthorizationOutcome> {
  const { storeId } = access;
  let credentials = access.credentials;
  const keep = (changed: Credentials): void => {
    credentials = changed;
  };
  const { name } = await nameOf(context, storeId);
  const { findings } = await tryCredentials(parts, definition, credentials, keep);
  let problem: AuthorizationOutcome | null = null;
  if (findings.some(({ level }) => level === 'blocker')) problem = { kind: 'refused', message: '', findings };
  else if (await isAnotherShop(context, parts.tryOpen(definition, credentials, keep), storeId)) {
    problem = refused(
      `That was another shop than ${name}. Sign in at the shop with the account of ${name}, or connect the other shop as a new store.`,
    );
  }
  if (problem !== null) return problem;
  const store = await context.openStore(storeId);
  // In turn with token refreshes: one that began with the old credentials would write them over the new.
  await store?.session.alone(() => keepRenewed(context, parts, { storeId, name, credentials }));
  await context.wake('pull-orders', storeId);
  return { kind: 'renewed', storeId, name, findings };
}

async function keepRenewed(
  context: SyncContext,
  parts: AuthorizeParts,
  { storeId, name, credentials }: { storeId: StoreId; name: string; credentials: Credentials },
): Promise<void> {
  const at = context.now();
  await context.db.transaction().execute(async (tx) => {
    await tx
      .updateTable('stores')
      .set({
        credentials: parts.encrypt(JSON.stringify(credentials), credentialsContext(storeId)),
        health: 'ok',
        health_message: '',
      })
      .where('id', '=', storeId)
      .execute();
    await resolveTroubles(tx, [storeTrouble(storeId)], at);
    await recordActivity(tx, { at, level: 'info', storeId, message: `The access to ${name} was renewed.` });
  });
}

async function isAnotherShop(context: SyncContext, channel: Channel, storeId: StoreId): Promise<boolean> {
  const { rows } = await sql<{ remoteId: string; handle: string }>`
    select remote_id as "remoteId", handle from listings where store_id = ${storeId} and gone_at is null
    order by acknowledged_at desc nulls last limit ${SAMPLE}`.execute(context.db);
  if (rows.length === 0) return false;
  try {
    const readings = await channel.readAvailable(rows);
    return readings.every(({ reading }) => reading.kind === 'gone');
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    // Another shop may also refuse to say anything about what it does not have.
    return error.kind === 'rejected' || error.kind === 'gone';
  }
}

const nameOf = (context: SyncContext, storeId: StoreId) =>
  context.db.selectFrom('stores').select('name').where('id', '=', storeId).executeTakeFirstOrThrow();
