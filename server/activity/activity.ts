// What people are told in the Activity tab: plain events, and troubles that stay until they are resolved.

import { sql } from 'kysely';
import type { Sku, StoreId } from '../../shared/model/ids.ts';
import type { Database } from '../database/database.ts';

/** needs-person: somebody has to do something before it goes on. */
export const ACTIVITY_LEVELS = ['info', 'warning', 'needs-person'] as const;
export type ActivityLevel = (typeof ACTIVITY_LEVELS)[number];

export type ActivityEntry = {
  readonly at: Date;
  readonly level: ActivityLevel;
  readonly storeId?: StoreId;
  readonly sku?: Sku;
  readonly message: string;
  /** The same trouble again renews its row instead of adding one. */
  readonly trouble?: string;
};

export async function recordActivity(db: Database, entry: ActivityEntry): Promise<void> {
  await db
    .insertInto('activity')
    .values({
      at: entry.at,
      level: entry.level,
      store_id: entry.storeId ?? null,
      sku: entry.sku ?? null,
      message: entry.message,
      dedupe_key: entry.trouble ?? null,
      resolved_at: null,
    })
    .onConflict((conflict) =>
      conflict.column('dedupe_key').doUpdateSet({
        at: entry.at,
        level: entry.level,
        message: entry.message,
        times: sql`activity.times + 1`,
        resolved_at: null,
      }),
    )
    .execute();
}

/** What is told for good: should it be so still, it is not told again, also when somebody has seen and dismissed it. */
export async function recordOnce(
  db: Database,
  entry: ActivityEntry & { readonly trouble: string },
): Promise<void> {
  const told = await db
    .selectFrom('activity')
    .select('id')
    .where('dedupe_key', '=', entry.trouble)
    .executeTakeFirst();
  if (told === undefined) await recordActivity(db, entry);
}

/** Marks troubles as over. Their rows stay, so that the history can be read. */
export async function resolveTroubles(db: Database, troubles: readonly string[], at: Date): Promise<void> {
  if (troubles.length === 0) return;
  await db
    .updateTable('activity')
    .set({ resolved_at: at })
    .where('dedupe_key', '=', sql<string>`any(${troubles}::text[])`)
    .where('resolved_at', 'is', null)
    .execute();
}

export async function isOpenTrouble(db: Database, trouble: string): Promise<boolean> {
  const row = await db
    .selectFrom('activity')
    .select('id')
    .where('dedupe_key', '=', trouble)
    .where('resolved_at', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}
