// Which function does which job. The queue knows the names; the work is here.

import { toStoreId } from '../../shared/model/ids.ts';
import type { JobEnd, SyncContext, WakeUpName } from './context.ts';
import { hardRefreshInventory } from './hard-refresh.ts';
import { processInbox } from './inbox.ts';
import { keepAccess } from './keep-access.ts';
import { keepPlaces } from './keep-places.ts';
import { keepWebhooks } from './keep-webhooks.ts';
import { pullHints } from './pull-hints.ts';
import { pullListings } from './pull-listings.ts';
import { pullOrders } from './pull-orders.ts';
import { pushAvailable } from './push-available.ts';
import { sweep } from './sweep.ts';
import { readTurnOnPlan } from './turn-on-plan.ts';

export type JobHandler = (job: { readonly storeId: string | null }) => Promise<void>;

/** `flushSheet` belongs to the sheet and comes from outside. */
export function createHandlers(
  context: SyncContext,
  flushSheet: () => Promise<void>,
): Readonly<Record<WakeUpName, JobHandler>> {
  type StoreWork<Result> = (context: SyncContext, storeId: ReturnType<typeof toStoreId>) => Promise<Result>;
  const whenChanged =
    (work: StoreWork<JobEnd>): JobHandler =>
    async ({ storeId }) => {
      if (storeId === null) throw new Error('This job needs a store.');
      const { changed } = await work(context, toStoreId(storeId));
      // Whatever the job changed is to be seen in the sheet.
      if (changed) await context.wake('flush-sheet');
    };
  const forStore = (work: StoreWork<void>): JobHandler =>
    whenChanged(async (...parts) => {
      await work(...parts);
      return { changed: true };
    });
  return {
    'pull-orders': whenChanged(pullOrders),
    'pull-listings': forStore(pullListings),
    'push-available': whenChanged(pushAvailable),
    'hard-refresh-inventory': forStore(hardRefreshInventory),
    'process-inbox': forStore(processInbox),
    'keep-webhooks': forStore(async (context, storeId) => {
      await keepAccess(context, storeId);
      await keepPlaces(context, storeId);
      await keepWebhooks(context, storeId);
    }),
    'pull-hints': forStore(pullHints),
    'read-turn-on-plan': forStore(readTurnOnPlan),
    'flush-sheet': flushSheet,
    sweep: () => sweep(context),
  };
}
