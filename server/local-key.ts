// The key that the local workbook on this machine signs with: made at the first start, kept sealed like every other secret.

import type { Database } from './database/database.ts';
import { type ApiKey, createApiKey, type KeyVault, readKeySecret } from './http/api-keys.ts';

const LABEL = 'local workbook';

export async function localKey(db: Database, vault: KeyVault): Promise<ApiKey> {
  const known = await db
    .selectFrom('api_keys')
    .select('id')
    .where('label', '=', LABEL)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  const secret = known === undefined ? null : await readKeySecret(db, vault, known.id);
  if (known === undefined || secret === null) return createApiKey(db, vault, LABEL);
  return { keyId: known.id, secret };
}
