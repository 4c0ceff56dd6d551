// Sends a person to the shop to allow access there. What comes back is only taken with the state made here: it is good once,
// for a quarter of an hour, for one channel.

import { createHash, randomBytes } from 'node:crypto';
import type { AuthorizeStoreAnswer, AuthorizeStoreRequest } from '../../shared/api/stores.ts';
import { type StoreId, toStoreId } from '../../shared/model/ids.ts';
import type { ChannelAuthorization, ChannelDefinition } from '../channels/channel.ts';
import type { Credentials } from '../channels/manifest.ts';
import { ChannelError } from '../net/channel-error.ts';
import { type ConnectParts, checkTyped, isTaken, withoutBlanks } from './connect-store.ts';
import type { SyncContext } from './context.ts';

export type AuthorizeParts = ConnectParts & {
  readonly decrypt: (text: string, context: string) => string;
};

/** What is kept, encrypted, until the person comes back. */
export type PendingAuthorization = {
  readonly name: string | null;
  readonly credentials: Credentials;
  readonly state: string;
  readonly codeVerifier: string;
  readonly redirectUri: string;
};

const GOOD_FOR_MS = 15 * 60_000;
const SECRET_BYTES = 32;

export const stateHash = (state: string): string => createHash('sha256').update(state).digest('hex');
export const pendingContext = (hash: string): string => `authorization/${hash}`;
export const callbackPath = (channel: string): string => `/connect/${channel}/callback`;

/** @returns null when there is no such store. */
export async function authorizeStore(
  context: SyncContext,
  parts: AuthorizeParts,
  request: AuthorizeStoreRequest,
): Promise<AuthorizeStoreAnswer | null> {
  const definition = parts.definitionOf(request.channel);
  if (definition === null) return refused(`There is no channel "${request.channel.slice(0, 40)}".`);
  const { manifest } = definition;
  if (definition.authorization === undefined) {
    return refused(`${manifest.label} has no page for this. Fill in the keys instead.`);
  }
  const publicUrl = context.publicUrl();
  if (publicUrl === null) {
    return refused(
      `${manifest.label} has to send you back here, but this server has no public address (PUBLIC_URL). Set it, or paste the keys.`,
    );
  }
  const store = request.storeId === undefined ? undefined : await storeOf(context, request.storeId);
  if (store === null) return null;
  if (store !== undefined && store.definition.manifest.id !== manifest.id) {
    return refused(`${store.name} is not a store of ${manifest.label}.`);
  }
  const credentials = { ...store?.session.credentials, ...withoutBlanks(request.credentials) };
  const name = request.name?.trim() || null;
  const problem =
    (await checkTyped(parts, definition, withoutBlanks(request.credentials), [])) ??
    missing(definition, credentials) ??
    (store === undefined && name !== null && (await isTaken(context, name))
      ? `There is a store "${name}" already. Choose another name.`
      : null);
  if (problem !== null) return refused(problem);
  const redirectUri = new URL(callbackPath(manifest.id), publicUrl).href;
  const state = randomBytes(SECRET_BYTES).toString('base64url');
  const codeVerifier = randomBytes(SECRET_BYTES).toString('base64url');
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
  const expiresAt = new Date(context.now().getTime() + GOOD_FOR_MS);
  const url = pageOf(definition, { credentials, redirectUri, state, codeChallenge });
  if (url instanceof ChannelError) return refused(url.message);
  const pending = { name, credentials, state, codeVerifier, redirectUri };
  await keep(context, parts, { pending, channel: manifest.id, storeId: store?.id ?? null, expiresAt });
  return {
    url,
    expiresAt: expiresAt.toISOString(),
    message: `Allow access on the page of ${manifest.label}, within 15 minutes. Then come back to your sheet.`,
  };
}

const refused = (message: string): AuthorizeStoreAnswer => ({ url: null, expiresAt: null, message });

const storeOf = (context: SyncContext, id: string) => context.openStore(toStoreId(id));

function pageOf(
  { authorization }: ChannelDefinition,
  question: Parameters<ChannelAuthorization['start']>[0],
): string | ChannelError {
  try {
    return authorization?.start(question) ?? '';
  } catch (error) {
    if (error instanceof ChannelError) return error;
    throw error;
  }
}

function missing({ manifest, authorization }: ChannelDefinition, credentials: Credentials): string | null {
  const field = manifest.credentialFields.find(
    ({ key }) => authorization?.needs.includes(key) === true && (credentials[key] ?? '') === '',
  );
  return field === undefined ? null : `Fill in ${field.label}. ${field.help}`;
}

async function keep(
  context: SyncContext,
  parts: AuthorizeParts,
  permission: {
    readonly pending: PendingAuthorization;
    readonly channel: string;
    readonly storeId: StoreId | null;
    readonly expiresAt: Date;
  },
): Promise<void> {
  const hash = stateHash(permission.pending.state);
  await context.db
    .insertInto('authorizations')
    .values({
      state_hash: hash,
      channel: permission.channel,
      store_id: permission.storeId,
      sealed: parts.encrypt(JSON.stringify(permission.pending), pendingContext(hash)),
      expires_at: permission.expiresAt,
    })
    .execute();
}
