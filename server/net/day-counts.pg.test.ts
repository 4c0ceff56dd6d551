// One battery for both kinds of counts: never more on one day than the shop allows, whoever counts.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { openDatabase } from '../database/database.ts';
import { createMemoryDayCounts, type DayCounts } from './day-counts.ts';
import { createDatabaseDayCounts } from './day-counts-in-database.ts';

let database: TestDatabase;
let closeOther: () => Promise<void>;
let kinds: Record<string, readonly [DayCounts, DayCounts]>;
beforeAll(async () => {
  database = await createTestDatabase();
  await sql`insert into stores (id, channel, name, credentials, webhook_secret, settings)
    values ('shop', 'toy', 'Shop', '', '', '{}'), ('other', 'toy', 'Other', '', '', '{}')`.execute(
    database.db,
  );
  const other = openDatabase(database.url);
  closeOther = () => other.destroy();
  const memory = createMemoryDayCounts();
  kinds = {
    'in memory': [memory, memory],
    'in the database': [createDatabaseDayCounts(database.db, 'shop'), createDatabaseDayCounts(other, 'shop')],
  };
});
afterAll(async () => {
  await closeOther();
  await database.drop();
});

describe.each(['in memory', 'in the database'])('counts kept %s', (kind) => {
  const both = (): readonly [DayCounts, DayCounts] => {
    const found = kinds[kind];
    if (found === undefined) throw new Error(kind);
    return found;
  };

  test('two processes that count at once never count more than is allowed', async () => {
    const [one, other] = both();
    const wants = Array.from({ length: 7 }, () => ({ name: 'item', most: 50 }));
    const rounds = Array.from({ length: 10 }, () => [one, other]).flat();
    const answers = await Promise.all(rounds.map((counts) => counts.take('2026-03-01', wants)));
    expect(answers.flat().filter((may) => may)).toHaveLength(50);
  });

  test('each thing has its own count, and each asking its own limit', async () => {
    const [one] = both();
    const wants = [
      { name: 'a', most: 1 },
      { name: 'a', most: 1 },
      { name: 'b', most: 1 },
      { name: 'a', most: 2 },
    ];
    expect(await one.take('2026-03-02', wants)).toEqual([true, false, true, true]);
    expect(await one.take('2026-03-02', [])).toEqual([]);
  });

  test('a new day begins at nothing, and a clock that is behind does not bring the old one back', async () => {
    const [one, other] = both();
    const want = [{ name: 'day', most: 1 }];
    expect(await one.take('2026-03-03', want)).toEqual([true]);
    expect(await other.take('2026-03-03', want)).toEqual([false]);
    expect(await one.take('2026-03-04', want)).toEqual([true]);
    expect(await other.take('2026-03-03', want)).toEqual([false]);
    expect(await one.take('2026-03-04', want)).toEqual([false]);
  });
});

test('stores count for themselves', async () => {
  const want = [{ name: 'mine', most: 1 }];
  const [one, other] = [
    createDatabaseDayCounts(database.db, 'shop'),
    createDatabaseDayCounts(database.db, 'other'),
  ];
  expect(await one.take('2026-03-05', want)).toEqual([true]);
  expect(await other.take('2026-03-05', want)).toEqual([true]);
});
