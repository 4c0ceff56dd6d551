// Webhooks of the simulated shop: their routes, the queue that gathers what happened, and the switching off.

import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { SimulationAnswer } from '../simulation-server.ts';
import type { WebhookCourier } from '../simulation-webhooks.ts';
import { answer, type Refusal, refuse } from './simulator-answers.ts';
import { listOf } from './simulator-list.ts';
import type { Shop, ShopHook } from './simulator-memory.ts';
import { renderHook, renderOrder, renderProduct } from './simulator-render.ts';

type Body = Readonly<Record<string, unknown>>;

const TOPIC = /^(order|product|coupon|customer)\.(created|updated|deleted|restored)$/;

// ---- routes -------------------------------------------------------------------------------------------

const invalidHook = (): Refusal => refuse(404, 'woocommerce_rest_shop_webhook_invalid_id', 'Invalid ID.');

export const listHooks = (shop: Shop, query: URLSearchParams): SimulationAnswer =>
  listOf(
    [...shop.memory.hooks.values()].map((hook) => ({ ...hook, modifiedAt: hook.modifiedAt ?? 0 })),
    query,
    ({ id }) => renderHook(findHook(shop, id)),
  );

export function findHook(shop: Shop, id: number): ShopHook {
  const hook = shop.memory.hooks.get(id);
  if (hook === undefined) throw invalidHook();
  return hook;
}

export function createHook(shop: Shop, body: Body): object {
  const topic = String(body['topic'] ?? '');
  const deliveryUrl = String(body['delivery_url'] ?? '');
  if (!TOPIC.test(topic)) {
    const message = 'Webhook topic is required and must be valid.';
    throw refuse(400, 'woocommerce_rest_shop_webhook_invalid_topic', message);
  }
  if (!/^https?:\/\//.test(deliveryUrl)) {
    const message = 'Webhook delivery URL must be a valid URL starting with http:// or https://.';
    throw refuse(400, 'woocommerce_rest_shop_webhook_invalid_delivery_url', message);
  }
  const hook: ShopHook = {
    id: shop.memory.nextId++,
    name: String(body['name'] ?? topic),
    topic,
    deliveryUrl,
    // Without one the shop makes up a secret that nobody can read.
    secret: typeof body['secret'] === 'string' ? body['secret'] : randomBytes(16).toString('hex'),
    status: 'active',
    failures: 0,
    createdAt: shop.now(),
    modifiedAt: null,
  };
  shop.memory.hooks.set(hook.id, hook);
  return renderHook(hook);
}

/** Set active again, the count of failures stays: one more switches it off. */
export function updateHook(shop: Shop, id: number, body: Body): object {
  const hook = findHook(shop, id);
  if (typeof body['status'] === 'string') hook.status = body['status'];
  if (typeof body['secret'] === 'string') hook.secret = body['secret'];
  if (typeof body['delivery_url'] === 'string') hook.deliveryUrl = body['delivery_url'];
  hook.modifiedAt = shop.now();
  return renderHook(hook);
}

export function deleteHook(shop: Shop, id: number, isForced: boolean): SimulationAnswer {
  const hook = findHook(shop, id);
  if (!isForced) {
    throw refuse(501, 'woocommerce_rest_trash_not_supported', 'Webhooks do not support trashing.');
  }
  shop.memory.hooks.delete(id);
  return answer(200, renderHook(hook));
}

export function batchHooks(shop: Shop, body: Body): SimulationAnswer {
  const create = ((body['create'] ?? []) as Body[]).map((item) => createHook(shop, item));
  const update = ((body['update'] ?? []) as Body[]).map((item) => updateHook(shop, Number(item['id']), item));
  const remove = ((body['delete'] ?? []) as number[]).map((id) => {
    const hook = findHook(shop, id);
    shop.memory.hooks.delete(id);
    return renderHook(hook);
  });
  return answer(200, { create, update, delete: remove });
}

// ---- the queue ----------------------------------------------------------------------------------------

const FAILURES_MAX = 5;
/** The real one waits for the next visitor; bursts within this time come out as one delivery. */
const QUEUE_DELAY_MS = 5;

export function afterAttempt(shop: Shop, hookId: number, accepted: boolean): void {
  const hook = shop.memory.hooks.get(hookId);
  if (hook === undefined || hook.status !== 'active') return;
  if (accepted) hook.failures = 0;
  // The count stops at six: the seventh failure in a row switches it off.
  else if (hook.failures > FAILURES_MAX) hook.status = 'disabled';
  else hook.failures += 1;
}

export function createQueue(getShop: () => Shop, courier: () => WebhookCourier, source: () => string) {
  const due = new Map<string, { readonly hookId: number; readonly topic: string; readonly id: number }>();
  let running: Promise<void> | null = null;

  function run(): void {
    const items = [...due.values()];
    due.clear();
    for (const { hookId, topic, id } of items) {
      const hook = getShop().memory.hooks.get(hookId);
      const body = bodyOf(getShop(), topic, id);
      if (hook === undefined || hook.status !== 'active' || body === null) continue;
      courier().deliver({
        subscriptionId: String(hookId),
        address: hook.deliveryUrl,
        headers: headersOf(hook, body, source(), getShop().now()),
        body,
      });
    }
  }

  return {
    emit: (topic: string, id: number): void => {
      for (const hook of getShop().memory.hooks.values()) {
        if (hook.topic !== topic || hook.status !== 'active') continue;
        due.set(`${hook.id}/${id}`, { hookId: hook.id, topic, id });
      }
      if (due.size === 0 || running !== null) return;
      running = new Promise((resolve) => setTimeout(resolve, QUEUE_DELAY_MS)).then(() => {
        running = null;
        run();
      });
    },
    settled: async (): Promise<void> => {
      while (running !== null) await running;
      await courier().settled();
    },
    stop: async (): Promise<void> => {
      due.clear();
      if (running !== null) await running;
    },
  };
}

/** What it is when it is delivered, not when it happened; a deletion names the id only. */
function bodyOf(shop: Shop, topic: string, id: number): string | null {
  if (topic.endsWith('.deleted')) return JSON.stringify({ id });
  const order = shop.memory.orders.get(id);
  const product = shop.memory.products.get(id);
  if (topic.startsWith('order.')) {
    return order === undefined ? null : JSON.stringify(renderOrder(shop, order));
  }
  return product === undefined ? null : JSON.stringify(renderProduct(shop, product));
}

function headersOf(
  hook: ShopHook,
  body: string,
  source: string,
  now: number,
): Readonly<Record<string, string>> {
  const [resource = '', event = ''] = hook.topic.split('.');
  return {
    'user-agent': 'WooCommerce/10.5.0 Hookshot (WordPress/6.9.1)',
    'content-type': 'application/json',
    'x-wc-webhook-source': `${source}/`,
    'x-wc-webhook-topic': hook.topic,
    'x-wc-webhook-resource': resource,
    'x-wc-webhook-event': event,
    'x-wc-webhook-signature': createHmac('sha256', hook.secret).update(body).digest('base64'),
    'x-wc-webhook-id': String(hook.id),
    // Not unique: made of the webhook and the second.
    'x-wc-webhook-delivery-id': createHash('md5').update(`${hook.id}${now}`).digest('hex'),
  };
}

/** While a webhook is made, the shop knocks at its address, unsigned; whatever is answered, it is made. */
export async function ping(deliveryUrl: string, hookId: number): Promise<void> {
  await fetch(deliveryUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `webhook_id=${hookId}`,
    redirect: 'manual',
    signal: AbortSignal.timeout(2_000),
  }).catch(() => undefined);
}
