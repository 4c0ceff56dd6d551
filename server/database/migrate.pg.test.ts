// The database's own promises: it migrates once, and it refuses to change the ledger.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { migrate } from './migrate.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('two processes that start at once both find a migrated database', async () => {
  await expect(Promise.all([migrate(database.url), migrate(database.url)])).resolves.toEqual([[], []]);
});

test.each(['update moves set note = $$x$$', 'delete from moves', 'truncate moves'])(
  'the ledger refuses: %s',
  async (statement) => {
    await sql`insert into warehouses (id, name) values ('w', 'W') on conflict do nothing`.execute(
      database.db,
    );
    await sql`insert into moves (sku, warehouse_id, in_stock_change, booked_change, in_stock_after, booked_after,
      is_set_after, version, cause, reference, actor, at)
      select 'A', 'w', 1, 0, 1, 0, true, coalesce(max(version), 0) + 1, 'adjustment', 'r', 'me', now() from moves`.execute(
      database.db,
    );
    await expect(sql.raw(statement).execute(database.db)).rejects.toThrow('append-only');
  },
);

describe('a database that was made by another version', () => {
  let folder: string;
  let other: TestDatabase;
  const migrateOther = () => migrate(other.url, pathToFileURL(`${folder}/`));
  const write = (name: string, table: string) =>
    writeFile(join(folder, name), `create table ${table} (id text);`);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'migrations-'));
    other = await createTestDatabase();
    await sql`drop table migrations`.execute(other.db);
    await write('0022-returned.sql', 'first_applied');
    await write('0023-attempts.sql', 'second_applied');
    await migrateOther();
  });
  afterEach(async () => {
    await other.drop();
    await rm(folder, { recursive: true });
  });

  test('gets a file that sorts between those it has, once', async () => {
    await write('0022-time-zone.sql', 'came_later');
    await expect(migrateOther()).resolves.toEqual(['0022-time-zone.sql']);
    await expect(migrateOther()).resolves.toEqual([]);
    await expect(sql`select * from came_later`.execute(other.db)).resolves.toMatchObject({ rows: [] });
  });

  test('is refused when it holds a change that this version lacks, and nothing is applied', async () => {
    await rm(join(folder, '0022-returned.sql'));
    await write('0024-counts.sql', 'came_later');
    await expect(migrateOther()).rejects.toThrow(
      'holds the change "0022-returned.sql", which this version of Stocksheet does not know',
    );
    await expect(sql`select * from came_later`.execute(other.db)).rejects.toThrow('does not exist');
  });
});

test('an edited migration is refused with what to do', async () => {
  await sql`update migrations set hash = 'x' where name = '0001-ledger.sql'`.execute(database.db);
  await expect(migrate(database.url)).rejects.toThrow('0001-ledger.sql was edited');
});
