// Asking for the plan of turning a store on, and reading how far it is.

import { sql } from 'kysely';
import {
  PLAN_KINDS_BY_NEED,
  PLAN_LINES_MAX,
  type PlanKind,
  type PlanLine,
  type TurnOnPlan,
} from '../../shared/api/turn-on.ts';
import type { StoreId } from '../../shared/model/ids.ts';
import type { Database } from '../database/database.ts';
import type { SyncContext } from './context.ts';

/** A plan of the last minutes is shown again instead of reading the whole shop once more. */
const FRESH_MS = 10 * 60_000;
/** What a person agreed to may not be older: the shop goes on selling. */
export const PLAN_GOOD_FOR_MS = 60 * 60_000;

export async function askTurnOnPlan(
  context: SyncContext,
  storeId: StoreId,
  { again }: { readonly again: boolean },
): Promise<TurnOnPlan> {
  const now = context.now();
  const { rows } = await sql`
    insert into turn_on_plans (store_id, state, started_at) values (${storeId}, 'reading', ${now}::timestamptz)
    on conflict (store_id) do update set id = default, state = 'reading', message = '', started_at = excluded.started_at,
      ready_at = null, done = 0, total = null, open_orders = 0
    where turn_on_plans.state = 'failed' or (turn_on_plans.state = 'ready'
      and (${again} or turn_on_plans.ready_at < ${new Date(now.getTime() - FRESH_MS)}::timestamptz))
    returning id`.execute(context.db);
  if (rows.length > 0) await context.wake('read-turn-on-plan', storeId);
  return readPlan(context.db, storeId);
}

/** Listings that are still being read for the first time are waited for: their pull wakes the plan when it is through. */
export async function isPlanWanted(db: Database, storeId: StoreId): Promise<boolean> {
  const row = await db
    .selectFrom('turn_on_plans as plan')
    .innerJoin('stores', 'stores.id', 'plan.store_id')
    .select('plan.id')
    .where('plan.store_id', '=', storeId)
    .where('plan.state', '=', 'reading')
    .where('stores.listings_complete_at', 'is not', null)
    .executeTakeFirst();
  return row !== undefined;
}

async function readPlan(db: Database, storeId: StoreId): Promise<TurnOnPlan> {
  const plan = await db
    .selectFrom('turn_on_plans as plan')
    .innerJoin('stores', 'stores.id', 'plan.store_id')
    .selectAll('plan')
    .select(['stores.listings_without_sku', 'stores.listings_complete_at'])
    .where('plan.store_id', '=', storeId)
    .executeTakeFirstOrThrow();
  const counts = await countKinds(db, storeId);
  const count = (kind: PlanKind): number => (plan.state === 'ready' ? (counts.get(kind) ?? 0) : 0);
  const lines = plan.state === 'ready' ? await readLines(db, storeId) : [];
  const all = [...counts.values()].reduce((sum, number) => sum + number, 0);
  const view = {
    planId: String(plan.id),
    startedAt: plan.started_at.toISOString(),
    readyAt: plan.ready_at?.toISOString() ?? null,
    done: plan.done,
    total: plan.total,
    same: count('same'),
    differ: count('differs'),
    neverSet: count('never set'),
    disagree: count('disagrees'),
    untracked: count('untracked'),
    unknown: count('unknown'),
    withoutSku: plan.listings_without_sku,
    openOrders: plan.open_orders,
    lines,
    linesLeftOff: plan.state === 'ready' ? Math.max(0, all - lines.length) : 0,
  };
  if (plan.state === 'failed') return { ...view, state: 'failed', message: plan.message };
  if (plan.state === 'ready') return { ...view, state: 'ready', message: sentence(view) };
  const message =
    plan.listings_complete_at === null
      ? 'The listings of the shop are being read for the first time.'
      : 'Reading what the shop shows. Nothing is written.';
  return { ...view, state: 'reading', message };
}

function sentence({ same, differ, neverSet }: Pick<TurnOnPlan, 'same' | 'differ' | 'neverSet'>): string {
  return `Nothing has been written yet. ${same} stay the same, ${differ} would change, ${neverSet} were never counted.`;
}

async function countKinds(db: Database, storeId: StoreId): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('turn_on_plan_lines')
    .select(['kind', ({ fn }) => fn.countAll<number>().as('count')])
    .where('store_id', '=', storeId)
    .groupBy('kind')
    .execute();
  return new Map(rows.map(({ kind, count }) => [kind, Number(count)]));
}

async function readLines(db: Database, storeId: StoreId): Promise<PlanLine[]> {
  const rows = await db
    .selectFrom('turn_on_plan_lines')
    .selectAll()
    .where('store_id', '=', storeId)
    .orderBy(sql`array_position(${PLAN_KINDS_BY_NEED}::text[], kind)`)
    // The biggest change first.
    .orderBy(sql`abs(coalesce(would_push, 0) - coalesce(shows, 0)) desc`)
    .orderBy('listing_id')
    .limit(PLAN_LINES_MAX)
    .execute();
  return rows.map((row) => ({
    sku: row.sku,
    listing: row.title,
    kind: row.kind as PlanKind,
    shows: row.shows,
    wouldPush: row.would_push,
    why: row.why,
  }));
}

/** Why a store may not be turned on for the first time yet, or null: somebody has seen what would change. */
export async function planProblem(
  { db, now }: SyncContext,
  storeId: StoreId,
  planId: string | undefined,
): Promise<string | null> {
  const store = await db
    .selectFrom('stores')
    .leftJoin('turn_on_plans as plan', 'plan.store_id', 'stores.id')
    .select(['sync_on_at', 'plan.id', 'plan.state', 'plan.ready_at'])
    .where('stores.id', '=', storeId)
    .executeTakeFirst();
  if (store === undefined || store.sync_on_at !== null) return null;
  const isIt = store.state === 'ready' && String(store.id) === planId;
  if (!isIt) return 'Look at what would change first: nothing is written before you have seen it.';
  const age = now().getTime() - (store.ready_at?.getTime() ?? 0);
  return age <= PLAN_GOOD_FOR_MS ? null : 'What you saw is more than an hour old. Look at it again first.';
}
