// What the running server keeps for itself: hints, leases, limits, and what it tells people.

import type { Generated, GeneratedAlways } from 'kysely';
import type { StoreId } from '../../../shared/model/ids.ts';
import type { ChangedTx, Json } from './columns.ts';

type InboxTable = {
  id: GeneratedAlways<number>;
  store_id: StoreId;
  hint_kind: string;
  remote_id: Generated<string>;
  received_at: Date;
  attempts: Generated<number>;
};

type LeasesTable = {
  name: string;
  token: number;
  holder: string | null;
  expires_at: Date;
};

type ActivityTable = {
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

/** `state` is a LimitState of server/net. */
type LimitsTable = { bucket: string; state: Json<unknown> | null };

type DayCountsTable = { store_id: StoreId; name: string; day: Date; count: number };

export type RunningTables = {
  day_counts: DayCountsTable;
  inbox: InboxTable;
  leases: LeasesTable;
  activity: ActivityTable;
  limits: LimitsTable;
};
