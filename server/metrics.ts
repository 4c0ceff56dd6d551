// Figures for whoever watches the server: what is owed, how long pushes take, what waits in the queue. Read when asked for.

import { sql } from 'kysely';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Database } from './database/database.ts';
import { isOwed } from './listings/owed.ts';
import type { JobQueue } from './queue/queue.ts';

const RECENT_MS = 10 * 60_000;

export function createMetrics(db: Database, queue: JobQueue, now: () => Date): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: 'stocksheet_listings_owed',
    help: 'Listings whose number is newer than what their store has acknowledged.',
    labelNames: ['store'],
    registers,
    async collect() {
      const { rows } = await sql<{ store: string; owed: number }>`
        select stores.name as store, (select count(*) from listings where listings.store_id = stores.id and ${isOwed}) as owed
        from stores`.execute(db);
      this.reset();
      for (const { store, owed } of rows) this.set({ store }, owed);
    },
  });
  new Gauge({
    name: 'stocksheet_push_results_recent',
    help: 'Quantities told to stores in the last ten minutes, by what came of them.',
    labelNames: ['outcome'],
    registers,
    async collect() {
      const since = new Date(now().getTime() - RECENT_MS);
      const { rows } = await sql<{ outcome: string; count: number }>`
        select outcome, count(*)::bigint as count from pushes where finished_at > ${since} group by outcome`.execute(
        db,
      );
      this.reset();
      for (const { outcome, count } of rows) this.set({ outcome }, count);
    },
  });
  new Gauge({
    name: 'stocksheet_change_to_store_seconds',
    help: 'From a change of a number to its acknowledgement by a store, over the last ten minutes.',
    labelNames: ['quantile'],
    registers,
    async collect() {
      const since = new Date(now().getTime() - RECENT_MS);
      const { rows } = await sql<{ p50: number | null; p95: number | null }>`
        select percentile_cont(0.5) within group (order by seconds) as p50,
          percentile_cont(0.95) within group (order by seconds) as p95
        from (select extract(epoch from acknowledged_at - desired_at)::float8 as seconds from listings
          where acknowledged_at > ${since} and acknowledged_at >= desired_at) as recent`.execute(db);
      this.reset();
      const [row] = rows;
      if (row?.p50 != null) this.set({ quantile: '0.5' }, row.p50);
      if (row?.p95 != null) this.set({ quantile: '0.95' }, row.p95);
    },
  });
  new Gauge({
    name: 'stocksheet_troubles_open',
    help: 'Entries of the Activity tab that are not over, by level.',
    labelNames: ['level'],
    registers,
    async collect() {
      const { rows } = await sql<{ level: string; count: number }>`
        select level, count(*)::bigint as count from activity
        where dedupe_key is not null and resolved_at is null group by level`.execute(db);
      this.reset();
      for (const { level, count } of rows) this.set({ level }, count);
    },
  });
  new Gauge({
    name: 'stocksheet_queue_jobs',
    help: 'Jobs in the queue, by lane and state.',
    labelNames: ['lane', 'state'],
    registers,
    async collect() {
      this.reset();
      for (const [lane, counts] of Object.entries(await queue.counts())) {
        for (const [state, count] of Object.entries(counts)) this.set({ lane, state }, count);
      }
    },
  });
  return registry;
}
