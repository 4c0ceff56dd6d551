// What people's rows did: commands, purchase orders and transfers, stock takes, what was taken back, and files.

import type { Generated } from 'kysely';
import type { Sku, WarehouseId } from '../../../shared/model/ids.ts';
import type { ChangedTx, Json } from './columns.ts';

type CommandsTable = {
  key: string;
  body_hash: string;
  answer: Json<unknown>;
  actor: string;
  at: Date;
};

type DailySummariesTable = { day: string; message: string; mailed_at: Date | null };

type DeliveriesTable = {
  kind: 'purchase' | 'transfer';
  number: string;
  supplier: Generated<string>;
  currency: Generated<string>;
  spread_by: Generated<'value' | 'quantity'>;
  created_at: Date;
};

type DeliveryLinesTable = {
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

type DeliveryRowsTable = { row_id: string; line_id: number };

type DeliveryStepsTable = {
  line_id: number;
  revision: number;
  action: string;
  reference: string;
  before: Json<unknown>;
};

type ReversalsTable = { reference: string; reversed_by: string; actor: string; at: Date };

type ExportLinksTable = {
  token_hash: string;
  kind: 'products' | 'stock' | 'purchase-orders' | 'ledger';
  expires_at: Date;
};

type StockCountsTable = {
  take: string;
  warehouse_id: WarehouseId;
  sku: Sku;
  /** The row that counted it; null for counts of old. */
  row_id: string | null;
};

export type DocumentTables = {
  commands: CommandsTable;
  deliveries: DeliveriesTable;
  delivery_lines: DeliveryLinesTable;
  delivery_rows: DeliveryRowsTable;
  delivery_steps: DeliveryStepsTable;
  reversals: ReversalsTable;
  stock_counts: StockCountsTable;
  export_links: ExportLinksTable;
  daily_summaries: DailySummariesTable;
};
