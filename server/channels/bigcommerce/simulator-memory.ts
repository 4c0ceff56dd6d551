// What a simulated BigCommerce store remembers. Plain data, so that it can be saved and started again.

export type ShopProduct = {
  id: number;
  name: string;
  /** The product's own SKU; the base variant of a product without options has the same. */
  sku: string;
  tracking: 'none' | 'product' | 'variant';
  visible: boolean;
  hasOptions: boolean;
  createdAt: number;
  modifiedAt: number;
};

export type ShopVariant = { id: number; productId: number; sku: string; label: string };

export type ShopLevel = { onhand: number; safety: number };

export type ShopLine = {
  id: number;
  productId: number;
  variantId: number;
  name: string;
  sku: string;
  type: 'physical' | 'digital' | 'giftcertificate';
  quantity: number;
  shipped: number;
  refunded: number;
  /** Units off the store's own number for this line. */
  taken: number;
};

export type ShopOrder = {
  id: number;
  statusId: number;
  source: string;
  createdAt: number;
  modifiedAt: number;
  shippedAt: number | null;
  isDeleted: boolean;
  /** 0: shipped to the customer. */
  pickupLocationId: number;
  lines: ShopLine[];
  refunds: { id: number; at: number; items: { lineId: number; quantity: number }[] }[];
};

export type ShopHook = {
  id: number;
  scope: string;
  destination: string;
  isActive: boolean;
  headers: Record<string, string>;
  createdAt: number;
  updatedAt: number;
};

export type ShopSettings = {
  update_stock_behavior: 'order_placed' | 'order_completed_or_shipped';
  edit_order_stock_adjustment: boolean;
  refund_order_stock_adjustment: boolean;
};

export type ShopMemory = {
  nextId: number;
  nextOrderId: number;
  settings: ShopSettings;
  locations: { id: number; label: string; enabled: boolean }[];
  products: Map<number, ShopProduct>;
  variants: Map<number, ShopVariant>;
  /** By `v<variant id>` or `p<product id>`, then by location. */
  stock: Map<string, Map<number, ShopLevel>>;
  orders: Map<number, ShopOrder>;
  hooks: Map<number, ShopHook>;
};

export const createMemory = (): ShopMemory => ({
  nextId: 77,
  nextOrderId: 101,
  settings: {
    update_stock_behavior: 'order_placed',
    edit_order_stock_adjustment: true,
    refund_order_stock_adjustment: true,
  },
  locations: [{ id: 1, label: 'Default location', enabled: true }],
  products: new Map(),
  variants: new Map(),
  stock: new Map(),
  orders: new Map(),
  hooks: new Map(),
});

/** A value that survives being written as JSON. */
export const saveMemory = (memory: ShopMemory): unknown =>
  JSON.parse(
    JSON.stringify(memory, (_key, value: unknown) => (value instanceof Map ? { map: [...value] } : value)),
  );

/** Reads what saveMemory wrote; nothing else makes such a value. */
export const restoreMemory = (saved: unknown): ShopMemory =>
  JSON.parse(JSON.stringify(saved), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'map' in value && Array.isArray(value.map)
      ? new Map(value.map as [unknown, unknown][])
      : value,
  ) as ShopMemory;

/** What the store and everything in it share. */
export type Shop = {
  readonly memory: ShopMemory;
  /** By product, so that a large catalogue is read quickly. Made anew from the memory. */
  readonly variantsOf: (productId: number) => readonly ShopVariant[];
  /** Whole seconds. */
  readonly now: () => number;
  /** Something happened that webhooks may tell. */
  readonly emit: (scope: string, data: object) => void;
  readonly recordWrite: (remoteId: string, quantity: number, applied: boolean) => void;
};
