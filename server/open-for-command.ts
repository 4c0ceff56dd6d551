// What a small command needs of a server that may be running beside it: the settings, the database, the vault.

import { join } from 'node:path';
import { type Config, readProcessConfig } from './config.ts';
import { openDatabaseBeside } from './database/beside.ts';
import { type Database, openDatabase } from './database/database.ts';
import { migrate } from './database/migrate.ts';
import { masterKeys } from './master-key.ts';
import { createVault, type Vault } from './secrets/vault.ts';
import { say } from './terminal.ts';

export type CommandParts = { readonly config: Config; readonly db: Database; readonly vault: Vault };

/** Ends the process with a sentence when something has to be mended first. */
export async function openForCommand(work: (parts: CommandParts) => Promise<void>): Promise<void> {
  const reading = readProcessConfig();
  if (!reading.ok) {
    say(['These settings have to be mended first:', ...reading.problems].join('\n  '));
    process.exit(2);
  }
  try {
    await withDatabase(reading.config, work);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

async function withDatabase(config: Config, work: (parts: CommandParts) => Promise<void>): Promise<void> {
  const own = config.databaseUrl === null ? await openDatabaseBeside(join(config.dataDir, 'database')) : null;
  try {
    const url = own?.url ?? config.databaseUrl ?? '';
    await migrate(url);
    const db = openDatabase(url);
    try {
      const { keys } = await masterKeys(config);
      await work({ config, db, vault: createVault(keys) });
    } finally {
      await db.destroy();
    }
  } finally {
    await own?.stop();
  }
}
