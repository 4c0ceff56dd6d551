// The limiter that all processes share: each bucket is a row, changed under its lock, on the database's own clock.

import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import * as limitState from './limit-state.ts';
import type { Limiters } from './limiter.ts';

type Change<Result> = (
  state: limitState.LimitState,
  nowMs: number,
) => { readonly state: limitState.LimitState; readonly result: Result };

export function createDatabaseLimiters(db: Database): Limiters {
  return (bucket, limit) => {
    const change = <Result>(work: Change<Result>): Promise<Result> => changeBucket(db, bucket, work);
    return {
      acquire: (cost) =>
        change((before, nowMs) => {
          const call = { nowMs, cost, permit: randomUUID() };
          const { state, admission } = limitState.admit(limit, before, call);
          return { state, result: admission };
        }),
      renew: async (permit) => {
        if (limit.kind === 'window') return;
        await change((state, nowMs) => ({
          state: limitState.renew(state, nowMs, permit),
          result: undefined,
        }));
      },
      // A window counts starts only: nothing to give back, so nothing to write.
      release: async (permit) => {
        if (limit.kind === 'window') return;
        await change((state) => ({ state: limitState.release(state, permit), result: undefined }));
      },
      stop: (forMs) =>
        change((state, nowMs) => ({ state: limitState.stop(state, nowMs, forMs), result: undefined })),
      observe: (seen) =>
        change((state, nowMs) => ({ state: limitState.observe(state, nowMs, seen), result: undefined })),
      empty: () => change((state, nowMs) => ({ state: limitState.empty(state, nowMs), result: undefined })),
    };
  };
}

async function changeBucket<Result>(db: Database, bucket: string, work: Change<Result>): Promise<Result> {
  return db.transaction().execute(async (tx) => {
    // The upsert takes the row's lock, and reads the clock after it has it.
    const { rows } = await sql<{ state: limitState.LimitState | null; now_ms: number }>`
      insert into limits (bucket) values (${bucket})
      on conflict (bucket) do update set bucket = excluded.bucket
      returning state, (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms`.execute(tx);
    const row = rows[0];
    if (row === undefined) throw new Error(`The limit of ${bucket} could not be read.`);
    const { state, result } = work(row.state ?? limitState.EMPTY_LIMIT_STATE, row.now_ms);
    await tx
      .updateTable('limits')
      .set({ state: JSON.stringify(state) })
      .where('bucket', '=', bucket)
      .execute();
    return result;
  });
}
