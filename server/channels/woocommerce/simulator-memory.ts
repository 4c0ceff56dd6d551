// What a simulated WooCommerce shop remembers. Plain data, so that it can be saved and started again.

export type ShopProduct = {
  id: number;
  /** 0: not a variation. */
  parentId: number;
  type: string;
  name: string;
  sku: string;
  status: string;
  manageStock: boolean;
  quantity: number | null;
  createdAt: number;
  modifiedAt: number;
};

export type ShopLine = {
  id: number;
  name: string;
  productId: number;
  variationId: number;
  quantity: number;
  /** Metas `_reduced_stock` and `_restock_refunded_items`; null: not there. */
  reduced: number | null;
  restocked: number | null;
  /** Parcels the shop owner has packed; WooCommerce itself knows nothing of it. */
  sent: number;
};

export type ShopRefund = {
  id: number;
  at: number;
  amount: number;
  reason: string;
  isFull: boolean;
  lines: { id: number; lineId: number; quantity: number }[];
};

/** Of the optional feature Order Fulfillments. */
export type ShopParcel = {
  id: number;
  at: number;
  deletedAt: number | null;
  items: { lineId: number; quantity: number }[];
};

export type ShopOrder = {
  id: number;
  status: string;
  statusBeforeTrash: string;
  via: string;
  createdAt: number;
  modifiedAt: number;
  completedAt: number | null;
  /** The order's own flag: its stock has been taken off. */
  isReduced: boolean;
  lines: ShopLine[];
  refunds: ShopRefund[];
  /** Absent in what was saved before parcels were known. */
  parcels?: ShopParcel[];
};

export type ShopHook = {
  id: number;
  name: string;
  topic: string;
  deliveryUrl: string;
  secret: string;
  status: string;
  failures: number;
  createdAt: number;
  modifiedAt: number | null;
};

export type ShopMemory = {
  nextId: number;
  nextItemId: number;
  /** The shop option "Enable stock management". */
  countsStock: boolean;
  products: Map<number, ShopProduct>;
  /** Who has which SKU; letter case does not tell SKUs apart. */
  skuOwners: Map<string, number>;
  orders: Map<number, ShopOrder>;
  hooks: Map<number, ShopHook>;
};

export const createMemory = (): ShopMemory => ({
  nextId: 10,
  nextItemId: 1,
  countsStock: true,
  products: new Map(),
  skuOwners: new Map(),
  orders: new Map(),
  hooks: new Map(),
});

/** What the shop and everything in it share. */
export type Shop = {
  readonly memory: ShopMemory;
  /** Whole seconds: the shop knows no finer time. */
  readonly now: () => number;
  /** Something happened that webhooks may tell. */
  readonly emit: (topic: string, id: number) => void;
  readonly recordWrite: (remoteId: number, quantity: number, applied: boolean) => void;
};
