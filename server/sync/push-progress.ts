// What a push run leaves behind: the time of the last inventory sync once nothing is owed, and the progress of a hard refresh.

import { sql } from 'kysely';
import type { StoreId } from '../../shared/model/ids.ts';
import { isOwed } from '../listings/owed.ts';
import type { SyncContext } from './context.ts';
import { REFRESH_INVENTORY } from './tasks.ts';

type Remaining = { readonly owed: number; readonly reassert: number };

/** The times move only when a run has finished: never before, and not when something is still owed. */
export async function finishPushRun(context: SyncContext, storeId: StoreId): Promise<void> {
  const { rows } = await sql<Remaining>`
    select count(*)::bigint as owed, count(*) filter (where reassert and problem_kind is null)::bigint as reassert
    from listings where store_id = ${storeId} and ${isOwed}`.execute(context.db);
  const { owed, reassert } = rows[0] ?? { owed: 0, reassert: 0 };
  const at = context.now();
  if (owed === 0) {
    await context.db
      .updateTable('stores')
      .set({ inventory_synced_at: at })
      .where('id', '=', storeId)
      .execute();
  }
  await reportRefresh(context, storeId, reassert, at);
}

/** Shows how far a hard refresh is; ends it when every listing was answered for. */
export async function reportRefresh(
  context: SyncContext,
  storeId: StoreId,
  remaining: number,
  at: Date,
): Promise<void> {
  const store = await context.db
    .selectFrom('stores')
    .select('progress')
    .where('id', '=', storeId)
    .executeTakeFirst();
  const progress = store?.progress;
  if (progress === null || progress === undefined || progress.task !== REFRESH_INVENTORY) return;
  const done = Math.max(0, (progress.total ?? 0) - remaining);
  await context.db
    .updateTable('stores')
    .set(
      remaining === 0
        ? { progress: null, inventory_refreshed_at: at, inventory_synced_at: at }
        : { progress: JSON.stringify({ ...progress, done }) },
    )
    .where('id', '=', storeId)
    .execute();
}
