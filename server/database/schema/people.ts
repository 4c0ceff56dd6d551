// Who may ask: people, keys, pairing, sheets with their triggers, and permissions that are being asked for.

import type { Generated } from 'kysely';
import type { StoreId } from '../../../shared/model/ids.ts';

type AuthorizationsTable = {
  state_hash: string;
  channel: string;
  store_id: StoreId | null;
  sealed: string;
  expires_at: Date;
  used_at: Generated<Date | null>;
};

type ApiKeysTable = {
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

type PeopleTable = {
  email: string;
  name: Generated<string>;
  role: 'owner' | 'staff' | 'viewer';
  created_at: Generated<Date>;
  last_seen_at: Date | null;
  removed_at: Date | null;
};

type WorkspaceTable = {
  id: Generated<boolean>;
  joins_as: 'staff' | 'viewer' | 'nobody';
  /** The spreadsheet's, as it was last seen. */
  time_zone: Generated<string>;
};

type PairingCodesTable = {
  code_hash: string;
  role: 'owner' | 'staff' | 'viewer' | null;
  expires_at: Date;
  used_at: Date | null;
};

type SheetTriggersTable = { key_id: string; last_nudge_at: Date; every_ms: number; person: string };

type NoncesTable = { key_id: string; nonce: string; at: Date };

export type PeopleTables = {
  api_keys: ApiKeysTable;
  people: PeopleTable;
  workspace: WorkspaceTable;
  pairing_codes: PairingCodesTable;
  sheet_triggers: SheetTriggersTable;
  nonces: NoncesTable;
  authorizations: AuthorizationsTable;
};
