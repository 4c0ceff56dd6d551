// A simulated BigCommerce store on the loopback, with the rules and the oddities that are published: changes that show
// late, adjustments that take all items or none, V2 orders beside a V3 catalogue, signed webhooks with ids only.

import { createFaultBoard } from '../simulation-faults.ts';
import { startSimulationServer } from '../simulation-server.ts';
import { createWebhookCourier } from '../simulation-webhooks.ts';
import type { SimulatedShop, SimulatorOptions } from '../simulator.ts';
import { ATTEMPTS_MAX, createAttemptBook, deliver } from './simulator-hooks.ts';
import type { Poison } from './simulator-inventory.ts';
import { createMemory, restoreMemory, type Shop, type ShopVariant, saveMemory } from './simulator-memory.ts';
import { createQuota, throttled } from './simulator-quota.ts';
import { type RouteContext, route, routeName, SCOPES, type Scope, unauthorized } from './simulator-routes.ts';
import { createActions, type OwnActions } from './simulator-shop.ts';
import { createSettling } from './simulator-stock.ts';

// Of a store that exists only in this process; they open nothing.
const STORE_HASH = 'rehearsal';
const ACCESS_TOKEN = 'rehearsal-token';
const CLIENT_SECRET = 'rehearsal-client-secret';

/** How long a change by the API takes to show. BigCommerce says "some time". */
const LAG_MS = 25;

export type BigCommerceSimulatorOptions = SimulatorOptions & {
  readonly lagMs?: number;
  readonly scopes?: readonly Scope[];
  /** Requests in a window, of this store's plan. */
  readonly quota?: number;
};

export type BigCommerceSimulatedShop = SimulatedShop &
  OwnActions & {
    readonly hooks: () => readonly {
      readonly scope: string;
      readonly destination: string;
      readonly isActive: boolean;
    }[];
    /** Makes the store refuse items that look right. */
    readonly setPoison: (poison: Poison) => void;
  };

export async function startBigCommerceSimulator(
  options: BigCommerceSimulatorOptions,
): Promise<BigCommerceSimulatedShop> {
  const clock = options.now ?? (() => new Date());
  const memory = options.memory === undefined ? createMemory() : restoreMemory(options.memory);
  const faults = createFaultBoard();
  const writes: { at: Date; remoteId: string; quantity: number; applied: boolean }[] = [];
  const changed = (): void => options.onChange?.();
  const { index, variantsOf } = createVariantIndex(memory.variants);
  const noteAttempt = createAttemptBook(() => shop);
  const courier = createWebhookCourier({
    faults,
    attempts: ATTEMPTS_MAX,
    retryDelayMs: 0, // the real delays add up to two days
    onAttempt: (delivery, accepted) => {
      const goOn = noteAttempt(delivery, accepted);
      if (!goOn) changed();
      return goOn;
    },
  });
  const shop: Shop = {
    memory,
    variantsOf,
    now: () => Math.floor(clock().getTime() / 1000) * 1000,
    emit: (scope, data) => deliver(shop, courier, CLIENT_SECRET, { scope, data }),
    recordWrite: (remoteId, quantity, applied) => {
      writes.push({ at: clock(), remoteId, quantity, applied });
    },
  };
  let poison: Poison = () => null;
  const context: RouteContext = {
    shop,
    settling: createSettling(options.lagMs ?? LAG_MS, clock),
    accessToken: ACCESS_TOKEN,
    storeHash: STORE_HASH,
    poison: (item) => poison(item),
    scopes: new Set(options.scopes ?? SCOPES),
  };
  const quota = createQuota(options.limits ?? true, clock, options.quota);
  const server = await startSimulationServer({
    port: options.port,
    latencyMs: options.latencyMs ?? 0,
    faults,
    nameOf: routeName,
    throttled,
    revoked: () => unauthorized().answer,
    handle: (request) => {
      const refused = quota.take();
      if (refused !== null) return refused;
      const result = quota.withHeaders(route(context, request));
      if (request.method !== 'GET') changed();
      return result;
    },
  });
  return {
    ...noticing(createActions(shop, index), changed),
    port: server.port,
    credentials: {
      apiPath: `https://api.bigcommerce.com/stores/${STORE_HASH}/v3/`,
      accessToken: ACCESS_TOKEN,
      clientSecret: CLIENT_SECRET,
      apiBase: server.address,
    },
    hooks: () =>
      [...memory.hooks.values()].map(({ scope, destination, isActive }) => ({
        scope,
        destination,
        isActive,
      })),
    setPoison: (next) => {
      poison = next;
    },
    setFault: faults.set,
    clearFaults: faults.clear,
    writes: () => writes,
    requests: server.requests,
    webhooksSettled: courier.settled,
    save: () => saveMemory(memory),
    close: async () => {
      await courier.stop();
      await server.close();
    },
  };
}

/** The variants of each product that still exist, without a walk over the whole catalogue. */
function createVariantIndex(variants: ReadonlyMap<number, ShopVariant>) {
  const byProduct = new Map<number, ShopVariant[]>();
  const index = (variant: ShopVariant): void => {
    const known = byProduct.get(variant.productId);
    if (known === undefined) byProduct.set(variant.productId, [variant]);
    else known.push(variant);
  };
  for (const variant of variants.values()) index(variant);
  const variantsOf = (productId: number): readonly ShopVariant[] =>
    (byProduct.get(productId) ?? []).filter(({ id }) => variants.has(id));
  return { index, variantsOf };
}

/** The same actions, each telling that the store's memory changed. */
function noticing<Actions extends object>(actions: Actions, changed: () => void): Actions {
  return Object.fromEntries(
    Object.entries(actions).map(([name, action]: [string, (...rest: unknown[]) => unknown]) => [
      name,
      (...rest: unknown[]) => {
        const result = action(...rest);
        if (name !== 'shelf') changed();
        return result;
      },
    ]),
  ) as Actions;
}
