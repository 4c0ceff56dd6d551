// What a push run leaves behind: the time of the last inventory sync once nothing is owed, and the progress of a hard refresh.

import { sql } from 'kysely';
import type { StoreId } from '../../shared/model/ids.ts';
import { isOwed } from '../listings/owed.ts';
import type { SyncContext } from './context.ts';
import { REFRESH_INVENTORY } from './tasks.ts';

type Remaining = {
  readonly owed: number;
  /** Not answered for yet by a hard refresh. */
  readonly waiting: number;
  /** Tried again later, or waiting for a person. */
  readonly stuck: number;
};

/** A listing that fails more often than this no longer keeps a hard refresh waiting: its trouble is shown instead. */
const REFRESH_ATTEMPTS_MAX = 3;

/** The times move only when a run has finished: never before, and not when something is still owed. */
export async function finishPushRun(context: SyncContext, storeId: StoreId): Promise<void> {
  const { rows } = await sql<Remaining>`
    select count(*)::bigint as owed,
      count(*) filter (where reassert and coalesce(problem_kind, '') not in ('held', 'braked', 'postponed')
        and attempts <= ${REFRESH_ATTEMPTS_MAX})::bigint as waiting,
      count(*) filter (where problem_kind in ('retrying', 'held', 'braked', 'postponed'))::bigint as stuck
    from listings where store_id = ${storeId} and ${isOwed}`.execute(context.db);
  const remaining = rows[0] ?? { owed: 0, waiting: 0, stuck: 0 };
  const at = context.now();
  if (remaining.owed === 0) {
    await context.db
      .updateTable('stores')
      .set({ inventory_synced_at: at })
      .where('id', '=', storeId)
      .execute();
  }
  await reportRefresh(context, storeId, remaining, at);
}

/** Shows how far a hard refresh is, while it runs. */
export async function countRefreshed(
  context: SyncContext,
  storeId: StoreId,
  answered: number,
): Promise<void> {
  await sql`
    update stores set progress = jsonb_set(progress, '{done}', to_jsonb(
      least((progress->>'done')::bigint + ${answered}::bigint, (progress->>'total')::bigint)))
    where id = ${storeId} and progress->>'task' = ${REFRESH_INVENTORY} and progress->>'total' is not null`.execute(
    context.db,
  );
}

// Ends a hard refresh when every listing was answered for. What waits for a person does not keep it going,
// but its time moves only when nothing is stuck.
async function reportRefresh(
  context: SyncContext,
  storeId: StoreId,
  { waiting, stuck }: Remaining,
  at: Date,
): Promise<void> {
  const store = await context.db
    .selectFrom('stores')
    .select('progress')
    .where('id', '=', storeId)
    .executeTakeFirst();
  const progress = store?.progress;
  if (progress === null || progress === undefined || progress.task !== REFRESH_INVENTORY) return;
  const done = Math.max(0, (progress.total ?? 0) - waiting);
  const times = stuck === 0 ? { inventory_refreshed_at: at } : {};
  await context.db
    .updateTable('stores')
    .set(waiting === 0 ? { progress: null, ...times } : { progress: JSON.stringify({ ...progress, done }) })
    .where('id', '=', storeId)
    .execute();
}
