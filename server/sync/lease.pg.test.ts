// Leases: one holder at a time by the database's clock, and a late holder's writes are refused.

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type SqlBool, sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { type Database, inTransaction } from '../database/database.ts';
import { type Lease, LeaseLost, leaseHeld, withLease } from './lease.ts';

const LONG_MS = 60_000;
const name = 'push/shop-1';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
});
afterEach(() => db.deleteFrom('leases').execute());
afterAll(() => database.drop());

const hold = <Result>(holder: string, work: (lease: Lease) => Promise<Result>, ttlMs = LONG_MS) =>
  withLease(db, { name, holder, ttlMs }, work);

/** What a takeover finds when the holder has not renewed: its time is over by the database's clock. */
const expire = () =>
  sql`update leases set expires_at = now() - interval '1 second' where name = ${name}`.execute(db);

const isHeld = (lease: Pick<Lease, 'name' | 'token'>): Promise<boolean> =>
  inTransaction(db, async (tx) => {
    const { rows } = await sql<{ held: SqlBool }>`select ${leaseHeld(lease)} as held`.execute(tx);
    return rows[0]?.held === true;
  });

test('a held lease is busy for everybody else, and free again after the work', async () => {
  const outcome = await hold('a', async () => hold('b', async () => 'never'));
  expect(outcome).toEqual({ kind: 'done', result: { kind: 'busy' } });
  expect(await hold('b', async () => 'mine')).toEqual({ kind: 'done', result: 'mine' });
});

test('of many that ask at once exactly one gets it', async () => {
  const gate = Promise.withResolvers<void>();
  const asked = Array.from({ length: 8 }, (_, index) => hold(`holder-${index}`, () => gate.promise));
  const busy = asked.map((outcome) => outcome.then(({ kind }) => kind));
  let answered = 0;
  const count = () => {
    answered += 1;
    if (answered === 7) gate.resolve();
  };
  for (const kind of busy) void kind.then(count);
  expect((await Promise.all(busy)).sort()).toEqual([...Array<string>(7).fill('busy'), 'done']);
});

test('the token rises with every holder, also over a release', async () => {
  const tokens: number[] = [];
  for (const holder of ['a', 'b', 'a']) await hold(holder, async (lease) => void tokens.push(lease.token));
  expect(tokens).toEqual([1, 2, 3]);
});

test('an error of the work comes out, and the lease is free', async () => {
  await expect(
    hold('a', async () => {
      throw new Error('broken');
    }),
  ).rejects.toThrow('broken');
  expect(await hold('b', async () => 1)).toMatchObject({ kind: 'done' });
});

test('takeover while the old holder still runs: the old token is refused, the new one holds', async () => {
  await hold('old', async (old) => {
    expect(await isHeld(old)).toBe(true);
    await expire();
    const taken = await hold('new', async (fresh) => {
      expect(fresh.token).toBe(old.token + 1);
      expect([await isHeld(old), await isHeld(fresh)]).toEqual([false, true]);
      return 'taken';
    });
    expect(taken).toEqual({ kind: 'done', result: 'taken' });
  });
});

test('a late holder that ends does not release its successor', async () => {
  const ended = Promise.withResolvers<void>();
  const old = hold('old', () => ended.promise);
  await until(async () => (await holderNow()) === 'old');
  await expire();
  await hold('new', async (fresh) => {
    ended.resolve();
    await old;
    expect(await isHeld(fresh)).toBe(true);
    expect(await hold('third', async () => 1)).toEqual({ kind: 'busy' });
  });
});

test('a holder that lost its lease learns it at the next renewal', async () => {
  await hold(
    'old',
    async (old) => {
      old.assertHeld();
      await sql`update leases set token = token + 1, holder = 'new' where name = ${name}`.execute(db);
      await new Promise((resolve) => old.signal.addEventListener('abort', resolve));
      expect(() => old.assertHeld()).toThrow(LeaseLost);
    },
    300,
  );
});

test('a holder that cannot renew in time must not go on, even before anybody took over', async () => {
  await hold(
    'a',
    async (lease) => {
      lease.assertHeld();
      await inTransaction(db, async (tx) => {
        await sql`select 1 from leases where name = ${name} for update`.execute(tx); // renewals wait
        await until(async () => throws(lease.assertHeld));
      });
      expect(lease.signal.aborted).toBe(true);
    },
    200,
  );
});

test('a lease is renewed for as long as the work takes', async () => {
  await hold(
    'a',
    async () => {
      const first = await expiry();
      await until(async () => (await expiry()) > first + 600);
    },
    600,
  );
});

test('a transaction that checked its lease keeps everybody from taking over before it ends', async () => {
  await hold('old', async (old) => {
    await expire();
    let takeover: Promise<unknown> = Promise.resolve();
    const order: string[] = [];
    await inTransaction(db, async (tx) => {
      await sql`select ${leaseHeld(old)}`.execute(tx);
      takeover = hold('new', async () => order.push('taken over'));
      await until(async () => (await waitingForLocks()) > 0);
      order.push('written under the old lease');
    });
    await takeover;
    expect(order).toEqual(['written under the old lease', 'taken over']);
  });
});

async function holderNow(): Promise<string | null | undefined> {
  const row = await db.selectFrom('leases').select('holder').where('name', '=', name).executeTakeFirst();
  return row?.holder;
}

async function expiry(): Promise<number> {
  const row = await db
    .selectFrom('leases')
    .select('expires_at')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return row.expires_at.getTime();
}

async function waitingForLocks(): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
  return rows[0]?.n ?? 0;
}

function throws(work: () => void): boolean {
  try {
    work();
    return false;
  } catch (error) {
    return error instanceof LeaseLost;
  }
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}
