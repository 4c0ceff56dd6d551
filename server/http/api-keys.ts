// The keys that sheets sign their requests with; their secrets are encrypted in the database.

import { randomBytes } from 'node:crypto';
import type { Database } from '../database/database.ts';

/** The part of the vault that is needed here. */
export type KeyVault = {
  readonly encrypt: (text: string, context: string) => string;
  readonly decrypt: (envelope: string, context: string) => string;
};

export type ApiKey = { readonly keyId: string; readonly secret: string };

const contextOf = (keyId: string): string => `api-key/${keyId}`;

/** Makes a key for one sheet. The secret is told once, here, and never again. */
export async function createApiKey(db: Database, vault: KeyVault, label: string): Promise<ApiKey> {
  const keyId = randomBytes(9).toString('base64url');
  const secret = randomBytes(32).toString('base64url');
  const encrypted = vault.encrypt(secret, contextOf(keyId));
  await db.insertInto('api_keys').values({ id: keyId, label, secret: encrypted, revoked_at: null }).execute();
  return { keyId, secret };
}

/** Null when there is no such key, or it was withdrawn. */
export async function readKeySecret(db: Database, vault: KeyVault, keyId: string): Promise<string | null> {
  const key = await db
    .selectFrom('api_keys')
    .select('secret')
    .where('id', '=', keyId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return key === undefined ? null : vault.decrypt(key.secret, contextOf(keyId));
}
