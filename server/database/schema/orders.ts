// Orders as last read, what each line has posted, and refunds that did not say what came back.

import type { ColumnType, Generated } from 'kysely';
import type { Sku, StoreId, WarehouseId } from '../../../shared/model/ids.ts';
import type { OrderState, RefundedUnits } from '../../../shared/model/order.ts';
import type { ChangedTx } from './columns.ts';

type OrdersTable = {
  store_id: StoreId;
  remote_id: string;
  number: string;
  placed_at: Date;
  state: OrderState;
  channel_state: Generated<string>;
  is_test: Generated<boolean>;
  updated_at: Date;
  read_at: Date;
  warning: string | null;
};

export type OrderLinesTable = {
  store_id: StoreId;
  order_id: string;
  line_id: string;
  position: number;
  sku: string | null;
  title: Generated<string>;
  listing_remote_id: string | null;
  location_id: string | null;
  ignored_because: string | null;
  ordered: number;
  fulfilled: number;
  released: number;
  written_off: number;
  restocked: number;
  sent_elsewhere: Generated<number>;
  taken: number;
  baseline: Generated<number>;
  baseline_at: Date | null;
  posted_sku: Sku | null;
  posted_warehouse_id: WarehouseId | null;
  posted_booked: Generated<number>;
  posted_in_stock: Generated<number>;
  changed_tx: ChangedTx;
};

type OrderLinePartsTable = {
  store_id: StoreId;
  order_id: string;
  line_id: string;
  sku: Sku;
  units: number;
};

/** A view: what lines have posted, once for each part of a bundle. */
type OrderLinePostingsView = {
  store_id: StoreId;
  order_id: string;
  line_id: string;
  sku: Sku;
  units_each: number;
  /** Null: the line sells the SKU itself. */
  bundle_sku: Sku | null;
  warehouse_id: WarehouseId;
  booked: number;
  in_stock: number;
};

type UnclearRefundsTable = {
  store_id: StoreId;
  order_id: string;
  refund_id: string;
  refunded_at: Date;
  amount: string;
  units: ColumnType<readonly RefundedUnits[], string, never>;
  settled_at: Date | null;
  settled_by: string | null;
  outcome: string | null;
};

type UnclearRefundLinesTable = {
  store_id: StoreId;
  order_id: string;
  refund_id: string;
  line_id: string;
  quantity: number;
};

export type OrderTables = {
  orders: OrdersTable;
  order_lines: OrderLinesTable;
  order_line_parts: OrderLinePartsTable;
  order_line_postings: OrderLinePostingsView;
  unclear_refunds: UnclearRefundsTable;
  unclear_refund_lines: UnclearRefundLinesTable;
};
