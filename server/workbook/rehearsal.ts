// The rehearsal stores beside the workbook: what each shows right now, what a customer or a shop owner does there, what goes
// wrong there, and how long a change of ours took to get there.

import * as z from 'zod/mini';

export type RehearsalItem = {
  readonly remoteId: string;
  readonly sku: string | null;
  readonly title: string;
  /** What customers of this store see. */
  readonly quantity: number;
};

/** From the change to the store's shelf; null when this store was not told anything since it was started. */
export type Arrival = { readonly tookMs: number; readonly quantity: number } | null;

export type RehearsalStore = {
  readonly id: string;
  readonly name: string;
  readonly channelLabel: string;
  readonly shelf: readonly RehearsalItem[];
  /** By listing, of the SKU that was asked for. */
  readonly arrivals: Readonly<Record<string, Arrival>>;
  /** Orders that can still be cancelled or refunded, newest last. */
  readonly openOrders: number;
  readonly troubles: readonly Trouble[];
  /** What to paste into the sidebar to connect it; null once it is connected. */
  readonly toConnect: readonly RehearsalKey[] | null;
};

export type RehearsalKey = { readonly label: string; readonly value: string };

/** The customers that buy by themselves. */
export type RehearsalCustomers = {
  readonly areBuying: () => boolean;
  readonly letBuy: (areBuying: boolean) => void;
};
export const customersChange = z.strictObject({ areBuying: z.boolean() });

export const TROUBLES = ['cut', 'slow', 'throttled', 'loseWebhooks'] as const;
export type Trouble = (typeof TROUBLES)[number];

export const rehearsalAction = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('buy'), remoteId: z.string(), quantity: z.int().check(z.minimum(1)) }),
  z.strictObject({ kind: z.literal('cancelLast') }),
  z.strictObject({ kind: z.literal('refundLast'), restock: z.boolean() }),
  z.strictObject({ kind: z.literal('fulfilLast') }),
  z.strictObject({ kind: z.literal('editQuantity'), remoteId: z.string(), quantity: z.int() }),
  z.strictObject({ kind: z.literal('trouble'), trouble: z.enum(TROUBLES) }),
  z.strictObject({ kind: z.literal('backToNormal') }),
]);
export type RehearsalAction = z.infer<typeof rehearsalAction>;

export type Rehearsal = {
  /** `sku`: the one that arrivals are wanted of. */
  readonly stores: (sku: string | null) => Promise<readonly RehearsalStore[]>;
  /** A sentence of what happened in the store. */
  readonly act: (storeId: string, action: RehearsalAction) => Promise<{ ok: boolean; message: string }>;
  /** What the product knows of its stock and its stores, once it runs. */
  readonly watch: (known: Known) => void;
  /** Whether the product has a store there, whatever a person calls it. */
  readonly isConnected: (storeId: string) => Promise<boolean>;
  /** Null: nobody buys by himself here. */
  readonly customers: RehearsalCustomers | null;
};

export type Known = {
  /** When the number of a SKU last changed, newest first. */
  readonly changesOf: (sku: string) => Promise<readonly Date[]>;
  /** Whether a store is connected at this address. */
  readonly isConnectedAt: (address: string) => Promise<boolean>;
};

type Lines = readonly { readonly lineId: string; readonly quantity: number }[];

/** The part of a simulated shop that a rehearsal needs (server/channels/simulator.ts has it). */
export type RehearsedShop = {
  readonly shelf: () => readonly RehearsalItem[];
  readonly buy: (lines: readonly { remoteId: string; quantity: number }[]) => {
    readonly remoteId: string;
    readonly lines: Lines;
  };
  readonly cancel: (orderRemoteId: string) => void;
  readonly fulfil: (orderRemoteId: string) => void;
  readonly refund: (orderRemoteId: string, lines: Lines, options: { readonly restock: boolean }) => void;
  readonly editQuantity: (remoteId: string, quantity: number) => void;
  readonly setFault: (fault: 'timeoutBefore' | 'slow' | 'busy' | 'loseWebhooks') => void;
  readonly clearFaults: () => void;
  readonly writes: () => readonly { at: Date; remoteId: string; quantity: number; applied: boolean }[];
};

type Store = {
  readonly id: string;
  readonly name: string;
  readonly channelLabel: string;
  readonly shop: RehearsedShop;
  /** Where it answers. */
  readonly address: string;
  /** Of a shop that a person connects: its keys, as the connect form names them. */
  readonly keys?: readonly RehearsalKey[];
};
type Kept = { readonly orders: ReturnType<RehearsedShop['buy']>[]; readonly troubles: Set<Trouble> };

const FAULTS = {
  cut: 'timeoutBefore',
  slow: 'slow',
  throttled: 'busy',
  loseWebhooks: 'loseWebhooks',
} as const;
const TROUBLE_WORDS: Readonly<Record<Trouble, string>> = {
  cut: 'The network of this store is cut: it hears nothing and answers nothing.',
  slow: 'Every answer of this store now takes a second longer.',
  throttled: 'This store now says "too many requests" to everything.',
  loseWebhooks: 'This store no longer tells us when something happens; the regular look finds it.',
};

/** Makes a rehearsal of simulated shops; remembers the orders that were placed here. */
export function createRehearsal(
  shops: readonly Store[],
  customers: RehearsalCustomers | null = null,
): Rehearsal {
  const kept = new Map<string, Kept>(shops.map(({ id }) => [id, { orders: [], troubles: new Set() }]));
  const keptOf = (id: string): Kept => kept.get(id) ?? { orders: [], troubles: new Set() };
  let known: Known = { changesOf: async () => [], isConnectedAt: async () => false };
  const keysOf = async ({ address, keys }: Store): Promise<readonly RehearsalKey[] | null> =>
    keys === undefined || (await known.isConnectedAt(address)) ? null : keys;
  return {
    customers,
    isConnected: async (storeId) => {
      const found = shops.find(({ id }) => id === storeId);
      return found !== undefined && known.isConnectedAt(found.address);
    },
    watch: (source) => {
      known = source;
    },
    stores: async (sku) => {
      const changes = sku === null ? [] : await known.changesOf(sku);
      return Promise.all(
        shops.map(async (store) => {
          const { id, name, channelLabel, shop } = store;
          const shelf = shop.shelf();
          const asked = shelf.filter((item) => item.sku === sku).map((item) => item.remoteId);
          return {
            id,
            name,
            channelLabel,
            shelf,
            arrivals: arrivalsOf(shop, asked, changes),
            openOrders: keptOf(id).orders.length,
            troubles: [...keptOf(id).troubles],
            toConnect: await keysOf(store),
          };
        }),
      );
    },
    act: async (storeId, action) => {
      const found = shops.find(({ id }) => id === storeId);
      if (found === undefined) return { ok: false, message: 'There is no such rehearsal store.' };
      try {
        return { ok: true, message: perform(found.shop, keptOf(storeId), action) };
      } catch (error) {
        return { ok: false, message: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

function arrivalsOf(
  shop: RehearsedShop,
  remoteIds: readonly string[],
  changes: readonly Date[],
): Record<string, Arrival> {
  const writes = shop.writes().filter(({ applied }) => applied);
  return Object.fromEntries(
    remoteIds.map((remoteId): [string, Arrival] => {
      const own = writes.filter((one) => one.remoteId === remoteId);
      const last = own.at(-1);
      const change = last === undefined ? undefined : changes.find((at) => at <= last.at);
      if (last === undefined || change === undefined) return [remoteId, null];
      // Written again with what stands beside it in the shop, it had arrived before.
      const first = own.find(({ at, quantity }) => at >= change && quantity === last.quantity) ?? last;
      return [remoteId, { tookMs: first.at.getTime() - change.getTime(), quantity: last.quantity }];
    }),
  );
}

function perform(shop: RehearsedShop, { orders, troubles }: Kept, action: RehearsalAction): string {
  switch (action.kind) {
    case 'buy': {
      const order = shop.buy([{ remoteId: action.remoteId, quantity: action.quantity }]);
      orders.push(order);
      return `A customer bought ${action.quantity} (order ${nameOf(order)}).`;
    }
    case 'cancelLast': {
      const order = lastOrder(orders);
      shop.cancel(order.remoteId);
      orders.pop();
      return `Order ${nameOf(order)} was cancelled.`;
    }
    case 'fulfilLast': {
      const order = lastOrder(orders);
      shop.fulfil(order.remoteId);
      return `Order ${nameOf(order)} was sent to the customer.`;
    }
    case 'refundLast': {
      const order = lastOrder(orders);
      const lines = order.lines.map(({ lineId, quantity }) => ({ lineId, quantity }));
      shop.refund(order.remoteId, lines, { restock: action.restock });
      orders.pop();
      return `Order ${nameOf(order)} was refunded${action.restock ? ' and restocked' : ', and nothing came back'}.`;
    }
    case 'editQuantity':
      shop.editQuantity(action.remoteId, action.quantity);
      return `Somebody typed ${action.quantity} into the store.`;
    case 'trouble':
      shop.setFault(FAULTS[action.trouble]);
      troubles.add(action.trouble);
      return TROUBLE_WORDS[action.trouble];
    case 'backToNormal':
      shop.clearFaults();
      troubles.clear();
      return 'This store works as usual again.';
  }
}

/** Some shops put a path in front of the number. */
const nameOf = ({ remoteId }: { readonly remoteId: string }): string =>
  remoteId.split('/').at(-1) ?? remoteId;

function lastOrder(orders: Kept['orders']): Kept['orders'][number] {
  const last = orders.at(-1);
  if (last === undefined) throw new Error('Nobody has bought anything here yet. Press "Buy 1" first.');
  return last;
}
