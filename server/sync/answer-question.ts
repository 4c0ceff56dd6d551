// A person's word on what was stopped and asked about; who said it is kept in the Activity tab.

import type { Question } from '../../shared/api/stores.ts';
import { recordActivity } from '../activity/activity.ts';
import { releaseBrake } from './brake.ts';
import type { OpenStore, SyncContext } from './context.ts';
import type { TaskOutcome } from './hard-refresh.ts';
import { confirmMissingOrders } from './missing-orders.ts';

export async function answerQuestion(
  context: SyncContext,
  store: OpenStore,
  { question, actor }: { readonly question: Question; readonly actor: string },
): Promise<TaskOutcome> {
  const message = await carryOut(context, store, question);
  if (message === null)
    return { accepted: false, message: `Nothing of ${store.name} is waiting for a word any more.` };
  await recordActivity(context.db, {
    at: context.now(),
    level: 'info',
    storeId: store.id,
    message: `${store.name}: ${message} (said ${actor})`,
  });
  return { accepted: true, message };
}

async function carryOut(context: SyncContext, store: OpenStore, question: Question): Promise<string | null> {
  if (question === 'push-held-numbers') {
    const released = await releaseBrake(context, store.id);
    return released === 0 ? null : `${released} held numbers are pushed now.`;
  }
  await confirmMissingOrders(context, store.id);
  return 'the missing orders count as deleted; what they booked is released as they are looked up again.';
}
