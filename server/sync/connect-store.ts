// Connecting a store: its credentials are tried first, and stored only when they work. Listings are read at once, sync on
// or off; webhooks are registered by us.

import { randomBytes } from 'node:crypto';
import { type StoreId, toStoreId, toWarehouseId } from '../../shared/model/ids.ts';
import { recordActivity } from '../activity/activity.ts';
import type { Channel, ChannelDefinition, CheckReport, DefinitionOf, Finding } from '../channels/channel.ts';
import type { CredentialField, Credentials } from '../channels/manifest.ts';
import type { StoreSettingsColumn } from '../database/schema/stores.ts';
import { createWarehouse, listWarehouses } from '../documents/warehouses.ts';
import { ChannelError } from '../net/channel-error.ts';
import type { SyncContext } from './context.ts';

export type ConnectRequest = {
  readonly channel: string;
  readonly name: string;
  readonly credentials: Credentials;
};

export type ConnectOutcome =
  | { readonly kind: 'connected'; readonly storeId: StoreId; readonly findings: readonly Finding[] }
  /** Nothing was stored. */
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] };

export type ConnectParts = {
  readonly definitionOf: DefinitionOf;
  /** Opens a channel with credentials that are not stored yet; `keep` hears what the channel changed in them. */
  readonly tryOpen: (
    definition: ChannelDefinition,
    credentials: Credentials,
    keep: (changed: Credentials) => void,
  ) => Channel;
  /** Refuses addresses that must not be called, with the sentence; null when the address is fine. */
  readonly checkAddress: (
    definition: ChannelDefinition,
    field: CredentialField,
    address: string,
  ) => Promise<string | null>;
  readonly encrypt: (text: string, context: string) => string;
};

export const credentialsContext = (storeId: StoreId): string => `store/${storeId}/credentials`;
export const webhookSecretContext = (storeId: StoreId): string => `store/${storeId}/webhook-secret`;

const NAME_LENGTH_MAX = 90;

const SETTINGS: StoreSettingsColumn = {
  drafts: false,
  locationIds: [],
  options: {},
  onDrift: 'overwrite',
  ordersEveryMs: null,
};

export async function connectStore(
  context: SyncContext,
  parts: ConnectParts,
  typed: ConnectRequest,
): Promise<ConnectOutcome> {
  const request = { ...typed, credentials: withoutBlanks(typed.credentials) };
  const definition = parts.definitionOf(request.channel);
  if (definition === null) return refused(`There is no channel "${request.channel}".`);
  const problem = await checkFields(parts, definition, request);
  if (problem !== null) return refused(problem);
  const name = request.name.trim();
  if (await isTaken(context, name))
    return refused(`There is a store "${name}" already. Choose another name.`);
  return addStore(context, parts, definition, { ...request, name });
}

export const isTaken = async (context: SyncContext, name: string): Promise<boolean> =>
  (await context.db.selectFrom('stores').select('id').where('name', '=', name).executeTakeFirst()) !==
  undefined;

/** Tries complete credentials and keeps the store when they work. `name` null: the shop's own, made different from all others. */
export async function addStore(
  context: SyncContext,
  parts: ConnectParts,
  definition: ChannelDefinition,
  request: { readonly name: string | null; readonly credentials: Credentials },
): Promise<ConnectOutcome> {
  let credentials = request.credentials;
  const report = await tryCredentials(parts, definition, credentials, (changed) => {
    credentials = changed;
  });
  if (report.findings.some((finding) => finding.level === 'blocker')) {
    return { kind: 'refused', findings: report.findings };
  }
  const name = request.name ?? (await freeName(context, report.storeName ?? definition.manifest.label));
  const channel = definition.manifest.id;
  const storeId = toStoreId(`${definition.manifest.id}-${randomBytes(5).toString('hex')}`);
  await save(context, parts, storeId, { channel, credentials, name });
  await context.wake('pull-listings', storeId);
  await context.wake('keep-webhooks', storeId);
  return { kind: 'connected', storeId, findings: report.findings };
}

async function freeName(context: SyncContext, wanted: string): Promise<string> {
  const name = wanted.trim().slice(0, NAME_LENGTH_MAX);
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name} ${number}`;
    if (!(await isTaken(context, candidate))) return candidate;
  }
}

// A pasted token often has a line end after it.
export const withoutBlanks = (credentials: Credentials): Credentials =>
  Object.fromEntries(Object.entries(credentials).map(([key, value]) => [key, value.trim()]));

export async function tryCredentials(
  parts: ConnectParts,
  definition: ChannelDefinition,
  credentials: Credentials,
  keep: (changed: Credentials) => void,
): Promise<Pick<CheckReport, 'findings' | 'storeName'>> {
  try {
    return await parts.tryOpen(definition, credentials, keep).check();
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    const message = `The shop could not be read: ${error.message}`;
    return { storeName: null, findings: [{ level: 'blocker', message }] };
  }
}

const refused = (message: string): ConnectOutcome => ({
  kind: 'refused',
  findings: [{ level: 'blocker', message }],
});

async function checkFields(
  parts: ConnectParts,
  definition: ChannelDefinition,
  { name, credentials }: ConnectRequest,
): Promise<string | null> {
  if (name.trim() === '') return 'Give the store a name.';
  const required = definition.manifest.credentialFields.filter((field) => field.required);
  return checkTyped(
    parts,
    definition,
    credentials,
    required.map(({ key }) => key),
  );
}

/** What is wrong with what a person typed, in a sentence; null when nothing is. `needed`: the keys that must be there. */
export async function checkTyped(
  parts: ConnectParts,
  definition: ChannelDefinition,
  credentials: Credentials,
  needed: readonly string[],
): Promise<string | null> {
  const known = new Set(definition.manifest.credentialFields.map((field) => field.key));
  const strange = Object.keys(credentials).find((key) => !known.has(key));
  if (strange !== undefined) return `${definition.manifest.label} has no field "${strange.slice(0, 40)}".`;
  for (const field of definition.manifest.credentialFields) {
    const value = credentials[field.key]?.trim() ?? '';
    if (needed.includes(field.key) && value === '') return `Fill in ${field.label}. ${field.help}`;
    if (value === '' || field.kind !== 'url') continue;
    const refusal = await parts.checkAddress(definition, field, value);
    if (refusal !== null) return `${field.label}: ${refusal}`;
  }
  return null;
}

async function save(
  context: SyncContext,
  parts: ConnectParts,
  storeId: StoreId,
  request: ConnectRequest,
): Promise<void> {
  await createWarehouse(context.db, { id: toWarehouseId('main'), name: 'Main' });
  const [warehouse] = await listWarehouses(context.db);
  if (warehouse === undefined) throw new Error('The first warehouse could not be made.');
  const secret = randomBytes(32).toString('base64url');
  await context.db.transaction().execute(async (tx) => {
    await tx
      .insertInto('stores')
      .values({
        id: storeId,
        channel: request.channel,
        name: request.name,
        credentials: parts.encrypt(JSON.stringify(request.credentials), credentialsContext(storeId)),
        webhook_secret: parts.encrypt(secret, webhookSecretContext(storeId)),
        settings: JSON.stringify(SETTINGS),
      })
      .execute();
    await tx
      .insertInto('store_warehouses')
      .values({ store_id: storeId, location_id: '', warehouse_id: warehouse.id })
      .execute();
    const message = `${request.name} was connected. Its listings are being read; sync is off.`;
    await recordActivity(tx, { at: context.now(), level: 'info', storeId, message });
  });
}
