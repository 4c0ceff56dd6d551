// The keys of this machine: one that its local workbook signs with, and one for programs such as the rehearsal. Made at the
// first start, kept sealed like every other secret.

import { createHmac } from 'node:crypto';
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

export type WorkbookKeys = {
  readonly key: ApiKey;
  readonly formulasKey: ApiKey;
  /** Part of the address of its page: who does not know it is not let in. */
  readonly addressSecret: string;
};

const ADDRESS_SECRET_BYTES = 16;

/** What pairing would give a sheet, and what opens the page. */
export async function workbookKeys(db: Database, vault: KeyVault): Promise<WorkbookKeys> {
  const origin = { spreadsheetId: 'local', audience: LOCAL_AUDIENCE };
  const make = (kind: 'sheet' | 'formulas') => (label: string) =>
    createApiKey(db, vault, label, kind, origin);
  const key = await keyNamed(db, vault, 'The workbook on this computer', make('sheet'));
  return {
    key,
    // Made of the key, so that it is the same after each start.
    addressSecret: createHmac('sha256', key.secret)
      .update('the address of the local workbook')
      .digest()
      .subarray(0, ADDRESS_SECRET_BYTES)
      .toString('base64url'),
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
