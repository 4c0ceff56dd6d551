// What a simulated Amazon account remembers.

export type SimulatedListing = {
  readonly sku: string;
  readonly asin: string;
  title: string;
  /** Sent by Amazon itself. */
  isAmazonFulfilled: boolean;
  isActive: boolean;
  /** What customers see. */
  quantity: number;
  /** Quantities that were accepted and are not shown yet, oldest first. */
  onTheWay: { quantity: number; readonly liveAt: string }[];
  /** Part of the same attribute as the quantity: `replace` wipes it, `merge` keeps it. */
  handlingDays: number | null;
  readonly createdAt: string;
  updatedAt: string;
};

export type SimulatedItem = {
  readonly id: string;
  readonly sku: string;
  readonly title: string;
  readonly ordered: number;
  fulfilled: number;
  cancelled: number;
};
export type SimulatedAmazonOrder = {
  readonly id: string;
  readonly createdAt: string;
  updatedAt: string;
  isPending: boolean;
  isCancelled: boolean;
  /** The buyer asked for it, and nobody has done it. */
  cancelRequested: boolean;
  readonly fulfilledBy: 'MERCHANT' | 'AMAZON';
  readonly replaces: string | null;
  readonly items: SimulatedItem[];
  readonly packages: {
    readonly id: string;
    readonly shipTime: string;
    readonly items: readonly { readonly orderItemId: string; readonly quantity: number }[];
  }[];
};

export type AccountMemory = {
  lastId: number;
  readonly listings: Map<string, SimulatedListing>;
  readonly orders: Map<string, SimulatedAmazonOrder>;
  /** SKUs with a quantity on the way: only these are looked at when time passes. */
  readonly waiting: Map<string, true>;
  /** Issued token → when it ends. */
  readonly tokens: Map<string, string>;
};

export const createMemory = (): AccountMemory => ({
  lastId: 1_000,
  listings: new Map(),
  orders: new Map(),
  waiting: new Map(),
  tokens: new Map(),
});

export function nextId(memory: AccountMemory): number {
  memory.lastId += 1;
  return memory.lastId;
}

/** Shows what has become live by now. Called before anything is read. */
export function settle(memory: AccountMemory, now: Date): void {
  if (memory.waiting.size === 0) return;
  const at = now.toISOString();
  for (const sku of memory.waiting.keys()) {
    const listing = memory.listings.get(sku);
    while (listing !== undefined && (listing.onTheWay[0]?.liveAt ?? '9') <= at) {
      listing.quantity = listing.onTheWay.shift()?.quantity ?? listing.quantity;
    }
    if ((listing?.onTheWay.length ?? 0) === 0) memory.waiting.delete(sku);
  }
}
