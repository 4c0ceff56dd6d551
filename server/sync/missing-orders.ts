// Open orders that a shop suddenly no longer knows: a few were deleted; very many at once are doubted, and a person is asked.

import type { StoreId } from '../../shared/model/ids.ts';
import { recordActivity, resolveTroubles } from '../activity/activity.ts';
import type { OrderReading } from '../channels/channel.ts';
import type { OpenStore, SyncContext } from './context.ts';

const DOUBT_FROM = 10;
const DOUBT_SHARE = 0.5;
/** So long a person's word counts: the orders are read again a few at a time. */
const CONFIRMED_FOR_MS = 24 * 60 * 60_000;

export const missingOrdersTrouble = (storeId: StoreId): string => `missing-orders:${storeId}`;

/** Leaves out the deletions when they are too many to be believed: releasing what they booked would sell it again. */
export async function believeReadings(
  context: SyncContext,
  store: OpenStore,
  readings: readonly OrderReading[],
): Promise<readonly OrderReading[]> {
  const found = readings.filter(({ kind }) => kind === 'order');
  const missing = readings.length - found.length;
  const at = context.now();
  const doubted = missing >= DOUBT_FROM && missing > readings.length * DOUBT_SHARE;
  if (!doubted || (await isConfirmed(context, store.id, at))) {
    if (missing === 0) await resolveTroubles(context.db, [missingOrdersTrouble(store.id)], at);
    return readings;
  }
  await recordActivity(context.db, {
    at,
    level: 'needs-person',
    storeId: store.id,
    trouble: missingOrdersTrouble(store.id),
    message:
      `${store.name} no longer knows ${missing} of ${readings.length} open orders. What they booked stays booked. ` +
      'Look at the orders in the shop; if they were really deleted, say so in the sidebar.',
  });
  return found;
}

async function isConfirmed({ db }: SyncContext, storeId: StoreId, at: Date): Promise<boolean> {
  const store = await db
    .selectFrom('stores')
    .select('missing_orders_confirmed_at')
    .where('id', '=', storeId)
    .executeTakeFirst();
  const confirmedAt = store?.missing_orders_confirmed_at?.getTime() ?? 0;
  return at.getTime() - confirmedAt < CONFIRMED_FOR_MS;
}

/** A person has looked: the orders were really deleted. */
export async function confirmMissingOrders(context: SyncContext, storeId: StoreId): Promise<void> {
  const at = context.now();
  await context.db
    .updateTable('stores')
    .set({ missing_orders_confirmed_at: at })
    .where('id', '=', storeId)
    .execute();
  await resolveTroubles(context.db, [missingOrdersTrouble(storeId)], at);
  await context.wake('pull-orders', storeId);
}
