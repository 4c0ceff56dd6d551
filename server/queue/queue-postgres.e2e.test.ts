// The queue battery on PostgreSQL, in a server of its own that can be restarted.

import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import pg from 'pg';
import { queueBattery } from '../../test/contract/queue-battery.ts';
import { startEmbeddedDatabase } from '../database/embedded.ts';
import { readPostmasterFile } from '../database/postmaster.ts';

describe('queue on PostgreSQL', () => {
  queueBattery(async () => {
    const parent = await mkdtemp(join(tmpdir(), 'stocksheet-queue-'));
    await chmod(parent, 0o711);
    const folder = join(parent, 'database');
    const database = await startEmbeddedDatabase(folder, { settings: { fsync: 'off' } });
    return {
      target: { databaseUrl: database.url },
      restart: async () => {
        const before = await readPostmasterFile(join(folder, 'cluster'));
        // "immediate": every connection breaks in the middle of whatever it does
        process.kill(before?.pid ?? 0, 'SIGQUIT');
        for (;;) {
          const now = await readPostmasterFile(join(folder, 'cluster'));
          if (now !== null && now.pid !== before?.pid && (await answers(database.url))) return;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      },
      stop: async () => {
        await database.stop();
        await rm(parent, { recursive: true, force: true });
      },
    };
  });
});

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
