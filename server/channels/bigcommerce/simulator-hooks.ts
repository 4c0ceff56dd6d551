// Webhooks of the simulated store: their routes, their signatures, and the switching off after the last retry.

import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { SimulationAnswer } from '../simulation-server.ts';
import type { SimulatedDelivery, WebhookCourier } from '../simulation-webhooks.ts';
import { answer, pageOf, refuse } from './simulator-answers.ts';
import type { Shop, ShopHook } from './simulator-memory.ts';

/** The first attempt and eleven retries. */
export const ATTEMPTS_MAX = 12;
const HOOKS_PER_SCOPE_MAX = 10;

type Body = Readonly<Record<string, unknown>>;

export const listHooks = (shop: Shop, query: URLSearchParams): SimulationAnswer =>
  pageOf([...shop.memory.hooks.values()], query, render);

const render = (hook: ShopHook): object => ({
  id: hook.id,
  client_id: 'rehearsal',
  store_hash: 'rehearsal',
  scope: hook.scope,
  destination: hook.destination,
  headers: hook.headers,
  is_active: hook.isActive,
  created_at: Math.floor(hook.createdAt / 1000),
  updated_at: Math.floor(hook.updatedAt / 1000),
});

export function createHook(shop: Shop, body: Body): SimulationAnswer {
  const { scope, destination, is_active: isActive, headers } = body;
  if (typeof scope !== 'string' || !scope.startsWith('store/')) {
    throw refuse(422, 'JSON data is missing or invalid', { scope: 'error.path.missing.' });
  }
  if (typeof destination !== 'string' || !isDeliverable(destination)) {
    throw refuse(422, 'JSON data is missing or invalid', { destination: 'must be https on port 443' });
  }
  const ofScope = [...shop.memory.hooks.values()].filter((hook) => hook.scope === scope);
  if (ofScope.some((hook) => hook.destination === destination)) {
    throw refuse(422, 'A webhook with this scope and destination exists already');
  }
  if (ofScope.length >= HOOKS_PER_SCOPE_MAX) throw refuse(422, 'Too many webhooks of this scope');
  const hook: ShopHook = {
    id: shop.memory.nextId++,
    scope,
    destination,
    isActive: isActive !== false,
    headers: (headers ?? {}) as Record<string, string>,
    createdAt: shop.now(),
    updatedAt: shop.now(),
  };
  shop.memory.hooks.set(hook.id, hook);
  return answer(200, { data: render(hook), meta: {} });
}

/** This machine stands for the https addresses of the real world. */
function isDeliverable(destination: string): boolean {
  if (!URL.canParse(destination)) return false;
  const { protocol, port, hostname } = new URL(destination);
  return hostname === '127.0.0.1' || (protocol === 'https:' && port === '');
}

function findHook(shop: Shop, id: number): ShopHook {
  const hook = shop.memory.hooks.get(id);
  if (hook === undefined) throw refuse(404, 'Webhook does not exist.');
  return hook;
}

export function updateHook(shop: Shop, id: number, body: Body): SimulationAnswer {
  const hook = findHook(shop, id);
  if (typeof body['is_active'] === 'boolean') hook.isActive = body['is_active'];
  if (typeof body['headers'] === 'object') hook.headers = body['headers'] as Record<string, string>;
  hook.updatedAt = shop.now();
  return answer(200, { data: render(hook), meta: {} });
}

export function deleteHook(shop: Shop, id: number): SimulationAnswer {
  const hook = findHook(shop, id);
  shop.memory.hooks.delete(id);
  return answer(200, { data: render(hook), meta: {} });
}

// ---- deliveries -----------------------------------------------------------------------------------------------

/** Standard Webhooks. */
export function signedHeaders(
  clientSecret: string,
  body: string,
  message: { readonly id: string; readonly atSecond: number },
): Readonly<Record<string, string>> {
  const { id, atSecond } = message;
  const signature = createHmac('sha256', clientSecret).update(`${id}.${atSecond}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(atSecond),
    'webhook-signature': `v1,${signature}`,
  };
}

export function deliver(
  shop: Shop,
  courier: WebhookCourier,
  clientSecret: string,
  event: { readonly scope: string; readonly data: object },
): void {
  const hash = createHash('sha1').update(JSON.stringify(event)).digest('hex');
  const atSecond = Math.floor(shop.now() / 1000);
  const store = { store_id: '1025646', hash, created_at: atSecond, producer: 'stores/rehearsal' };
  const body = JSON.stringify({ ...event, ...store });
  for (const hook of shop.memory.hooks.values()) {
    if (hook.scope !== event.scope || !hook.isActive) continue;
    const message = { id: randomUUID(), atSecond };
    courier.deliver({
      subscriptionId: String(hook.id),
      address: hook.destination,
      headers: { ...hook.headers, ...signedHeaders(clientSecret, body, message) },
      body,
    });
  }
}

/** Counts the attempts of each delivery; the last one that fails switches its hook off. Answers whether to go on. */
export function createAttemptBook(shop: () => Shop) {
  const failures = new Map<SimulatedDelivery, number>();
  return (delivery: SimulatedDelivery, accepted: boolean): boolean => {
    const hook = shop().memory.hooks.get(Number(delivery.subscriptionId));
    const count = (failures.get(delivery) ?? 0) + 1;
    if (accepted || count >= ATTEMPTS_MAX) failures.delete(delivery);
    else failures.set(delivery, count);
    if (!accepted && count >= ATTEMPTS_MAX && hook !== undefined) hook.isActive = false;
    return hook?.isActive === true;
  };
}
