// One PostgreSQL for the whole run, set up as the product sets it up, and empty migrated databases on it.

import { rmSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedDatabase } from '../../server/database/embedded.ts';
import { migrate } from '../../server/database/migrate.ts';

export type Bench = {
  /** Address of a new database with the newest shape and nothing in it. */
  readonly createDatabase: () => Promise<string>;
};

export type OpenBench = Bench & { readonly close: () => Promise<void> };

const TEMPLATE = 'bench_template';

export async function openBench(): Promise<OpenBench> {
  const folder = await openFolder();
  const server = await startEmbeddedDatabase(folder);
  await onServer(server.url, `create database ${TEMPLATE}`);
  await migrate(addressOf(server.url, TEMPLATE));
  let made = 0;
  return {
    createDatabase: async () => {
      made += 1;
      await onServer(server.url, `create database bench_${made} template ${TEMPLATE}`);
      return addressOf(server.url, `bench_${made}`);
    },
    close: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A temporary folder that the database's own user may enter, should we run as root. Gone at the latest when we are. */
export async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stocksheet-bench-'));
  await chmod(folder, 0o755);
  process.once('exit', () =>
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  );
  return folder;
}

function addressOf(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
