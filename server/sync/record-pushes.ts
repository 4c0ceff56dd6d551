// Writes down what a store answered to a push: what it acknowledged, what it now should show, what went wrong and when to
// try again. A run that has lost its lease records nothing.

import { type SqlBool, sql } from 'kysely';
import type { ListingId, StoreId } from '../../shared/model/ids.ts';
import { recordActivity, resolveTroubles } from '../activity/activity.ts';
import { inTransaction, type Tx } from '../database/database.ts';
import type { OpenStore, SyncContext } from './context.ts';
import { type Lease, LeaseLost, leaseHeld } from './lease.ts';
import { nameOf, troubleOf } from './listing-trouble.ts';
import type { Settled } from './plan-push.ts';
import { type AttemptId, forgetAttempt } from './push-attempts.ts';
import type { Answered } from './push-isolated.ts';
import { type Believed, recordStale, type StaleInThisRun } from './record-stale.ts';
import { expectAlike, sameStockAs } from './same-stock.ts';

const RETRY_FIRST_MS = 5_000;
const RETRY_MAX_MS = 10 * 60_000;
/** So often a passing trouble is tried quietly before it is shown in the Activity tab. */
const QUIET_ATTEMPTS = 3;
/** The same where a shop just takes its time: about a quarter of an hour. */
const QUIET_ATTEMPTS_OF_SLOW_SHOPS = 8;
/** No shop postpones for longer than a day; a changed number is tried at once in any case. */
const POSTPONED_MAX_MS = 25 * 60 * 60_000;

/** `stale`: some listings must be tried again after the store's orders were read. */
export async function recordPushes(
  context: SyncContext,
  store: OpenStore,
  answers: readonly Answered[],
  run: { readonly lease: Lease; readonly stale: StaleInThisRun; readonly attempt: AttemptId },
): Promise<{ readonly stale: boolean }> {
  let stale = false;
  await inTransaction(context.db, async (tx) => {
    stale = false;
    await requireLease(tx, store.id, run.lease);
    const expectedNow = await lockListings(tx, answers);
    await forgetAttempt(tx, run.attempt);
    await logPushes(tx, store, answers, context.now());
    const accepted: Answered[] = [];
    const believed: Believed = new Map();
    for (const answer of answers) {
      const { listing, result } = answer;
      if (result.kind === 'accepted') accepted.push(answer);
      else if (result.kind === 'stale') {
        const found = {
          at: context.now(),
          stale: run.stale,
          expectedNow: expectedNow.get(listing.id) ?? null,
          believed,
        };
        const step = await recordStale(tx, store, answer, found);
        if (step === 'right already') accepted.push(answer);
        stale ||= step === 'read orders';
      } else await recordTrouble(tx, context, store, answer);
    }
    await recordAccepted(tx, accepted, context.now());
  });
  return { stale };
}

async function requireLease(tx: Tx, storeId: StoreId, lease: Lease): Promise<void> {
  const { rows } = await sql<{ held: SqlBool }>`select ${leaseHeld(lease)} as held`.execute(tx);
  if (rows[0]?.held !== true) throw new LeaseLost(`Another process has taken over the pushes of ${storeId}.`);
}

// In order of id, as the ledger does, so that the two never wait for each other crosswise; with those that show the same number.
// Answers what they are expected to show.
async function lockListings(
  tx: Tx,
  answers: readonly Answered[],
): Promise<ReadonlyMap<ListingId, number | null>> {
  const ids = answers.map(({ listing }) => listing.id);
  const { rows } = await sql<{ id: ListingId; expected: number | null }>`
    select id, expected from listings where id in ${sameStockAs(ids)} order by id for no key update`.execute(
    tx,
  );
  return new Map(rows.map(({ id, expected }) => [id, expected]));
}

async function recordAccepted(tx: Tx, accepted: readonly Answered[], at: Date): Promise<void> {
  if (accepted.length === 0) return;
  // Sales of this store ingested while the push was under way came after it: the store shows that much less. Of one whose listing is
  // not named, and where nothing was compared, it is not known what the store shows.
  await sql`
    update listings set
      acknowledged_version = greatest(acknowledged_version, told.version), acknowledged_quantity = told.quantity,
      acknowledged_at = ${at}::timestamptz, unconfirmed_quantity = null, unconfirmed_at = null,
      expected = case when told.expected is not null then told.quantity + listings.expected - told.expected
        when listings.changed_tx::text = told.changed_tx then told.quantity end,
      -- What came in while the push was under way may still have been overtaken by it.
      sold_since_told = greatest(0, listings.sold_since_told - told.sold),
      given_back_since_told = greatest(0, listings.given_back_since_told - told.given_back),
      reassert = listings.expected is distinct from told.expected
        or (told.expected is null and listings.changed_tx::text <> told.changed_tx),
      attempts = 0, attempt_after = null, problem = null, problem_kind = null
    from unnest(${accepted.map(({ listing }) => listing.id)}::bigint[],
      ${accepted.map(({ listing }) => listing.version)}::bigint[],
      ${accepted.map(({ target }) => target.quantity)}::bigint[],
      ${accepted.map(({ target }) => target.expected)}::bigint[],
      ${accepted.map(({ listing }) => listing.changedTx)}::text[],
      ${accepted.map(({ listing }) => listing.soldSinceTold)}::bigint[],
      ${accepted.map(({ listing }) => listing.givenBackSinceTold)}::bigint[])
      as told (id, version, quantity, expected, changed_tx, sold, given_back)
    where listings.id = told.id`.execute(tx);
  await expectAlike(
    tx,
    accepted.map(({ listing }) => listing.id),
  );
  // Whatever was said about them is over, also where a person has cleared the problem meanwhile.
  await resolveTroubles(
    tx,
    accepted.map(({ listing }) => troubleOf(listing.id)),
    at,
  );
}

async function recordTrouble(
  tx: Tx,
  context: SyncContext,
  store: OpenStore,
  answer: Answered,
): Promise<void> {
  const { listing, result } = answer;
  const at = context.now();
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
        ...(result.notSent === true
          ? {}
          : { unconfirmed_quantity: answer.target.quantity, unconfirmed_at: answer.startedAt }),
        // It may have been done: whatever the number becomes, what the store shows is not known until it answers.
        reassert: true,
      })
      .where('id', '=', listing.id)
      .execute();
    const quiet = result.takesTime === true ? QUIET_ATTEMPTS_OF_SLOW_SHOPS : QUIET_ATTEMPTS;
    if (attempts > quiet) await tell(tx, store, answer, at, 'warning', result.message);
    return;
  }
  if (result.kind === 'accepted' || result.kind === 'stale') return;
  if (result.kind === 'postponed') {
    const latest = at.getTime() + POSTPONED_MAX_MS;
    await tx
      .updateTable('listings')
      .set({
        attempt_after: new Date(Math.min(result.until.getTime(), latest)),
        problem: result.message,
        problem_kind: 'postponed',
      })
      .where('id', '=', listing.id)
      .execute();
    await tell(tx, store, answer, at, 'warning', result.message);
    return;
  }
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
      ${answers.map(({ result }) => outcomeOf(result))}::text[],
      ${answers.map(({ result }) => ('message' in result ? result.message : ''))}::text[],
      ${answers.map(({ startedAt }) => startedAt)}::timestamptz[])
      as told (listing_id, sku, version, quantity, expected, observed, outcome, message, started_at)`.execute(
    tx,
  );
}

/** Of what never left nothing can have been done. */
const outcomeOf = (result: Answered['result']): string =>
  result.kind === 'unknown' && result.notSent === true ? 'not sent' : result.kind;

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
