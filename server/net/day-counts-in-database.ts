// Counts of the day that all processes of a store share: each is a row, changed under its lock. A restart forgets nothing.

import { sql } from 'kysely';
import { type Database, inTransaction, type Tx } from '../database/database.ts';
import { type DayCounts, type DayWant, takeFrom } from './day-counts.ts';

export const createDatabaseDayCounts = (db: Database, storeId: string): DayCounts => ({
  take: async (day, wants) =>
    wants.length === 0 ? [] : inTransaction(db, (tx) => take(tx, storeId, day, wants)),
});

async function take(
  tx: Tx,
  storeId: string,
  day: string,
  wants: readonly DayWant[],
): Promise<readonly boolean[]> {
  const before = await lockCounts(tx, storeId, day, [...new Set(wants.map(({ name }) => name))].sort());
  const counts = new Map(before);
  const answers = takeFrom(counts, wants);
  const changed = [...counts].filter(([name, count]) => count !== before.get(name));
  await sql`
    update day_counts set count = taken.count
    from unnest(${changed.map(([name]) => name)}::text[], ${changed.map(([, count]) => count)}::integer[])
      as taken (name, count)
    where day_counts.store_id = ${storeId} and day_counts.name = taken.name`.execute(tx);
  return answers;
}

// A process whose clock is behind may still ask about yesterday: a day that has begun is not undone.
async function lockCounts(
  tx: Tx,
  storeId: string,
  day: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ name: string; count: number }>`
    insert into day_counts as old (store_id, name, day, count)
    select ${storeId}, name, ${day}::date, 0 from unnest(${names}::text[]) as wanted (name)
    on conflict (store_id, name) do update set
      count = case when old.day >= excluded.day then old.count else 0 end, day = greatest(old.day, excluded.day)
    returning name, count`.execute(tx);
  return new Map(rows.map(({ name, count }) => [name, count]));
}
