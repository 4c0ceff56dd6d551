// Empties a shop's mailbox of hints: stored first, then taken out of the mailbox, then followed. A crash anywhere repeats a hint,
// and a hint may be repeated.

import type { StoreId } from '../../shared/model/ids.ts';
import { inTransaction } from '../database/database.ts';
import { ChannelError } from '../net/channel-error.ts';
import type { SyncContext } from './context.ts';
import { storeHint } from './inbox.ts';
import { setWebhookHealth } from './keep-webhooks.ts';

export const HINTS_EVERY_MS = 20_000;
/** What is left then is read by the next run. */
const ROUNDS_MAX = 20;

/** The job. A mailbox that does not answer is no trouble of the store: its orders are pulled all the same. */
export async function pullHints(context: SyncContext, storeId: StoreId): Promise<void> {
  const channel = (await context.openStore(storeId))?.channel;
  if (channel?.pullHints === undefined) return;
  try {
    for (let round = 1; round <= ROUNDS_MAX; round += 1) {
      const { hints, acknowledge } = await channel.pullHints();
      const at = context.now();
      await inTransaction(context.db, async (tx) => {
        for (const hint of hints) await storeHint(tx, storeId, hint, at);
      });
      await acknowledge();
      if (hints.length === 0) break;
      await context.wake('process-inbox', storeId);
    }
    await setWebhookHealth(context, storeId, { kind: 'healthy' });
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    await setWebhookHealth(context, storeId, { kind: 'unavailable', message: error.message });
    if (error.kind === 'throttled') throw error;
  }
}
