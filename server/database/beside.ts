// The database for a small command: the built-in one that a server beside it runs already, else one started for the command.

import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type EmbeddedDatabase, startEmbeddedDatabase } from './embedded.ts';
import { FolderInUse } from './folder-lock.ts';
import { readPostmasterFile } from './postmaster.ts';

/** `stop` leaves a database alone that somebody else started. */
export async function openDatabaseBeside(folder: string): Promise<EmbeddedDatabase> {
  try {
    return await startEmbeddedDatabase(folder);
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error;
    const home = await realpath(folder);
    const running = await readPostmasterFile(join(home, 'cluster'));
    if (running === null) throw error;
    const password = (await readFile(join(home, 'password'), 'utf8')).trim();
    const url = `postgresql://postgres:${password}@127.0.0.1:${running.port}/postgres`;
    return { url, stop: async () => undefined };
  }
}
