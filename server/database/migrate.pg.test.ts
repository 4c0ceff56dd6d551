// The database's own promises: it migrates once, and it refuses to change the ledger.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
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

test('an edited migration is refused with what to do', async () => {
  await sql`update migrations set hash = 'x' where name = '0001-ledger.sql'`.execute(database.db);
  await expect(migrate(database.url)).rejects.toThrow('0001-ledger.sql was edited');
});
