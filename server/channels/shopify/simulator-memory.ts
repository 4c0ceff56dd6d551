// What a simulated shop remembers. Ids are the digits only; `gid` makes Shopify's form of them.

export type SimulatedVariant = {
  readonly id: string;
  readonly itemId: string;
  productId: string;
  sku: string | null;
  title: string;
  tracked: boolean;
  requiresComponents: boolean;
  updatedAt: string;
};
export type SimulatedShopProduct = { readonly id: string; title: string; status: string };
export type SimulatedLevel = { available: number; committed: number; isActive: boolean; updatedAt: string };
export type SimulatedLocation = {
  readonly id: string;
  name: string;
  isActive: boolean;
  fulfillsOnlineOrders: boolean;
};

export type SimulatedLineItem = {
  readonly id: string;
  readonly variantId: string;
  readonly itemId: string;
  readonly sku: string | null;
  readonly name: string;
  /** In charge of what is still to be sent. */
  locationId: string;
  readonly requiresShipping: boolean;
  readonly isGiftCard: boolean;
  readonly service: { readonly name: string; readonly locationId: string | null } | null;
  quantity: number;
  /** Taken away by order edits. */
  removed: number;
  /** Still to be sent. */
  unfulfilled: number;
};
export type SimulatedFulfillment = {
  readonly id: string;
  readonly createdAt: string;
  readonly locationId: string;
  status: 'SUCCESS' | 'CANCELLED';
  readonly lines: readonly { readonly id: string; readonly lineId: string; readonly quantity: number }[];
};
export type SimulatedRefundLine = {
  readonly id: string;
  readonly lineId: string;
  readonly quantity: number;
  readonly restockType: 'CANCEL' | 'RETURN' | 'NO_RESTOCK' | 'LEGACY_RESTOCK';
  readonly restocked: boolean;
  readonly locationId: string | null;
};
export type SimulatedRefund = {
  readonly id: string;
  readonly createdAt: string;
  readonly lines: readonly SimulatedRefundLine[];
};
export type SimulatedDisposition = {
  readonly id: string;
  readonly createdAt: string;
  readonly locationId: string;
  readonly quantity: number;
  readonly type: 'MISSING' | 'NOT_RESTOCKED' | 'PROCESSING_REQUIRED' | 'RESTOCKED';
};
/** One line that came back. */
export type SimulatedReturn = {
  readonly id: string;
  readonly createdAt: string;
  readonly lineId: string;
  readonly quantity: number;
  readonly dispositions: readonly SimulatedDisposition[];
  readonly refundIds: readonly string[];
};
export type SimulatedShopOrder = {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  updatedAt: string;
  cancelledAt: string | null;
  closed: boolean;
  edited: boolean;
  readonly test: boolean;
  readonly confirmed: boolean;
  readonly lines: SimulatedLineItem[];
  readonly fulfillments: SimulatedFulfillment[];
  readonly refunds: SimulatedRefund[];
  readonly returns: SimulatedReturn[];
};
export type SimulatedSubscription = {
  readonly id: string;
  readonly topic: string;
  readonly uri: string;
  readonly includeFields: readonly string[];
  failures: number;
};
export type RememberedRequest = {
  readonly fingerprint: string;
  readonly failed: boolean;
  readonly answer: unknown;
};

export type ShopMemory = {
  lastId: string;
  lastOrderNumber: number;
  readonly products: Map<string, SimulatedShopProduct>;
  /** In the order of their ids. */
  readonly variants: Map<string, SimulatedVariant>;
  /** By `levelKey`. */
  readonly levels: Map<string, SimulatedLevel>;
  readonly locations: Map<string, SimulatedLocation>;
  readonly orders: Map<string, SimulatedShopOrder>;
  readonly subscriptions: Map<string, SimulatedSubscription>;
  /** By idempotency key. */
  readonly requests: Map<string, RememberedRequest>;
  /** Which product holds the variants of one group of the simulator's caller. */
  readonly groups: Map<string, string>;
  /** Issued token → when it ends. */
  readonly tokens: Map<string, string>;
};

/** Above 2^53, like many real ids: whoever reads one as a JavaScript number loses its last digits. */
const FIRST_ID = '9007199254741001';

export function createMemory(): ShopMemory {
  const memory: ShopMemory = {
    lastId: FIRST_ID,
    lastOrderNumber: 1_000,
    products: new Map(),
    variants: new Map(),
    levels: new Map(),
    locations: new Map(),
    orders: new Map(),
    subscriptions: new Map(),
    requests: new Map(),
    groups: new Map(),
    tokens: new Map(),
  };
  const id = nextId(memory);
  memory.locations.set(id, { id, name: 'Shop location', isActive: true, fulfillsOnlineOrders: true });
  return memory;
}

export function nextId(memory: ShopMemory): string {
  memory.lastId = String(BigInt(memory.lastId) + 2n);
  return memory.lastId;
}

export const gid = (type: string, id: string): string => `gid://shopify/${type}/${id}`;

/** The digits of an id of that type; null when it is of another type or no id at all. */
export function digits(type: string, text: string): string | null {
  const prefix = `gid://shopify/${type}/`;
  const rest = text.startsWith(prefix) ? text.slice(prefix.length) : '';
  return /^\d+$/.test(rest) ? rest : null;
}

export const levelKey = (itemId: string, locationId: string): string => `${itemId}@${locationId}`;

/** A number in JSON text with all its digits, also where a JavaScript number would lose some. */
export const exactNumber = (digits: string): unknown =>
  (JSON as unknown as { readonly rawJSON: (text: string) => unknown }).rawJSON(digits);
