// Stores, their places and listings, what each listing was told, and what turning a store on would change.

import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { ListingId, Sku, StoreId, WarehouseId } from '../../../shared/model/ids.ts';
import type { ChangedTx, Json } from './columns.ts';

export type StoreProgress = {
  readonly task: string;
  readonly done: number;
  readonly total: number | null;
  readonly startedAt: string;
};

/** What is left of the scarcest limit that the shop publishes. */
export type StoreBudget = {
  readonly left: number;
  readonly of: number;
  readonly per: 'day' | 'window' | 'bucket';
  readonly resetsAt: string | null;
  readonly words: string;
};

export type StoreSettingsColumn = {
  readonly drafts: boolean;
  readonly locationIds: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  /** What to do when a store shows something else than expected. */
  readonly onDrift: 'overwrite' | 'hold';
  /** From which share of the store's listings on a push that empties or multiplies them waits for a person. */
  readonly brakeSharePercent?: number;
  readonly ordersEveryMs: number | null;
};

type StoresTable = {
  id: StoreId;
  channel: string;
  name: string;
  credentials: string;
  webhook_secret: string;
  settings: Json<StoreSettingsColumn>;
  sync_on: Generated<boolean>;
  sync_on_at: Date | null;
  sync_off_at: Date | null;
  taken_since: Date | null;
  opening_choice: 'copy' | 'keep' | null;
  opening_imported_at: Date | null;
  orders_cursor: Date | null;
  orders_fresh_at: Date | null;
  orders_synced_at: Date | null;
  listings_synced_at: Date | null;
  listings_complete_at: Date | null;
  listings_cursor: Generated<Date | null>;
  read_back_to: Generated<number>;
  read_back_at: Date | null;
  inventory_synced_at: Date | null;
  listings_refreshed_at: Date | null;
  inventory_refreshed_at: Date | null;
  progress: ColumnType<StoreProgress | null, string | null, string | null>;
  health: Generated<string>;
  health_message: Generated<string>;
  slowed_until: Date | null;
  webhook_health: Generated<string>;
  listings_without_sku: Generated<number>;
  missing_orders_confirmed_at: Date | null;
  access_ends_at: Generated<Date | null>;
  access_message: Generated<string>;
  budget: ColumnType<StoreBudget | null, string | null | undefined, string | null>;
  created_at: Generated<Date>;
  changed_tx: ChangedTx;
};

type StoreWarehousesTable = {
  store_id: StoreId;
  location_id: Generated<string>;
  warehouse_id: WarehouseId;
  position: GeneratedAlways<number>;
};

type StoreLocationsTable = {
  store_id: StoreId;
  location_id: string;
  name: string;
  position: GeneratedAlways<number>;
  not_ours: Generated<boolean>;
  gone_at: Date | null;
};

type ListingsTable = {
  id: GeneratedAlways<ListingId>;
  store_id: StoreId;
  remote_id: string;
  location_id: Generated<string>;
  handle: string;
  stock_id: string | null;
  sku: Sku;
  title: string;
  state: string;
  tracked: boolean;
  not_pushable: string | null;
  sku_note: string | null;
  remote_updated_at: Date | null;
  gone_at: Date | null;
  desired_version: Generated<number>;
  desired_at: Generated<Date>;
  acknowledged_version: Generated<number>;
  acknowledged_quantity: number | null;
  acknowledged_at: Date | null;
  expected: number | null;
  unconfirmed_quantity: number | null;
  unconfirmed_at: Date | null;
  sold_since_told: Generated<number>;
  given_back_since_told: Generated<number>;
  reassert: Generated<boolean>;
  problem: string | null;
  problem_kind: string | null;
  attempts: Generated<number>;
  attempt_after: Date | null;
  brake_passed_version: number | null;
  changed_tx: ChangedTx;
};

type PushesTable = {
  id: GeneratedAlways<number>;
  listing_id: ListingId;
  store_id: StoreId;
  sku: Sku;
  version: number;
  quantity: number;
  expected: number | null;
  observed: number | null;
  outcome: string;
  message: Generated<string>;
  started_at: Date;
  finished_at: Date;
};

type RulesTable = {
  store_id: StoreId;
  /** '': every SKU of the store that has no rule of its own. */
  sku: Generated<string>;
  keep_back: Generated<number>;
  share_percent: Generated<number>;
  show_at_most: number | null;
  do_not_sell: Generated<boolean>;
};

type TurnOnPlansTable = {
  store_id: StoreId;
  id: GeneratedAlways<number>;
  state: 'reading' | 'ready' | 'failed';
  message: Generated<string>;
  started_at: Date;
  ready_at: Date | null;
  done: Generated<number>;
  total: number | null;
  open_orders: Generated<number>;
  changed_tx: ChangedTx;
};

type TurnOnPlanLinesTable = {
  store_id: StoreId;
  listing_id: ListingId;
  sku: Sku;
  title: string;
  kind: string;
  shows: number | null;
  would_push: number | null;
  why: string;
};

export type StoreTables = {
  stores: StoresTable;
  store_warehouses: StoreWarehousesTable;
  store_locations: StoreLocationsTable;
  listings: ListingsTable;
  pushes: PushesTable;
  rules: RulesTable;
  turn_on_plans: TurnOnPlansTable;
  turn_on_plan_lines: TurnOnPlanLinesTable;
};
