// Tells people while a store works that its units may be counted in the wrong warehouse: what a shop does not let us read about
// its locations is no longer seen once the store is connected.

import type { StoreId } from '../../shared/model/ids.ts';
import { recordActivity, resolveTroubles } from '../activity/activity.ts';
import { ChannelError } from '../net/channel-error.ts';
import type { SyncContext } from './context.ts';

const placesTrouble = (storeId: StoreId): string => `places-unread:${storeId}`;

/** Part of the job that looks after a store's webhooks. Said once: a person who has seen it is not told again. */
export async function keepPlaces(context: SyncContext, storeId: StoreId): Promise<void> {
  const store = await context.openStore(storeId);
  if (store?.channel.listLocations === undefined) return;
  const found = await store.channel.check().catch((problem: unknown) => {
    if (problem instanceof ChannelError) return null; // it is looked at again
    throw problem;
  });
  if (found === null) return;
  const concerning = found.findings.filter(({ concerns }) => concerns === 'warehouses');
  const at = context.now();
  const trouble = placesTrouble(storeId);
  if (concerning.length === 0) return resolveTroubles(context.db, [trouble], at);
  const message = `${store.name}: ${concerning.map((finding) => finding.message).join(' ')}`;
  const said = await context.db
    .selectFrom('activity')
    .select('id')
    .where('dedupe_key', '=', trouble)
    .where('message', '=', message)
    .executeTakeFirst();
  if (said === undefined)
    await recordActivity(context.db, { at, level: 'warning', storeId, trouble, message });
}
