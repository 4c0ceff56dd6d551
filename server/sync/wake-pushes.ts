// Wakes the push of every store that owes something: a change of one SKU concerns all stores that list it.

import { storesThatOwe } from '../listings/owed.ts';
import type { SyncContext } from './context.ts';

export async function wakeAllThatOwe(context: SyncContext): Promise<void> {
  const stores = await storesThatOwe(context.db, context.now());
  // At the same time: the last store need not wait until all the others are written into the queue.
  await Promise.all(stores.map((storeId) => context.wake('push-available', storeId)));
}
