// Tells people in time when a shop ends our access unless somebody acts: 30, 7 and 1 days ahead, in one message that is renewed.

import type { StoreId } from '../../shared/model/ids.ts';
import { recordActivity, resolveTroubles } from '../activity/activity.ts';
import type { AccessEnd } from '../channels/channel.ts';
import type { OpenStore, SyncContext } from './context.ts';

const DAY_MS = 24 * 3_600_000;
const TOLD_DAYS_AHEAD = [1, 7, 30] as const;

const accessTrouble = (storeId: StoreId): string => `access:${storeId}`;

/** Part of the job that looks after a store's webhooks. */
export async function keepAccess(context: SyncContext, storeId: StoreId): Promise<void> {
  const store = await context.openStore(storeId);
  if (store === null) return;
  const end = store.definition.accessEnds?.(store.session.credentials) ?? null;
  const now = context.now();
  const step = end === null ? undefined : stepOf(end, now);
  const message = end === null || step === undefined ? '' : sentence(store, end, step);
  await context.db
    .updateTable('stores')
    .set({ access_ends_at: end?.at ?? null, access_message: message })
    .where('id', '=', storeId)
    .execute();
  if (step === undefined) {
    await resolveTroubles(context.db, [accessTrouble(storeId)], now);
    return;
  }
  if (await isSaid(context, storeId, message)) return;
  await recordActivity(context.db, {
    at: now,
    level: step === 30 ? 'warning' : 'needs-person',
    storeId,
    trouble: accessTrouble(storeId),
    message,
  });
}

/** The last of the days to tell people on that has come; undefined while none has. */
const stepOf = (end: AccessEnd, now: Date): (typeof TOLD_DAYS_AHEAD)[number] | undefined =>
  TOLD_DAYS_AHEAD.find((days) => end.at.getTime() - now.getTime() <= days * DAY_MS);

function sentence(store: OpenStore, end: AccessEnd, step: number): string {
  const day = end.at.toISOString().slice(0, 10);
  const left = step === 1 ? 'within a day' : `within ${step} days`;
  return `${store.name}: the access ends on ${day}, ${left}. ${end.message}`;
}

async function isSaid(context: SyncContext, storeId: StoreId, message: string): Promise<boolean> {
  const row = await context.db
    .selectFrom('activity')
    .select('id')
    .where('dedupe_key', '=', accessTrouble(storeId))
    .where('resolved_at', 'is', null)
    .where('message', '=', message)
    .executeTakeFirst();
  return row !== undefined;
}
