// Makes a store deliver its webhooks to us, and checks again and again that it still does. Webhooks make things fast; the
// order pull is what makes them right.

import type { StoreId } from '../../shared/model/ids.ts';
import type { WebhookHealth } from '../channels/channel.ts';
import { ChannelError } from '../net/channel-error.ts';
import type { OpenStore, SyncContext } from './context.ts';

export const KEEP_WEBHOOKS_EVERY_MS = 6 * 60 * 60_000;

/** The job. A store whose webhooks cannot be had works all the same, at the pace of its pulls. */
export async function keepWebhooks(context: SyncContext, storeId: StoreId): Promise<void> {
  const store = await context.openStore(storeId);
  if (store === null) return;
  // Hints that lie in a mailbox are fetched by a job of their own, which says how that is going.
  if (store.definition.webhook === undefined && store.channel.pullHints !== undefined) return;
  await setWebhookHealth(context, storeId, await register(context, store));
}

export async function setWebhookHealth(
  context: SyncContext,
  storeId: StoreId,
  health: WebhookHealth,
): Promise<void> {
  const words = describe(health);
  await context.db
    .updateTable('stores')
    .set({ webhook_health: words })
    .where('id', '=', storeId)
    .where('webhook_health', '<>', words)
    .execute();
}

export const webhookPath = (storeId: StoreId): string => `/webhooks/${storeId}`;

async function register(context: SyncContext, store: OpenStore): Promise<WebhookHealth> {
  const webhook = store.definition.webhook;
  if (webhook === undefined)
    return { kind: 'unavailable', message: `${store.definition.manifest.label} has none.` };
  const publicUrl = context.publicUrl();
  if (publicUrl === null) {
    const message = 'This server has no public address (PUBLIC_URL), so shops cannot call it.';
    return { kind: 'unavailable', message };
  }
  try {
    const address = new URL(webhookPath(store.id), publicUrl).href;
    return await webhook.register(store.session, address, store.webhookSecret);
  } catch (error) {
    if (error instanceof ChannelError) return { kind: 'unavailable', message: error.message };
    throw error;
  }
}

function describe(health: WebhookHealth): string {
  if (health.kind === 'healthy') return 'on';
  return health.kind === 'mended' ? `mended: ${health.message}` : `off: ${health.message}`;
}
