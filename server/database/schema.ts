// The shape of the database for kysely, one type per table of migrations/. Bigints are read as numbers (database.ts).

import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { ListingId, Sku, StoreId, WarehouseId } from '../../shared/model/ids.ts';
import type { OrderState, RefundedUnits } from '../../shared/model/order.ts';

type Json<Value> = ColumnType<Value, string, string>;
type ChangedTx = Generated<string>;

export type WarehousesTable = {
  id: WarehouseId;
  name: string;
  position: Generated<number>;
  archived_at: Date | null;
  created_at: Generated<Date>;
};

export type ProductsTable = {
  sku: Sku;
  title: Generated<string>;
  version: Generated<number>;
  changed_tx: ChangedTx;
  created_at: Generated<Date>;
};

export type BalancesTable = {
  sku: Sku;
  warehouse_id: WarehouseId;
  in_stock: Generated<number>;
  booked: Generated<number>;
  incoming: Generated<number>;
  is_set: Generated<boolean>;
};

export type MovesTable = {
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

export type CommandsTable = {
  key: string;
  body_hash: string;
  answer: Json<unknown>;
  actor: string;
  at: Date;
};

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

export type StoresTable = {
  id: StoreId;
  channel: string;
  name: string;
  credentials: string;
  webhook_secret: string;
  settings: Json<StoreSettingsColumn>;
  sync_on: Generated<boolean>;
  sync_on_at: Date | null;
  opening_choice: 'copy' | 'keep' | null;
  opening_imported_at: Date | null;
  orders_cursor: Date | null;
  orders_fresh_at: Date | null;
  orders_synced_at: Date | null;
  listings_synced_at: Date | null;
  listings_complete_at: Date | null;
  listings_cursor: Generated<Date | null>;
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

export type StoreWarehousesTable = {
  store_id: StoreId;
  location_id: Generated<string>;
  warehouse_id: WarehouseId;
  position: GeneratedAlways<number>;
};

export type StoreLocationsTable = {
  store_id: StoreId;
  location_id: string;
  name: string;
  position: GeneratedAlways<number>;
  not_ours: Generated<boolean>;
  gone_at: Date | null;
};

export type ListingsTable = {
  id: GeneratedAlways<ListingId>;
  store_id: StoreId;
  remote_id: string;
  location_id: Generated<string>;
  handle: string;
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
  reassert: Generated<boolean>;
  problem: string | null;
  problem_kind: string | null;
  attempts: Generated<number>;
  attempt_after: Date | null;
  brake_passed_version: number | null;
  changed_tx: ChangedTx;
};

export type PushesTable = {
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

export type OrdersTable = {
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

export type BundleComponentsTable = {
  bundle_sku: Sku;
  component_sku: Sku;
  units: number;
};

export type OrderLinePartsTable = {
  store_id: StoreId;
  order_id: string;
  line_id: string;
  sku: Sku;
  units: number;
};

/** A view: what lines have posted, once for each part of a bundle. */
export type OrderLinePostingsView = {
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

export type RulesTable = {
  store_id: StoreId;
  /** '': every SKU of the store that has no rule of its own. */
  sku: Generated<string>;
  keep_back: Generated<number>;
  share_percent: Generated<number>;
  show_at_most: number | null;
  do_not_sell: Generated<boolean>;
};

export type StockLevelsTable = {
  sku: Sku;
  warehouse_id: WarehouseId;
  alert_at: number;
  lead_days: number;
  cover_days: number;
  sales_days: number;
};

export type DailySummariesTable = { day: string; message: string; mailed_at: Date | null };

export type UnclearRefundsTable = {
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

export type UnclearRefundLinesTable = {
  store_id: StoreId;
  order_id: string;
  refund_id: string;
  line_id: string;
  quantity: number;
};

export type TurnOnPlansTable = {
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

export type TurnOnPlanLinesTable = {
  store_id: StoreId;
  listing_id: ListingId;
  sku: Sku;
  title: string;
  kind: string;
  shows: number | null;
  would_push: number | null;
  why: string;
};

export type DeliveriesTable = {
  kind: 'purchase' | 'transfer';
  number: string;
  supplier: Generated<string>;
  currency: Generated<string>;
  spread_by: Generated<'value' | 'quantity'>;
  created_at: Date;
};

export type DeliveryLinesTable = {
  id: Generated<number>;
  kind: 'purchase' | 'transfer';
  number: string;
  sku: Sku;
  source_id: WarehouseId | null;
  warehouse_id: WarehouseId;
  state: string;
  quantity: number;
  received: Generated<number>;
  written_off: Generated<number>;
  incoming: Generated<number>;
  /** Exact decimals, as text. */
  unit_cost: string | null;
  charges: Generated<string>;
  /** Read as text: a day has no time zone. */
  expected_on: string | null;
  note: Generated<string>;
  revision: Generated<number>;
  changed_tx: ChangedTx;
};

export type DeliveryRowsTable = { row_id: string; line_id: number };

export type DeliveryStepsTable = {
  line_id: number;
  revision: number;
  action: string;
  reference: string;
  before: Json<unknown>;
};

export type ReversalsTable = { reference: string; reversed_by: string; actor: string; at: Date };

export type ExportLinksTable = {
  token_hash: string;
  kind: 'products' | 'stock' | 'purchase-orders' | 'ledger';
  expires_at: Date;
};

export type StockCountsTable = { take: string; warehouse_id: WarehouseId; sku: Sku };

export type AuthorizationsTable = {
  state_hash: string;
  channel: string;
  store_id: StoreId | null;
  sealed: string;
  expires_at: Date;
  used_at: Generated<Date | null>;
};

export type InboxTable = {
  id: GeneratedAlways<number>;
  store_id: StoreId;
  hint_kind: string;
  remote_id: Generated<string>;
  received_at: Date;
  attempts: Generated<number>;
};

export type LeasesTable = {
  name: string;
  token: number;
  holder: string | null;
  expires_at: Date;
};

export type ActivityTable = {
  id: GeneratedAlways<number>;
  at: Date;
  level: string;
  store_id: StoreId | null;
  sku: string | null;
  message: string;
  dedupe_key: string | null;
  times: Generated<number>;
  resolved_at: Date | null;
  changed_tx: ChangedTx;
};

export type ApiKeysTable = {
  id: string;
  label: string;
  secret: string;
  created_at: Generated<Date>;
  revoked_at: Date | null;
  kind: Generated<'program' | 'sheet' | 'formulas'>;
  spreadsheet_id: string | null;
  audience: string | null;
  made_by: Generated<string>;
  last_used_at: Date | null;
};

export type PeopleTable = {
  email: string;
  name: Generated<string>;
  role: 'owner' | 'staff' | 'viewer';
  created_at: Generated<Date>;
  last_seen_at: Date | null;
  removed_at: Date | null;
};

export type WorkspaceTable = {
  id: Generated<boolean>;
  joins_as: 'staff' | 'viewer' | 'nobody';
  /** The spreadsheet's, as it was last seen. */
  time_zone: Generated<string>;
};

export type PairingCodesTable = {
  code_hash: string;
  role: 'owner' | 'staff' | 'viewer' | null;
  expires_at: Date;
  used_at: Date | null;
};

export type SheetTriggersTable = { key_id: string; last_nudge_at: Date; every_ms: number; person: string };

export type NoncesTable = { key_id: string; nonce: string; at: Date };

export type SheetRowsTable = {
  spreadsheet_id: string;
  tab: string;
  row_key: string;
  row_index: number;
  cells_hash: string;
};

export type SheetWatermarksTable = { spreadsheet_id: string; tab: string; read_from: string };

/** `state` is a LimitState of server/net. */
export type LimitsTable = { bucket: string; state: Json<unknown> | null };

export type WorkbooksTable = {
  id: string;
  title: string;
  revision: Generated<number>;
  next_id: Generated<number>;
  created_at: Generated<Date>;
};

export type WorkbookSheetsTable = {
  workbook_id: string;
  sheet_id: number;
  position: number;
  shape: Json<unknown>;
  shape_revision: number;
};

export type WorkbookRowsTable = {
  workbook_id: string;
  sheet_id: number;
  position: number;
  cells: Json<unknown>;
  notes: Json<unknown>;
  revision: number;
};

export type WorkbookMovesTable = {
  id: GeneratedAlways<number>;
  workbook_id: string;
  sheet_id: number;
  revision: number;
  kind: 'insert' | 'delete' | 'order';
  at: number;
  count: number;
  new_order: number[] | null;
};

export type WorkbookPropertiesTable = { workbook_id: string; scope: string; key: string; value: string };

export type WorkbookTriggersTable = {
  id: string;
  workbook_id: string;
  function_name: string;
  every_minutes: number;
  person_email: string;
  person_name: string;
  next_at: Date;
  last_ran_at: Date | null;
  last_error: string | null;
};

export type SheetTabsTable = {
  spreadsheet_id: string;
  tab: string;
  sheet_id: number;
  columns: Json<Readonly<Record<string, number>>>;
  layout_hash: string;
  context_hash: string;
  grid_rows: number;
  doubtful: Generated<boolean>;
  verified_at: Date;
};

export type Schema = {
  workbooks: WorkbooksTable;
  workbook_sheets: WorkbookSheetsTable;
  workbook_rows: WorkbookRowsTable;
  workbook_moves: WorkbookMovesTable;
  workbook_properties: WorkbookPropertiesTable;
  workbook_triggers: WorkbookTriggersTable;
  sheet_tabs: SheetTabsTable;
  warehouses: WarehousesTable;
  products: ProductsTable;
  balances: BalancesTable;
  moves: MovesTable;
  commands: CommandsTable;
  stores: StoresTable;
  store_warehouses: StoreWarehousesTable;
  store_locations: StoreLocationsTable;
  listings: ListingsTable;
  pushes: PushesTable;
  orders: OrdersTable;
  order_lines: OrderLinesTable;
  order_line_parts: OrderLinePartsTable;
  order_line_postings: OrderLinePostingsView;
  bundle_components: BundleComponentsTable;
  rules: RulesTable;
  stock_levels: StockLevelsTable;
  daily_summaries: DailySummariesTable;
  unclear_refunds: UnclearRefundsTable;
  unclear_refund_lines: UnclearRefundLinesTable;
  turn_on_plans: TurnOnPlansTable;
  turn_on_plan_lines: TurnOnPlanLinesTable;
  deliveries: DeliveriesTable;
  delivery_lines: DeliveryLinesTable;
  delivery_rows: DeliveryRowsTable;
  delivery_steps: DeliveryStepsTable;
  reversals: ReversalsTable;
  stock_counts: StockCountsTable;
  export_links: ExportLinksTable;
  authorizations: AuthorizationsTable;
  inbox: InboxTable;
  leases: LeasesTable;
  activity: ActivityTable;
  api_keys: ApiKeysTable;
  people: PeopleTable;
  workspace: WorkspaceTable;
  pairing_codes: PairingCodesTable;
  sheet_triggers: SheetTriggersTable;
  nonces: NoncesTable;
  sheet_rows: SheetRowsTable;
  sheet_watermarks: SheetWatermarksTable;
  limits: LimitsTable;
};
