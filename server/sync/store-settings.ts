// Changing a store's settings, and disconnecting it.

import type { StoreSettingsRequest } from '../../shared/api/stores.ts';
import { sizeInWords } from '../../shared/model/duration.ts';
import type { StoreId } from '../../shared/model/ids.ts';
import { recordActivity } from '../activity/activity.ts';
import type { ChannelDefinition } from '../channels/channel.ts';
import { inTransaction, type Tx } from '../database/database.ts';
import type { StoreSettingsColumn } from '../database/schema/stores.ts';
import { releaseBookings } from '../orders/release-store.ts';
import type { SyncContext } from './context.ts';
import { GONE, type TaskOutcome } from './hard-refresh.ts';
import { wakeAllThatOwe } from './wake-pushes.ts';

/** The slowest that orders are pulled where nobody has set anything slower. */
export const ORDERS_EVERY_MAX_MS = 10 * 60_000;

/**
 * How often a store's orders are pulled: as fast as its channel's limits safely allow, or slower where that is set for the
 * store or for all. `sharing`: stores that are read out of one budget of the shop's share its rhythm out.
 */
export function ordersEveryMs(
  settings: StoreSettingsColumn,
  definition: ChannelDefinition,
  { forAllMs, sharing }: { readonly forAllMs: number | null; readonly sharing: number },
): number {
  const fastestMs = Math.min(definition.manifest.rhythm.ordersFastestMs * sharing, ORDERS_EVERY_MAX_MS);
  return Math.max(settings.ordersEveryMs ?? forAllMs ?? 0, fastestMs);
}

export async function changeSettings(
  context: SyncContext,
  definition: ChannelDefinition,
  storeId: StoreId,
  request: StoreSettingsRequest,
): Promise<TaskOutcome> {
  const problem = findProblem(definition, request);
  if (problem !== null) return { accepted: false, message: problem };
  const saved = await inTransaction(context.db, async (tx) => {
    const store = await tx
      .selectFrom('stores')
      .select('settings')
      .where('id', '=', storeId)
      .forUpdate()
      .executeTakeFirst();
    if (store === undefined) return GONE;
    const { name: typed, ...changes } = request;
    const name = typed?.trim();
    const problem = name === undefined ? null : await nameProblem(tx, storeId, name);
    if (problem !== null) return { accepted: false, message: problem };
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const options = { ...store.settings.options, ...request.options };
    const settings: StoreSettingsColumn = { ...store.settings, ...given, options };
    const rename = name === undefined ? {} : { name };
    const drafts = settings.drafts !== store.settings.drafts;
    // Listings that now count, or no longer do, are found by reading all of them.
    const reread = drafts ? { listings_complete_at: null } : {};
    await tx
      .updateTable('stores')
      .set({ settings: JSON.stringify(settings), ...rename, ...reread })
      .where('id', '=', storeId)
      .execute();
    if (request.onDrift === 'overwrite') await releaseHeld(tx, storeId);
    return { accepted: true, message: 'The settings are saved.', drafts };
  });
  if (!saved.accepted) return { accepted: false, message: saved.message };
  if ('drafts' in saved && saved.drafts) await context.wake('pull-listings', storeId);
  if (request.onDrift === 'overwrite') await context.wake('push-available', storeId);
  return { accepted: true, message: saved.message };
}

async function nameProblem(tx: Tx, storeId: StoreId, name: string): Promise<string | null> {
  if (name === '') return 'Give the store a name.';
  const other = await tx
    .selectFrom('stores')
    .select('id')
    .where('name', '=', name)
    .where('id', '<>', storeId)
    .executeTakeFirst();
  return other === undefined ? null : `There is a store "${name}" already. Choose another name.`;
}

// Listings held because their store showed something unexpected go on once the setting no longer holds them.
async function releaseHeld(tx: SyncContext['db'], storeId: StoreId): Promise<void> {
  await tx
    .updateTable('listings')
    .set({ problem: null, problem_kind: null, expected: null, reassert: true })
    .where('store_id', '=', storeId)
    .where('problem_kind', '=', 'held')
    .execute();
}

function findProblem(definition: ChannelDefinition, request: StoreSettingsRequest): string | null {
  const { label, capabilities, settingFields, rhythm } = definition.manifest;
  if (request.drafts === true && !capabilities.drafts) return `${label} has no draft listings.`;
  for (const [key, value] of Object.entries(request.options ?? {})) {
    const field = settingFields.find((candidate) => candidate.key === key);
    if (field === undefined) return `${label} has no setting "${key.slice(0, 40)}".`;
    if (!field.choices.some((choice) => choice.value === value)) {
      return `${field.label}: choose one of ${field.choices.map((choice) => choice.label).join(', ')}.`;
    }
  }
  if (request.ordersEveryMs !== undefined && request.ordersEveryMs !== null) {
    if (request.ordersEveryMs < rhythm.ordersFastestMs) {
      return `${label} allows an order pull every ${sizeInWords(rhythm.ordersFastestMs)} at the fastest.`;
    }
    if (request.ordersEveryMs > ORDERS_EVERY_MAX_MS * 6) return 'Orders are pulled at least once an hour.';
  }
  return null;
}

/** Forgets the store with its listings and orders. What its orders did to stock stays; what they had booked is released. */
export async function disconnectStore(context: SyncContext, storeId: StoreId): Promise<TaskOutcome> {
  const outcome = await inTransaction(context.db, async (tx): Promise<TaskOutcome> => {
    const store = await tx
      .selectFrom('stores')
      .select('name')
      .where('id', '=', storeId)
      .forUpdate()
      .executeTakeFirst();
    if (store === undefined) return GONE;
    const at = context.now();
    const released = await releaseBookings(tx, storeId, { actor: `disconnecting ${store.name}`, at });
    await tx.deleteFrom('stores').where('id', '=', storeId).execute();
    await endTroubles(tx, storeId, at);
    const bookings = released === 0 ? '' : ` ${released} units booked by its open orders were released.`;
    const message = `${store.name} is disconnected. Its listings keep the numbers they show now.${bookings}`;
    await recordActivity(tx, { at, level: 'info', message });
    return { accepted: true, message };
  });
  if (outcome.accepted) await wakeAllThatOwe(context);
  return outcome;
}

// Nobody can mend a store that is no longer there. What was oversold stays short all the same.
async function endTroubles(tx: Tx, storeId: StoreId, at: Date): Promise<void> {
  await tx
    .updateTable('activity')
    .set({ resolved_at: at })
    .where('store_id', '=', storeId)
    .where('resolved_at', 'is', null)
    .where('dedupe_key', 'not like', 'oversold:%')
    .execute();
}
