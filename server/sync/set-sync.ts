// Turning a store's sync on and off. On the first time starts at T0 with the opening import; on again either catches up or
// starts from now. Off is silent at once: no push and no order effect after it.

import { sql } from 'kysely';
import type { SetSyncRequest } from '../../shared/api/stores.ts';
import type { StoreId } from '../../shared/model/ids.ts';
import { recordActivity } from '../activity/activity.ts';
import { inTransaction, type Tx } from '../database/database.ts';
import type { StoreProgress } from '../database/schema/stores.ts';
import { STORE_ITSELF } from '../listings/places.ts';
import type { SyncContext } from './context.ts';
import { GONE, type TaskOutcome } from './hard-refresh.ts';
import { REFRESH_INVENTORY } from './tasks.ts';

export async function setSync(
  context: SyncContext,
  storeId: StoreId,
  request: SetSyncRequest,
): Promise<TaskOutcome> {
  const store = request.on ? await context.openStore(storeId) : null;
  const hasPlaces = store?.channel.listLocations !== undefined;
  const outcome = await inTransaction(context.db, async (tx): Promise<TaskOutcome> => {
    const store = await tx
      .selectFrom('stores')
      .select(['name', 'sync_on', 'sync_on_at', 'taken_since', 'progress'])
      .where('id', '=', storeId)
      .modifyEnd(sql`for update`)
      .executeTakeFirst();
    if (store === undefined) return GONE;
    const now = context.now();
    if (store.sync_on === request.on) {
      return { accepted: true, message: `Sync of ${store.name} is ${request.on ? 'on' : 'off'} already.` };
    }
    const unmapped = request.on ? await placesProblem(tx, storeId, { name: store.name, hasPlaces }) : null;
    if (unmapped !== null) return { accepted: false, message: unmapped };
    const change = !request.on
      ? off(store.progress, now)
      : store.sync_on_at === null
        ? firstTime(now, request.opening ?? 'copy')
        : again(now, request.resume ?? 'catch-up', store.taken_since ?? store.sync_on_at);
    await tx.updateTable('stores').set(change.columns).where('id', '=', storeId).execute();
    if (request.on && store.sync_on_at !== null) await tellAllAgain(tx, storeId);
    const message = `${store.name}: ${change.message}`;
    await recordActivity(tx, { at: now, level: 'info', storeId, message });
    return { accepted: true, message };
  });
  if (request.on && outcome.accepted) await context.wake('pull-orders', storeId);
  return outcome;
}

// A store with locations is connected with a warehouse before they are known. Turned on then, its orders would book there whatever
// location sends them. With one location the first reading maps it; with several a person has to.
async function placesProblem(
  tx: Tx,
  storeId: StoreId,
  { name, hasPlaces }: { readonly name: string; readonly hasPlaces: boolean },
): Promise<string | null> {
  const mapped = await tx
    .selectFrom('store_warehouses')
    .select('location_id')
    .where('store_id', '=', storeId)
    .execute();
  if (mapped.length === 0)
    return `${name} has several locations. Choose first which warehouse serves each of them, under Locations in the sidebar.`;
  if (hasPlaces && mapped.some(({ location_id: id }) => id === STORE_ITSELF))
    return `The locations of ${name} are not known yet. Wait until its listings have been read, or refresh them, and turn sync on then.`;
  return null;
}

// What a pause has done to the shop's own numbers is not known: each listing is told once more. What is expected of them stays, and
// its orders of the pause are taken off it, counted here or left out: only what they do not explain was somebody's edit.
async function tellAllAgain(tx: Tx, storeId: StoreId): Promise<void> {
  await sql`
    with mine as (
      select id from listings where store_id = ${storeId} and gone_at is null and acknowledged_quantity is not null
      order by id for no key update)
    update listings set reassert = true from mine where listings.id = mine.id`.execute(tx);
}

function off(progress: StoreProgress | null, now: Date) {
  const message = 'sync is off. Nothing is pushed and no order moves stock until it is on again.';
  // A hard refresh of inventory cannot end while nothing may be pushed; its listings stay owed.
  const ended = progress?.task === REFRESH_INVENTORY ? { progress: null } : {};
  return { columns: { sync_on: false, sync_off_at: now, ...ended }, message };
}

function firstTime(now: Date, opening: 'copy' | 'keep') {
  const message =
    opening === 'copy'
      ? 'sync is on. Its numbers are copied for every SKU that has no count yet; then the sheet is in charge.'
      : 'sync is on. The counts of the sheet stand; SKUs without a count are not pushed.';
  return { columns: { sync_on: true, sync_on_at: now, opening_choice: opening }, message };
}

function again(now: Date, resume: 'catch-up' | 'start-from-now', takenSince: Date) {
  // No orders are known to be fresh after a pause: nothing is pushed before they were read.
  const columns = { sync_on: true, orders_fresh_at: null };
  if (resume === 'catch-up')
    return { columns, message: 'sync is on again. What happened meanwhile is applied once.' };
  return {
    columns: { ...columns, sync_on_at: now, taken_since: takenSince },
    message:
      'sync is on again from now. What was sent or returned meanwhile is left out; open orders are booked. Numbers that ' +
      'were changed by hand in the shop are named in the Activity tab.',
  };
}
