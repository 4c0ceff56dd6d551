// The shape of the database for kysely: a file per area, a type per table of migrations/. Bigints are read as numbers (database.ts).

import type { DocumentTables } from './schema/documents.ts';
import type { OrderTables } from './schema/orders.ts';
import type { PeopleTables } from './schema/people.ts';
import type { RunningTables } from './schema/running.ts';
import type { SheetTables } from './schema/sheet.ts';
import type { StockTables } from './schema/stock.ts';
import type { StoreTables } from './schema/stores.ts';

export type Schema = StockTables &
  StoreTables &
  OrderTables &
  DocumentTables &
  PeopleTables &
  SheetTables &
  RunningTables;
