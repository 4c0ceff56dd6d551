// A lease lets one holder at a time do a thing. Its token rises with every new holder, so what a late holder still wants
// to write is recognised and refused. The database's clock decides; the processes' clocks may differ.

import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Database } from '../database/database.ts';

export type Lease = {
  readonly name: string;
  readonly token: number;
  /** Aborted as soon as the lease is known to be lost. */
  readonly signal: AbortSignal;
  /** @throws LeaseLost when another holder took over, or may have because it was not renewed in time. */
  readonly assertHeld: () => void;
};

export type LeaseOptions = { readonly name: string; readonly holder: string; readonly ttlMs: number };

export type LeaseOutcome<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  /** Somebody else holds it. */
  | { readonly kind: 'busy' };

export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** Renewed so often within its time, so that one failed renewal does not lose it. */
const RENEWALS_PER_TTL = 3;

/** Runs `work` while holding the lease. An expired lease is taken over; a held one is left alone. */
export async function withLease<Result>(
  db: Database,
  options: LeaseOptions,
  work: (lease: Lease) => Promise<Result>,
): Promise<LeaseOutcome<Result>> {
  let takenAt = performance.now();
  const token = await take(db, options);
  if (token === null) return { kind: 'busy' };
  const lost = new AbortController();
  const lease: Lease = {
    name: options.name,
    token,
    signal: lost.signal,
    assertHeld: () => {
      // This process may have slept, or not have reached the database, while others took over.
      if (performance.now() - takenAt > options.ttlMs) lost.abort();
      if (lost.signal.aborted)
        throw new LeaseLost(`The lease "${options.name}" was lost to another process.`);
    },
  };
  const renewal = setInterval(() => {
    const askedAt = performance.now();
    renew(db, lease, options.ttlMs).then(
      (held) => {
        if (held) takenAt = askedAt;
        else lost.abort();
      },
      () => undefined, // the next renewal tries again; assertHeld and the fence protect what is done meanwhile
    );
  }, options.ttlMs / RENEWALS_PER_TTL);
  try {
    return { kind: 'done', result: await work(lease) };
  } finally {
    clearInterval(renewal);
    // Should this fail, the lease ends by its time; the work's own outcome must not be hidden.
    await release(db, lease).catch(() => undefined);
  }
}

/**
 * For a transaction's own check that its lease still holds. Locks the lease's row until the transaction ends, so that nobody
 * can take over between the check and the commit.
 */
export const leaseHeld = (lease: Pick<Lease, 'name' | 'token'>): RawBuilder<SqlBool> =>
  sql<SqlBool>`exists (select 1 from leases where name = ${lease.name} and token = ${lease.token} for share)`;

async function take(db: Database, { name, holder, ttlMs }: LeaseOptions): Promise<number | null> {
  const { rows } = await sql<{ token: number }>`
    insert into leases (name, token, holder, expires_at)
    values (${name}, 1, ${holder}, clock_timestamp() + ${ttlMs} * interval '1 millisecond')
    on conflict (name) do update set token = leases.token + 1, holder = excluded.holder, expires_at = excluded.expires_at
    where leases.holder is null or leases.expires_at < clock_timestamp()
    returning token`.execute(db);
  return rows[0]?.token ?? null;
}

async function renew(db: Database, { name, token }: Lease, ttlMs: number): Promise<boolean> {
  const { rows } = await sql`
    update leases set expires_at = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
    where name = ${name} and token = ${token} and holder is not null returning 1`.execute(db);
  return rows.length > 0;
}

async function release(db: Database, { name, token }: Lease): Promise<void> {
  await sql`update leases set holder = null where name = ${name} and token = ${token}`.execute(db);
}
