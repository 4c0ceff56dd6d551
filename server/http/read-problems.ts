// Troubles that nobody has resolved yet, and what a click can do about each.

import { sql } from 'kysely';
import type { ProblemsAnswer } from '../../shared/api/problems.ts';
import type { StoreId } from '../../shared/model/ids.ts';
import type { Database } from '../database/database.ts';

const PROBLEMS_MAX = 50;

type ProblemRow = Omit<ProblemsAnswer['problems'][number], 'at'> & { readonly at: Date };

export async function readProblems(db: Database): Promise<ProblemsAnswer> {
  const { rows } = await sql<ProblemRow>`
    select activity.id, activity.at, level, message, times, store_id as "storeId", activity.sku,
      split_part(coalesce(dedupe_key, 'event'), ':', 1) as kind,
      case when activity.sku is not null then (
        select greatest(0, sum(in_stock - booked))::bigint from balances
        where balances.sku = activity.sku having bool_or(is_set)) end as quantity
    from activity
    where resolved_at is null and level <> 'info' and (dedupe_key is not null or level = 'needs-person')
    order by level = 'needs-person' desc, activity.at desc limit ${PROBLEMS_MAX}`.execute(db);
  return { problems: rows.map((row) => ({ ...row, at: row.at.toISOString() })) };
}

/**
 * A person has seen that a store shows something else, and wants our number there. What it shows now is no longer expected to
 * be anything, so that it is overwritten. Answers the store whose push must be woken; null when there is nothing to write.
 */
export async function writeNumberOf(db: Database, id: number, now: Date): Promise<StoreId | null> {
  const { rows } = await sql<{ storeId: StoreId }>`
    update listings set reassert = true, expected = null, attempts = 0, attempt_after = null, problem = null, problem_kind = null
    from activity
    where activity.id = ${id} and activity.dedupe_key = 'listing:' || listings.id and listings.gone_at is null
    returning listings.store_id as "storeId"`.execute(db);
  if (rows.length > 0) await dismissProblem(db, id, now);
  return rows[0]?.storeId ?? null;
}

/** Seen, and nothing is to be done about it. When it happens again it comes back. */
export async function dismissProblem(db: Database, id: number, now: Date): Promise<void> {
  await db
    .updateTable('activity')
    .set({ resolved_at: now })
    .where('id', '=', id)
    .where('resolved_at', 'is', null)
    .execute();
}
