// BigCommerce's webhooks: which we keep registered, how a delivery proves itself, and what it is about.

import * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import { parseJson } from '../../net/parse-json.ts';
import { verifyHmac } from '../../net/signatures.ts';
import type {
  ChannelSession,
  ChannelWebhook,
  WebhookHealth,
  WebhookHint,
  WebhookRequest,
  WebhookSecrets,
} from '../channel.ts';
import { type BigCommerceClient, createClient } from './client.ts';
import { isRehearsal } from './credentials.ts';
import { productHandle } from './handle.ts';
import { PAGE_MAX } from './manifest.ts';
import { type Hook, hookShape, pageOf } from './shapes.ts';

/** Stock counted by product and by variant is told by different scopes. */
export const SCOPES = [
  'store/order/created',
  'store/order/updated',
  'store/order/statusUpdated',
  'store/order/archived',
  'store/order/refund/created',
  'store/shipment/created',
  'store/shipment/updated',
  'store/shipment/deleted',
  'store/product/created',
  'store/product/updated',
  'store/product/deleted',
  'store/sku/created',
  'store/sku/updated',
  'store/sku/deleted',
  'store/product/inventory/updated',
  'store/sku/inventory/updated',
] as const;

export const webhook: ChannelWebhook = {
  register: (session, address) => register(session, address),
  verify,
  // Standard Webhooks: the id is the message's own and stays the same when it is sent again.
  parse: ({ headers, rawBody }) => ({
    deliveryId: headers['webhook-id'] ?? null,
    hint: hintOf(rawBody),
  }),
};

// ---- signatures -----------------------------------------------------------------------------------------------

/**
 * Standard Webhooks: HMAC of id, time and body, in a list of versions. The key is the client secret; the Base64 form that
 * BigCommerce's examples pass to the libraries is undone by them. The signed time is not compared with our clock: a
 * delivery may be two days old, and one that is repeated only makes us read again.
 */
function verify({ headers, rawBody }: WebhookRequest, secrets: WebhookSecrets): boolean {
  const id = headers['webhook-id'] ?? '';
  const timestamp = headers['webhook-timestamp'] ?? '';
  if (id === '' || !/^\d+$/.test(timestamp)) return false;
  const signedBytes = Buffer.concat([Buffer.from(`${id}.${timestamp}.`, 'utf8'), rawBody]);
  const signatures = (headers['webhook-signature'] ?? '')
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .slice(0, SIGNATURES_MAX);
  return signatures.some((signature) =>
    verifyHmac({
      algorithm: 'sha256',
      encoding: 'base64',
      secrets: [(secrets.credentials['clientSecret'] ?? '').trim()],
      signedBytes,
      signature: signature.slice('v1,'.length),
    }),
  );
}

/** While a key is being changed there are two; more are an attempt to make us work. */
const SIGNATURES_MAX = 4;

// ---- reading --------------------------------------------------------------------------------------------------

const id = z.int().nonnegative();
const bodyShape = z.object({
  scope: z.string(),
  data: z.object({
    type: z.string(),
    id: id.optional(),
    orderId: id.optional(),
    order_id: id.optional(),
    inventory: z.object({ product_id: id.optional(), variant_id: id.optional() }).optional(),
  }),
});

function hintOf(rawBody: Buffer): WebhookHint {
  const parsed = bodyShape.safeParse(parseJson(rawBody.toString('utf8')));
  if (!parsed.success) return { kind: 'nothing' };
  const { scope, data } = parsed.data;
  if (scope.startsWith('store/order/')) return orderHint(data.order_id ?? data.id);
  if (scope.startsWith('store/shipment/')) return orderHint(data.orderId ?? data.order_id);
  if (!scope.startsWith('store/product/') && !scope.startsWith('store/sku/')) return { kind: 'nothing' };
  if (data.inventory === undefined) return { kind: 'listings' };
  const { variant_id: variantId, product_id: productId } = data.inventory;
  if (variantId !== undefined) return { kind: 'quantity', remoteId: String(variantId) };
  return productId === undefined
    ? { kind: 'nothing' }
    : { kind: 'quantity', remoteId: productHandle(productId) };
}

const orderHint = (orderId: number | undefined): WebhookHint =>
  orderId === undefined ? { kind: 'nothing' } : { kind: 'order', remoteId: String(orderId) };

// ---- registering ----------------------------------------------------------------------------------------------

/** Tells our hooks from others of the same API account. */
const MARK = { 'x-stocksheet': 'hook' };

async function register(session: ChannelSession, address: string): Promise<WebhookHealth> {
  const obstacle = whyNotHere(session, address);
  if (obstacle !== null) return { kind: 'unavailable', message: obstacle };
  try {
    const client = createClient(session);
    const hooks = await listHooks(client);
    const here = hooks.filter((hook) => hook.destination === address);
    const missing = SCOPES.filter((scope) => !here.some((hook) => hook.scope === scope));
    const disabled = here.filter((hook) => !hook.is_active);
    for (const hook of disabled) {
      await client.change('PUT', `/v3/hooks/${hook.id}`, { is_active: true, headers: MARK });
    }
    for (const scope of missing) {
      const hook = { scope, destination: address, is_active: true, headers: MARK };
      await client.change('POST', '/v3/hooks', hook);
    }
    await removeStrays(client, hooks, address);
    return healthOf(disabled.length, missing.length);
  } catch (problem) {
    if (!(problem instanceof ChannelError) || problem.kind === 'transient' || problem.kind === 'throttled') {
      throw problem;
    }
    return {
      kind: 'unavailable',
      message: `BigCommerce does not send messages here. ${problem.message}`,
    };
  }
}

function whyNotHere({ credentials }: ChannelSession, address: string): string | null {
  if ((credentials['clientSecret'] ?? '').trim() === '') {
    return 'Fill in the client secret of the API account: without it no message from BigCommerce can be trusted.';
  }
  const { protocol, port } = new URL(address);
  if (isRehearsal(credentials) || (protocol === 'https:' && port === '')) return null;
  return 'BigCommerce sends messages only to https addresses on port 443. Orders are found by the regular pull.';
}

const PAGES_MAX = 20;

/** A token sees only the hooks that it made. */
async function listHooks(client: BigCommerceClient): Promise<readonly Hook[]> {
  const all = new Map<number, Hook>();
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const answer = await client.get('/v3/hooks', { limit: PAGE_MAX, page }, pageOf(hookShape));
    const fresh = (answer?.data ?? []).filter((hook) => !all.has(hook.id));
    for (const hook of fresh) all.set(hook.id, hook);
    if (fresh.length === 0 || page >= (answer?.meta?.pagination?.total_pages ?? 1)) break;
  }
  return [...all.values()];
}

/** Hooks of ours for an earlier address of this server. */
async function removeStrays(
  client: BigCommerceClient,
  hooks: readonly Hook[],
  address: string,
): Promise<void> {
  const isOurs = (hook: Hook): boolean =>
    Object.entries(hook.headers ?? {}).some(
      ([name, value]) => name.toLowerCase() === 'x-stocksheet' && value === MARK['x-stocksheet'],
    );
  for (const hook of hooks) {
    if (hook.destination !== address && isOurs(hook)) await client.change('DELETE', `/v3/hooks/${hook.id}`);
  }
}

function healthOf(disabledCount: number, createdCount: number): WebhookHealth {
  if (disabledCount > 0) {
    return {
      kind: 'mended',
      message:
        `BigCommerce had switched off ${disabledCount} of our webhooks, as it does after two days of failed deliveries or 90 ` +
        'quiet days; they are on again. What was not sent is found by the regular pull.',
    };
  }
  if (createdCount === 0) return { kind: 'healthy' };
  return {
    kind: 'mended',
    message: `${createdCount} of ${SCOPES.length} webhooks were registered.`,
  };
}
