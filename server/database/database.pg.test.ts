// What a process must survive: its database goes away under an open transaction.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { openDatabase } from './database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('a connection that is cut between two statements of a transaction fails that transaction, not the process', async () => {
  const db = openDatabase(database.url);
  const thrown: unknown[] = [];
  const listen = (error: unknown) => thrown.push(error);
  process.on('uncaughtException', listen);
  try {
    const work = db.transaction().execute(async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
      await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(database.db);
      // Nobody is asking anything while the news arrives.
      for (let turn = 0; turn < 50; turn += 1) await nextTurn();
      await sql`select 1`.execute(tx);
    });
    await expect(work).rejects.toThrow();
    expect(thrown).toEqual([]);
    expect((await sql<{ one: number }>`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
  } finally {
    process.off('uncaughtException', listen);
    await db.destroy();
  }
});
