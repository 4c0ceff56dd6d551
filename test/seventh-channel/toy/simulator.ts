// The toy shop itself, on the loopback.

import { createFaultBoard } from '../../../server/channels/simulation-faults.ts';
import { restoreMemory, saveMemory } from '../../../server/channels/simulation-memory.ts';
import {
  type SimulationAnswer,
  type SimulationRequest,
  startSimulationServer,
} from '../../../server/channels/simulation-server.ts';
import type { SimulatedShop, SimulatorOptions } from '../../../server/channels/simulator.ts';
import { PAGE } from './manifest.ts';

const TOKEN = 'toy-token';

type Toy = {
  readonly id: string;
  sku: string | null;
  title: string;
  state: 'active' | 'draft' | 'inactive';
  tracked: boolean;
  quantity: number;
  updatedAt: string;
};
type Line = {
  readonly id: string;
  readonly listing: string;
  readonly sku: string | null;
  ordered: number;
  fulfilled: number;
  released: number;
  restocked: number;
};
type Order = {
  readonly id: string;
  readonly placedAt: string;
  updatedAt: string;
  cancelled: boolean;
  readonly lines: Line[];
};
type Memory = {
  next: number;
  readonly toys: Map<string, Toy>;
  readonly orders: Map<string, Order>;
  /** By request: said again with the same key, it is answered again and not done again. */
  readonly answers: Map<string, readonly Outcome[]>;
};
type Outcome = { readonly kind: string; readonly observed?: number };
type Asked = {
  readonly ids: readonly string[];
  readonly after: string;
  readonly from: string;
  readonly targets: readonly {
    readonly remoteId: string;
    readonly quantity: number;
    readonly expected: number | null;
  }[];
};

export async function startToySimulator(options: SimulatorOptions): Promise<SimulatedShop> {
  const now = options.now ?? (() => new Date());
  const memory: Memory =
    options.memory === undefined
      ? { next: 1, toys: new Map(), orders: new Map(), answers: new Map() }
      : restoreMemory<Memory>(options.memory);
  const faults = createFaultBoard();
  const writes: { at: Date; remoteId: string; quantity: number; applied: boolean }[] = [];
  const server = await startSimulationServer({
    port: options.port,
    latencyMs: options.latencyMs ?? 0,
    faults,
    nameOf: ({ method, url }) => `${method} ${url.pathname}`,
    changes: ({ method }) => method === 'PUT',
    revoked: () => ({ status: 401, body: {} }),
    handle: (request) => handle(memory, request, (write) => writes.push({ ...write, at: now() })),
  });
  return {
    ...actionsOf(memory, now, () => options.onChange?.()),
    port: server.port,
    credentials: { token: TOKEN, apiBase: server.address },
    setFault: faults.set,
    clearFaults: faults.clear,
    writes: () => writes,
    requests: server.requests,
    webhooksSettled: async () => undefined,
    save: () => saveMemory(memory),
    close: server.close,
  };
}

function handle(
  memory: Memory,
  { url, headers, body }: SimulationRequest,
  wrote: (write: { remoteId: string; quantity: number; applied: boolean }) => void,
): SimulationAnswer {
  if (headers['authorization'] !== TOKEN) return { status: 401, body: {} };
  const asked = (body === '' ? {} : JSON.parse(body)) as Asked;
  const toys = [...memory.toys.values()];
  const orders = [...memory.orders.values()];
  const isOpen = (order: Order): boolean =>
    !order.cancelled && order.lines.some((line) => line.ordered - line.fulfilled - line.released > 0);
  switch (url.pathname) {
    case '/me':
      return { status: 200, body: { name: 'Toys and more' } };
    case '/listings/list':
      return pageOf(
        toys.filter(({ updatedAt }) => updatedAt >= asked.from),
        ({ id }) => id,
        asked.after,
      );
    case '/listings/read':
      return { status: 200, body: { items: toys.filter(({ id }) => asked.ids.includes(id)), next: null } };
    case '/quantities': {
      const done = memory.answers.get(body);
      if (done !== undefined) return { status: 200, body: { items: done } };
      const items = asked.targets.map((target) => setQuantity(memory, target));
      memory.answers.set(body, items);
      for (const [index, target] of asked.targets.entries())
        wrote({ ...target, applied: items[index]?.kind === 'accepted' });
      return { status: 200, body: { items } };
    }
    case '/orders/updated':
      return pageOf(
        orders.filter(({ updatedAt }) => updatedAt >= asked.from),
        ({ updatedAt, id }) => `${updatedAt} ${id}`,
        asked.after,
      );
    case '/orders/open':
      return pageOf(orders.filter(isOpen), ({ id }) => id, asked.after);
    case '/orders/read':
      return { status: 200, body: { items: orders.filter(({ id }) => asked.ids.includes(id)), next: null } };
    default:
      return { status: 404, body: {} };
  }
}

/** Each page begins behind the last item of the one before, whatever has moved meanwhile. */
function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  after: string,
): SimulationAnswer {
  const rest = items
    .map((item) => [keyOf(item), item] as const)
    .filter(([key]) => key > after)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const page = rest.slice(0, PAGE);
  return {
    status: 200,
    body: {
      items: page.map(([, item]) => item),
      next: rest.length > PAGE ? (page.at(-1)?.[0] ?? null) : null,
    },
  };
}

function setQuantity(memory: Memory, target: Asked['targets'][number]): Outcome {
  const toy = memory.toys.get(target.remoteId);
  if (toy === undefined) return { kind: 'gone' };
  if (!toy.tracked) return { kind: 'untracked' };
  const { expected, quantity } = target;
  if (expected !== null && toy.quantity !== expected) return { kind: 'stale', observed: toy.quantity };
  toy.quantity = quantity;
  return { kind: 'accepted' };
}

function actionsOf(memory: Memory, now: () => Date, changed: () => void) {
  const newId = (): string => {
    memory.next += 1;
    return String(memory.next).padStart(8, '0');
  };
  const toyOf = (id: string): Toy => find(memory.toys, id);
  const change = (id: string, work: (order: Order) => void): void => {
    const order = find(memory.orders, id);
    work(order);
    order.updatedAt = now().toISOString();
    changed();
  };
  const left = (line: Line): number => line.ordered - line.fulfilled - line.released;
  const giveBack = (line: Line, units: number): void => {
    const toy = memory.toys.get(line.listing);
    if (toy !== undefined) toy.quantity += units;
  };
  const lineOf = (order: Order, lineId: string): Line => {
    const line = order.lines.find(({ id }) => id === lineId);
    if (line === undefined) throw new Error(`There is no line ${lineId}.`);
    return line;
  };
  return {
    addProduct: (product) => {
      const id = newId();
      const title = product.group === undefined ? product.title : `${product.group} - ${product.title}`;
      const { sku, quantity, state = 'active', tracked = true } = product;
      memory.toys.set(id, { id, sku, title, state, tracked, quantity, updatedAt: now().toISOString() });
      changed();
      return id;
    },
    removeProduct: (id) => {
      memory.toys.delete(id);
      changed();
    },
    changeProduct: (id, { sku, title, state, tracked }) => {
      const toy = toyOf(id);
      const given = Object.entries({ sku, title, state, tracked }).filter(([, value]) => value !== undefined);
      Object.assign(toy, Object.fromEntries(given), { updatedAt: now().toISOString() });
      changed();
    },
    shelf: () =>
      [...memory.toys.values()].map(({ id, sku, title, quantity }) => ({
        remoteId: id,
        sku,
        title,
        quantity,
      })),
    editQuantity: (id, quantity) => {
      toyOf(id).quantity = quantity;
      changed();
    },
    buy: (bought) => {
      const at = now().toISOString();
      const lines = bought.map(({ remoteId, quantity }): Line => {
        const toy = toyOf(remoteId);
        if (toy.tracked) toy.quantity -= quantity;
        const none = { fulfilled: 0, released: 0, restocked: 0 };
        return { id: newId(), listing: remoteId, sku: toy.sku, ordered: quantity, ...none };
      });
      const order = { id: newId(), placedAt: at, updatedAt: at, cancelled: false, lines };
      memory.orders.set(order.id, order);
      changed();
      return {
        remoteId: order.id,
        lines: lines.map(({ id, listing, ordered }) => ({
          lineId: id,
          remoteId: listing,
          quantity: ordered,
        })),
      };
    },
    fulfil: (id, sent) =>
      change(id, (order) => {
        for (const { lineId, quantity } of sent ??
          order.lines.map((one) => ({ lineId: one.id, quantity: left(one) })))
          lineOf(order, lineId).fulfilled += quantity;
      }),
    cancel: (id) =>
      change(id, (order) => {
        order.cancelled = true;
        for (const line of order.lines) {
          giveBack(line, left(line));
          line.released += left(line);
        }
      }),
    refund: (id, lines, { restock }) =>
      change(id, (order) => {
        for (const { lineId, quantity } of lines) {
          const line = lineOf(order, lineId);
          if (!restock) continue;
          const unsent = Math.min(quantity, left(line));
          line.released += unsent;
          line.restocked += quantity - unsent;
          giveBack(line, quantity);
        }
      }),
    editLine: (id, lineId, quantity) =>
      change(id, (order) => {
        const line = lineOf(order, lineId);
        giveBack(line, line.ordered - quantity);
        line.ordered = quantity;
      }),
    deleteOrder: (id) => {
      memory.orders.delete(id);
      changed();
    },
  } satisfies Partial<SimulatedShop>;
}

function find<Item>(items: ReadonlyMap<string, Item>, id: string): Item {
  const item = items.get(id);
  if (item === undefined) throw new Error(`The toy shop has no ${id}.`);
  return item;
}
