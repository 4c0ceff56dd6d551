// What a simulated Etsy shop remembers. Plain data, so that it can be saved and started again.

export type ShopValue = {
  readonly propertyId: number;
  readonly propertyName: string;
  readonly valueId: number;
  value: string;
};
export type ShopProduct = {
  /** New after each writing of the document, as nobody has promised otherwise. */
  productId: number;
  offeringId: number;
  sku: string;
  quantity: number;
  priceCents: number;
  isEnabled: boolean;
  readinessId: number | null;
  readonly values: ShopValue[];
};
export type ShopListing = {
  readonly id: number;
  title: string;
  state: 'active' | 'inactive' | 'sold_out' | 'draft' | 'expired';
  type: 'physical' | 'download';
  products: ShopProduct[];
  priceOn: number[];
  quantityOn: number[];
  skuOn: number[];
  readinessOn: number[];
  readonly createdAt: number;
  modifiedAt: number;
  /** How often the fee for renewing was charged. */
  renewals: number;
};
export type ShopTransaction = {
  readonly id: number;
  readonly listingId: number;
  readonly productId: number;
  readonly sku: string;
  readonly title: string;
  readonly isDigital: boolean;
  readonly values: readonly ShopValue[];
  readonly quantity: number;
  sent: number;
  shippedAt: number | null;
};
export type ShopReceipt = {
  readonly id: number;
  status: string;
  isShipped: boolean;
  readonly createdAt: number;
  updatedAt: number;
  readonly transactions: ShopTransaction[];
  readonly shipments: { readonly id: number; readonly at: number }[];
  readonly refunds: { readonly cents: number; readonly at: number }[];
};
export type ShopMemory = {
  lastId: number;
  readonly listings: Map<number, ShopListing>;
  /** Which listing holds the variations of one group of the simulator's caller. */
  readonly groups: Map<string, number>;
  readonly receipts: Map<number, ShopReceipt>;
  /** Access token → when it ends, in seconds. */
  readonly accessTokens: Map<string, number>;
  /** Refresh token → when it ends, in seconds; gone with its first use. */
  readonly refreshTokens: Map<string, number>;
};

export const createMemory = (): ShopMemory => ({
  lastId: 1_100_000_000,
  listings: new Map(),
  groups: new Map(),
  receipts: new Map(),
  accessTokens: new Map(),
  refreshTokens: new Map(),
});

/** What the shop and everything in it share. */
export type Shop = {
  readonly memory: ShopMemory;
  /** In seconds: the shop knows no finer time. */
  readonly now: () => number;
  readonly recordWrite: (remoteId: string, quantity: number, applied: boolean) => void;
};

// Lists by state, made when first asked for; whatever adds, removes or changes the state of a listing forgets them.
const listsOf = new WeakMap<ShopMemory, Map<string, readonly ShopListing[]>>();

export const forgetLists = (memory: ShopMemory): void => void listsOf.delete(memory);

/** Newest first, as far as anybody has seen. */
export function listingsIn(memory: ShopMemory, state: string): readonly ShopListing[] {
  const lists = listsOf.get(memory) ?? new Map<string, readonly ShopListing[]>();
  listsOf.set(memory, lists);
  const known = lists.get(state);
  if (known !== undefined) return known;
  const made = [...memory.listings.values()].filter((listing) => listing.state === state).reverse();
  lists.set(state, made);
  return made;
}

export const nextId = (memory: ShopMemory): number => {
  memory.lastId += 1;
  return memory.lastId;
};
