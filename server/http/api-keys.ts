// The keys that requests are signed with; their secrets are encrypted in the database.

import { randomBytes } from 'node:crypto';
import type { Database } from '../database/database.ts';

/** The part of the vault that is needed here. */
export type KeyVault = {
  readonly encrypt: (text: string, context: string) => string;
  readonly decrypt: (envelope: string, context: string) => string;
};

export type ApiKey = { readonly keyId: string; readonly secret: string };

/** program: acts for itself. sheet: every call also says who is at the keyboard. formulas: reads stock only. */
export const KEY_KINDS = ['program', 'sheet', 'formulas'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

export type KnownKey = {
  readonly secret: string;
  readonly label: string;
  readonly kind: KeyKind;
  /** The client id that identity tokens sent with this key are made for. */
  readonly audience: string | null;
};

type Origin = { readonly spreadsheetId?: string; readonly audience?: string; readonly madeBy?: string };

const contextOf = (keyId: string): string => `api-key/${keyId}`;

/** Makes a key. The secret is told once, here, and never again. */
export async function createApiKey(
  db: Database,
  vault: KeyVault,
  label: string,
  kind: KeyKind = 'program',
  origin: Origin = {},
): Promise<ApiKey> {
  const keyId = randomBytes(9).toString('base64url');
  const secret = randomBytes(32).toString('base64url');
  await db
    .insertInto('api_keys')
    .values({
      id: keyId,
      label,
      secret: vault.encrypt(secret, contextOf(keyId)),
      revoked_at: null,
      kind,
      spreadsheet_id: origin.spreadsheetId ?? null,
      audience: origin.audience ?? null,
      made_by: origin.madeBy ?? '',
      last_used_at: null,
    })
    .execute();
  return { keyId, secret };
}

/** Null when there is no such key, or it was withdrawn. */
export async function readKey(db: Database, vault: KeyVault, keyId: string): Promise<KnownKey | null> {
  const key = await db
    .selectFrom('api_keys')
    .select(['secret', 'label', 'kind', 'audience'])
    .where('id', '=', keyId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (key === undefined) return null;
  const { label, kind, audience } = key;
  return { label, kind, audience, secret: vault.decrypt(key.secret, contextOf(keyId)) };
}
