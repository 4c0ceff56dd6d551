// What a push is about to tell, written down before it leaves. Should the process die before the answer is recorded, the next run
// knows that the shop may show it, and does not take it for somebody's edit.

import { sql } from 'kysely';
import type { StoreId } from '../../shared/model/ids.ts';
import { type Database, inTransaction, type Tx } from '../database/database.ts';
import type { SyncContext } from './context.ts';
import { type Lease, LeaseLost, leaseHeld } from './lease.ts';
import type { Send } from './plan-push.ts';

export type AttemptId = number;

/** @throws LeaseLost when another process pushes to this store by now. */
export async function noteAttempt(
  db: Database,
  storeId: StoreId,
  sends: readonly Send[],
  { lease, at }: { readonly lease: Lease; readonly at: Date },
): Promise<AttemptId> {
  const targets = sends.map(({ listing, target }) => ({
    listing: listing.id,
    sku: listing.sku,
    version: listing.version,
    quantity: target.quantity,
    expected: target.expected,
  }));
  const { rows } = await sql<{ id: AttemptId }>`
    insert into push_attempts (store_id, targets, started_at)
    select ${storeId}, ${JSON.stringify(targets)}::jsonb, ${at}::timestamptz where ${leaseHeld(lease)}
    returning id`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new LeaseLost(`Another process has taken over the pushes of ${storeId}.`);
  return row.id;
}

/** Its answer is recorded, or it is known that nothing has left. */
export async function forgetAttempt(db: Database, id: AttemptId): Promise<void> {
  await sql`delete from push_attempts where id = ${id}`.execute(db);
}

const STOPPED = 'The server stopped before the shop had answered.';

/** Whoever holds the lease finds what its predecessors left behind: lost answers like any other. */
export async function recoverAttempts(context: SyncContext, storeId: StoreId, lease: Lease): Promise<void> {
  const { rows } = await sql`select 1 from push_attempts where store_id = ${storeId} limit 1`.execute(
    context.db,
  );
  if (rows.length > 0) await inTransaction(context.db, (tx) => recover(tx, storeId, lease, context.now()));
}

async function recover(tx: Tx, storeId: StoreId, lease: Lease, at: Date): Promise<void> {
  await sql`
    with left_behind as (
      delete from push_attempts where store_id = ${storeId} and ${leaseHeld(lease)} returning targets, started_at
    ), told as (
      select started_at, target.* from left_behind,
        jsonb_to_recordset(targets) as target (listing bigint, sku text, version bigint, quantity bigint, expected bigint)
    ), mine as (
      select id from listings where id in (select listing from told) order by id for no key update
    ), asked as (
      -- Whatever the number becomes, what the shop shows is not known until it answers.
      update listings set reassert = true, unconfirmed_quantity = told.quantity, unconfirmed_at = told.started_at
      from mine join told on told.listing = mine.id where listings.id = mine.id and gone_at is null
    )
    insert into pushes (listing_id, store_id, sku, version, quantity, expected, observed, outcome, message, started_at,
      finished_at)
    select listing, ${storeId}, sku, version, quantity, expected, null, 'unknown', ${STOPPED}, started_at, ${at}::timestamptz
    from told`.execute(tx);
}
