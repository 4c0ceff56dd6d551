// The rehearsal stores beside the workbook: what each shows right now, and what a customer or a shop owner does there.

import * as z from 'zod/mini';

export type RehearsalItem = {
  readonly remoteId: string;
  readonly sku: string | null;
  readonly title: string;
  /** What customers of this store see. */
  readonly quantity: number;
};

export type RehearsalStore = {
  readonly id: string;
  readonly name: string;
  readonly channelLabel: string;
  readonly shelf: readonly RehearsalItem[];
  /** Orders that can still be cancelled or refunded, newest last. */
  readonly openOrders: number;
};

export const rehearsalAction = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('buy'), remoteId: z.string(), quantity: z.int().check(z.minimum(1)) }),
  z.strictObject({ kind: z.literal('cancelLast') }),
  z.strictObject({ kind: z.literal('refundLast'), restock: z.boolean() }),
  z.strictObject({ kind: z.literal('editQuantity'), remoteId: z.string(), quantity: z.int() }),
]);
export type RehearsalAction = z.infer<typeof rehearsalAction>;

export type Rehearsal = {
  readonly stores: () => readonly RehearsalStore[];
  /** A sentence of what happened in the store. */
  readonly act: (storeId: string, action: RehearsalAction) => Promise<{ ok: boolean; message: string }>;
};

/** The part of a simulated shop that a rehearsal needs (server/channels/simulator.ts has it). */
export type RehearsedShop = {
  readonly shelf: () => readonly RehearsalItem[];
  readonly buy: (lines: readonly { remoteId: string; quantity: number }[]) => {
    readonly remoteId: string;
    readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
  };
  readonly cancel: (orderRemoteId: string) => void;
  readonly refund: (
    orderRemoteId: string,
    lines: readonly { lineId: string; quantity: number }[],
    options: { readonly restock: boolean },
  ) => void;
  readonly editQuantity: (remoteId: string, quantity: number) => void;
};

type Order = ReturnType<RehearsedShop['buy']>;

/** Makes a rehearsal of simulated shops; remembers the orders that were placed here. */
export function createRehearsal(
  shops: readonly {
    readonly id: string;
    readonly name: string;
    readonly channelLabel: string;
    readonly shop: RehearsedShop;
  }[],
): Rehearsal {
  const orders = new Map<string, Order[]>(shops.map(({ id }) => [id, []]));
  return {
    stores: () =>
      shops.map(({ id, name, channelLabel, shop }) => ({
        id,
        name,
        channelLabel,
        shelf: shop.shelf(),
        openOrders: orders.get(id)?.length ?? 0,
      })),
    act: async (storeId, action) => {
      const found = shops.find(({ id }) => id === storeId);
      if (found === undefined) return { ok: false, message: 'There is no such rehearsal store.' };
      try {
        return { ok: true, message: perform(found.shop, orders.get(storeId) ?? [], action) };
      } catch (error) {
        return { ok: false, message: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

function perform(shop: RehearsedShop, orders: Order[], action: RehearsalAction): string {
  switch (action.kind) {
    case 'buy': {
      const order = shop.buy([{ remoteId: action.remoteId, quantity: action.quantity }]);
      orders.push(order);
      return `A customer bought ${action.quantity} (order ${order.remoteId}).`;
    }
    case 'cancelLast': {
      const order = lastOrder(orders);
      shop.cancel(order.remoteId);
      orders.pop();
      return `Order ${order.remoteId} was cancelled.`;
    }
    case 'refundLast': {
      const order = lastOrder(orders);
      const lines = order.lines.map(({ lineId, quantity }) => ({ lineId, quantity }));
      shop.refund(order.remoteId, lines, { restock: action.restock });
      orders.pop();
      return `Order ${order.remoteId} was refunded${action.restock ? ' and restocked' : ''}.`;
    }
    case 'editQuantity':
      shop.editQuantity(action.remoteId, action.quantity);
      return `Somebody typed ${action.quantity} into the store.`;
  }
}

function lastOrder(orders: readonly Order[]): Order {
  const last = orders.at(-1);
  if (last === undefined) throw new Error('Nobody has bought anything here yet. Press "Buy 1" first.');
  return last;
}
