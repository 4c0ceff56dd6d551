// Wakes the push of every store that owes something: a change of one SKU concerns all stores that list it.

import { storesThatOwe } from '../listings/owed.ts';
import type { SyncContext } from './context.ts';

export async function wakeAllThatOwe(context: SyncContext): Promise<void> {
  for (const storeId of await storesThatOwe(context.db, context.now()))
    await context.wake('push-available', storeId);
}
