// What the sheet shows, as far as we know, and the local workbook.

import type { Generated, GeneratedAlways } from 'kysely';
import type { Json } from './columns.ts';

type SheetRowsTable = {
  spreadsheet_id: string;
  tab: string;
  row_key: string;
  row_index: number;
  cells_hash: string;
};

type SheetWatermarksTable = { spreadsheet_id: string; tab: string; read_from: string };

type WorkbooksTable = {
  id: string;
  title: string;
  revision: Generated<number>;
  next_id: Generated<number>;
  created_at: Generated<Date>;
};

type WorkbookSheetsTable = {
  workbook_id: string;
  sheet_id: number;
  position: number;
  shape: Json<unknown>;
  shape_revision: number;
};

type WorkbookRowsTable = {
  workbook_id: string;
  sheet_id: number;
  position: number;
  cells: Json<unknown>;
  notes: Json<unknown>;
  revision: number;
};

type WorkbookMovesTable = {
  id: GeneratedAlways<number>;
  workbook_id: string;
  sheet_id: number;
  revision: number;
  kind: 'insert' | 'delete' | 'order';
  at: number;
  count: number;
  new_order: number[] | null;
};

type WorkbookPropertiesTable = { workbook_id: string; scope: string; key: string; value: string };

type WorkbookTriggersTable = {
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

type SheetTabsTable = {
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

export type SheetTables = {
  sheet_rows: SheetRowsTable;
  sheet_watermarks: SheetWatermarksTable;
  sheet_tabs: SheetTabsTable;
  workbooks: WorkbooksTable;
  workbook_sheets: WorkbookSheetsTable;
  workbook_rows: WorkbookRowsTable;
  workbook_moves: WorkbookMovesTable;
  workbook_properties: WorkbookPropertiesTable;
  workbook_triggers: WorkbookTriggersTable;
};
