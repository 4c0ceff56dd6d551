// Starts one PostgreSQL for the whole test run and prepares the template database that each test file clones.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedDatabase } from '../../server/database/embedded.ts';
import { migrate } from '../../server/database/migrate.ts';

export const TEMPLATE_NAME = 'stocksheet_template';

export default async function globalSetup(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'stocksheet-test-'));
  // Nothing of a test run has to survive a power cut.
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  const server = await startEmbeddedDatabase(folder, { settings });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(`create database ${TEMPLATE_NAME}`);
  await client.end();
  const template = new URL(server.url);
  template.pathname = `/${TEMPLATE_NAME}`;
  await migrate(template.href);
  process.env['TEST_DATABASE_URL'] = server.url;
  (globalThis as { stopTestDatabase?: () => Promise<void> }).stopTestDatabase = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
