// A simulated WooCommerce shop on the loopback: WordPress REST over plain HTTP, with the rules and the
// oddities of the real one as they were recorded.

import { createFaultBoard } from '../simulation-faults.ts';
import { restoreMemory, saveMemory } from '../simulation-memory.ts';
import {
  type SimulationAnswer,
  type SimulationRequest,
  startSimulationServer,
} from '../simulation-server.ts';
import { createWebhookCourier } from '../simulation-webhooks.ts';
import type { SimulatedShop, SimulatorOptions } from '../simulator.ts';
import { Refusal, refuse } from './simulator-answers.ts';
import { createGate, nobody, type ShopKey } from './simulator-auth.ts';
import { afterAttempt, createQueue } from './simulator-hooks.ts';
import { createMemory, type Shop, type ShopMemory } from './simulator-memory.ts';
import { type RouteContext, route, routeName } from './simulator-routes.ts';
import { createActions, type OwnActions } from './simulator-shop.ts';

// Of a shop that exists only in this process; they open nothing.
const KEY: ShopKey = {
  consumerKey: 'ck_rehearsal',
  consumerSecret: 'cs_rehearsal',
  permission: 'read_write',
};

export type WooCommerceSimulatorOptions = SimulatorOptions & {
  readonly permission?: ShopKey['permission'];
  /** Below 10.3 there is no list of all variations. */
  readonly version?: string;
  /** Statuses that a plugin added. */
  readonly ownStatuses?: readonly string[];
  readonly hasCron?: boolean;
  /** The optional feature Order Fulfillments is on. */
  readonly tellsParcels?: boolean;
};

export type WooCommerceSimulatedShop = SimulatedShop &
  OwnActions & {
    readonly hooks: () => readonly { readonly topic: string; readonly status: string }[];
  };

export async function startWooCommerceSimulator(
  options: WooCommerceSimulatorOptions,
): Promise<WooCommerceSimulatedShop> {
  const clock = options.now ?? (() => new Date());
  const memory = options.memory === undefined ? createMemory() : restoreMemory<ShopMemory>(options.memory);
  const faults = createFaultBoard();
  const writes: { at: Date; remoteId: string; quantity: number; applied: boolean }[] = [];
  const changed = (): void => options.onChange?.();
  const courier = createWebhookCourier({
    faults,
    attempts: 1, // a failed delivery is never tried again
    retryDelayMs: 0,
    onAttempt: ({ subscriptionId }, accepted) => {
      afterAttempt(shop, Number(subscriptionId), accepted);
      changed();
      return false;
    },
  });
  const queue = createQueue(
    () => shop,
    () => courier,
    () => server.address,
  );
  const shop: Shop = {
    memory,
    now: () => Math.floor(clock().getTime() / 1000) * 1000,
    emit: queue.emit,
    recordWrite: (remoteId, quantity, applied) => {
      writes.push({ at: clock(), remoteId: String(remoteId), quantity, applied });
    },
  };
  const gate = createGate([{ ...KEY, permission: options.permission ?? KEY.permission }], clock);
  const context: RouteContext = {
    shop,
    version: options.version ?? '10.5.0',
    ownStatuses: options.ownStatuses ?? [],
    hasCron: options.hasCron ?? true,
    tellsParcels: options.tellsParcels ?? false,
  };
  const server = await startSimulationServer({
    port: options.port,
    latencyMs: options.latencyMs ?? 0,
    faults,
    nameOf: ({ method, url }) => `${method} ${routeName(url.pathname)}`,
    revoked: (request) => nobody(request).answer,
    handle: (request) => handle(context, gate, request, changed),
  });
  const actions = createActions(shop);
  return {
    ...noticing(actions, changed),
    port: server.port,
    credentials: { url: server.address, consumerKey: KEY.consumerKey, consumerSecret: KEY.consumerSecret },
    hooks: () => [...memory.hooks.values()].map(({ topic, status }) => ({ topic, status })),
    setFault: faults.set,
    clearFaults: faults.clear,
    writes: () => writes,
    requests: server.requests,
    webhooksSettled: queue.settled,
    save: () => saveMemory(memory),
    close: async () => {
      await queue.stop();
      await courier.stop();
      await server.close();
    },
  };
}

async function handle(
  context: RouteContext,
  gate: (request: SimulationRequest) => void,
  request: SimulationRequest,
  changed: () => void,
): Promise<SimulationAnswer> {
  try {
    const path = request.url.pathname.replace(/\/+$/, '');
    if (!path.startsWith('/wp-json')) return { status: 404, headers: HTML, body: '<html>Not found</html>' };
    const isOpen = path === '/wp-json' || path === '/wp-json/wc/v3';
    if (!isOpen) gate(request);
    const result = await route(context, request, path.slice('/wp-json'.length), readBody(request));
    if (request.method !== 'GET') changed();
    return result;
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

const HTML = { 'content-type': 'text/html; charset=UTF-8' };

function readBody(request: SimulationRequest): Readonly<Record<string, unknown>> {
  if (request.body === '') return {};
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true) {
    return Object.fromEntries(new URLSearchParams(request.body));
  }
  try {
    return JSON.parse(request.body) as Readonly<Record<string, unknown>>;
  } catch {
    throw refuse(400, 'rest_invalid_json', 'Invalid JSON body passed.', { json_error_code: 4 });
  }
}

/** The same actions, each telling that the shop's memory changed. */
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
