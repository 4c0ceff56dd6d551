// Brings the database to the newest shape: numbered SQL files, forward only, one transaction each, safe when several
// processes start at once.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';

const FOLDER = new URL('./migrations/', import.meta.url);
// Any constant works; it only has to be the same in every process of this product.
const LOCK_ID = 7_305_120_411;

type Migration = { readonly name: string; readonly sql: string; readonly hash: string };

async function readMigrations(folder: URL): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}-[a-z-]+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), 'utf8');
      return { name, sql, hash: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/**
 * Applies what is missing and returns the names applied. A second process waits for the first and then finds nothing to do.
 * @throws when a migration that was already applied has been edited, or the database is newer than this program.
 */
export async function migrate(url: string, folder = FOLDER): Promise<readonly string[]> {
  const migrations = await readMigrations(folder);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK_ID]);
    await client.query(
      'create table if not exists migrations (name text primary key, hash text not null, applied_at timestamptz not null default now())',
    );
    const missing = await findMissing(client, migrations);
    for (const migration of missing) await apply(client, migration);
    return missing.map(({ name }) => name);
  } finally {
    await client.end(); // also gives the lock back
  }
}

/**
 * The names of the changes that this version has and the database lacks; changes nothing.
 * @throws as migrate does.
 */
export async function missingMigrations(url: string): Promise<readonly string[]> {
  const migrations = await readMigrations(FOLDER);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: there } = await client.query<{ there: boolean }>(
      "select to_regclass('migrations') is not null as there",
    );
    const missing = there[0]?.there === true ? await findMissing(client, migrations) : migrations;
    return missing.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/** By name, not by count: a file whose number sorts before one that was applied already may have come later. */
async function findMissing(
  client: pg.Client,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  const { rows } = await client.query<{ name: string; hash: string }>(
    'select name, hash from migrations order by name',
  );
  const known = new Map(migrations.map(({ name, hash }) => [name, hash]));
  for (const { name, hash } of rows) {
    if (!known.has(name)) {
      throw new Error(
        `The database holds the change "${name}", which this version of Stocksheet does not know. Start the newest version.`,
      );
    }
    if (known.get(name) !== hash) {
      throw new Error(
        `The file ${name} was edited after it had been applied. Restore it and add a new file instead. (A demo's data folder may simply be deleted.)`,
      );
    }
  }
  const applied = new Set(rows.map(({ name }) => name));
  return migrations.filter(({ name }) => !applied.has(name));
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    // The row goes in first: if two programs raced past the lock, the primary key stops the second.
    await client.query('insert into migrations (name, hash) values ($1, $2)', [
      migration.name,
      migration.hash,
    ]);
    await client.query(migration.sql);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`The database change ${migration.name} failed; nothing of it was kept.`, {
      cause: error,
    });
  }
}
