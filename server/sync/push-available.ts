// Pushes what a store is owed. One push at a time per store; lowers at once, raises only on orders read after the change;
// each listing is told its newest quantity at the moment of sending.

import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { ListingId, StoreId } from '../../shared/model/ids.ts';
import { countOwed, type OwedListing, readMostUrgent } from '../listings/owed.ts';
import { together } from '../net/in-turns.ts';
import { type Brake, createBrake } from './brake.ts';
import { isScarce, rememberBudget } from './budgets.ts';
import type { JobEnd, OpenStore, SyncContext } from './context.ts';
import { type Lease, withLease } from './lease.ts';
import { createOrderWait, type OrdersWanted, type OrderWait } from './order-wait.ts';
import { createOwedBatches } from './owed-batches.ts';
import { planBatch, type Send } from './plan-push.ts';
import { type AttemptId, noteAttempt, recoverAttempts } from './push-attempts.ts';
import { type Answered, type Isolated, pushIsolated } from './push-isolated.ts';
import { countRefreshed, finishPushRun } from './push-progress.ts';
import { recordPushes, settleWithoutSending } from './record-pushes.ts';
import type { StaleInThisRun } from './record-stale.ts';
import { withStoreHealth } from './store-health.ts';
import { wakeAllThatOwe } from './wake-pushes.ts';

/** Renewed while the run goes on; so long a store waits after a process was killed in the middle of its push. */
const LEASE_MS = 10_000;
/** A run that never ends would keep a worker for ever; what is left is found by the next run. */
const PASSES_MAX = 20;
/** More than any shop with a budget takes in a day; the next pass sorts the rest. */
const URGENT_MAX = 20_000;

/** The job. */
export async function pushAvailable(context: SyncContext, storeId: StoreId): Promise<JobEnd> {
  const store = await context.openStore(storeId);
  if (store === null || !store.syncOn) return { changed: false };
  const outcome = await withLease(
    context.db,
    { name: `push:${storeId}`, holder: context.holder, ttlMs: LEASE_MS },
    (lease) => withStoreHealth(context, store, () => pushAll(context, store, lease)),
  );
  // Whoever holds the lease may have passed a listing before it became owed: look again when that run has ended.
  if (outcome.kind === 'busy' && (await countOwed(context.db, storeId)) > 0) {
    await context.wake('push-available', storeId, { afterBusy: 'yes' });
  }
  return { changed: outcome.kind === 'done' && outcome.result };
}

/** Answers whether anything was owed. */
async function pushAll(context: SyncContext, store: OpenStore, lease: Lease): Promise<boolean> {
  const orders = createOrderWait(context, store);
  try {
    return await pushInPasses(context, store, { lease, orders });
  } finally {
    // Also when the push broke off: what orders have moved is owed to the other stores.
    if (orders.moved()) await wakeAllThatOwe(context);
  }
}

async function pushInPasses(
  context: SyncContext,
  store: OpenStore,
  { lease, orders }: Pick<Run, 'lease' | 'orders'>,
): Promise<boolean> {
  const stale: StaleInThisRun = new Map();
  await recoverAttempts(context, store.id, lease);
  const cleared = new Set<ListingId>();
  const brake = await createBrake(context, store);
  let owed = false;
  for (let pass = 1; pass <= PASSES_MAX; pass += 1) {
    const result = await pushPass(context, store, { lease, stale, cleared, brake, orders });
    // Nothing may be pushed, so nothing is finished either.
    if (result === 'stopped') return owed;
    owed ||= result.owed;
    const wanted = ordersWanted(result);
    if (wanted === null && result.sent === 0) break;
    if (wanted === null) continue;
    const known = await orders.read(wanted);
    // Too early: what can be sent has been sent, and the rest is woken in time.
    if (known === null) break;
    // Where orders are always late, each order that is found would make its listing wait anew, and some would wait for ever.
    if (!known.late) continue;
    for (const { id, desiredAt } of result.waiting) if (desiredAt <= known.freshAt) cleared.add(id);
  }
  await finishPushRun(context, store.id);
  await rememberBudget(context, store);
  return owed;
}

type Run = {
  readonly lease: Lease;
  readonly stale: StaleInThisRun;
  readonly cleared: ReadonlySet<ListingId>;
  readonly brake: Brake;
  readonly orders: OrderWait;
};

type Pass = {
  owed: boolean;
  sent: number;
  /** A store showed something unexpected, which orders may explain. */
  contradicted: boolean;
  readonly waiting: Pick<OwedListing, 'id' | 'desiredAt'>[];
};

function ordersWanted({ contradicted, waiting }: Pass): OrdersWanted | null {
  if (contradicted) return 'now';
  const times = waiting.map(({ desiredAt }) => desiredAt.getTime());
  return times.length === 0 ? null : { newerThan: new Date(times.reduce((a, b) => Math.min(a, b))) };
}

// One walk over everything owed, in batches. Answers which listings wait for fresher orders, or that nothing may be pushed any
// more.
async function pushPass(context: SyncContext, store: OpenStore, run: Run): Promise<Pass | 'stopped'> {
  const pass: Pass = { owed: false, sent: 0, contradicted: false, waiting: [] };
  // The next batch is under way while this one is written down.
  const recorder = createRecorder(context, store, { run, pass });
  try {
    return (await walkOwed(context, store, { run, pass, recorder })) ? pass : 'stopped';
  } finally {
    await together([recorder.done(), run.orders.done(), run.brake.done()]);
  }
}

type Walk = { readonly run: Run; readonly pass: Pass; readonly recorder: Recorder };

/** False: nothing may be pushed any more. */
async function walkOwed(
  context: SyncContext,
  store: OpenStore,
  { run, pass, recorder }: Walk,
): Promise<boolean> {
  const limit = store.definition.manifest.limits.pushBatchMax;
  const urgent = await urgentFirst(context, store);
  const batches = createOwedBatches(context, store.id, { limit, urgent });
  for (;;) {
    const state = await readState(context, store.id);
    if (state === null) return false;
    const batch = await batches.next();
    if (batch.length === 0) return true;
    pass.owed = true;
    batches.readAhead();
    const plan = planBatch(store, batch, { freshAt: state.ordersFreshAt, cleared: run.cleared });
    await settleWithoutSending(context, store.id, plan.settled, run.lease);
    // They are read while the walk goes on: what may be lowered does not wait for them.
    if (plan.waiting.length > 0) run.orders.readAhead();
    pass.waiting.push(...plan.waiting.map(({ id, desiredAt }) => ({ id, desiredAt })));
    const sends = await run.brake.pass(plan.sends);
    if (sends.length > 0) {
      const { answers, failure, attempt } = await send(context, store, { sends, lease: run.lease });
      // Also when there is none: then the attempt is forgotten.
      await Promise.all([
        recorder.record(answers, attempt),
        countRefreshed(context, store.id, answers.length),
      ]);
      if (failure !== null) throw failure;
    }
  }
}

type Recorder = {
  /** Waits for what was handed over before, not for these. */
  readonly record: (answers: readonly Answered[], attempt: AttemptId) => Promise<void>;
  readonly done: () => Promise<void>;
};

function createRecorder(
  context: SyncContext,
  store: OpenStore,
  { run, pass }: { readonly run: Run; readonly pass: Pass },
): Recorder {
  let last: Promise<void> = Promise.resolve();
  const write = async (answers: readonly Answered[], attempt: AttemptId): Promise<void> => {
    const { stale } = await recordPushes(context, store, answers, { ...run, attempt });
    pass.sent += answers.length;
    pass.contradicted ||= stale;
  };
  return {
    record: async (answers, attempt) => {
      await last;
      last = write(answers, attempt);
      // It is thrown where it is waited for.
      last.catch(() => undefined);
    },
    done: () => last,
  };
}

// Where the shop's calls of the day may not be enough for all that is owed, what is nearest to being oversold goes first. Null:
// they are, and the order of the table is as good as any.
async function urgentFirst(context: SyncContext, store: OpenStore): Promise<readonly ListingId[] | null> {
  const owed = await countOwed(context.db, store.id);
  if (owed <= store.definition.manifest.limits.pushBatchMax || !(await isScarce(context, store, owed)))
    return null;
  return readMostUrgent(context.db, store.id, { limit: URGENT_MAX, now: context.now() });
}

// Read before every batch: sync may have been turned off a moment ago, and then nothing more may leave.
async function readState(
  context: SyncContext,
  storeId: StoreId,
): Promise<{ readonly ordersFreshAt: Date } | null> {
  const row = await context.db
    .selectFrom('stores')
    .select(['sync_on', 'orders_fresh_at', 'opening_imported_at'])
    .where('id', '=', storeId)
    .executeTakeFirst();
  if (row === undefined || !row.sync_on || row.opening_imported_at === null || row.orders_fresh_at === null)
    return null;
  return { ordersFreshAt: row.orders_fresh_at };
}

// Waits for a change of the store that is being made: a person who was told "off" sees no call leave that was only prepared before.
// The lock is not kept during the call, which may take long.
async function isStillOn(context: SyncContext, storeId: StoreId): Promise<boolean> {
  const { rows } = await sql<{ on: boolean }>`
    select sync_on as "on" from stores where id = ${storeId} for share`.execute(context.db);
  return rows[0]?.on === true;
}

/** With a failure the store's health shows it, and the job comes back later. */
type Sent = Isolated & { readonly attempt: AttemptId };

async function send(
  context: SyncContext,
  store: OpenStore,
  { sends, lease }: { readonly sends: readonly Send[]; readonly lease: Lease },
): Promise<Sent> {
  const noted = noteAttempt(context.db, store.id, sends, { lease, at: context.now() });
  // It is thrown where it is waited for.
  noted.catch(() => undefined);
  // A process that was frozen inside a call must not go on with it beside the one that took over.
  const maySend = (): Promise<boolean> => {
    lease.assertHeld();
    return isStillOn(context, store.id);
  };
  const way = { channel: store.channel, now: context.now, maySend, noted };
  return { ...(await pushIsolated(way, sends, randomUUID())), attempt: await noted };
}
