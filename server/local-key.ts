// The keys of this machine: one that its local workbook signs with, and one for programs such as the rehearsal. Made at the
// first start, kept sealed like every other secret.

import type { Database } from './database/database.ts';
import { type ApiKey, createApiKey, type KeyVault, readKey } from './http/api-keys.ts';
import { LOCAL_AUDIENCE } from './workbook/identity.ts';

const LOCAL_LABEL = 'This server itself';

/** Acts for itself, without a person. */
export const localKey = (db: Database, vault: KeyVault): Promise<ApiKey> =>
  keyNamed(db, vault, LOCAL_LABEL, (label) => createApiKey(db, vault, label));

/** Null when it was not made yet. @throws VaultError when it was sealed with another master key. */
export const findLocalKey = (db: Database, vault: KeyVault): Promise<ApiKey | null> =>
  findKey(db, vault, LOCAL_LABEL);

export type WorkbookKeys = { readonly key: ApiKey; readonly formulasKey: ApiKey };

/** What pairing would give a sheet. */
export async function workbookKeys(db: Database, vault: KeyVault): Promise<WorkbookKeys> {
  const origin = { spreadsheetId: 'local', audience: LOCAL_AUDIENCE };
  const make = (kind: 'sheet' | 'formulas') => (label: string) =>
    createApiKey(db, vault, label, kind, origin);
  return {
    key: await keyNamed(db, vault, 'The workbook on this computer', make('sheet')),
    formulasKey: await keyNamed(db, vault, 'The workbook on this computer, formulas', make('formulas')),
  };
}

const keyNamed = async (
  db: Database,
  vault: KeyVault,
  label: string,
  make: (label: string) => Promise<ApiKey>,
): Promise<ApiKey> => (await findKey(db, vault, label)) ?? make(label);

async function findKey(db: Database, vault: KeyVault, label: string): Promise<ApiKey | null> {
  const known = await db
    .selectFrom('api_keys')
    .select('id')
    .where('label', '=', label)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  const key = known === undefined ? null : await readKey(db, vault, known.id);
  return known === undefined || key === null ? null : { keyId: known.id, secret: key.secret };
}
