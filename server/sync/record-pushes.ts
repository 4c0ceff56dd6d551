// Writes down what a store answered to a push: what it acknowledged, what it now should show, what went wrong and when to
// try again. A run that has lost its lease records nothing.

import { type SqlBool, sql } from 'kysely';
import type { ListingId, StoreId } from '../../shared/model/ids.ts';
import { recordActivity, resolveTroubles } from '../activity/activity.ts';
import { inTransaction, type Tx } from '../database/database.ts';
import type { OwedListing } from '../listings/owed.ts';
import type { OpenStore, SyncContext } from './context.ts';
import { type Lease, leaseHeld } from './lease.ts';
import type { Settled } from './plan-push.ts';
import type { Answered } from './push-isolated.ts';

/** What each listing was expected to show when its store first contradicted that in this run. */
export type StaleInThisRun = Map<ListingId, number | null>;

const RETRY_FIRST_MS = 5_000;
const RETRY_MAX_MS = 10 * 60_000;
/** So often a passing trouble is tried quietly before it is shown in the Activity tab. */
const QUIET_ATTEMPTS = 3;

const troubleOf = (listingId: ListingId): string => `listing:${listingId}`;

/** `stale`: some listings must be tried again after the store's orders were read. */
export async function recordPushes(
  context: SyncContext,
  store: OpenStore,
  answers: readonly Answered[],
  run: { readonly lease: Lease; readonly stale: StaleInThisRun },
): Promise<{ readonly stale: boolean }> {
  let stale = false;
  await inTransaction(context.db, async (tx) => {
    stale = false;
    await requireLease(tx, store.id, run.lease);
    const ids = answers.map(({ listing }) => listing.id);
    // In order of id, as the ledger does, so that the two never wait for each other crosswise.
    await sql`select 1 from listings where id = any(${ids}::bigint[]) order by id for no key update`.execute(
      tx,
    );
    await logPushes(tx, store, answers, context.now());
    await recordAccepted(tx, answers, context.now());
    for (const answer of answers) {
      if (answer.result.kind === 'accepted') continue;
      const again = await recordTrouble(tx, context, store, answer, run.stale);
      stale ||= again;
    }
  });
  return { stale };
}

async function requireLease(tx: Tx, storeId: StoreId, lease: Lease): Promise<void> {
  const { rows } = await sql<{ held: SqlBool }>`select ${leaseHeld(lease)} as held`.execute(tx);
  if (rows[0]?.held !== true) throw new Error(`Another process has taken over the pushes of ${storeId}.`);
}

async function recordAccepted(tx: Tx, answers: readonly Answered[], at: Date): Promise<void> {
  const accepted = answers.filter(({ result }) => result.kind === 'accepted');
  if (accepted.length === 0) return;
  // Sales of this store ingested while the push was under way came after it: the store shows that much less.
  await sql`
    update listings set
      acknowledged_version = greatest(acknowledged_version, told.version), acknowledged_quantity = told.quantity,
      acknowledged_at = ${at}::timestamptz,
      expected = told.quantity + coalesce(listings.expected - told.expected, 0),
      reassert = coalesce(listings.expected - told.expected, 0) <> 0,
      attempts = 0, attempt_after = null, problem = null, problem_kind = null
    from unnest(${accepted.map(({ listing }) => listing.id)}::bigint[],
      ${accepted.map(({ listing }) => listing.version)}::bigint[],
      ${accepted.map(({ target }) => target.quantity)}::bigint[],
      ${accepted.map(({ target }) => target.expected)}::bigint[]) as told (id, version, quantity, expected)
    where listings.id = told.id`.execute(tx);
  // Whatever was said about them is over, also where a person has cleared the problem meanwhile.
  await resolveTroubles(
    tx,
    accepted.map(({ listing }) => troubleOf(listing.id)),
    at,
  );
}

// Answers whether the listing is to be tried again in this run, after the store's orders were read.
async function recordTrouble(
  tx: Tx,
  context: SyncContext,
  store: OpenStore,
  answer: Answered,
  stale: StaleInThisRun,
): Promise<boolean> {
  const { listing, result } = answer;
  const at = context.now();
  if (result.kind === 'stale') return recordStale(tx, store, answer, { at, stale });
  if (result.kind === 'unknown') {
    const attempts = listing.attempts + 1;
    const wait = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(attempts - 1, 10));
    const attemptAfter = new Date(at.getTime() + wait * (0.5 + context.random() / 2));
    await tx
      .updateTable('listings')
      .set({
        attempts,
        attempt_after: attemptAfter,
        problem: result.message,
        problem_kind: 'retrying',
        // It may have been done: whatever the number becomes, what the store shows is not known until it answers.
        reassert: true,
      })
      .where('id', '=', listing.id)
      .execute();
    if (attempts > QUIET_ATTEMPTS) await tell(tx, store, answer, at, 'warning', result.message);
    return false;
  }
  if (result.kind === 'accepted') return false;
  await tx
    .updateTable('listings')
    .set({
      problem: result.message,
      problem_kind: result.kind,
      // Settled until the number changes again or somebody asks for a hard refresh.
      acknowledged_version: listing.version,
      reassert: false,
      ...(result.kind === 'gone' ? { gone_at: at } : {}),
    })
    .where('id', '=', listing.id)
    .execute();
  await tell(tx, store, answer, at, result.kind === 'gone' ? 'warning' : 'needs-person', result.message);
  return false;
}

type StaleOptions = { readonly at: Date; readonly stale: StaleInThisRun };

// First time: read the store's orders, then compare again with what they explain. Second time without an explanation:
// somebody or something changed the number in the shop.
async function recordStale(
  tx: Tx,
  store: OpenStore,
  answer: Answered,
  { at, stale }: StaleOptions,
): Promise<boolean> {
  const { listing, result } = answer;
  if (result.kind !== 'stale') return false;
  const seenBefore = stale.has(listing.id) && stale.get(listing.id) === listing.expected;
  stale.set(listing.id, listing.expected);
  if (!seenBefore) return true;
  if (await isOwnLostWrite(tx, listing, result.observed)) {
    await tx
      .updateTable('listings')
      .set({ expected: result.observed })
      .where('id', '=', listing.id)
      .execute();
    stale.delete(listing.id);
    return true;
  }
  const hold = store.settings.onDrift === 'hold';
  const message =
    `The shop shows ${result.observed} where ${listing.expected ?? 'nothing'} was expected, and none of its orders explains it. ` +
    (hold ? "Held as the store's setting says." : `It was set to ${answer.target.quantity} again.`);
  await tx
    .updateTable('listings')
    .set(hold ? { problem: message, problem_kind: 'held' } : { expected: result.observed })
    .where('id', '=', listing.id)
    .execute();
  stale.delete(listing.id);
  await recordActivity(tx, {
    at,
    level: hold ? 'needs-person' : 'warning',
    storeId: store.id,
    sku: listing.sku,
    ...(hold ? { trouble: troubleOf(listing.id) } : {}),
    message: `${nameOf(store, listing)}: ${message}`,
  });
  return !hold;
}

// A push whose answer was lost may have acted all the same; the store's own sales since then are taken into account.
async function isOwnLostWrite(tx: Tx, listing: OwedListing, observed: number): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pushes join listings on listings.id = pushes.listing_id
    where pushes.sku = ${listing.sku} and listing_id = ${listing.id} and outcome = 'unknown'
      and finished_at > coalesce(acknowledged_at, '-infinity')
      and quantity + coalesce(${listing.expected}::bigint - pushes.expected, 0) = ${observed}::bigint
    limit 1`.execute(tx);
  return rows.length > 0;
}

async function tell(
  tx: Tx,
  store: OpenStore,
  { listing }: Answered,
  at: Date,
  level: 'warning' | 'needs-person',
  message: string,
): Promise<void> {
  await recordActivity(tx, {
    at,
    level,
    storeId: store.id,
    sku: listing.sku,
    trouble: troubleOf(listing.id),
    message: `${nameOf(store, listing)}: ${message}`,
  });
}

function nameOf(store: OpenStore, { title, sku, locationName }: OwedListing): string {
  const place = locationName === null ? '' : ` (${locationName})`;
  return `${store.name}${place}, ${title} (${sku})`;
}

async function logPushes(
  tx: Tx,
  store: OpenStore,
  answers: readonly Answered[],
  finishedAt: Date,
): Promise<void> {
  await sql`
    insert into pushes (listing_id, store_id, sku, version, quantity, expected, observed, outcome, message, started_at,
      finished_at)
    select listing_id, ${store.id}, sku, version, quantity, expected, observed, outcome, message, started_at,
      ${finishedAt}::timestamptz
    from unnest(${answers.map(({ listing }) => listing.id)}::bigint[], ${answers.map(({ listing }) => listing.sku)}::text[],
      ${answers.map(({ listing }) => listing.version)}::bigint[],
      ${answers.map(({ target }) => target.quantity)}::bigint[],
      ${answers.map(({ target }) => target.expected)}::bigint[],
      ${answers.map(({ result }) => (result.kind === 'stale' ? result.observed : null))}::bigint[],
      ${answers.map(({ result }) => result.kind)}::text[],
      ${answers.map(({ result }) => ('message' in result ? result.message : ''))}::text[],
      ${answers.map(({ startedAt }) => startedAt)}::timestamptz[])
      as told (listing_id, sku, version, quantity, expected, observed, outcome, message, started_at)`.execute(
    tx,
  );
}

/** Listings with nothing to send are up to date as they are; one that cannot be pushed says why. */
export async function settleWithoutSending(
  context: SyncContext,
  storeId: StoreId,
  settled: readonly Settled[],
  lease: Lease,
): Promise<void> {
  if (settled.length === 0) return;
  await inTransaction(context.db, async (tx) => {
    await requireLease(tx, storeId, lease);
    const sorted = [...settled].sort((a, b) => a.listing.id - b.listing.id);
    await sql`
      update listings set acknowledged_version = greatest(acknowledged_version, done.version),
        -- What shows the right number already may have been asked for again just now.
        reassert = listings.reassert and done.same, problem = done.problem, problem_kind = done.kind
      from unnest(${sorted.map(({ listing }) => listing.id)}::bigint[],
        ${sorted.map(({ listing }) => listing.version)}::bigint[],
        ${sorted.map((item) => problemOf(item))}::text[], ${sorted.map((item) => kindOf(item))}::text[],
        ${sorted.map((item) => item.reason === 'same')}::boolean[])
        as done (id, version, problem, kind, same)
      where listings.id = done.id`.execute(tx);
  });
}

function problemOf({ listing, reason }: Settled): string | null {
  if (reason === 'untracked')
    return 'The shop does not count the stock of this listing. Turn on stock tracking in the shop.';
  return reason === 'not pushable' ? listing.notPushable : null;
}

function kindOf({ reason }: Settled): string | null {
  if (reason === 'untracked') return 'untracked';
  return reason === 'not pushable' ? 'rejected' : null;
}
