// Where PropertiesService keeps its values: in the database, so that a sheet is still connected after a restart.

import { sql } from 'kysely';
import type { Database } from '../../database/database.ts';

export type PropertyStore = {
  readonly read: (scope: string) => Promise<Readonly<Record<string, string>>>;
  readonly write: (scope: string, values: Readonly<Record<string, string>>) => Promise<void>;
  /** Null: all of them. */
  readonly delete: (scope: string, keys: readonly string[] | null) => Promise<void>;
};

export function createPropertyStore(db: Database, workbookId: string): PropertyStore {
  return {
    read: async (scope) => {
      const rows = await db
        .selectFrom('workbook_properties')
        .select(['key', 'value'])
        .where('workbook_id', '=', workbookId)
        .where('scope', '=', scope)
        .execute();
      return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
    },
    write: async (scope, values) => {
      const rows = Object.entries(values).map(([key, value]) => ({
        workbook_id: workbookId,
        scope,
        key,
        value,
      }));
      if (rows.length === 0) return;
      await db
        .insertInto('workbook_properties')
        .values(rows)
        .onConflict((conflict) =>
          conflict.columns(['workbook_id', 'scope', 'key']).doUpdateSet({ value: sql`excluded.value` }),
        )
        .execute();
    },
    delete: async (scope, keys) => {
      const all = db
        .deleteFrom('workbook_properties')
        .where('workbook_id', '=', workbookId)
        .where('scope', '=', scope);
      await (keys === null ? all : all.where('key', 'in', [...keys])).execute();
    },
  };
}
