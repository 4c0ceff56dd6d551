// What there is: products in warehouses, the append-only ledger, and what bundles are made of.

import type { Generated, GeneratedAlways } from 'kysely';
import type { Sku, WarehouseId } from '../../../shared/model/ids.ts';
import type { ChangedTx } from './columns.ts';

type WarehousesTable = {
  id: WarehouseId;
  name: string;
  position: Generated<number>;
  archived_at: Date | null;
  created_at: Generated<Date>;
};

type ProductsTable = {
  sku: Sku;
  title: Generated<string>;
  /** Imported: the titles of its listings do not change it. */
  titled_by_person: Generated<boolean>;
  version: Generated<number>;
  changed_tx: ChangedTx;
  created_at: Generated<Date>;
};

type BalancesTable = {
  sku: Sku;
  warehouse_id: WarehouseId;
  in_stock: Generated<number>;
  booked: Generated<number>;
  incoming: Generated<number>;
  is_set: Generated<boolean>;
};

type MovesTable = {
  seq: GeneratedAlways<number>;
  sku: Sku;
  warehouse_id: WarehouseId;
  in_stock_change: number;
  booked_change: number;
  in_stock_after: number;
  booked_after: number;
  incoming_change: Generated<number>;
  incoming_after: Generated<number>;
  is_set_after: boolean;
  version: number;
  cause: string;
  reference: string;
  note: Generated<string>;
  actor: string;
  at: Date;
  changed_tx: ChangedTx;
};

type BundleComponentsTable = {
  bundle_sku: Sku;
  component_sku: Sku;
  units: number;
};

type StockLevelsTable = {
  sku: Sku;
  warehouse_id: WarehouseId;
  alert_at: number;
  lead_days: number;
  cover_days: number;
  sales_days: number;
};

export type StockTables = {
  warehouses: WarehousesTable;
  products: ProductsTable;
  balances: BalancesTable;
  moves: MovesTable;
  bundle_components: BundleComponentsTable;
  stock_levels: StockLevelsTable;
};
