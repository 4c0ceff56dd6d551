// Kinds of columns that tables of several areas have.

import type { ColumnType, Generated } from 'kysely';

export type Json<Value> = ColumnType<Value, string, string>;
/** The transaction that changed the row last: how the sheet finds what changed. */
export type ChangedTx = Generated<string>;
