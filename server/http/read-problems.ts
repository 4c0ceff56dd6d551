// Troubles that nobody has resolved yet, with what a click could do about each.

import { sql } from 'kysely';
import type { ProblemsAnswer } from '../../shared/api/problems.ts';
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

/** Seen, and nothing is to be done about it. When it happens again it comes back. */
export async function dismissProblem(db: Database, id: number, now: Date): Promise<void> {
  await db
    .updateTable('activity')
    .set({ resolved_at: now })
    .where('id', '=', id)
    .where('resolved_at', 'is', null)
    .execute();
}
