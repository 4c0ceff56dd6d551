// `npm run key -- "My sheet"`: makes the key that a sheet's add-on signs its requests with, and tells it once.

import { join } from 'node:path';
import { readProcessConfig } from './config.ts';
import { openDatabase } from './database/database.ts';
import { startEmbeddedDatabase } from './database/embedded.ts';
import { migrate } from './database/migrate.ts';
import { createApiKey } from './http/api-keys.ts';
import { masterKeys } from './master-key.ts';
import { createVault } from './secrets/vault.ts';
import { say } from './terminal.ts';

const label = process.argv.slice(2).join(' ').trim();
if (label === '') {
  say('Name the sheet the key is for, such as: npm run key -- "My sheet"');
  process.exit(2);
}
const reading = readProcessConfig();
if (!reading.ok) {
  say(['These settings have to be mended first:', ...reading.problems].join('\n  '));
  process.exit(2);
}
try {
  await makeKey(reading.config);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

async function makeKey(config: Extract<typeof reading, { ok: true }>['config']): Promise<void> {
  const own =
    config.databaseUrl === null ? await startEmbeddedDatabase(join(config.dataDir, 'database')) : null;
  try {
    const url = own?.url ?? config.databaseUrl ?? '';
    await migrate(url);
    const db = openDatabase(url);
    const { keys } = await masterKeys(config);
    const { keyId, secret } = await createApiKey(db, createVault(keys), label);
    await db.destroy();
    say(
      `Key id   ${keyId}\nSecret   ${secret}\nType both into "Connect to the server" in the sheet. The secret is not shown again.`,
    );
  } finally {
    await own?.stop();
  }
}
