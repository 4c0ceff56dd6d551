// What a simulated eBay account remembers, as plain data that can be kept on disk.

export type SimulatedUnit = {
  /** What makes it this variation; null for a listing without variations. */
  readonly option: string | null;
  sku: string | null;
  /** Units that are left: of the listing, or of the inventory item. */
  available: number;
  /** What the offer of the Inventory API allows; the lower of both is shown. */
  offered: number;
  sold: number;
  readonly offerId: string;
};
export type SimulatedListing = {
  readonly itemId: string;
  title: string;
  /** Made through the Inventory API, made on the site, or an auction. */
  readonly world: 'inventory' | 'legacy' | 'auction';
  readonly group: string | null;
  hasEnded: boolean;
  revisions: { day: string; count: number };
  units: SimulatedUnit[];
};
export type SimulatedLine = {
  readonly lineItemId: string;
  readonly itemId: string;
  readonly option: string | null;
  readonly sku: string | null;
  readonly title: string;
  readonly quantity: number;
};
export type SimulatedFulfillment = {
  readonly fulfillmentId: string;
  readonly shippedDate: string;
  readonly lines: readonly { readonly lineItemId: string; readonly quantity: number }[];
};
export type SimulatedEbayOrder = {
  readonly orderId: string;
  readonly creationDate: string;
  lastModifiedDate: string;
  cancelState: 'NONE_REQUESTED' | 'IN_PROGRESS' | 'CANCELED';
  paymentStatus: 'PENDING' | 'PAID' | 'PARTIALLY_REFUNDED' | 'FULLY_REFUNDED';
  readonly lines: readonly SimulatedLine[];
  readonly fulfillments: SimulatedFulfillment[];
  /** Units refunded by line: eBay itself does not keep them, the customers played here do. */
  refundedUnits: number;
  readonly refunds: { readonly referenceId: string; readonly issuedAt: string }[];
};

export type SimulatedDestination = {
  readonly destinationId: string;
  readonly endpoint: string;
  verificationToken: string;
  name: string;
  status: 'ENABLED' | 'DISABLED' | 'MARKED_DOWN';
};
export type SimulatedSubscription = {
  readonly subscriptionId: string;
  readonly topicId: string;
  destinationId: string;
  status: 'ENABLED' | 'DISABLED';
};

export type ShopMemory = {
  lastId: number;
  lastOrder: number;
  readonly listings: Map<string, SimulatedListing>;
  readonly orders: Map<string, SimulatedEbayOrder>;
  /** SKU of the Inventory API → its listing. */
  readonly inventory: Map<string, string>;
  /** The same of SKUs that are offered on more than one: the others. */
  readonly alsoOffered: Map<string, string[]>;
  /** Access token of the seller → when it ends. */
  readonly tokens: Map<string, string>;
  /** The same of the application's own tokens. */
  readonly applicationTokens: Map<string, string>;
  /** Refresh token → when it ends. */
  readonly refreshTokens: Map<string, string>;
  readonly destinations: Map<string, SimulatedDestination>;
  readonly subscriptions: Map<string, SimulatedSubscription>;
};

export const createMemory = (): ShopMemory => ({
  lastId: 110_000_000_000,
  lastOrder: 0,
  listings: new Map(),
  orders: new Map(),
  inventory: new Map(),
  alsoOffered: new Map(),
  tokens: new Map(),
  applicationTokens: new Map(),
  refreshTokens: new Map(),
  destinations: new Map(),
  subscriptions: new Map(),
});

export function nextId(memory: ShopMemory): string {
  memory.lastId += 1;
  return String(memory.lastId);
}

export const shownOf = (listing: SimulatedListing, unit: SimulatedUnit): number =>
  listing.world === 'inventory' ? Math.min(unit.available, unit.offered) : unit.available;

/** The offers of one item of the Inventory API, each on a listing of its own. All sell the same units. */
export const offersOf = (
  { listings, inventory, alsoOffered }: ShopMemory,
  sku: string,
): readonly { readonly listing: SimulatedListing; readonly unit: SimulatedUnit }[] =>
  [inventory.get(sku), ...(alsoOffered.get(sku) ?? [])].flatMap((itemId) => {
    const listing = listings.get(itemId ?? '');
    const unit = listing?.units.find((one) => one.sku === sku);
    return listing === undefined || unit === undefined ? [] : [{ listing, unit }];
  });

/** How one variation of a simulated listing is told apart. */
export const OPTION_NAME = 'Option';
