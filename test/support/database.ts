// A database of its own for each test file: a clone of the migrated template.

import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type Database, openDatabase } from '../../server/database/database.ts';

export type TestDatabase = {
  readonly db: Database;
  readonly url: string;
  readonly drop: () => Promise<void>;
};

export async function createTestDatabase(options: { readonly poolMax?: number } = {}): Promise<TestDatabase> {
  const serverUrl = process.env['TEST_DATABASE_URL'];
  if (serverUrl === undefined)
    throw new Error('Run this test through "npm test": it needs the PostgreSQL that jest starts.');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(serverUrl, `create database ${name} template stocksheet_template`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const db = openDatabase(url.href, options);
  return {
    db,
    url: url.href,
    drop: async () => {
      await db.destroy();
      await onServer(serverUrl, `drop database ${name} with (force)`);
    },
  };
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
